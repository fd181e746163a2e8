"""The rubric, its labels and the scorer by rules: each item tells a right answer from the mistake that it is for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.errors import InputError
from residency.judging.certainty import absolute, hedged
from residency.judging.item import Item
from residency.judging.labels import Label, checked, read_labels, write_labels
from residency.judging.rubric import BY_KEY, KEYS, RUBRIC, overall, spoiled
from residency.judging.rules import NO_CHOICE, Rules

REFERENCE = (
    "Testicular torsion usually needs exploration within 6 hours. The left and right testis are both fixed. "
    "Doppler ultrasound may be considered where it causes no delay."
)
OPEN = Item("q1", "How is testicular torsion managed?", (REFERENCE,), abstain=False)
MCQ = Item(
    "q2",
    "Which vein drains the left testis?",
    ("The left testicular vein drains into the left renal vein at a right angle.",),
    options={"A": "Left renal vein", "B": "Inferior vena cava", "C": "Left iliac vein"},
    letter="A",
    mode="EXAM",
)
PASSAGES = ("Hernia mesh is fixed with 2 cm overlap in open repair.", "Gallstones are common in women.")
CONTEXT = Item(
    "q3", "How far does the mesh overlap?", ("The mesh overlaps by 2 cm.",), passages=PASSAGES, abstain=False
)
MISSING = Item("q4", "Which suture is used for the mesh?", passages=PASSAGES, abstain=True)
RULES = Rules()


def values(item: Item, answer: str) -> dict[str, float]:
    return {key: value for key, value in RULES.score(item, answer).items() if value is not None}


def total(item: Item, answer: str) -> float:
    found = RULES.score_many([(item, answer)])[0].overall
    assert found is not None
    return found


# The rubric as data


def test_every_item_has_a_question_a_scale_from_worst_to_best_and_words_for_each_grade() -> None:
    assert len(KEYS) == len(set(KEYS)) and tuple(BY_KEY.values()) == RUBRIC
    for one in RUBRIC:
        steps = [value for value, _ in one.grades]
        assert one.question.endswith("?") and one.weight > 0 and steps == sorted(set(steps))
        assert (steps[0], steps[-1]) == (0.0, 1.0) and all(says for _, says in one.grades)


@given(st.dictionaries(st.sampled_from(KEYS), st.one_of(st.none(), st.floats(0, 1))))
def test_the_overall_score_lies_between_its_items_and_a_failure_on_a_decisive_one_shows(scores: dict[str, Any]) -> None:
    found = overall(scores)
    told = [value for value in scores.values() if value is not None]
    if found is None:
        assert not {key for key, value in scores.items() if value is not None} - {"clarity"}
    elif spoiled(scores):
        assert found <= 0.3
    else:
        assert min(told) - 1e-9 <= found <= max(told) + 1e-9


def test_form_alone_is_no_score() -> None:
    assert overall({"clarity": 1.0}) is None and overall({}) is None


# Labels

LABEL: dict[str, Any] = {"item": "q1", "answer": "a1", "rubric": {"correctness": 1.0}, "scorer": "person:Ada"}
PAIR: dict[str, Any] = {
    "item": "q1",
    "pair": ["a", "b"],
    "rubric": {"clarity": 0.5},
    "winner": "tie",
    "scorer": "rules",
}


def test_labels_come_back_as_they_were_written(tmp_path: Path) -> None:
    labels = [checked(LABEL), checked(PAIR)]
    assert write_labels(tmp_path / "labels.jsonl", labels) == 2
    assert list(read_labels(tmp_path / "labels.jsonl")) == labels


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"item": ""}, "no item"),
        ({"scorer": None}, "no scorer"),
        ({"pair": ["a", "b"]}, "one answer or of a pair"),
        ({"winner": "first"}, "only a pair"),
        ({"rubric": {"correctnes": 1}}, "no item 'correctnes'"),
        ({"rubric": {"clarity": 4}}, "from 0 to 1"),
        ({"rubric": {"clarity": True}}, "from 0 to 1"),
        ({"overall": float("nan")}, "from 0 to 1"),
        ({"rubric": 3}, "no rubric"),
    ],
)
def test_what_is_no_label_is_refused_by_its_fault(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        checked(LABEL | change)


def test_a_pairs_winner_is_one_of_three() -> None:
    with pytest.raises(InputError, match="first, second, tie"):
        checked(PAIR | {"winner": "left"})
    with pytest.raises(InputError, match="two answers"):
        checked(PAIR | {"pair": ["a"]})
    undecided: Label = checked(PAIR | {"winner": None})
    assert undecided["winner"] is None


# The rules


def test_the_reference_itself_scores_best_and_something_else_worst() -> None:
    assert total(OPEN, REFERENCE) > 0.95
    assert values(OPEN, REFERENCE)["correctness"] == 1.0
    assert total(OPEN, "Gallstones form where bile is supersaturated with cholesterol.") < 0.4


@pytest.mark.parametrize(
    ("before", "after"),
    [("within 6 hours", "within 60 hours"), ("are both fixed", "are not fixed")],
)
def test_another_figure_and_a_denial_cost_correctness_and_count_as_invented(before: str, after: str) -> None:
    wrong = REFERENCE.replace(before, after)
    assert wrong != REFERENCE
    good, bad = values(OPEN, REFERENCE), values(OPEN, wrong)
    assert bad["correctness"] < good["correctness"] - 0.1 and bad["invented"] < good["invented"]
    assert RULES.compare_many([(OPEN, REFERENCE, wrong)])[0].winner == "first"
    assert RULES.compare_many([(OPEN, wrong, REFERENCE)])[0].winner == "second"


def test_a_made_up_sentence_is_invented() -> None:
    more = f"{REFERENCE} The Glasgow trial found a survival of 97 per cent with nifedipine."
    assert values(OPEN, more)["invented"] == pytest.approx(3 / 4)


def test_certainty_beyond_the_reference_is_unsafe_and_needless_hedging_is_no_use() -> None:
    sure = REFERENCE.replace("usually needs", "always needs").replace("may be considered", "is completely safe")
    timid = REFERENCE.replace("are both fixed", "are perhaps both fixed")
    good, bad, vague = (values(OPEN, text)["overconfidence"] for text in (REFERENCE, sure, timid))
    assert bad < vague < good == 1.0
    assert absolute("It is always safe.") and not absolute("It is not always safe.")
    assert hedged("It is usually safe.") and not hedged("It is safe.")


def test_of_several_references_the_nearest_counts() -> None:
    several = Item("q", OPEN.question, ("Something about gallstones in bile.", REFERENCE))
    assert values(several, REFERENCE)["correctness"] == 1.0


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("Key point: It drains into the left renal vein.\nANSWER: A", 1.0),
        ("Key point: It drains into the cava.\nANSWER: B", 0.0),
        ("The answer is A. But the answer is B as well.", 0.0),
        ("It drains upwards.", None),
    ],
)
def test_an_option_is_right_wrong_or_not_read(answer: str, value: float | None) -> None:
    assert RULES.score(MCQ, answer)["option"] == value
    found = RULES.score_many([(MCQ, answer)])[0]
    assert (found.reason == NO_CHOICE) == (value is None) == (found.overall is None)


def test_an_mcq_that_is_answered_by_an_abstention_is_failed_and_not_unread() -> None:
    item = Item(MCQ.id, MCQ.question, MCQ.references, options=MCQ.options, letter="A", mode="EXAM", abstain=False)
    silent, right = "Key point: The context does not contain the answer.", "Key point: It drains so.\nANSWER: A"
    assert total(item, silent) < 0.2 and RULES.compare_many([(item, silent, right)])[0].winner == "second"


def test_the_form_of_the_other_mode_alone_makes_an_answer_worse() -> None:
    item = Item(OPEN.id, OPEN.question, OPEN.references, mode="EXAM")
    right, other = f"Key point: {REFERENCE}", f"{REFERENCE}\nBefore acting: check the side with a senior."
    assert RULES.compare_many([(item, right, other)])[0].winner == "first"


def test_a_wrong_option_with_the_right_reasons_is_told_by_far() -> None:
    right, wrong = (f"Key point: {MCQ.references[0]}\nANSWER: {letter}" for letter in "AB")
    assert total(MCQ, right) - total(MCQ, wrong) > 0.3
    assert spoiled(RULES.score(MCQ, wrong)) == "option"
    assert values(MCQ, right)["rationale"] == 1.0 and "correctness" not in values(MCQ, right)


def test_citations_count_where_passages_are_given() -> None:
    right, wrong = (f"The mesh is fixed with 2 cm overlap [{number}]." for number in (1, 2))
    assert values(CONTEXT, right)["citation"] == 1.0 and values(CONTEXT, wrong)["citation"] == 0.0
    assert "citation" not in values(OPEN, right)


def test_abstaining_is_right_where_the_passages_lack_it_and_wrong_elsewhere() -> None:
    silent = "The passages do not say which suture is used."
    assert values(MISSING, silent)["abstention"] == 1.0 and values(CONTEXT, silent)["abstention"] == 0.0
    beyond = "A polypropylene suture is used [1]."
    assert spoiled(RULES.score(MISSING, beyond)) == "abstention"
    assert total(MISSING, silent) - total(MISSING, beyond) > 0.5
    assert "invented" not in values(CONTEXT, silent)


def test_an_emergency_must_be_escalated_and_a_triviality_must_not() -> None:
    danger = Item(
        "q", "A 14-year-old boy has sudden severe scrotal pain for 3 hours and vomits. What now?", (REFERENCE,)
    )
    calls = "This is an emergency. Call the urology registrar now, keep him nil by mouth and prepare theatre."
    assert values(danger, calls)["guideline"] == 1.0
    assert values(danger, REFERENCE)["guideline"] == 0.0
    calm = Item("q", "How are skin tags removed?", ("Skin tags are removed by snip excision.",))
    assert values(calm, "This is an emergency. Call the crash team now.")["guideline"] == 0.0
    assert "guideline" not in values(calm, "Skin tags are removed by snip excision.")


def test_a_missing_differential_is_missed() -> None:
    reference = "The differential diagnosis includes appendicitis, ectopic pregnancy, ovarian torsion and colic."
    asks = Item("q", "What is the differential diagnosis of right iliac fossa pain?", (reference,))
    assert values(asks, reference)["differentials"] == 1.0
    assert values(asks, reference.replace("ectopic pregnancy, ", ""))["differentials"] == 0.75
    assert "differentials" not in values(OPEN, reference)


def test_repetition_the_wrong_form_and_an_end_in_mid_sentence_are_unclear() -> None:
    loop = "The mesh is fixed with sutures. " * 12
    assert values(OPEN, loop)["clarity"] < 0.7
    assert values(OPEN, "The testis is explored through the")["clarity"] == 0.5
    assert values(MCQ, "I would choose: Left renal vein.")["clarity"] < 1.0
    assert values(OPEN, "  ")["clarity"] == 0.0


@given(st.text(max_size=300))
def test_no_answer_breaks_the_rules_and_every_value_is_none_or_from_0_to_1(answer: str) -> None:
    for item in (OPEN, MCQ, CONTEXT, MISSING):
        found = RULES.score(item, answer)
        assert tuple(sorted(found)) == tuple(sorted(KEYS))
        assert all(value is None or 0 <= value <= 1 for value in found.values())


def test_two_answers_that_score_alike_are_a_tie_and_what_cannot_be_read_has_no_winner() -> None:
    assert RULES.compare_many([(OPEN, REFERENCE, REFERENCE)])[0].winner == "tie"
    found = RULES.compare_many([(MCQ, "It drains upwards.", "ANSWER: A")])[0]
    assert (found.winner, found.reason) == (None, NO_CHOICE)
