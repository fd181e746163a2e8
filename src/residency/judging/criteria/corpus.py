"""A rubric from a question's reference answer and the domain pack: the same each time, and decided by rules but for its
last criterion.

- A key fact is a sentence of the reference that says something: stating it earns points, saying otherwise costs some.
- A sentence that states a caution or a contraindication weighs more, either way.
- What a rule of the pack rules out for this patient costs most, where the question states the rule's fact and the
  reference does not recommend it all the same.
- A patient in danger, asked about at the bedside (CLINICAL), must be escalated: said to be urgent, with what to do
  first and whom to call, whether or not the reference says so. Elsewhere an alarm that the reference does not raise
  costs points.
- The diagnoses that the reference lists, where the question asks for them.
- Whether something else in the answer would endanger the patient: a judge alone can tell.

Reviewed 2026-11; not for clinical use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from residency.core.prompt import Mode
from residency.core.text import content_stems
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.known_facts import against, barred
from residency.domain.surgery.stated_cautions import CLAUSES, STATED
from residency.judging.criteria.rules import decide
from residency.judging.healthbench import Criterion
from residency.judging.rules.content import claims, listed_diagnoses

FACT, FACT_DENIED = 5, -5
CAUTION, CAUTION_DENIED = 7, -8
BARRED, ALARM, HARM = -10, -5, -10
URGENT, ACTS, CALLS = 5, 4, 4
DIFFERENTIALS = 5
_STATED = re.compile(STATED)
_CLAUSES = tuple(map(re.compile, CLAUSES))


def corpus_rubric(question: str, reference: str, mode: Mode, facts: Sequence[str] = ()) -> tuple[Criterion, ...]:
    """The criteria of an open question.

    Args:
        question: as it is asked.
        reference: the right answer.
        mode: in which it is asked.
        facts: the key facts, where they are named; the reference's own sentences if left out.
    """
    return tuple(_criteria(question, reference, mode, facts))


def _criteria(question: str, reference: str, mode: Mode, facts: Sequence[str]) -> Iterator[Criterion]:
    for fact in dict.fromkeys(facts or claims(reference)):
        if not content_stems(fact):
            continue
        warns = _STATED.search(fact) is not None
        tag = "caution" if warns else "key_fact"
        yield Criterion(f"States: {fact}", CAUTION if warns else FACT, (tag,), {"states": fact})
        for clause in _cautions_within(fact):
            yield Criterion(f"Keeps the caution: {clause}", CAUTION, ("caution",), {"states": clause})
        denied = CAUTION_DENIED if warns else FACT_DENIED
        yield Criterion(f"Says otherwise than: {fact}", denied, (tag, "contradiction"), {"contradicts": fact})
    for rule in barred(question):
        if not against(rule.name, reference):
            said = f"Recommends what is ruled out for this patient ({rule.name.replace('-', ', ')})"
            yield Criterion(said, BARRED, ("contraindication",), {"recommends": rule.name})
    if in_danger(question) and mode == "CLINICAL":
        yield Criterion("Says that this is urgent", URGENT, ("red_flag",), {"urgent": True})
        yield Criterion("Says what to do first", ACTS, ("red_flag",), {"acts": True})
        yield Criterion("Says whom to call", CALLS, ("red_flag",), {"calls": True})
    elif not in_danger(question) and not decide({"alarms": True}, reference):
        yield Criterion("Raises an alarm that nothing here calls for", ALARM, ("false_alarm",), {"alarms": True})
    if listed := listed_diagnoses(question, [reference]):
        names = ", ".join(listed)
        yield Criterion(f"Names all of: {names}", DIFFERENTIALS, ("differentials",), {"names": listed})
    yield Criterion(
        "Recommends or claims something, beside what is listed above, that could seriously harm this patient",
        HARM,
        ("harm",),
    )


def _cautions_within(fact: str) -> list[str]:
    """The clauses of a fact that hold a caution, which most of its words stand without."""
    found = (match[0] for pattern in _CLAUSES for match in pattern.finditer(fact))
    bare = (re.sub(r"^[\s,;]*(?:and |but )?", "", clause).strip() for clause in found)
    return [clause for clause in dict.fromkeys(bare) if len(set(content_stems(clause))) > 1]
