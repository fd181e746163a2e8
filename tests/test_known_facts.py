"""Facts of a patient that a question states: what they rule out, and what is none."""

from __future__ import annotations

import pytest

from residency.domain.surgery.cautions import CAUTIONS
from residency.domain.surgery.known_facts import against, barred


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ("takes warfarin for atrial fibrillation", "warfarin-nsaid"),
        ("had anaphylaxis to penicillin", "penicillin-anaphylaxis"),
        ("has an eGFR of 22", "low-gfr-metformin"),
        ("is 14 weeks pregnant", "pregnancy-tetracycline"),
        ("has myasthenia gravis", "myasthenia-antibiotic"),
        ("has Parkinson's disease", "parkinson-antiemetic"),
        ("has a potassium of 6.4 mmol/L", "hyperkalaemia"),
        ("is a 9-year-old boy", "child-codeine"),
    ],
)
def test_a_stated_fact_is_found(told: str, rule: str) -> None:
    assert rule in {one.name for one in barred(f"My patient {told}. What may be given?")}


@pytest.mark.parametrize(
    "told",
    [
        "is not on warfarin",
        "stopped taking warfarin",
        "has no heart failure",
        "has an eGFR of 82",
        "has a potassium of 4.4 mmol/L",
        "has a potassium of 60 mg in each tablet",
        "is 69 years old",
        "has a negative pregnancy test",
        "had a rash with penicillin as a child",
    ],
)
def test_what_is_denied_past_or_of_another_range_is_no_fact(told: str) -> None:
    assert barred(f"My patient {told}. What may be given?") == []


def test_every_rule_that_a_fact_bars_takes_the_treatment_back() -> None:
    found = {one.name for fact in CAUTIONS for said in fact.facts for one in barred(f"The patient {said}.")}
    assert len(found) >= 20 and all(one.drops for one in CAUTIONS if one.name in found)


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("Give ibuprofen 400 mg after the operation.", "ibuprofen"),
        ("An NSAID can be used if paracetamol is not enough.", ""),
        ("Ibuprofen should be avoided.", ""),
        ("Use ibuprofen gel on the knee.", ""),
        ("Paracetamol is given. Diclofenac is added for strong pain.", "diclofenac"),
    ],
)
def test_a_recommendation_is_told_from_a_warning(answer: str, word: str) -> None:
    assert against("warfarin-nsaid", answer) == word
