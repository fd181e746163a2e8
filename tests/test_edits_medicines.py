"""Mistakes with medicines and figures: what is proposed, what is refused, and that the text stays whole."""

import random
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.core.files import read_jsonl
from residency.core.text import MARK
from residency.domain.surgery import antibiotics, drug_classes
from residency.domain.surgery.doses import RANGES
from residency.domain.surgery.figures import OTHERS, PARTNERS, SIZES
from residency.domain.surgery.intervals import PATTERN, alternatives
from residency.domain.surgery.medicines import ROLES, others, read_roles, same
from residency.domain.surgery.routes import read_rules
from residency.preference.edits import dose, drug, drug_class, interval, number, route, unit
from residency.preference.edits.edit import Edit, Operator, Refusal, applied
from residency.preference.edits.places import takes_an

EXAMPLE_BANK = Path(__file__).parents[1] / "examples" / "surgery"
MODULES = (drug, drug_class, dose, number, unit, route, interval)
OPERATORS: dict[str, Operator] = {kind: one for module in MODULES for kind, one in module.TEXT_OPERATORS.items()}


def made(kind: str, text: str, question: str = "") -> list[Edit]:
    found = OPERATORS[kind](text, question, random.Random(0))
    return [one for one in found if isinstance(one, Edit)]


def reasons(kind: str, text: str, question: str = "") -> list[str]:
    found = OPERATORS[kind](text, question, random.Random(0))
    return [one.reason for one in found if isinstance(one, Refusal)]


def all_afters(kind: str, text: str, question: str = "") -> set[str]:
    """Every change over many draws."""
    return {
        one.after
        for seed in range(40)
        for one in OPERATORS[kind](text, question, random.Random(seed))
        if isinstance(one, Edit)
    }


EXAMPLES = {
    "drug": "Enoxaparin 40 mg subcutaneously once daily is the usual adult dose after major surgery.",
    "drug_class": "Broad-spectrum antibiotics are given within one hour in septic shock.",
    "dose": "Enoxaparin 40 mg subcutaneously once daily is the usual adult dose after major surgery.",
    "number": "Sustained systolic pressure below 90 mmHg marks this as high-risk pulmonary embolism.",
    "unit": "Antibiotics must be given within 60 minutes before incision.",
    "route": "Tranexamic acid 1 g is given intravenously over 10 minutes.",
    "interval": "Oral vancomycin 125 mg four times daily for ten days is suitable.",
}


@pytest.mark.parametrize("kind", OPERATORS)
def test_each_type_finds_a_mistake_and_says_what_is_wrong(kind: str) -> None:
    edits = made(kind, EXAMPLES[kind])
    assert edits
    for edit in edits:
        assert edit.type == kind
        assert edit.before != edit.after
        assert edit.why.endswith(".") and edit.why[0] in edit.why[0].upper() and len(edit.why) > 30
        assert edit.severity in ("minor", "major", "dangerous")


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("paracetamol", "acetaminophen"),
        ("adrenaline", "epinephrine"),
        ("enoxaparin", "low-molecular-weight heparin"),
        ("enoxaparin", "heparin"),
        ("omeprazole", "lansoprazole"),
        ("prednisolone", "prednisone"),
        ("warfarin", "apixaban"),
        ("labetalol", "esmolol"),
        ("noradrenaline", "phenylephrine"),
        ("vitamin k", "phytomenadione"),
        ("vitamin k", "prothrombin complex concentrate"),
        ("tamsulosin", "alfuzosin"),
        ("paracetamol", "ibuprofen"),
        ("terlipressin", "octreotide"),
    ],
)
def test_no_synonym_and_no_alternative_is_a_wrong_medicine(name: str, other: str) -> None:
    for one, another in ((name, other), (other, name)):
        given_ = {after.lower() for after, *_ in others(one, "is given for pain, bleeding or clots")}
        assert another not in given_
        assert not any(same(after, another) for after in given_)


@pytest.mark.parametrize(
    ("name", "context", "refused"),
    [
        ("amoxicillin", "abscess of anaerobes", {"amoxicillin", "aminopenicillin", "co-amoxiclav"}),
        ("co-amoxiclav", "anaerobes", {"amoxicillin-clavulanate", "metronidazole", "meropenem"}),
        ("flucloxacillin", "lactational abscess", {"cloxacillin", "cefalexin", "clindamycin", "erythromycin"}),
        ("vancomycin", "mrsa", {"teicoplanin", "linezolid"}),
        ("vancomycin", "c. difficile", {"fidaxomicin", "metronidazole"}),
        ("ceftriaxone", "suspected variceal bleeding", {"cefotaxime", "ciprofloxacin", "piperacillin-tazobactam"}),
    ],
)
def test_antibiotics_that_guidance_accepts_are_refused(name: str, context: str, refused: set[str]) -> None:
    assert not refused & set(antibiotics.wrong_here(name, context))


def test_a_penicillin_in_penicillin_allergy_is_dangerous() -> None:
    edits = made("drug_class", "Erythromycin is used in penicillin allergy.")
    assert "Co-amoxiclav" in all_afters("drug_class", "Erythromycin is used in penicillin allergy.")
    assert edits and all(edit.severity == "dangerous" for edit in edits)


def test_only_the_places_of_resistance_make_an_antibiotic_wrong() -> None:
    assert reasons("drug_class", "Co-amoxiclav is given.") == ["no class is surely wrong here"]


def test_a_tenfold_dose_is_dangerous_and_none_is_a_usual_one() -> None:
    text = EXAMPLES["dose"]
    edits = [edit for seed in range(40) for edit in dose.dose(text, "", random.Random(seed)) if isinstance(edit, Edit)]
    rows = [row for row in RANGES["enoxaparin"] if row.kind == "mg" and not row.basis]
    assert "400" in {edit.after for edit in edits}
    for edit in edits:
        value = float(edit.after.replace(",", ""))
        assert all(value < row.low or value > row.high for row in rows)
        assert edit.severity == ("dangerous" if value > 40 else "major")


@pytest.mark.parametrize(
    "text",
    [
        "Oral vitamin K 1 mg is given.",  # 10 mg is usual too
        "Morphine 10 mg is given.",
    ],
)
def test_another_usual_dose_is_no_mistake(text: str) -> None:
    for edit in made("dose", text):
        assert float(edit.after) > 25 or float(edit.after) < 0.3


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Bridging with treatment-dose LMWH is considered when the risk is high.", "prophylactic-dose"),
        ("A reduced dose of LMWH is used when creatinine clearance is low.", "An increased dose"),
    ],
)
def test_doses_in_words(text: str, after: str) -> None:
    assert after in all_afters("dose", text)


@pytest.mark.parametrize(
    "text",
    [
        "The operation was first done in 1987 and is indicated above grade 3.",
        "Irrigation continues until the pH is 7.4 and stays there.",
        "The suture to wound length ratio should be at least 4:1.",
        "A platelet count below 150 x 10^9/L is low.",
        "The condition affects 1 in 25,000 newborns.",
        "Women aged more than 50 should be screened.",
        "Parkland gives 4 x 80 x 30 = 9,600 mL over 24 hours.",
        "Type 2 diabetes and stage 3 disease are treated [12].",
        "Bismuth was discovered in at least 12 mines, and the history is long.",
        "Both 30% and 40% occur.",
    ],
)
def test_years_grades_ratios_sums_and_marks_are_no_figures_to_change(text: str) -> None:
    assert made("number", text) == []


def test_no_share_above_all_and_both_ends_of_a_range_move_together() -> None:
    for after in all_afters("number", "About 90% of patients recover."):
        assert float(after) <= 100
    for after in all_afters("number", "A polyp of 6 to 12 mm is removed."):
        low, high = re.fullmatch(r"([\d.]+) to ([\d.]+)", after).groups()  # type: ignore[union-attr]
        assert float(high) / float(low) == pytest.approx(2)


def test_a_bound_that_describes_is_left_alone() -> None:
    assert "a bound that only describes" in reasons("number", "More than 30 percent of patients have pain.")
    assert made("number", "When done by experts, surgery cures the disease in more than 95 percent.") == []
    assert made("number", "A fall of more than 50 per cent predicts cure.")
    assert made("number", "A lactate above 4 mmol/L means that a senior is called.")
    assert "seconds" not in all_afters("unit", "The pain lasts more than 30 minutes.")


def test_figures_flow_both_ways() -> None:
    assert "400" in all_afters("dose", "Enoxaparin 40 mg is given.")
    assert "40" in all_afters("dose", "Tamsulosin 400 micrograms is given.")
    for ladder in OTHERS.values():
        assert all(low < high for low, high in pairwise(ladder))


def test_units_are_swapped_with_their_number_and_never_within_the_usual_dose() -> None:
    assert all_afters("unit", "It is stopped one day before.") == {"week", "hour", "month"}
    assert all_afters("unit", "Tamsulosin 400 micrograms is given.") == {"mg"}
    assert all_afters("unit", "A heparin infusion of 1 litre is given.") == {"mL"}
    assert made("unit", "Children aged 5 years are seen, and a 6-month-old is not operated on.") == []
    for name, partners in PARTNERS.items():
        for partner in partners:
            assert max(SIZES[partner] / SIZES[name], SIZES[name] / SIZES[partner]) >= 4


def test_a_longer_wait_in_an_emergency_is_dangerous() -> None:
    edits = made("unit", "Antibiotics are given within one hour in septic shock.")
    assert {(edit.after, edit.severity) for edit in edits} == {("day", "dangerous"), ("minute", "major")}


@pytest.mark.parametrize(
    ("text", "question", "refused"),
    [
        ("Intravenous iron is given.", "", {"Oral"}),
        ("Oral vancomycin is given.", "Which drug treats C. difficile?", {"Rectal"}),
        ("Intravenous vitamin K is given.", "How is warfarin reversed before an elective operation?", {"Oral"}),
        ("Adrenaline is given intramuscularly.", "How is anaphylaxis treated?", {"intravenously"}),
        ("Intravenous antibiotics are given.", "How is uncomplicated diverticulitis treated?", {"Oral"}),
    ],
)
def test_routes_that_are_only_another_option_are_refused(text: str, question: str, refused: set[str]) -> None:
    assert not refused & all_afters("route", text, question)


def test_a_vinca_alkaloid_in_the_spinal_canal_is_dangerous() -> None:
    edits = made("route", "Vincristine is given as an intravenous injection of vincristine.")
    found = next(edit for edit in edits if "intrathecal" in edit.after)
    assert found.severity == "dangerous" and "fatal" in found.why


def test_words_that_name_no_route_are_left_alone() -> None:
    for text in ("Rectal bleeding needs a scope.", "Type IV collagen is treated.", "Oral intake is given up."):
        assert made("route", text, "How is colitis treated?") == []


def test_intervals_are_wrong_by_three_times_at_least() -> None:
    for said in ("once daily", "twice a week", "every 6 hours", "monthly", "every day", "six-monthly"):
        changes = alternatives(said)
        assert changes
        for after, times in changes.items():
            assert PATTERN.fullmatch(after) and max(times, 1 / times) >= 3
    assert "twice daily" not in alternatives("once daily")
    assert made("interval", "Pain limits daily activities and is treated.") == []
    assert all_afters("interval", "Glucose, at 100 g a day, is added.") == {"an hour", "a week"}


def test_two_or_three_times_keeps_its_grammar() -> None:
    assert all_afters("interval", "Heparin is given two or three times daily.") == {"three times weekly"}


@pytest.mark.parametrize("kind", OPERATORS)
@pytest.mark.parametrize(
    "sentence",
    [
        "Enoxaparin 40 mg intravenously once daily should not be given for 5 days at 90 mmHg.",
        "Intravenous antibiotics at 500 mg hourly are wrong.",
        "In a trial, oral vancomycin 125 mg four times daily was given for 10 days at a limit of 5 cm.",
    ],
)
def test_what_a_sentence_denies_or_only_reports_is_left_alone(kind: str, sentence: str) -> None:
    assert made(kind, sentence) == []


def test_articles_and_capitals_are_kept() -> None:
    text = "An anticoagulant is given. A steroid helps: an opioid is used."
    for edit in [*made("drug_class", text), *made("drug_class", "A macrolide is used in penicillin allergy.")]:
        result = applied(text if edit.before in text else "A macrolide is used in penicillin allergy.", edit)
        for article, word in re.findall(r"\b([Aa]n?) ([\w-]+)", result):
            assert (article.lower() == "an") == takes_an(word), result
    assert "Aspirin" in all_afters("drug", "Tranexamic acid is given.")
    assert "hydroxyethyl starch" in all_afters("drug", "It is treated with Hartmann's solution.")


def test_every_mention_outside_the_lexicon_is_silent_and_every_one_inside_is_answered() -> None:
    for kind, operator in OPERATORS.items():
        assert list(operator("The liver lies below the diaphragm.", "", random.Random(0))) == [], kind
    assert reasons("drug", "Aspirin may cause bleeding.")


def test_a_table_with_a_fault_is_not_read() -> None:
    with pytest.raises(ValueError, match="no line"):
        list(read_roles("# group\na role without parts"))
    with pytest.raises(ValueError, match="no entry"):
        list(read_rules("# x\nwhere: y"))
    with pytest.raises(ValueError, match="names no route"):
        list(read_rules("# x\nof: y\noral: sideways = z"))


def test_a_class_is_not_exchanged_where_the_same_holds_for_both() -> None:
    assert made("drug_class", "You often need to stop antidepressants gradually.") == []
    (edit, *_) = made("drug_class", "Naloxone reverses opioids.")
    assert "holds for opioids" in edit.why and edit.after == "benzodiazepines"


def test_no_medicine_is_exchanged_within_its_role() -> None:
    for role in ROLES:
        for names in role.members:
            for _, other, mine in others(names[0].lower(), ""):
                assert other is not mine
    for noun in drug_classes.NOUNS:
        kind = drug_classes.NOUNS[noun][0]
        assert all(other != kind for _, other in drug_classes.others(noun, ""))


def _corpus() -> Iterator[tuple[str, str]]:
    for row in read_jsonl(EXAMPLE_BANK / "open.jsonl"):
        yield row["answer"], row["question"]
    for row in read_jsonl(EXAMPLE_BANK / "mcq.jsonl"):
        yield row["rationale"], row["question"]


TEXTS = list(_corpus())


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TEXTS), st.integers(0, 10**6))
def test_every_edit_fits_its_text(pair: tuple[str, str], seed: int) -> None:
    text, question = pair
    cited = re.sub(r"\.(?=\s|$)", " [1][12].", text)
    for operator in OPERATORS.values():
        for held in (text, cited):
            edits = [one for one in operator(held, question, random.Random(seed)) if isinstance(one, Edit)]
            assert edits == [one for one in operator(held, question, random.Random(seed)) if isinstance(one, Edit)]
            for edit in edits:
                assert held[edit.start : edit.end] == edit.before != edit.after
                result = applied(held, edit)
                back = Edit("", "", edit.start, edit.start + len(edit.after), edit.after, edit.before, "minor", "")
                assert applied(result, back) == held
                assert MARK.findall(result) == MARK.findall(held)
                assert "  " not in result and " ." not in result.replace(" [", "[")
                assert result.count("(") == held.count("(")


def test_the_example_corpus_gives_many_texts_of_each_type() -> None:
    least = {"drug": 50, "drug_class": 45, "dose": 30, "number": 45, "unit": 150, "route": 45, "interval": 20}
    for kind, wanted in least.items():
        assert sum(bool(made(kind, text, question)) for text, question in TEXTS) >= wanted, kind
