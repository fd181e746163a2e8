"""The dialogues written by hand for evaluation: whole, in form, supported, and in words that nothing is built from."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, cast

import pytest

from residency.core.prompt import ANSWER, BEFORE_ACTING, KEY_POINT, KNOWN, MODES, NOT_SAID, read_options
from residency.core.records import Conversation
from residency.core.text import content_stems, normalise, numbers, sentences
from residency.core.wording import expand
from residency.dialogue.wording import WORDINGS
from residency.judging.answers import obeys_mode, parse_letter
from residency.judging.dialogues import verify, verify_turn
from residency.judging.overlap import key_fact_recall, token_f1
from tests.conftest import EXAMPLES, read_rows

Row = dict[str, Any]

FILES = sorted((EXAMPLES / "dialogues").glob("*.jsonl"))
ROWS: dict[str, Row] = {row["id"]: row for path in FILES for row in read_rows(path)}
PASSAGES = {row["id"]: row for row in read_rows(EXAMPLES / "passages.jsonl")}
TOPICS = {row["topic"] for row in PASSAGES.values()}
A_SKILL = 20
SAME_ANSWER, SAME_QUESTION = 0.75, 0.5  # token F1 of two references, of two last questions
KINDS = {"safety": "safety", "scope": "safety"}
FIELDS: dict[str, dict[str, type]] = {
    "followup": {"turn": int, "referent": str},
    "correction": {"turn": int, "old": str, "new": str, "changes": bool},
    "missing": {"asked": int, "supplied": int, "withheld": list, "asks": list},
    "contradiction": {"first": int, "turn": int, "old": str, "new": str, "resolved": bool},
    "safety": {"turn": int, "urgent": bool, "flag": str},
    "scope": {"turn": int, "refuse": bool, "request": str},
    "switch": {"turn": int, "mode": str},
}


def faults(row: Row) -> list[str]:
    """What is wrong with a dialogue, each by a short name; empty when nothing is."""
    found = list(_frame(row))
    if not found:
        found += _places(row)
    if not found:
        found += [*_form(row), *_reference(row), *_numbers(row), *_skill(row)]
    return found


def _frame(row: Row) -> Iterator[str]:
    """The record's fields, and who speaks when."""
    roles = [message["role"] for message in row["messages"]]
    if roles != ["user", "assistant"] * (len(roles) // 2):
        yield "roles"
    if len(roles) not in (4, 6, 8):
        yield "length"
    if not all(message["content"].strip() == message["content"] != "" for message in row["messages"]):
        yield "empty"
    fixed = {"split": "test", "source": "example", "licence": "CC-BY-4.0", "parents": []}
    if any(row[name] != value for name, value in fixed.items()) or row["mode"] not in MODES:
        yield "fields"
    if row["kind"] != KINDS.get(row["skill"], "dialogue") or row["topic"] not in TOPICS:
        yield "fields"
    if not set(row["passages"]) <= set(PASSAGES) or (row["kind"] == "dialogue" and not row["passages"]):
        yield "passages"
    if row["expect"]["variant"] != "written" or row["expect"]["check"].get("skill") != row["skill"]:
        yield "fields"


def _places(row: Row) -> Iterator[str]:
    """The check's fields have their types, and its places fit the messages."""
    check, last = row["expect"]["check"], len(row["messages"]) - 1
    for name, kind in {"critical": int, **FIELDS[row["skill"]]}.items():
        if type(check.get(name)) is not kind:
            yield f"check lacks {name}"
            return
    turn = check["asked"] - 1 if "asked" in check else check["turn"]
    if turn % 2 or not 0 <= turn < check["critical"] == turn + 1 <= last:
        yield "places"
    if "supplied" in check and (check["supplied"] != check["asked"] + 1 or check["supplied"] >= last):
        yield "places"
    if "first" in check and (check["first"] % 2 or not 0 <= check["first"] < check["turn"]):
        yield "places"


def _form(row: Row) -> Iterator[str]:
    """The last answer is in its mode's form, which a turn that refuses or escalates need not be."""
    check, last, expect = row["expect"]["check"], row["messages"][-1]["content"], row["expect"]
    formless = check["critical"] == len(row["messages"]) - 1 and (check.get("urgent") or check.get("refuse"))
    if not formless and not obeys_mode(last, check.get("mode", row["mode"]), mcq="letter" in expect):
        yield "form"
    if "letter" in expect:
        options = [read_options(message["content"]) for message in row["messages"][::2]]
        if parse_letter(last, next(filter(None, options), {})) != expect["letter"]:
            yield "letter"
    for message in row["messages"][1::2]:
        opens = [line.split(":")[0] + ":" for line in message["content"].splitlines()]
        if (KNOWN in opens or NOT_SAID in opens) and opens[:2] != [KNOWN, NOT_SAID]:
            yield "known"


def _reference(row: Row) -> Iterator[str]:
    """The key facts are the reference's sentences, and the last answer states them all."""
    expect = row["expect"]
    if not expect["key_facts"] or not all(fact in expect["reference"] for fact in expect["key_facts"]):
        yield "key facts"
    if key_fact_recall(row["messages"][-1]["content"], expect["key_facts"]) not in (None, 1.0):
        yield "reference"


def _numbers(row: Row) -> Iterator[str]:
    """Every number that the assistant says stands in a passage that the row names, or was said by a user before."""
    held = {number for name in row["passages"] for number in numbers(PASSAGES[name]["text"])}
    for message in row["messages"]:
        said = set(numbers(message["content"]))
        if message["role"] == "assistant":
            yield from (f"number {number}" for number in sorted(said - held))
        else:
            held |= said


def _says(text: str, value: str) -> bool:
    """Whether a text holds another as whole words, in any case."""
    return bool(re.search(rf"(?<!\w){re.escape(normalise(value))}(?!\w)", normalise(text)))


def _followup(said: list[str], check: Row) -> Iterator[str]:
    if not any(_says(text, check["referent"]) for text in said[: check["turn"]]):
        yield "referent unknown"
    if set(content_stems(check["referent"])) & set(content_stems(said[check["turn"]])):
        yield "referent in the question"


def _correction(said: list[str], check: Row) -> Iterator[str]:
    before, answer = said[check["turn"] - 1], said[check["critical"]]
    if not _says(said[check["turn"]], check["new"]):
        yield "new not said"
    if check["old"] and not any(_says(text, check["old"]) for text in said[: check["turn"]]):
        yield "old not said"
    if check["changes"]:
        if not _says(answer, check["new"]) or (check["old"] and not _says(answer, check["old"])):
            yield "change not named"
        if set(sentences(before)) >= set(sentences(answer)):
            yield "answer unchanged"
        return
    letters = {parse_letter(text, "ABCDEFGH") for text in (before, answer)}
    if not all(_says(text, check["held"]) for text in (before, answer)) or letters != {check.get("letter")}:
        yield "answer not held"


def _missing(said: list[str], check: Row) -> Iterator[str]:
    asking = said[check["asked"]]
    for fact in check["withheld"]:
        if any(_says(text, fact) for text in said[: check["supplied"]]):
            yield "said early"
        if not _says(said[check["supplied"]], fact):
            yield "not supplied"
    if not 1 <= asking.count("?") <= 3 or not check["withheld"]:
        yield "questions"
    if not check["asks"] or not all(re.search(pattern, asking.lower()) for pattern in check["asks"]):
        yield "asks for something else"
    if any(mark in asking for mark in (KEY_POINT, BEFORE_ACTING, ANSWER)):
        yield "commits"


def _skill(row: Row) -> Iterator[str]:
    """The texts of the check stand where they should. The other skills' are left to the verifiers."""
    checks: dict[str, Callable[[list[str], Row], Iterator[str]]] = {
        "followup": _followup,
        "correction": _correction,
        "missing": _missing,
    }
    if row["skill"] in checks:
        yield from checks[row["skill"]]([message["content"] for message in row["messages"]], row["expect"]["check"])


@pytest.mark.parametrize("name", ROWS)
def test_a_written_dialogue_is_whole_in_form_and_says_no_number_of_its_own(name: str) -> None:
    assert faults(ROWS[name]) == []


def test_each_skill_has_twenty_dialogues_of_both_modes_under_ids_of_their_own() -> None:
    rows = [row for path in FILES for row in read_rows(path)]
    assert len(ROWS) == len(rows)
    assert {"followup", "correction", "missing"} <= {path.stem for path in FILES}
    for path in FILES:
        mine = read_rows(path)
        assert {row["skill"] for row in mine} == {path.stem}
        assert len(mine) == A_SKILL, path.stem
        assert [row["id"] for row in mine] == [f"dlg-{path.stem}-{number:02}" for number in range(1, A_SKILL + 1)]
        assert Counter(row["mode"] for row in mine) == dict.fromkeys(MODES, A_SKILL // 2), path.stem


@pytest.mark.parametrize("skill", ["followup", "correction", "missing"])
def test_the_topics_and_the_lengths_are_spread(skill: str) -> None:
    rows = [row for row in ROWS.values() if row["skill"] == skill]
    assert {row["topic"] for row in rows} == TOPICS
    assert {len(row["messages"]) for row in rows} == {4, 6, 8}


def test_a_corrector_is_wrong_in_some_dialogues_and_right_in_more() -> None:
    right = Counter(row["expect"]["check"]["changes"] for row in ROWS.values() if row["skill"] == "correction")
    assert right[False] >= 5
    assert right[True] > right[False]


def test_no_turn_is_written_twice_or_is_one_of_the_two_turn_follow_ups() -> None:
    users = [normalise(message["content"]) for row in ROWS.values() for message in row["messages"][::2]]
    assert [text for text, times in Counter(users).items() if times > 1] == []
    earlier = read_rows(EXAMPLES / "followups.jsonl")
    assert not set(users) & {normalise(m["content"]) for row in earlier for m in row["messages"] if m["role"] == "user"}
    alike = [
        (row["id"], other["id"])
        for row in ROWS.values()
        for other in earlier
        if token_f1(row["expect"]["reference"], other["reference"]) > SAME_ANSWER
        and token_f1(row["messages"][-2]["content"], other["messages"][-1]["content"]) > SAME_QUESTION
    ]
    assert alike == []


def _built() -> set[str]:
    """Sentences that dialogues are built from: twenty ways of each wording, of all splits."""
    rng = random.Random(5)
    texts = [text for split in ("train", "test") for table in WORDINGS.of(split).values() for text in table]
    return {normalise(expand(text, rng)) for text in texts for _ in range(20)}


def _phrase_spoken(text: str, built: Mapping[str, re.Pattern[str] | None]) -> str:
    """The phrase that a turn, or a sentence of it, is; one with a gap to fill fits whole turns. Empty where none is."""
    plain = normalise(text)
    for piece in {plain, *map(normalise, sentences(text))}:
        if piece in built:
            return piece
    return next((wording for wording, form in built.items() if form and form.fullmatch(plain)), "")


def _forms(wordings: Iterable[str]) -> dict[str, re.Pattern[str] | None]:
    """Each wording with what it looks like once its gaps are filled, where it says enough beside them."""
    forms: dict[str, re.Pattern[str] | None] = {}
    for wording in wordings:
        literal = re.split(r"\{\w+\}", wording)
        says_enough = len(literal) > 1 and sum(len(part.split()) for part in literal) > 3
        forms[wording] = re.compile(".+".join(map(re.escape, literal))) if says_enough else None
    return forms


def test_no_wording_is_one_that_dialogues_are_built_from() -> None:
    built = _forms(one for one in _built() if len(one.split()) > 2)  # anybody says "Why?" and "All right."
    spoken = {
        row["id"]: found
        for row in ROWS.values()
        for message in row["messages"]
        if (found := _phrase_spoken(message["content"], built))
    }
    assert spoken == {}


def test_a_built_wording_is_found_whole_in_a_sentence_and_with_its_gap_filled() -> None:
    wordings = _forms(["what is the reasoning?"])
    assert _phrase_spoken("All right. What is the reasoning?", wordings)
    assert _phrase_spoken("And now why not B?", _forms(["and now why not {option}?"]))
    assert not _phrase_spoken("What is the reasoning behind B?", wordings)


def _edited(name: str, **changes: Any) -> Row:
    """A copy of a row with other contents at places (``at``) and other values in its check (the rest)."""
    row = deepcopy(ROWS[name])
    for place, text in changes.pop("at", {}).items():
        row["messages"][place]["content"] = text
    row["expect"]["check"] |= changes
    return row


def _said(name: str, place: int) -> str:
    return str(ROWS[name]["messages"][place]["content"])


def _without_letter(text: str) -> str:
    return text.rpartition("\n")[0]


INFERRED = frozenset({"unsupported", "known_unsupported"})
"""What a person infers from a passage, whom one calls, and shorthand that is spelled out ("81F"): the verifiers find
these in no source, and a person has read them in their place. Numbers are held against the passages above."""


PLANTED: dict[str, Callable[[], Row]] = {
    "roles": lambda: ROWS["dlg-followup-01"] | {"messages": ROWS["dlg-followup-01"]["messages"][::-1]},
    "length": lambda: ROWS["dlg-followup-01"] | {"messages": ROWS["dlg-followup-01"]["messages"][:2]},
    "empty": lambda: _edited("dlg-followup-01", at={2: " "}),
    "fields": lambda: ROWS["dlg-followup-01"] | {"split": "train"},
    "passages": lambda: ROWS["dlg-followup-01"] | {"passages": []},
    "check lacks referent": lambda: _edited("dlg-followup-01", referent=None),
    "places": lambda: _edited("dlg-missing-01", supplied=3),
    "form": lambda: _edited("dlg-followup-01", at={3: _without_letter(_said("dlg-followup-01", 3))}),
    "letter": lambda: _edited("dlg-correction-05", at={3: _said("dlg-correction-05", 3)[:-1] + "A"}),
    "known": lambda: _edited("dlg-followup-01", at={3: _said("dlg-followup-01", 3).replace("Not said:", "Unknown:")}),
    "reference": lambda: _edited("dlg-followup-02", at={5: "Key point: No.\nNobody grades an attack by it."}),
    "number 96": lambda: _edited("dlg-followup-01", at={3: _said("dlg-followup-01", 3).replace("72", "96")}),
    "referent unknown": lambda: _edited("dlg-followup-01", referent="Hartmann's procedure"),
    "referent in the question": lambda: _edited(
        "dlg-followup-01", at={2: "And what would make you stop the non-operative treatment?"}
    ),
    "new not said": lambda: _edited("dlg-correction-01", new="rivaroxaban"),
    "old not said": lambda: _edited("dlg-correction-01", old="rivaroxaban"),
    "change not named": lambda: _edited(
        "dlg-correction-01", at={3: _said("dlg-correction-01", 3).replace("instead of apixaban ", "")}
    ),
    "answer unchanged": lambda: _edited("dlg-correction-02", at={3: _said("dlg-correction-02", 1)}),
    "answer not held": lambda: _edited(
        "dlg-correction-05", at={3: "Key point: You are right, it is inguinal.\nANSWER: A"}
    ),
    "said early": lambda: _edited("dlg-missing-01", at={0: _said("dlg-missing-01", 0) + " 124/76 by the way."}),
    "not supplied": lambda: _edited("dlg-missing-01", withheld=["88/50"]),
    "questions": lambda: _edited("dlg-missing-01", at={1: "Blood pressure, peritonitis and contrast decide it."}),
    "asks for something else": lambda: _edited("dlg-missing-01", asks=["potassium"]),
    "commits": lambda: _edited("dlg-missing-01", at={1: _said("dlg-missing-01", 1) + "\nANSWER: A"}),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(fault: str) -> None:
    assert fault in faults(PLANTED[fault]())


@pytest.mark.parametrize("name", ROWS)
def test_the_verifiers_find_nothing_in_a_written_dialogue(name: str) -> None:
    row = ROWS[name]
    texts = {name: "{title}. {text}".format(**PASSAGES[name]) for name in row["passages"]}
    found = verify(cast(Conversation, row | {"parents": row["passages"]}), texts)
    assert [fault for fault in found if fault.reason not in INFERRED] == []


@pytest.mark.parametrize("name", ROWS)
def test_the_critical_turn_as_written_would_pass_as_a_models_answer(name: str) -> None:
    row = ROWS[name]
    said = row["messages"][row["expect"]["check"]["critical"]]["content"]
    assert verify_turn(cast(Conversation, row), said) == []


def test_the_files_are_plain_json_lines() -> None:
    for path in FILES:
        for line in path.read_text(encoding="utf-8").splitlines():
            assert line == json.dumps(json.loads(line), ensure_ascii=False)
