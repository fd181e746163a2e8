"""The conflict: passages that disagree, or one that contradicts what is usually taught. The answer gives each as its
passage's word, goes by the newer where the dates settle it, and follows neither where they do not."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, cast

from residency.core.prompt import Instruction
from residency.core.records import Passage, Question
from residency.domain.surgery.changes import LICENCE, SOURCE, Change, Edition, changes_of, kept_back
from residency.domain.surgery.danger import in_danger
from residency.grounding.align import gold_text
from residency.grounding.disagreeing import Disagreement, Settled, told
from residency.grounding.material import Draft, Material
from residency.judging.editions import other_edition
from residency.judging.support import support

FROM_PACK = 0.6  # of the questions that a change of practice is tied to
ALONE = 0.3
MARKED = 0.25  # of the changes of practice whose older passage is marked superseded
YEARS = (3, 14)  # by which another edition is older
LATEST = (2018, 2025)  # years given to passages without a date
OTHER = "/other-edition"

How = Literal["newer", "marked", "superseded", "one undated", "both undated"]
DATED: Mapping[How, int] = {"newer": 6, "marked": 2, "superseded": 1, "one undated": 2}
UNDATED: Mapping[How, int] = {"newer": 3, "marked": 1, "superseded": 1, "one undated": 2, "both undated": 1}
"""How two editions stand to each other, with weights: of passages that have a date, and of those that have none."""


def conflict(material: Material) -> Draft | str:
    """A question over passages of which one contradicts another, or over one that contradicts what is usually taught;
    refused where nothing that the question has to do with can be contradicted."""
    text = f"{material.question['question']} {gold_text(material.question)}"
    tied = [change for change in changes_of(text) if kept_back(change) == material.held_out]
    if tied and material.rng.random() < FROM_PACK:
        return _of_practice(material, material.rng.choice(tied))
    return _of_editions(material)


def _of_practice(material: Material, change: Change) -> Draft | str:
    """A change of practice that the bank's question has to do with, asked in the words of the domain pack."""
    rng, name = material.rng, f"changes/{change.name.replace(' ', '-')}"
    questions = change.held_out if material.held_out else change.questions
    # At the bedside of a patient in danger the escalation comes before any answer, and there is none here.
    allowed = [one for one in questions if material.mode == "EXAM" or not in_danger(one)]
    if not allowed:
        return "the patient of the change of practice is in danger"
    asked = rng.choice(allowed)
    old, new = _from_pack(f"{name}/then", change.then, material), _from_pack(f"{name}/now", change.now, material)
    alone = rng.random() < ALONE
    if not alone and rng.random() < MARKED:
        old["superseded_by"] = new["id"]
    rest = () if alone else ((change.why, (new["id"],)),)
    one = Disagreement(old, None if alone else new, change.then.says, change.now.says, after=rest)
    question = cast(Question, {**material.question, "question": asked})
    draft = _draft(replace(material, asked=replace(material.asked, question=question)), one)
    return draft if isinstance(draft, str) else replace(draft, question=asked, rules=(change.name,))


def _from_pack(name: str, edition: Edition, material: Material) -> Passage:
    traced = {"topic": material.question["topic"], "source": SOURCE, "licence": LICENCE, "parents": []}
    text = {"title": edition.title, "section": "", "date": edition.year, "text": edition.text}
    return cast(Passage, {"id": name, **text, **traced})


def _of_editions(material: Material) -> Draft | str:
    """A supporting passage beside another edition, or replaced by it."""
    rng, aligned, threshold = material.rng, material.aligned, material.settings.support_threshold
    passages = {passage["id"]: passage for passage in material.supporting}
    found = other_edition(aligned.sentences, passages, material.question["question"], threshold, rng)
    if found is None:
        return "no statement that another edition could contradict"
    true, said = found.passage, (found.said_otherwise, found.said)
    rest = aligned.sentences[: found.place], aligned.sentences[found.place + 1 :]
    others = [passage for passage in passages.values() if passage["id"] != true["id"]]
    if rng.random() < ALONE:
        date = _years_before(true["date"], rng) if true["date"] else ""
        old = cast(Passage, {**true, "text": found.text, "date": date})
        return _draft(material, Disagreement(old, None, *said, *rest), others)
    if true.get("superseded_by"):
        return "the passage that supports the answer is superseded"
    how: How = rng.choices([*(DATED if true["date"] else UNDATED)], [*(DATED if true["date"] else UNDATED).values()])[0]
    old, new, settled = _two(true, found.text, how, rng)
    draft = _draft(material, Disagreement(old, new, *said, *rest, settled), others)
    return draft if isinstance(draft, str) else replace(draft, originals={old["id"]: true["id"]})


def _two(true: Passage, text: str, how: How, rng: random.Random) -> tuple[Passage, Passage, Settled]:
    """The other edition and the true one as they are shown, and what their dates settle."""
    date = true["date"] or str(rng.randint(*LATEST))
    new = cast(Passage, {**true, "date": date})
    parents = [*true["parents"], true["id"]]
    old = cast(
        Passage, {**true, "id": true["id"] + OTHER, "text": text, "date": _years_before(date, rng), "parents": parents}
    )
    if how == "marked":
        old["superseded_by"] = "yes"
    if how == "superseded":
        new["superseded_by"] = "yes"
        return old, new, "superseded"
    if how == "one undated":
        rng.choice((old, new))["date"] = ""
        return old, new, "undated"
    if how == "both undated":
        old["date"] = new["date"] = ""
        return old, new, "undated"
    return old, new, "newer"


def _years_before(date: str, rng: random.Random) -> str:
    """A date some years before, as finely told; the day of the month is one that every month has."""
    year, *rest = date.split("-")
    fields = [f"{rng.randint(1, limit):02d}" for limit, _ in zip((12, 28), rest, strict=False)]
    return "-".join([str(int(year) - rng.randint(*YEARS)), *fields])


def _draft(material: Material, one: Disagreement, others: Sequence[Passage] = ()) -> Draft | str:
    """The row of a disagreement, among distractors that take no part in it."""
    rng, settings = material.rng, material.settings
    own = [one.old, *([one.new] if one.new else []), *others]
    if len(own) > settings.passages:
        return "needs more passages than the context holds"
    passages = [*own, *_bystanders(material, one, settings.passages - len(own), [passage["id"] for passage in own])]
    rng.shuffle(passages)
    looser = rng.random() < (0.5 if one.new is None else settings.if_it_helps)
    instruction: Instruction = "if_it_helps" if looser else "only"
    facts = [*(said for said, _ in one.before), one.said_new, *(said for said, _ in one.after)]
    gold = " ".join(facts)
    check = {
        "old": one.old["id"],
        "new": one.new["id"] if one.new else "",
        "said_old": one.said_old,
        "said_new": one.said_new,
        "settled": one.settled if one.new else "alone",
    }
    return Draft(
        "conflict",
        "context",
        passages,
        material.shaped(told(one, material, passages), gold),
        gold,
        facts,
        check=check,
        instruction=instruction,
        changed=True,
    )


def _bystanders(material: Material, one: Disagreement, count: int, own: Sequence[str]) -> list[Passage]:
    """Distractors that support neither of the two statements."""
    if count < 1:
        return []
    said = (one.said_old, one.said_new)
    found = material.distractors(count * 2, own)
    kept = [passage for passage in found if not any(support(passage["text"], text).supported for text in said)]
    return kept[:count]
