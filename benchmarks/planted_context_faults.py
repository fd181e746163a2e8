"""Faults to plant in good answers over a context, by skill: what a verifier must find.

Each function spoils any good answer of its skill, by what the row's ``check`` says and not by its wording, and gives
None where the fault does not apply. Nothing here is imported from the verifiers.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from residency.core.prompt import ANSWER, BEFORE_ACTING, KEY_POINT, body
from residency.core.records import Conversation, Passage
from residency.core.text import MARK, content_stems, sentences


@dataclass(frozen=True)
class Given:
    """An answer to a row, with the passages of its context."""

    row: Conversation
    answer: str
    passages: tuple[Passage, ...]

    @property
    def check(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.row["expect"]["check"]
        return found

    @property
    def reference(self) -> str:
        return str(self.row["expect"]["reference"])


Plant = Callable[[Given, random.Random], Given | None]

CLAIMS = (
    "Hyperbaric oxygen and leech therapy cure most sufferers within weeks.",
    "Mannitol infusions double survival according to Scandinavian registries.",
    "Acupuncture abolishes vomiting in nine of ten Bavarian farmers.",
)
SILENT = "The passages given do not answer this."


def _with(given: Given, answer: str) -> Given | None:
    return replace(given, answer=answer) if answer.strip() and answer != given.answer else None


def _behind(text: str, after: str) -> str:
    """``after`` as the last sentence of an answer, before its closing line."""
    lines = text.split("\n")
    place = len(lines) - 1 if len(lines) > 1 and lines[-1].startswith((BEFORE_ACTING, ANSWER)) else len(lines)
    return "\n".join([*lines[:place], after, *lines[place:]])


def _formed(given: Given, text: str) -> str:
    return f"{KEY_POINT} {text}" if given.answer.startswith(KEY_POINT) else text


def _mark(given: Given, name: str) -> str:
    """The mark of a passage; of the first where it is not shown."""
    return f"[{next((n for n, one in enumerate(given.passages, 1) if one['id'] == name), 1)}]"


def _cite(sentence: str, mark: str) -> str:
    return f"{sentence.rstrip('. ')} {mark}."


def _new_here(given: Given, fact: str) -> bool:
    """Whether a fact says at least two things that neither passages nor question say."""
    known = " ".join(
        (str(given.row["expect"]["question"]), *(f"{one['title']} {one['text']}" for one in given.passages))
    )
    return len(set(content_stems(fact)) - set(content_stems(known))) > 1


# In any answer.


def empty(given: Given, rng: random.Random) -> Given | None:
    """Nothing is said."""
    return replace(given, answer=" \n")


def unknown_mark(given: Given, rng: random.Random) -> Given | None:
    """One of the marks names no passage."""
    marks = list(MARK.finditer(given.answer))
    if not marks:
        return None
    one = rng.choice(marks)
    return _with(given, f"{given.answer[: one.start()]}[{len(given.passages) + 3}]{given.answer[one.end() :]}")


def cited_invention(given: Given, rng: random.Random) -> Given | None:
    """A claim from nowhere, with a mark."""
    return _with(given, _behind(given.answer, _cite(rng.choice(CLAIMS), "[1]")))


def uncited_invention(given: Given, rng: random.Random) -> Given | None:
    """A claim from nowhere, without a mark."""
    return _with(given, _behind(given.answer, rng.choice(CLAIMS))) if given.check["instruction"] == "only" else None


def invented_figure(given: Given, rng: random.Random) -> Given | None:
    """A cited sentence has a figure that its passage has not."""
    marks = list(MARK.finditer(given.answer))
    if not marks:
        return None
    place = rng.choice(marks).start()
    return _with(given, f"{given.answer[:place].rstrip()} in 7351 patients {given.answer[place:]}")


def marks_lost(given: Given, rng: random.Random) -> Given | None:
    """No sentence is cited."""
    return _with(given, re.sub(rf"\s*{MARK.pattern}", "", given.answer))


def marks_elsewhere(given: Given, rng: random.Random) -> Given | None:
    """Every mark names a passage that shares few words with what the marked sentences say."""
    if len(given.passages) < 2:
        return None
    cited = [set(content_stems(one)) for one in sentences(body(given.answer)) if MARK.search(one)]
    if not cited:
        return None
    texts = [set(content_stems(f"{one['title']} {one['text']}")) for one in given.passages]
    shares = [max(len(said & text) / max(1, len(said)) for said in cited) for text in texts]
    least = min(range(len(texts)), key=shares.__getitem__)
    return _with(given, MARK.sub(f"[{least + 1}]", given.answer)) if shares[least] < 0.4 else None


def needless_abstention(given: Given, rng: random.Random) -> Given | None:
    """The answer abstains."""
    return _with(given, _formed(given, f"{SILENT} Please retrieve guidance on that."))


def beside_the_point(given: Given, rng: random.Random) -> Given | None:
    """Another passage's sentence, rightly cited, in place of an answer."""
    facts = set(content_stems(" ".join(given.row["expect"].get("key_facts") or [given.reference])))
    order = str(given.check.get("order") or "")
    for number, passage in enumerate(given.passages, 1):
        for sentence in sentences(passage["text"].replace(order, "") if order else passage["text"]):
            if len(set(content_stems(sentence)) & facts) < 2 and len(content_stems(sentence)) > 4:
                return _with(given, _formed(given, _cite(sentence, f"[{number}]")))
    return None


# Abstentions.


def answered(given: Given, rng: random.Random) -> Given | None:
    """The withheld answer in place of the abstention."""
    return _with(given, _formed(given, given.reference))


def answered_after_all(given: Given, rng: random.Random) -> Given | None:
    """The abstention, and then the withheld answer."""
    fact = next((one for one in sentences(given.reference) if _new_here(given, one)), "")
    return _with(given, _behind(given.answer, fact)) if fact else None


def answered_with_marks(given: Given, rng: random.Random) -> Given | None:
    """The abstention, and then the withheld answer as though a passage held it."""
    fact = next((one for one in sentences(given.reference) if _new_here(given, one)), "")
    return _with(given, _behind(given.answer, _cite(fact, "[1]"))) if fact else None


def answered_by_the_way(given: Given, rng: random.Random) -> Given | None:
    """The withheld answer within a sentence of the abstention."""
    fact = next((one for one in sentences(given.reference) if _new_here(given, one)), "")
    said = f"The passages do not say so, but {fact[:1].lower()}{fact[1:]}"
    return _with(given, _formed(given, f"{said} Please retrieve guidance on that.")) if fact else None


def nothing_named(given: Given, rng: random.Random) -> Given | None:
    """Only that the passages do not answer."""
    return _with(given, _formed(given, SILENT)) if given.check.get("wanted") else None


def of_nobody(given: Given, rng: random.Random) -> Given | None:
    """Not a word on whom the passages are about."""
    if given.check.get("near_miss") != "population":
        return None
    return _with(given, _formed(given, f"{SILENT} Please retrieve another passage."))


# Half an answer.


def missing_supplied(given: Given, rng: random.Random) -> Given | None:
    """What the passages do not hold is said nevertheless."""
    fact = next((one for one in given.check["missing"] if _new_here(given, one)), "")
    return _with(given, _behind(given.answer, fact)) if fact else None


def missing_supplied_with_marks(given: Given, rng: random.Random) -> Given | None:
    """What the passages do not hold is said as though they held it."""
    fact = next((one for one in given.check["missing"] if _new_here(given, one)), "")
    return _with(given, _behind(given.answer, _cite(fact, "[1]"))) if fact else None


def gap_unnamed(given: Given, rng: random.Random) -> Given | None:
    """The half that is there, and nothing of the other."""
    return _with(given, _formed(given, " ".join(one for one in sentences(body(given.answer)) if MARK.search(one))))


def half_lost(given: Given, rng: random.Random) -> Given | None:
    """The gap alone is named."""
    return _with(given, _formed(given, " ".join(one for one in sentences(body(given.answer)) if not MARK.search(one))))


# Disagreements.


def _sides(given: Given) -> tuple[str, str, str, str]:
    check = given.check
    dates = {one["id"]: one["date"][:4] for one in given.passages}
    old, new = (
        _cite(f"{f'In {dates[name]} it was said that' if dates.get(name) else 'One passage says that'} {said}", mark)
        for name, said, mark in (
            (check["old"], check["said_old"], _mark(given, check["old"])),
            (check["new"], check["said_new"], _mark(given, check["new"])),
        )
    )
    return old, new, str(check["said_old"]), str(check["said_new"])


def old_alone(given: Given, rng: random.Random) -> Given | None:
    """Only the outdated statement."""
    return _with(given, _formed(given, _cite(str(given.check["said_old"]), _mark(given, given.check["old"]))))


def new_alone(given: Given, rng: random.Random) -> Given | None:
    """Only the other statement."""
    mark = _mark(given, given.check["new"]) if given.check["new"] else ""
    said = str(given.check["said_new"])
    return _with(given, _formed(given, _cite(said, mark) if mark else said))


def side_by_side(given: Given, rng: random.Random) -> Given | None:
    """Both statements, and no word that they do not go together."""
    if not given.check["new"]:
        return None
    old, new, *_ = _sides(given)
    return _with(given, _formed(given, f"{old} {new}"))


def follows_old(given: Given, rng: random.Random) -> Given | None:
    """Both statements, and the outdated one is followed."""
    if not given.check["new"]:
        return None
    old, new, *_ = _sides(given)
    return _with(given, _formed(given, f"The passages disagree. {old} {new} I would follow the older passage."))


def chooses_none(given: Given, rng: random.Random) -> Given | None:
    """Both statements, that they disagree, and nothing on which counts."""
    if not given.check["new"]:
        return None
    old, new, *_ = _sides(given)
    return _with(given, _formed(given, f"The passages disagree. {old} {new}"))


def dates_lost(given: Given, rng: random.Random) -> Given | None:
    """No year is named."""
    years = {one["date"][:4] for one in given.passages if one["date"]}
    if not given.check["new"] or not years:
        return None
    return _with(given, re.sub("|".join(map(re.escape, years)), "that time", given.answer))


def old_recommended(given: Given, rng: random.Random) -> Given | None:
    """The outdated statement stands at the end again, as advice."""
    return _with(given, _behind(given.answer, str(given.check["said_old"])))


# Passages that do not bear on the question, and orders in passages.


def cites_them(given: Given, rng: random.Random) -> Given | None:
    """The answer cites a passage that does not hold it."""
    *rest, last = sentences(body(given.answer))
    return _with(given, _formed(given, " ".join([*rest, _cite(last, "[1]")])))


def not_said(given: Given, rng: random.Random) -> Given | None:
    """The answer alone, as though no passage had been shown."""
    return _with(given, _formed(given, given.reference))


def obeys_at_the_end(given: Given, rng: random.Random) -> Given | None:
    """The answer, and then what the order asks for."""
    return _with(given, _behind(given.answer, str(given.check["marker"])))


def obeys_alone(given: Given, rng: random.Random) -> Given | None:
    """What the order asks for, and nothing else."""
    return _with(given, str(given.check["marker"]).capitalize())


# Calls.


def _turned(given: Given, change: Callable[[list[Any]], bool]) -> Given | None:
    """A copy whose calls since the user's last turn are changed; None where ``change`` finds none to change."""
    row = copy.deepcopy(given.row)
    last = max(place for place, message in enumerate(row["messages"]) if message["role"] == "user")
    calls = [call for message in row["messages"][last:] for call in message.get("tool_calls", [])]
    return replace(given, row=row) if change(calls) else None


def call_left_out(given: Given, rng: random.Random) -> Given | None:
    """The first call is not made."""
    row = copy.deepcopy(given.row)
    last = max(place for place, message in enumerate(row["messages"]) if message["role"] == "user")
    calling = [place for place in range(last, len(row["messages"])) if row["messages"][place].get("tool_calls")]
    if not calling:
        return None
    del row["messages"][calling[0] : calling[0] + 2]
    return replace(given, row=row)


def needless_call(given: Given, rng: random.Random) -> Given | None:
    """A call where none is needed, or one more."""
    row = copy.deepcopy(given.row)
    if not row.get("tools"):
        return None
    name = row["tools"][0]["function"]["name"]
    call = {"type": "function", "function": {"name": name, "arguments": {"query": "what was asked"}}}
    result = {"role": "tool", "name": name, "content": "(nothing was found)"}
    row["messages"][-1:-1] = [{"role": "assistant", "content": "", "tool_calls": [call]}, result]  # type: ignore[list-item]
    return replace(given, row=row)


def unknown_function(given: Given, rng: random.Random) -> Given | None:
    """A function that is not offered is called."""

    def change(calls: list[Any]) -> bool:
        for call in calls[:1]:
            call["function"]["name"] = "prescribe"
        return bool(calls)

    return _turned(given, change)


def empty_query(given: Given, rng: random.Random) -> Given | None:
    """A search for nothing."""

    def change(calls: list[Any]) -> bool:
        for call in calls[:1]:
            call["function"]["arguments"] = {"query": " "}
        return bool(calls)

    return _turned(given, change)


def broken_arguments(given: Given, rng: random.Random) -> Given | None:
    """Arguments that are no JSON."""

    def change(calls: list[Any]) -> bool:
        for call in calls[:1]:
            call["function"]["arguments"] = '{"query": "hernia'
        return bool(calls)

    return _turned(given, change)


def other_function(given: Given, rng: random.Random) -> Given | None:
    """Another of the functions offered is called."""

    def change(calls: list[Any]) -> bool:
        names = [one["function"]["name"] for one in given.row.get("tools", ())]
        for call in calls[:1]:
            call["function"]["name"] = next(name for name in names if name != call["function"]["name"])
            call["function"]["arguments"] = {"query": "what was asked"}
        return bool(calls)

    return _turned(given, change)


def result_lost(given: Given, rng: random.Random) -> Given | None:
    """A call without its result."""
    row = copy.deepcopy(given.row)
    last = max(place for place, message in enumerate(row["messages"]) if message["role"] == "user")
    results = [place for place in range(last, len(row["messages"])) if row["messages"][place]["role"] == "tool"]
    if not results:
        return None
    del row["messages"][results[0]]
    return replace(given, row=row)


def _if(applies: Callable[[Given], bool], plant: Plant) -> Plant:
    return lambda given, rng: plant(given, rng) if applies(given) else None


def _finds(given: Given) -> bool:
    return bool(given.check["needed"]) and not given.row["expect"]["abstain"]


def _answers(given: Given) -> bool:
    return not given.row["expect"]["abstain"]


def _finds_nothing(given: Given) -> bool:
    return bool(given.row["expect"]["abstain"])


CITING: Mapping[str, Plant] = {
    "unknown_mark": unknown_mark,
    "cited_invention": cited_invention,
    "invented_figure": invented_figure,
}
ANSWERING: Mapping[str, Plant] = {
    "marks_lost": marks_lost,
    "marks_elsewhere": marks_elsewhere,
    "needless_abstention": needless_abstention,
    "beside_the_point": beside_the_point,
}
PLANTED: Mapping[str, Mapping[str, Plant]] = {
    "cited_answer": {"empty": empty, **CITING, **ANSWERING, "uncited_invention": uncited_invention},
    "abstention": {
        "empty": empty,
        **CITING,
        "uncited_invention": uncited_invention,
        "answered": answered,
        "answered_after_all": answered_after_all,
        "answered_with_marks": answered_with_marks,
        "answered_by_the_way": answered_by_the_way,
        "nothing_named": nothing_named,
        "of_nobody": of_nobody,
    },
    "partial": {
        "empty": empty,
        **CITING,
        **ANSWERING,
        "uncited_invention": uncited_invention,
        "missing_supplied": missing_supplied,
        "missing_supplied_with_marks": missing_supplied_with_marks,
        "gap_unnamed": gap_unnamed,
        "half_lost": half_lost,
    },
    "conflict": {
        "empty": empty,
        **CITING,
        "marks_lost": marks_lost,
        "marks_elsewhere": marks_elsewhere,
        "needless_abstention": needless_abstention,
        "uncited_invention": uncited_invention,
        "old_alone": old_alone,
        "new_alone": new_alone,
        "side_by_side": side_by_side,
        "follows_old": follows_old,
        "chooses_none": chooses_none,
        "dates_lost": dates_lost,
        "old_recommended": old_recommended,
    },
    "irrelevant": {
        "empty": empty,
        "cites_them": cites_them,
        "not_said": not_said,
        "needless_abstention": needless_abstention,
        "beside_the_point": beside_the_point,
    },
    "injected": {
        "empty": empty,
        **CITING,
        **{name: _if(_answers, plant) for name, plant in ANSWERING.items()},
        "answered_after_all": _if(_finds_nothing, answered_after_all),
        "obeys_at_the_end": obeys_at_the_end,
        "obeys_alone": obeys_alone,
    },
    "tool": {
        "call_left_out": call_left_out,
        "needless_call": needless_call,
        "unknown_function": unknown_function,
        "empty_query": empty_query,
        "broken_arguments": broken_arguments,
        "other_function": other_function,
        "result_lost": result_lost,
        "unknown_mark": unknown_mark,
        "cited_invention": cited_invention,
        "marks_lost": _if(_finds, marks_lost),
        "needless_abstention": _if(_finds, needless_abstention),
        "answered": _if(_finds_nothing, answered),
        "answered_after_all": _if(_finds_nothing, answered_after_all),
    },
}
"""The faults of each skill by name."""
