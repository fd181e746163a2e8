"""Identical arms, planted effects and intervals of ablations, simulated: how often each is called what it is."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks import ablation as simulated

from residency.ablation.analysis import Luck
from residency.ablation.analysis.luck import NONE
from residency.judging.statistics import resampling


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer resamples: hundreds of questions average out what that costs in precision."""
    monkeypatch.setattr(resampling, "RESAMPLES", 500)


def rate(
    repeats: int, luck: float, runs: int, naive: bool = False, arms: int = 3, chance: Luck | None = None
) -> tuple[float, float]:
    """How often identical arms are called different, and how often an interval holds no difference."""
    rng, asked = np.random.default_rng(11), simulated.question(arms, [simulated.GRADED])
    called, held = [], []
    for _ in range(runs):
        trained = simulated.trainings(rng, asked, repeats, luck)
        found = simulated.concluded(asked, simulated.averaged(trained) if naive else trained, chance)
        called.append(any(one.verdict in ("better", "worse") for one in found))
        held += [(one.difference.low or 0) <= 0 <= (one.difference.high or 0) for one in found]
    return float(np.mean(called)), float(np.mean(held))


@pytest.mark.parametrize(("repeats", "luck"), [(1, 0.0), (3, 0.03), (3, 0.1), (5, 0.03)])
def test_identical_arms_are_called_different_in_at_most_one_question_in_twenty(repeats: int, luck: float) -> None:
    called, held = rate(repeats, luck, 100, chance=NONE if repeats == 1 else None)
    assert called <= 0.05 + 2 * (0.05 * 0.95 / 100) ** 0.5
    assert held >= 0.92


def test_leaving_out_the_luck_of_training_would_be_noticed() -> None:
    called, held = rate(3, 0.03, 60, naive=True, chance=NONE)
    assert called > 0.2 and held < 0.85
    once, _ = rate(1, 0.03, 60, chance=NONE)
    assert once > 0.2


@pytest.mark.parametrize("luck", [0.03, 0.06])
def test_one_training_of_each_arm_claims_no_more_than_the_stated_rate_where_a_recipe_was_trained_twice(
    luck: float,
) -> None:
    found = simulated.false_rate(1, luck, 25, asked=simulated.question(3, simulated.QUICK, twin=True))
    assert found["share"] <= 0.12 and found["coverage"] >= 0.92


def test_a_large_difference_is_found_with_one_training_of_each_arm() -> None:
    asked = simulated.question(3, simulated.QUICK, twin=True)
    found = simulated.planted(1, simulated.BINARY, 25, asked=asked, effect=simulated.LARGE)
    assert found["share"] >= 0.8


def test_a_difference_of_the_size_that_could_be_seen_is_found_in_about_four_of_five() -> None:
    found = simulated.planted(3, simulated.GRADED, 60, asked=simulated.question(3, [simulated.GRADED]))
    assert 0.65 <= found["share"] <= 0.95
    assert found["coverage"] >= 0.92


@pytest.mark.slow
@pytest.mark.parametrize(
    ("repeats", "luck", "arms"), [(1, 0.0, 5), (2, 0.03, 5), (3, 0.1, 2), (3, 0.03, 5), (5, 0.1, 5)]
)
def test_identical_arms_over_many_shapes(repeats: int, luck: float, arms: int) -> None:
    chance = NONE if repeats == 1 else None
    found = simulated.false_rate(repeats, luck, 400, asked=simulated.question(arms), chance=chance)
    assert found["share"] <= 0.05 + 2 * (0.05 * 0.95 / 400) ** 0.5
    assert found["coverage"] >= 0.94


@pytest.mark.slow
@pytest.mark.parametrize("luck", [0.0, 0.03, 0.06])
def test_single_trainings_over_many_questions(luck: float) -> None:
    found = simulated.false_rate(1, luck, 400, asked=simulated.question(metrics=simulated.QUICK, twin=True))
    assert found["share"] <= 0.05 + 2 * (0.05 * 0.95 / 400) ** 0.5
    assert found["coverage"] >= 0.94
