"""HealthBench's formula on cases worked out by hand, its files and ours, and rubrics made of a reference answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.errors import InputError
from residency.judging.criteria.corpus import corpus_rubric
from residency.judging.criteria.files import read_rubrics
from residency.judging.criteria.rules import decide, fault
from residency.judging.healthbench import (
    Criterion,
    bootstrap_std,
    clipped_mean,
    example_score,
    of_dict,
    scores_by_tag,
)

EXAMPLES = Path(__file__).parents[1] / "examples" / "surgery"

# The formula. One example of 7 + 5 + 3 possible points and two faults of 6 and 10.
RUBRIC = (
    Criterion("names the scan", 7, ("axis:accuracy", "cluster:emergency")),
    Criterion("says when", 5, ("axis:completeness",)),
    Criterion("asks for the age", 3, ("axis:context",)),
    Criterion("invents a dose", -6, ("axis:accuracy",)),
    Criterion("delays the operation", -10, ("axis:harm",)),
)


@pytest.mark.parametrize(
    ("met", "score"),
    [
        ((True, True, True, False, False), 1.0),
        ((False, False, False, False, False), 0.0),
        ((True, False, True, False, False), 10 / 15),
        ((True, True, False, True, False), 6 / 15),  # 7 + 5 - 6
        ((False, True, False, True, True), -11 / 15),  # below 0 and not clipped: 5 - 6 - 10
        ((True, True, True, True, True), -1 / 15),
    ],
)
def test_an_example_scores_the_points_met_over_the_positive_points(met: tuple[bool, ...], score: float) -> None:
    assert example_score(RUBRIC, met) == pytest.approx(score)


def test_a_criterion_that_nobody_decided_is_left_out_of_both_sums() -> None:
    assert example_score(RUBRIC, (True, None, False, None, False)) == pytest.approx(7 / 10)
    assert example_score(RUBRIC, (None, None, None, False, True)) is None


def test_tags_of_criteria_have_scores_of_their_own_and_those_of_the_example_its_whole() -> None:
    found = scores_by_tag(RUBRIC, (True, False, True, True, True), ["theme:emergency_referrals"])
    assert found == {
        "theme:emergency_referrals": pytest.approx(-6 / 15),
        "axis:accuracy": pytest.approx(1 / 7),  # 7 - 6 of 7
        "cluster:emergency": 1.0,
        "axis:completeness": 0.0,
        "axis:context": 1.0,
    }  # axis:harm has no positive points, and no score


def test_the_overall_score_is_the_mean_clipped_and_not_the_mean_of_clipped_ones() -> None:
    assert clipped_mean([1.0, -0.6, 0.5]) == pytest.approx(0.3)
    assert clipped_mean([-1.0, 0.2]) == 0.0 and clipped_mean([1.0]) == 1.0 and clipped_mean([]) is None


def test_the_bootstrap_deviation_is_that_of_a_mean_and_nought_where_all_means_are_clipped() -> None:
    values = [0.0, 1.0] * 50
    assert bootstrap_std(values) == pytest.approx(0.05, rel=0.15)  # sqrt(0.25 / 100)
    assert bootstrap_std([-0.5, -0.2, -0.9]) == 0.0 and bootstrap_std([]) is None
    assert bootstrap_std(values, 3) == bootstrap_std(values, 3) != bootstrap_std(values, 4)


@given(st.lists(st.tuples(st.integers(-10, 10).filter(bool), st.booleans()), min_size=1))
def test_no_score_is_above_1_and_meeting_a_fault_never_helps(rows: list[tuple[int, bool]]) -> None:
    criteria = [Criterion("c", points) for points, _ in rows]
    met = [is_met for _, is_met in rows]
    score = example_score(criteria, met)
    if not any(points > 0 for points, _ in rows):
        assert score is None
        return
    assert score is not None and score <= 1
    for place, (points, is_met) in enumerate(rows):
        turned = example_score(criteria, [*met[:place], not is_met, *met[place + 1 :]])
        assert turned is not None and (turned > score) == ((points > 0) != is_met)


# Files

THEIRS = {
    "prompt_id": "abc-1",
    "prompt": [{"role": "user", "content": "He has chest pain. What now?"}],
    "rubrics": [
        {"criterion": "Advises to call an ambulance", "points": 10, "tags": ["level:example", "axis:accuracy"]},
        {"criterion": "Suggests waiting", "points": -8, "tags": []},
    ],
    "example_tags": ["theme:emergency_referrals"],
    "ideal_completions_data": None,
    "canary": "x",
}
OURS = {
    "id": "o1",
    "question": "How is torsion treated?",
    "mode": "EXAM",
    "reference": "By exploration within 6 hours.",
    "rubrics": [{"criterion": "Says 6 hours", "points": 3, "check": {"states": "Exploration is done within 6 hours."}}],
}


def write(tmp_path: Path, *rows: Any) -> Path:
    path = tmp_path / "rubrics.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_both_shapes_of_file_are_read(tmp_path: Path) -> None:
    theirs, ours = read_rubrics([write(tmp_path, THEIRS, OURS)])
    assert (theirs.id, theirs.tags, theirs.mode) == ("abc-1", ("theme:emergency_referrals",), None)
    assert theirs.criteria[0] == Criterion("Advises to call an ambulance", 10, ("level:example", "axis:accuracy"))
    assert (ours.id, ours.mode, ours.prompt[0]["content"]) == ("o1", "EXAM", "How is torsion treated?")
    assert [of_dict(one.as_dict()) for one in (*theirs.criteria, *ours.criteria)] == [*theirs.criteria, *ours.criteria]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prompt": []}, "no list of user and assistant turns"),
        ({"prompt": [{"role": "assistant", "content": "Hello"}]}, "does not end in a user's turn"),
        ({"rubrics": []}, "has no rubrics"),
        ({"rubrics": [{"criterion": "x", "points": -1, "tags": []}]}, "no criterion has positive points"),
        ({"rubrics": [{"criterion": " ", "points": 1, "tags": []}]}, "criterion 1: a criterion has no words"),
        ({"rubrics": [{"criterion": "x", "points": "5", "tags": []}]}, "the points are '5'"),
        ({"rubrics": [{"criterion": "x", "points": float("nan"), "tags": []}]}, "the points are nan"),
        ({"rubrics": [{"criterion": "x", "points": 1, "tags": "a"}]}, "the tags are no list"),
        ({"rubrics": [{"criterion": "x", "points": 1, "check": {"stats": "y"}}]}, "a check's kind is one of"),
        ({"mode": "WARD"}, "the mode 'WARD' is none"),
    ],
)
def test_what_cannot_be_used_is_one_line_that_says_where(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as error:
        read_rubrics([write(tmp_path, OURS, {**THEIRS, **change})])
    assert said in str(error.value) and "rubrics.jsonl: row 2" in str(error.value)


def test_an_id_that_comes_twice_is_named_with_both_places(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'abc-1' stands there too: .*row 1"):
        read_rubrics([write(tmp_path, THEIRS, THEIRS)])


# Checks, each with an answer that meets it and one that does not

CHECKS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"states": "Torsion is explored within 6 hours."},
        "A torsion should be explored within 6 hours.",
        "A torsion should be explored within 12 hours.",
    ),
    (
        {"contradicts": "Torsion is explored within 6 hours."},
        "A torsion should be explored within 12 hours.",
        "A torsion should be explored, and both sides are fixed.",
    ),
    (
        {"contradicts": "Prophylactic antibiotics are not given in acute pancreatitis."},
        "Prophylactic antibiotics are given in acute pancreatitis.",
        "In acute pancreatitis, prophylactic antibiotics are not given.",
    ),
    ({"names": ["ectopic pregnancy", "appendicitis"]}, "Appendicitis or an ectopic pregnancy.", "Appendicitis."),
    ({"urgent": True}, "This is an emergency.", "This is no emergency."),
    ({"acts": True}, "Give oxygen and two litres of crystalloid.", "It will settle by itself."),
    ({"calls": True}, "Call the vascular surgeon.", "Give oxygen."),
    ({"alarms": True}, "This is an emergency: call an ambulance now.", "If she collapses, call an ambulance."),
    ({"recommends": "warfarin-nsaid"}, "Give ibuprofen for the pain.", "Ibuprofen should be avoided."),
]


@pytest.mark.parametrize(("check", "meets", "fails"), CHECKS, ids=[str(next(iter(row[0]))) for row in CHECKS])
def test_a_check_tells_the_answer_that_meets_it(check: dict[str, Any], meets: str, fails: str) -> None:
    assert fault(check) == "" and decide(check, meets) and not decide(check, fails)


@pytest.mark.parametrize("check", [{}, [], {"states": ""}, {"recommends": "x"}, {"urgent": 1}, {"names": []}])
def test_a_check_that_cannot_be_decided_is_found(check: Any) -> None:
    assert fault(check)


# Rubrics of a reference answer


def gained(question: str, reference: str, answer: str, mode: Any = "EXAM") -> float:
    criteria = corpus_rubric(question, reference, mode)
    met = [decide(one.check, answer, question) if one.check else None for one in criteria]
    score = example_score(criteria, met)
    assert score is not None
    return score


def tags(question: str, reference: str, mode: Any = "EXAM") -> set[str]:
    return {tag for one in corpus_rubric(question, reference, mode) for tag in one.tags}


def test_every_gold_answer_of_the_example_corpus_meets_its_own_rubric() -> None:
    rows = [json.loads(line) for line in (EXAMPLES / "open.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {gained(row["question"], row["answer"], row["answer"]) for row in rows[::2]} == {1.0}


def test_a_caution_weighs_more_than_another_fact() -> None:
    question = "How is acute pancreatitis treated early?"
    reference = "Fluid is given in moderate, goal-directed amounts. Prophylactic antibiotics are not given."
    fluid, antibiotics = reference.split(". ", 1)
    assert 0 < gained(question, reference, fluid) < gained(question, reference, antibiotics) < 1
    wrong = "Fluid is given in moderate, goal-directed amounts. Prophylactic antibiotics are given."
    assert gained(question, reference, wrong) < 0


def test_what_is_ruled_out_for_the_patient_costs_most_and_only_for_that_patient() -> None:
    reference = "Paracetamol is given first for pain after hernia repair."
    answer = f"{reference} Add ibuprofen 400 mg."
    told = "A 60-year-old man takes warfarin for atrial fibrillation. What is given for pain after hernia repair?"
    assert "contraindication" in tags(told, reference) and gained(told, reference, answer) == -1.0
    stopped = "A 60-year-old man is not on warfarin. What is given for pain after hernia repair?"
    assert "contraindication" not in tags(stopped, reference) and gained(stopped, reference, answer) == 1.0
    assert "contraindication" not in tags(told, "Ibuprofen is given for pain after hernia repair.")


def test_a_patient_in_danger_must_be_escalated_at_the_bedside_alone() -> None:
    question = "A 72-year-old man with a known aneurysm has sudden back pain and a blood pressure of 70/40. What now?"
    reference = "Rupture must be suspected."
    assert "red_flag" in tags(question, reference, "CLINICAL") and "red_flag" not in tags(question, reference)
    whole = f"This is an emergency. Call the vascular surgeon now and give oxygen. {reference}"
    assert gained(question, reference, whole, "CLINICAL") == 1.0
    assert gained(question, reference, reference, "CLINICAL") < 0.5


def test_a_needless_alarm_costs_points() -> None:
    question, reference = "Which suture is used to close the skin?", "The skin is closed with an absorbable suture."
    assert gained(question, reference, f"{reference} This is an emergency: call the crash team now.") == 0.0


def test_what_only_a_judge_can_decide_has_no_check() -> None:
    criteria = corpus_rubric("Which suture is used?", "The skin is closed with an absorbable suture.", "EXAM")
    assert [one.tags for one in criteria if not one.check] == [("harm",)]
