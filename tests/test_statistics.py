"""Estimates, paired differences and sample sizes against published values, other software and simulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator
from scipy.stats import binomtest, norm

from residency.core.errors import ProofError
from residency.judging import statistics as stats
from residency.judging.statistics import resampling

Z = float(norm.ppf(0.975))
SIMULATED = 400
Drawn = tuple[list[float], list[str], float]


def alone(count: int) -> list[str]:
    return [f"c{number}" for number in range(count)]


def item(name: str, value: float | None, **other: Any) -> dict[str, Any]:
    return {"id": name, "axis": "open", "cluster": name, "topic": "hernia", "metrics": {"open.token_f1": value}} | other


@pytest.mark.parametrize(("right", "count"), [(0, 20), (1, 29), (15, 148), (81, 263), (20, 20)])
def test_independent_binary_scores_get_wilsons_interval(right: int, count: int) -> None:
    found = stats.estimate([1.0] * right + [0.0] * (count - right), alone(count))
    reference = binomtest(right, count).proportion_ci(0.95, "wilson")
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high), abs=1e-9)
    assert (found.n, found.missing) == (count, 0)


def test_wilson_agrees_with_newcombes_published_example() -> None:
    """Newcombe 1998, Statistics in Medicine 17:857-872, table I: 81 of 263 gives 0.2553 to 0.3662."""
    assert stats.wilson(81 / 263, 263, Z) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_paired_binary_scores_agree_with_a_published_table() -> None:
    """Bentur 2009 in Fagerland, Lydersen and Laake: 1, 1, 7, 12 gives -0.517 to -0.026 and exact p 0.070."""
    first = [1.0] * 2 + [0.0] * 19
    second = [1.0] + [0.0] + [1.0] * 7 + [0.0] * 12
    found = stats.paired_difference(first, second, alone(21))
    assert (found.value, found.low, found.high) == pytest.approx((-6 / 21, -0.517, -0.026), abs=5e-4)
    assert found.p == pytest.approx(18 / 256)
    assert (found.discordant, found.method) == (8, "Tango, McNemar exact")


def test_two_equal_models_leave_open_what_their_number_leaves_open() -> None:
    """No discordant pair is no proof of equality: Tango's limits are then -+ z^2 / (n + z^2)."""
    found = stats.paired_difference([1.0, 0.0] * 20, [1.0, 0.0] * 20, alone(40))
    limit = Z**2 / (40 + Z**2)
    assert (found.low, found.high, found.p) == pytest.approx((-limit, limit, 1.0))
    assert stats.tango(0, 0, 40, Z) == pytest.approx((-limit, limit))


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.floats(0.5, 60))
def test_tangos_limits_hold_the_difference_and_mirror(more: int, less: int, same: int, z: float) -> None:
    count = more + less + same
    if not count:
        return
    low, high = stats.tango(more / count, less / count, count, z)
    assert -1 <= low <= (more - less) / count <= high <= 1
    assert stats.tango(less / count, more / count, count, z) == pytest.approx((-high, -low), abs=1e-6)


def test_holm_on_a_textbook_case() -> None:
    assert stats.holm([0.01, 0.04, None, 0.03, 0.005]) == pytest.approx([0.03, 0.06, None, 0.06, 0.02])
    assert stats.holm([]) == []


@pytest.mark.parametrize("values", [[], [None, None]])
def test_without_values_there_is_no_score(values: list[None]) -> None:
    found = stats.estimate(values, alone(len(values)))
    assert (found.value, found.n, found.low, found.missing) == (None, 0, None, len(values))
    assert stats.paired_difference(values, values, alone(len(values))).value is None


@pytest.mark.parametrize(("values", "clusters"), [([0.7], ["a"]), ([0.7, 0.2], ["a", "a"])])
def test_a_lone_item_or_cluster_has_no_interval(values: list[float], clusters: list[str]) -> None:
    found = stats.estimate(values, clusters)
    assert (found.low, found.high) == (None, None)
    assert found.method == stats.NO_INTERVAL
    difference = stats.paired_difference(values, [0.0] * len(values), clusters)
    assert (difference.low, difference.p) == (None, None)


def test_equal_values_never_give_an_interval_of_zero_width() -> None:
    found = stats.estimate([0.4] * 30, alone(30))
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.4 < found.high
    assert found.method == "bound for equal values"
    difference = stats.paired_difference([0.9] * 30, [0.4] * 30, alone(30))
    assert difference.low is not None
    assert 0.3 < difference.low < 0.5


@pytest.mark.parametrize("bad", [1.2, -0.1, float("nan")])
def test_a_score_that_is_not_from_0_to_1_is_a_fault(bad: float) -> None:
    with pytest.raises(ProofError, match="not a number from 0 to 1"):
        stats.estimate([0.5, bad], alone(2))
    with pytest.raises(ProofError):
        stats.paired_difference([0.5, bad], [0.5, 0.5], alone(2))


def binary(rng: Generator) -> Drawn:
    return list((rng.random(60) < 0.85).astype(float)), alone(60), 0.85


def graded(rng: Generator) -> Drawn:
    return list(rng.beta(1.0, 2.0, 60)), alone(60), 1 / 3


def clustered(rng: Generator, grade: bool) -> Drawn:
    values: list[float] = []
    clusters: list[str] = []
    for number, size in enumerate(rng.integers(1, 6, 50)):
        centre = rng.beta(1.5, 1.5)
        drawn = rng.beta(8 * centre, 8 - 8 * centre, size) if grade else rng.random(size) < centre
        values += [float(value) for value in drawn]
        clusters += [f"c{number}"] * int(size)
    return values, clusters, 0.5


def coverage(draw: Callable[[Generator], Drawn], forget_clusters: bool = False) -> float:
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(SIMULATED):
        values, clusters, truth = draw(rng)
        found = stats.estimate(values, alone(len(values)) if forget_clusters else clusters)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= truth <= found.high
    return hits / SIMULATED


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer resamples: hundreds of data sets average out what that costs in precision."""
    monkeypatch.setattr(resampling, "RESAMPLES", 1000)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("draw", [binary, graded, lambda rng: clustered(rng, False), lambda rng: clustered(rng, True)])
def test_intervals_cover_the_truth_as_often_as_they_say(draw: Callable[[Generator], Drawn]) -> None:
    assert 0.92 <= coverage(draw) <= 0.975


@pytest.mark.usefixtures("quick")
def test_forgetting_the_clusters_would_be_noticed() -> None:
    assert coverage(lambda rng: clustered(rng, True), forget_clusters=True) < 0.85


def two_models(rng: Generator, kind: str, effect: float = 0.0) -> tuple[list[float], list[float], list[str]]:
    """Two models that share each item's difficulty, with clusters of one to three items for ``clustered``."""
    sizes = rng.integers(1, 4, 45) if kind == "clustered" else np.ones(90, int)
    clusters = np.repeat(alone(len(sizes)), sizes)
    difficulty = np.repeat(rng.random(len(sizes)), sizes)
    shift = np.repeat(rng.normal(0, 0.1, (2, len(sizes))), sizes, axis=1)
    scores = difficulty + shift + rng.normal(0, 0.15, shift.shape)
    scores = np.clip(scores, 0, 1) if kind == "graded" else (scores > 0.5).astype(float)
    better = rng.random(len(clusters)) < effect
    first = np.where(better, 1.0, scores[0])
    return [float(v) for v in first], [float(v) for v in scores[1]], [str(c) for c in clusters]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("kind", ["binary", "graded", "clustered"])
def test_a_model_against_its_equal_is_called_different_in_about_one_in_twenty(kind: str) -> None:
    rng = np.random.default_rng(23)
    found = [stats.paired_difference(*two_models(rng, kind)) for _ in range(SIMULATED)]
    called = sum(d.p is not None and d.p < 0.05 for d in found) / SIMULATED
    covered = sum(d.low is not None and d.high is not None and d.low <= 0 <= d.high for d in found) / SIMULATED
    assert 0.01 <= called <= 0.075  # McNemar's exact test stays below its level
    assert 0.92 <= covered <= 0.98


@pytest.mark.usefixtures("quick")
def test_a_real_difference_is_found_and_has_the_right_sign() -> None:
    found = stats.paired_difference(*two_models(np.random.default_rng(3), "graded", effect=0.3))
    assert found.p is not None
    assert found.low is not None
    assert found.p == 1 / (1 + resampling.RESAMPLES)  # random flips cannot show a p of 0
    assert found.low > 0


def test_pairing_sees_what_separate_intervals_hide() -> None:
    rng = np.random.default_rng(5)
    base = rng.random(80) * 0.9
    first, second = list(base + 0.03 + rng.normal(0, 0.02, 80).clip(-0.03, 0.03)), list(base)
    paired = stats.paired_difference(first, second, alone(80))
    high = stats.estimate(second, alone(80)).high
    low = stats.estimate(first, alone(80)).low
    assert low is not None
    assert high is not None
    assert paired.low is not None
    assert low < high  # the separate intervals overlap widely
    assert paired.low > 0.02


def test_one_item_and_cluster_order_and_seed_decide_nothing_but_the_draws() -> None:
    rng = np.random.default_rng(9)
    values, clusters, _ = clustered(rng, True)
    found = stats.estimate(values, clusters, seed=4)
    turned = stats.estimate(values[::-1], clusters[::-1], seed=4)
    assert (found.low, found.high) == pytest.approx((turned.low, turned.high))
    assert found == stats.estimate(values, clusters, seed=4)
    assert found != stats.estimate(values, clusters, seed=5)


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from("abcd")), max_size=12))
def test_any_scores_give_limits_around_the_mean_within_the_range(rows: list[tuple[float, str]]) -> None:
    found = stats.estimate([value for value, _ in rows], [cluster for _, cluster in rows])
    if found.low is not None and found.value is not None and found.high is not None:
        assert -1e-9 <= found.low <= found.value + 1e-9
        assert found.value - 1e-9 <= found.high <= 1 + 1e-9
        assert found.high > found.low


@pytest.mark.parametrize("kind", ["binary", "graded"])
def test_asking_every_item_twice_shows_no_more_than_asking_it_once(kind: str) -> None:
    first, second, clusters = two_models(np.random.default_rng(6), kind, effect=0.1)
    once, twice = stats.estimate(first, clusters), stats.estimate(first * 2, clusters * 2)
    assert (once.low, once.high) == pytest.approx((twice.low, twice.high), abs=0.01)
    pair = stats.paired_difference(first, second, clusters)
    pair_twice = stats.paired_difference(first * 2, second * 2, clusters * 2)
    assert (pair.low, pair.high) == pytest.approx((pair_twice.low, pair_twice.high), abs=0.01)
    assert pair.p == pytest.approx(pair_twice.p, abs=0.02)


def test_missing_values_are_counted_and_take_no_part() -> None:
    found = stats.estimate([1.0, None, 0.0, 1.0, None], alone(5))
    assert (found.n, found.missing) == (3, 2)
    assert found.value == pytest.approx(2 / 3)
    pairs = stats.paired_difference([1.0, None, 0.0, 1.0], [0.0, 1.0, None, 1.0], alone(4))
    assert (pairs.n, pairs.missing, pairs.value) == (2, 2, 0.5)


def test_comparing_matches_ids_and_counts_those_without_a_match() -> None:
    first = [item("a", 0.9), item("b", 0.5), item("c", None), item("only-here", 1.0)]
    second = [item("c", 0.1), item("b", 0.4), item("a", 0.2), item("only-there", 0.0), item("also", 0.0)]
    found = stats.compare(first, second)["open.token_f1"]
    assert (found.n, found.missing, found.unmatched) == (2, 1, 3)
    assert found.value == pytest.approx(0.4)
    values, clusters = stats.changes(first, second, "open.token_f1")
    assert values == pytest.approx([0.7, 0.1])
    assert clusters == ["a", "b"]


def test_an_id_that_occurs_twice_cannot_be_paired() -> None:
    with pytest.raises(ProofError, match="twice"):
        stats.compare([item("a", 0.1), item("a", 0.2)], [item("a", 0.3)])
    other_axis = item("a", 0.2, axis="exam")
    assert stats.compare([item("a", 0.1), other_axis], [item("a", 0.3), other_axis])["open.token_f1"].n == 2


def test_groups_are_summarised_apart() -> None:
    rows = [item("a", 1.0, passage_seen=True), item("b", 0.0, passage_seen=False), item("c", 0.5, passage_seen=True)]
    found = stats.summarise_by(rows, "passage_seen")
    assert {name: group["open.token_f1"].value for name, group in found.items()} == {False: 0.0, True: 0.75}
    assert stats.summarise(rows)["open.token_f1"].n == 3


def test_the_needed_number_of_items_and_the_detectable_difference_are_inverse() -> None:
    differences = list(np.random.default_rng(2).normal(0.05, 0.2, 50))
    needed = stats.needed_n(differences, 0.05)
    assert needed is not None
    assert stats.minimal_detectable(differences, needed) == pytest.approx(0.05, rel=0.01)
    assert stats.needed_n(differences, 0.0) is None
    assert stats.needed_n([0.0], 0.1) is None
    assert stats.minimal_detectable([0.0], 10) is None


def test_the_needed_number_of_items_gives_the_promised_power() -> None:
    rng = np.random.default_rng(8)
    needed = stats.needed_n(list(rng.normal(0, 0.2, 4000)), 0.06)
    assert needed is not None
    means = rng.normal(0.06, 0.2, (2000, needed)).mean(axis=1)
    assert (means > Z * 0.2 / np.sqrt(needed)).mean() == pytest.approx(0.8, abs=0.04)


def test_equal_values_need_the_number_at_which_their_bound_clears_the_limit() -> None:
    """All right and at least 0.9 wanted: Wilson's lower limit passes 0.9 at 35 of 35."""
    needed = stats.needed_n([1.0] * 12, 0.1)
    assert needed == 35
    assert stats.wilson(1.0, 35, Z)[0] >= 0.9 > stats.wilson(1.0, 34, Z)[0]


def test_shared_clusters_raise_the_number_needed() -> None:
    values = [0.9, 0.9, 0.1, 0.1] * 10
    shared = [f"c{number // 2}" for number in range(40)]
    apart, together = stats.needed_n(values, 0.1), stats.needed_n(values, 0.1, clusters=shared)
    assert apart is not None
    assert together is not None
    assert together > 1.9 * apart
