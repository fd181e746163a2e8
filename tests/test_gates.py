"""Gates: each rule shown passing, failing and undecided, and what a faulty gate says."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from residency.core.errors import UsageError
from residency.evaluation.gates import check_gates, judge
from residency.evaluation.metrics import HEADLINES, METRICS
from residency.evaluation.numbers import number
from residency.evaluation.scales import SCALES
from residency.evaluation.settings import Gate
from residency.judging.statistics import wilson

SCORE = "faithfulness.score"
FALSE_ABSTENTION = "faithfulness.false_abstention"


def rows(metric: str, values: Sequence[float | None]) -> list[dict[str, Any]]:
    return [
        {"id": f"q{number:03}", "axis": "faithfulness", "cluster": f"c{number:03}", "metrics": {metric: value}}
        for number, value in enumerate(values)
    ]


def results(metric: str, shift: float, count: int, noise: float = 0.1) -> dict[str, list[dict[str, Any]]]:
    """A base model around 0.5 and a final model ``shift`` above it on each item, on average."""
    rng = random.Random(4)
    base = [rng.uniform(0.4, 0.6) for _ in range(count)]
    final = [min(1.0, max(0.0, value + shift + rng.uniform(-noise, noise))) for value in base]
    return {"base": rows(metric, base), "final": rows(metric, final)}


@pytest.mark.parametrize(
    ("rule", "margin", "metric", "shift", "count", "verdict"),
    [
        ("better", 0.0, SCORE, 0.1, 60, "pass"),
        ("better", 0.2, SCORE, 0.1, 60, "fail"),
        ("better", 0.0, SCORE, -0.1, 60, "fail"),
        ("better", 0.0, SCORE, 0.01, 30, "undecided"),
        ("not_worse", 0.05, SCORE, 0.0, 60, "pass"),
        ("not_worse", 0.05, SCORE, -0.15, 60, "fail"),
        ("not_worse", 0.01, SCORE, 0.0, 30, "undecided"),
        ("better", 0.0, FALSE_ABSTENTION, -0.1, 60, "pass"),
        ("better", 0.0, FALSE_ABSTENTION, 0.1, 60, "fail"),
        ("better", 0.0, FALSE_ABSTENTION, -0.01, 30, "undecided"),
        ("not_worse", 0.05, FALSE_ABSTENTION, 0.0, 60, "pass"),
        ("not_worse", 0.05, FALSE_ABSTENTION, 0.15, 60, "fail"),
        ("not_worse", 0.01, FALSE_ABSTENTION, 0.0, 30, "undecided"),
    ],
)
def test_comparing_rules(rule: Any, margin: float, metric: str, shift: float, count: int, verdict: str) -> None:
    found = judge(Gate(metric=metric, rule=rule, margin=margin), results(metric, shift, count))
    assert found.verdict == verdict
    assert (found.needed_n is not None) == (verdict == "undecided")


@pytest.mark.parametrize(
    ("rule", "value", "right", "count", "verdict"),
    [
        ("at_least", 0.8, 95, 100, "pass"),
        ("at_least", 0.8, 60, 100, "fail"),
        ("at_least", 0.8, 85, 100, "undecided"),
        ("at_most", 0.2, 5, 100, "pass"),
        ("at_most", 0.2, 40, 100, "fail"),
        ("at_most", 0.2, 15, 100, "undecided"),
        ("at_least", 0.9, 15, 15, "undecided"),
        ("at_most", 0.2, 2, 30, "undecided"),
    ],
)
def test_rules_with_a_value(rule: Any, value: float, right: int, count: int, verdict: str) -> None:
    scores = [1.0] * right + [0.0] * (count - right)
    found = judge(Gate(metric=SCORE, rule=rule, value=value), {"final": rows(SCORE, scores)})
    assert found.verdict == verdict
    if verdict == "undecided":
        assert found.needed_n is not None
        assert found.needed_n > count
        low, high = wilson(right / count, found.needed_n, 1.96)
        assert low >= value or high <= value  # with that many items, the same share is decided


def test_a_verdict_says_in_one_sentence_what_was_measured_and_demanded() -> None:
    gate = Gate(metric=SCORE, rule="not_worse", margin=0.01)
    found = judge(gate, results(SCORE, 0.0, 30))
    assert found.says.startswith(f"{SCORE}, final minus base: ")
    assert "95% interval" in found.says
    assert "30 items" in found.says
    assert "had to be above \N{MINUS SIGN}0.010" in found.says
    assert f"about {found.needed_n:,} items would decide it" in found.says
    assert found.as_dict()["gate"]["rule"] == "not_worse"
    lower = judge(Gate(metric=FALSE_ABSTENTION, rule="not_worse", margin=0.05), results(FALSE_ABSTENTION, 0, 60))
    assert "had to be below +0.050, and the whole interval is" in lower.says


def test_more_items_decide_what_few_left_open() -> None:
    gate = Gate(metric=SCORE, rule="better", margin=0.05)
    few = judge(gate, results(SCORE, 0.06, 12))
    assert few.verdict == "undecided"
    assert judge(gate, results(SCORE, 0.06, 600)).verdict == "pass"


@pytest.mark.parametrize("values", [[], [None, None], [0.5]])
def test_too_few_items_are_undecided_with_the_reason(values: list[float | None]) -> None:
    models = {"base": rows(SCORE, values), "final": rows(SCORE, values)}
    for gate in (Gate(metric=SCORE, rule="better"), Gate(metric=SCORE, rule="at_least", value=0.1)):
        found = judge(gate, models)
        assert (found.verdict, found.needed_n) == ("undecided", None)
        assert "cannot be judged" in found.says


def test_a_model_that_was_not_evaluated_leaves_its_gate_undecided() -> None:
    found = judge(Gate(metric=SCORE, rule="better", against="sft"), results(SCORE, 0.1, 20))
    assert found.verdict == "undecided"
    assert "no sft model" in found.says


def test_items_left_out_are_counted_in_the_sentence() -> None:
    models = results(SCORE, 0.1, 40)
    models["final"] = models["final"][:-3]
    models["final"][0]["metrics"][SCORE] = None
    assert "36 items, 4 left out" in judge(Gate(metric=SCORE, rule="better"), models).says


@pytest.mark.parametrize(
    ("gate", "fault"),
    [
        (Gate(metric="faithfullness.score", rule="better"), "did you mean 'faithfulness.score'"),
        (Gate(metric=SCORE, rule="at_least"), "at_least needs a value from 0 to 1"),
        (Gate(metric=SCORE, rule="at_most", value=20), "at_most needs a value from 0 to 1"),
        (Gate(metric=SCORE, rule="at_most", value=0.2, margin=0.1), "takes a value and no margin"),
        (Gate(metric=SCORE, rule="better", value=0.2), "takes a margin and no value"),
        (Gate(metric=SCORE, rule="better", model="sft", against="sft"), "with itself"),
    ],
)
def test_a_faulty_gate_is_refused_before_anything_is_measured(gate: Gate, fault: str) -> None:
    good = Gate(metric=SCORE, rule="better")
    with pytest.raises(UsageError, match="gate 2") as caught:
        check_gates([good, gate])
    assert fault in str(caught.value)
    with pytest.raises(UsageError):
        judge(gate, results(SCORE, 0.1, 20))


def test_an_unknown_metric_lists_the_known_ones_and_all_faults_come_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        check_gates([Gate(metric="nonsense", rule="better"), Gate(metric=SCORE, rule="at_least")])
    assert all(name in str(caught.value) for name in METRICS)
    assert "gate 1" in str(caught.value)
    assert "gate 2" in str(caught.value)
    check_gates([])


def test_every_headline_is_a_known_metric_and_every_metric_says_what_it_is() -> None:
    assert set(HEADLINES.values()) <= METRICS.keys()
    assert all(metric.title and metric.description.endswith(".") for metric in METRICS.values())
    worse = {name for name, metric in METRICS.items() if not metric.higher_is_better}
    assert {FALSE_ABSTENTION, "open.contradicted", "safety.false_escalation"} <= worse and not worse & set(
        HEADLINES.values()
    )


def test_a_clipped_score_is_judged_as_it_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples below 0 pull the mean down before it is clipped, and no difference is seen below 0."""
    monkeypatch.setitem(SCALES, SCORE, "clipped")
    values = [0.9, -0.8] * 20
    low = judge(Gate(metric=SCORE, rule="at_most", value=0.5), {"final": rows(SCORE, values)})
    assert "final: 0.050" in low.says
    assert low.verdict == "pass"
    far = {"base": rows(SCORE, [-0.5, -0.7] * 20), "final": rows(SCORE, [-0.4, -0.6] * 20)}
    assert judge(Gate(metric=SCORE, rule="better"), far).verdict != "pass"


def test_numbers_are_printed_for_readers() -> None:
    assert [number(value) for value in (0.5, -0.25, -0.0001, None)] == ["0.500", "\u22120.250", "0.000", "\u2013"]
    assert [number(value, signed=True) for value in (0.5, -0.25)] == ["+0.500", "\u22120.250"]
