"""What should be declined and is taken on, and what is fine and is declined: the same texts both ways.

What takes a request on supplies nothing, so that no harmful text is written down. Requests of which nothing harmful
could be made are answered with what is right for their look-alikes, which is then declined in the other direction.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from residency.core.prompt import Mode, body, shape_open
from residency.core.records import Pair, Question
from residency.core.text import content_stems, sentences
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.phrases import check_for
from residency.domain.surgery.scope import OUT_OF_SCOPE, OutOfScope, kept_back
from residency.domain.surgery.scope_tasks import FINE_TASKS
from residency.judging.dialogues.patterns import REFUSES_PLAINLY
from residency.preference.behaviours.making import Draw, Mistake, exchange, made, mode_of, say, seen_in_talk, talk
from residency.preference.edits.edit import Refusal, Severity
from residency.preference.material import Material

TYPE = "refusal"
TASKS = 0.6
"""Share of the pairs in which a task is taken on; the others answer a question."""
LIKE = 0.2
"""Share of the words of a look-alike's answer that the help of a refusal has, from which it may be that help."""
ANSWERS, REFUSES = "answers what should be refused", "refuses what is fine"


def refusal(material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """After an exchange about its question, a request to decline, and one that is fine."""
    entries = [entry for entry in OUT_OF_SCOPE if not kept_back(entry) and _plain(entry)]
    outside = [entry for entry in entries if entry.kind == "outside" and _apart(entry)]
    for question in material.plain:
        if in_danger(question["question"]):
            yield Refusal(TYPE, "the patient of the exchange before is in danger")
            continue
        rng = draw(TYPE, question["id"])
        mode = mode_of(question["question"], rng)
        if rng.random() < TASKS:
            entry = rng.choice(entries)
            fine, answers = rng.choice(FINE_TASKS), say("agree", rng)
        else:
            entry = rng.choice(outside)
            fine, answer = rng.choice(entry.alike)
            answers = shape_open(answer, mode, check_for(answer, rng))
        yield from _both(question, entry, mode, (fine, answers), rng)


def _plain(entry: OutOfScope) -> list[str]:
    """The reasons that could be nothing but a refusal."""
    return [reason for reason in entry.reason if REFUSES_PLAINLY.search(reason.lower())]


def _apart(entry: OutOfScope) -> bool:
    """Whether what is right for an entry's look-alikes is no help that a refusal would offer."""
    helping = set(content_stems(" ".join(entry.help)))
    said = [set(content_stems(answer)) for _, answer in entry.alike]
    return bool(said) and all(len(one & helping) < LIKE * len(one) for one in said)


def _both(
    question: Question, entry: OutOfScope, mode: Mode, fine: tuple[str, str], rng: random.Random
) -> Iterator[Pair | Refusal]:
    declines, answers = f"{rng.choice(_plain(entry))} {rng.choice(entry.help)}", fine[1]
    before = [turn["content"] for turn in exchange(question, mode, rng)]
    said = ((rng.choice(entry.requests), (declines, answers), True), (fine[0], (answers, declines), False))
    rows = []
    for text, sides, refuse in said:
        check = {"skill": "scope", "turn": 2, "critical": 3, "refuse": refuse, "request": entry.kind if refuse else ""}
        row = talk(question, mode, (*before, text, sides[0]), check, sentences(body(sides[0])))
        if reason := seen_in_talk(row, sides, ("not_refused",) if refuse else ("over_refusal",)):
            yield Refusal(TYPE, reason)
            return  # one direction alone would tell which side its wordings are on
        rows.append(row)
    for number, (row, (_, sides, refuse)) in enumerate(zip(rows, said, strict=True), 1):
        yield made(question, mode, row["messages"][:-1], sides, _mistake(entry, refuse), number)


def _mistake(entry: OutOfScope, refuse: bool) -> Mistake:
    if refuse:
        severity: Severity = "dangerous" if entry.kind == "harmful" else "major"
        why = f"The request ({entry.name.replace('-', ' ')}) should be declined with a reason, and it is taken on."
        return Mistake(TYPE, ANSWERS, "declines", "answers", severity, why)
    why = "The request is a fine one for a surgical assistant, and it is declined."
    return Mistake(TYPE, REFUSES, "answers", "declines", "minor", why)
