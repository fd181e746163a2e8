"""Scores that may be negative: drops from -1 to 1, and HealthBench's, whose mean alone is clipped."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.errors import ProofError
from residency.judging import statistics as stats
from residency.judging.statistics import resampling


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "RESAMPLES", 1000)


def alone(count: int) -> list[str]:
    return [f"c{number}" for number in range(count)]


def test_a_clipped_mean_is_clipped_once_and_not_item_by_item() -> None:
    """HealthBench: examples of 0.9, -0.4, 0.7 and -0.2 score 0.25, not the 0.4 of clipped examples."""
    found = stats.estimate([0.9, -0.4, 0.7, -0.2], alone(4), scale="clipped")
    assert found.value == pytest.approx(0.25)
    assert found.low == 0.0
    assert found.method.endswith("clipped")


def test_a_mean_below_zero_scores_zero_and_is_told_from_a_better_one() -> None:
    rng = np.random.default_rng(1)
    bad, good = list(rng.normal(-0.6, 0.3, 60).clip(-2, 1)), list(rng.normal(0.4, 0.3, 60).clip(-2, 1))
    found = stats.estimate(bad, alone(60), scale="clipped")
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)
    difference = stats.paired_difference(good, bad, alone(60), scale="clipped")
    assert difference.value == pytest.approx(float(np.mean(good)))  # and not a whole point more
    assert difference.low is not None and difference.low > 0.2
    assert difference.p == pytest.approx(1 / 1001)
    both = stats.paired_difference(bad, list(np.asarray(bad) - 0.1), alone(60), scale="clipped")
    assert (both.value, both.p) == (0.0, 1.0)


@pytest.mark.parametrize("truth", [0.02, 0.3])
def test_clipped_means_are_covered_as_often_as_stated(truth: float) -> None:
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(300):
        found = stats.estimate(list(rng.normal(truth, 0.3, 50).clip(-1.5, 1)), alone(50), scale="clipped")
        assert found.low is not None and found.high is not None
        hits += found.low <= truth <= found.high
    assert 0.91 <= hits / 300 <= 0.985


def test_a_drop_may_be_negative_and_equal_drops_leave_both_ends_open() -> None:
    found = stats.estimate([0.0] * 30, alone(30), scale="signed")
    assert found.low is not None and found.high is not None
    assert found.low == pytest.approx(-found.high) and found.low < 0
    turned = stats.estimate([1.0, -1.0] * 10, alone(20), scale="signed")
    assert turned.low is not None and turned.high is not None
    assert turned.low < 0 < turned.high
    difference = stats.paired_difference([1.0] * 12, [-1.0] * 12, alone(12), scale="signed")
    assert difference.value == 2.0


@pytest.mark.parametrize(("bad", "scale"), [(-0.1, "share"), (-1.2, "signed"), (1.01, "clipped"), (np.inf, "clipped")])
def test_a_value_beyond_its_scale_is_a_fault(bad: float, scale: stats.Scale) -> None:
    with pytest.raises(ProofError, match="not a number"):
        stats.estimate([0.5, bad], alone(2), scale=scale)


def test_scales_are_taken_by_metric() -> None:
    rows = [
        {"id": str(n), "axis": "open", "cluster": str(n), "metrics": {"open.healthbench": -0.5, "open.recall": 0.5}}
        for n in range(12)
    ]
    with pytest.raises(ProofError):
        stats.summarise(rows)
    scales: dict[str, stats.Scale] = {"open.healthbench": "clipped"}
    found = stats.summarise(rows, scales=scales)
    assert (found["open.healthbench"].value, found["open.recall"].value) == (0.0, 0.5)
    assert stats.compare(rows, rows, scales=scales)["open.healthbench"].value == 0.0


@given(st.lists(st.tuples(st.floats(-3, 1), st.floats(-3, 1), st.sampled_from("abcdefghijkl")), min_size=2))
def test_any_clipped_scores_give_limits_around_the_value(rows: list[tuple[float, float, str]]) -> None:
    first, second, clusters = (list(column) for column in zip(*rows, strict=True))
    found = stats.estimate(first, clusters, scale="clipped")  # type: ignore[arg-type]
    difference = stats.paired_difference(first, second, clusters, scale="clipped")  # type: ignore[arg-type]
    for one, (floor, ceiling) in ((found, (0, 1)), (difference, (-1, 1))):
        if one.low is not None and one.value is not None and one.high is not None:
            assert floor - 1e-9 <= one.low <= one.value + 1e-9
            assert one.value - 1e-9 <= one.high <= ceiling + 1e-9
