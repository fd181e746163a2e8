"""The support checker: planted faults of every layer are found, and honest paraphrases pass."""

from __future__ import annotations

import pytest
from benchmarks import support as bench
from benchmarks.planting import PLANTS
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.core.text import sentences
from residency.judging.agreement.quantities import quantities
from residency.judging.agreement.reading import read_sentence
from residency.judging.support import support
from tests.conftest import EXAMPLES, read_rows

DOSE = (
    "Enoxaparin 40 mg is given subcutaneously once daily after major surgery. Gentamicin is dosed at 5 mg/kg. "
    "The risk of an emergency is about 2 per 1000 patient-years. The drain is removed after 24 hours, and a scan "
    "follows "
    "in 5 to 7 days. A potassium above 6.5 mmol/L is an emergency. Three conditions make up the critical view of "
    "safety."
)
CARE = (
    "Antibiotics are not given for an uninfected diabetic ulcer; debridement is. Routine drains are avoided after "
    "elective "
    "hernia repair. A negative CT scan does not exclude an anastomotic leak. Aspirin is continued before most "
    "operations. "
    "An unstable woman goes to theatre without waiting for a formal scan. Metformin is contraindicated in severe renal "
    "failure. Nothing is clipped until the view has been checked."
)
SIDES = (
    "A femoral hernia lies below and lateral to the pubic tubercle. Pain in the left shoulder after splenic rupture "
    "is Kehr's "
    "sign. The dose is increased after surgery. Thiamine is given before glucose. Systolic pressure falls late in "
    "children. "
    "A stable patient with a splenic injury is observed."
)

FAULTS = [
    # text, sentence, the layer that finds it
    (DOSE, "Enoxaparin 60 mg is given subcutaneously once daily after major surgery.", "numbers"),
    (DOSE, "Enoxaparin 40 mL is given subcutaneously once daily after major surgery.", "figures"),
    (DOSE, "Enoxaparin 40 mg/kg is given subcutaneously once daily after major surgery.", "figures"),
    (DOSE, "Enoxaparin 40 micrograms is given subcutaneously once daily after major surgery.", "figures"),
    (DOSE, "Enoxaparin 5 mg is given subcutaneously once daily after major surgery.", "figures"),
    (DOSE, "Gentamicin is dosed at 5 mg after surgery.", "figures"),
    (DOSE, "Gentamicin is dosed at 40 mg/kg.", "figures"),
    (DOSE, "The risk of an emergency is about 2 per 100 patient-years.", "numbers"),
    (DOSE, "The risk of an emergency is about 2% of patient-years.", "figures"),
    (DOSE, "The drain is removed after 24 days.", "figures"),
    (DOSE, "A potassium below 6.5 mmol/L is an emergency.", "figures"),
    (DOSE, "A scan follows in five to seven weeks, when the drain is removed.", "figures"),
    (DOSE, "A scan follows in 24 days.", "figures"),
    (CARE, "Antibiotics are given for an uninfected diabetic ulcer.", "denial"),
    (CARE, "Routine drains are used after elective hernia repair.", "denial"),
    (CARE, "Routine drains are not avoided after elective hernia repair.", "denial"),
    (CARE, "A negative CT scan excludes an anastomotic leak.", "denial"),
    (CARE, "Aspirin is not continued before most operations.", "denial"),
    (CARE, "Aspirin should never be continued before most operations.", "denial"),
    (CARE, "Aspirin is contraindicated before most operations.", "denial"),
    (CARE, "An unstable woman does not go to theatre.", "denial"),
    (CARE, "Metformin is not contraindicated in severe renal failure.", "denial"),
    (SIDES, "A femoral hernia lies above and medial to the pubic tubercle.", "opposites"),
    (SIDES, "Pain in the right shoulder after splenic rupture is Kehr's sign.", "opposites"),
    (SIDES, "The dose is reduced after surgery.", "opposites"),
    (SIDES, "Thiamine is given after glucose.", "opposites"),
    (SIDES, "Diastolic pressure falls late in children.", "opposites"),
    (SIDES, "Systolic pressure falls early in children.", "opposites"),
    (SIDES, "An unstable patient with a splenic injury is observed.", "opposites"),
    (SIDES, "A laparoscopic cholecystectomy is done on the next list.", "words"),
    (SIDES, "It is so.", "length"),
]

PARAPHRASES = [
    (DOSE, "After major surgery, give enoxaparin 40 mg subcutaneously once a day."),
    (DOSE, "Gentamicin is dosed at 5 mg per kg."),
    (DOSE, "Gentamicin is dosed at 5 milligrams per kilogram."),
    (DOSE, "The risk of emergency is 2 per 1,000 patient-years."),
    (DOSE, "The drain is removed at 24-hour review."),
    (DOSE, "A scan follows in five to seven days."),
    (DOSE, "A scan follows in 5-7 days."),
    (DOSE, "Potassium is an emergency when it is more than 6.5 mmol/L."),
    (DOSE, "The critical view of safety is made up of three conditions."),
    (CARE, "Debridement rather than antibiotics is given for an uninfected diabetic ulcer."),
    (CARE, "An uninfected diabetic ulcer needs no antibiotics."),
    (CARE, "Avoid routine drains after elective hernia repair."),
    (CARE, "Routine drains should not be used after elective hernia repair."),
    (CARE, "Elective hernia repair is done without routine drains."),
    (CARE, "An anastomotic leak is not excluded by a negative CT scan."),
    (CARE, "Aspirin should be continued before most operations."),
    (CARE, "An unstable woman goes to theatre and does not wait for a formal scan."),
    (CARE, "Metformin must not be given in severe renal failure."),
    (CARE, "Metformin is to be avoided in severe renal failure."),
    (CARE, "Nothing should be clipped before the view is checked."),
    (SIDES, "Splenic rupture can cause pain in the left shoulder, Kehr's sign."),
    (SIDES, "A femoral hernia is below and lateral to the tubercle."),
    (SIDES, "After surgery the dose is raised."),
    (SIDES, "Before glucose, thiamine is given."),
    (SIDES, "In children a fall of systolic pressure is late."),
    (SIDES, "Observation suits a stable patient with a splenic injury."),
]


@pytest.mark.parametrize(("text", "sentence", "layer"), FAULTS)
def test_a_planted_fault_is_found_by_its_layer_and_a_reason_is_given(text: str, sentence: str, layer: str) -> None:
    verdict = support(text, sentence)
    assert (verdict.supported, verdict.layer) == (False, layer) and verdict.reason


@pytest.mark.parametrize(("text", "sentence"), PARAPHRASES)
def test_an_honest_paraphrase_passes(text: str, sentence: str) -> None:
    verdict = support(text, sentence)
    assert verdict.supported, verdict.reason
    assert (verdict.layer, verdict.reason) == ("", "")


def test_every_sentence_of_a_passage_is_supported_by_its_passage() -> None:
    passages = read_rows(EXAMPLES / "passages.jsonl")
    refused = [one for row in passages for one in sentences(row["text"]) if not support(row["text"], one).supported]
    assert len(passages) == 135 and refused == []


def test_a_denial_is_held_against_the_place_that_speaks_of_the_matter() -> None:
    text = "Drains are not used after hernia repair. Drains are used after pancreatic resection."
    assert support(text, "Drains are used after pancreatic resection.").supported
    assert support(text, "Drains are not used after hernia repair.").supported
    assert support(text, "Drains are not used after pancreatic resection.").layer == "denial"
    assert support(text, "Drains are used after hernia repair.").layer == "denial"


def test_what_a_study_sets_out_to_find_is_not_taken_for_a_finding() -> None:
    text = "To determine whether mesh repair reduces recurrence of hernia. Recurrence was equal in both arms."
    assert support(text, "Mesh repair did not reduce recurrence of hernia.").supported


def test_the_question_may_bring_figures_and_sides_of_its_own() -> None:
    text = "A twisted testis is explored at once. The right testis lies higher in most boys."
    claim = "At 14 years a twisted testis is explored at once."
    assert support(text, claim).layer == "numbers"
    assert support(text, claim, given="A boy of 14 has a twisted left testis.").supported
    assert support(text, "The left testis lies higher in most boys.").layer == "opposites"
    assert support(
        text, "The left testis lies higher in most boys.", given="Does the left testis lie higher?"
    ).supported


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("24-hour", "24 hours", True),
        ("24 hours", "1 day", True),
        ("1 g", "1,000 mg", True),
        ("0.5 mg", "500 micrograms", True),
        ("1 litre", "1000 mL", True),
        ("5%", "5 per cent", True),
        ("1 in 20", "5%", True),
        ("two weeks", "14 days", True),
        ("one hour", "60 minutes", True),
        ("0.5 mL/kg/h", "0.5 mL/kg an hour", True),
        ("at least 5 cm", "5 cm or more", True),
        ("no more than 5 cm", "up to 5 cm", True),
        ("5 mg", "5 mL", False),
        ("5 mg", "5 mg/kg", False),
        ("5 mg", "5 g", False),
        ("2 per 1000", "2 per 100", False),
        ("5 mL/h", "5 mL a day", False),
        ("above 5 cm", "below 5 cm", False),
        ("grade 2", "stage 2", False),
        ("2 weeks", "2 months", False),
    ],
)
def test_figures_agree_by_value_unit_and_bound(one: str, other: str, same: bool) -> None:
    (mine,), (theirs,) = quantities(one.lower()), quantities(other.lower())
    assert mine.agrees(theirs) == theirs.agrees(mine) == same


def test_the_first_end_of_a_range_has_the_unit_of_the_second() -> None:
    assert [(one.size, one.kind) for one in quantities("5 to 10 mg")] == [(5, "mass"), (10, "mass")]
    assert [(one.size, one.kind) for one in quantities("30-60 minutes")] == [(30, "time"), (60, "time")]
    assert [one.kind for one in quantities("5 to 0 mg")] == ["mass", "mass"]


@pytest.mark.parametrize("word", ["left ", "5 mg ", "not left ", "without ", "1,", "stable patient ", "no "])
def test_a_model_that_repeats_itself_is_judged_all_the_same(word: str) -> None:
    """Each of these took minutes while a sentence was read to its end."""
    for text in (DOSE + SIDES, word * 3_000):
        assert support(text, word * 3_000).reason is not None
    assert len(read_sentence(word * 3_000).words) <= 750


@given(st.text(), st.text(), st.text())
@settings(max_examples=200)
def test_any_text_gets_a_verdict(text: str, sentence: str, question: str) -> None:
    verdict = support(text, sentence, given=question)
    assert 0 <= verdict.overlap <= 1
    assert verdict.supported == (verdict.reason == "") == (verdict.layer == "")


def test_the_benchmark_plants_faults_of_every_kind_and_counts_what_is_refused() -> None:
    honest, elsewhere = bench.example_cases()
    assert (len(honest), len(elsewhere)) == (941, 7305)
    faulty = bench.planted(honest, PLANTS)
    assert set(faulty) == set(PLANTS) and all(len(cases) > 40 for cases in faulty.values())
    told = {case.sentence for case in honest}
    assert sum(case.sentence in told for cases in faulty.values() for case in cases) < 10
    found = bench.measure(honest, elsewhere[::20], PLANTS)
    assert found["honest_accepted"] >= 0.975 and found["elsewhere_accepted"] < 0.03
    assert found["precision"] >= 0.9 and found["recall"] >= 0.8
    assert sum(found["honest_refused_by"].values()) == round((1 - found["honest_accepted"]) * 941)
