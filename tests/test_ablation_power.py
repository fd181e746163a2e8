"""What could be seen beforehand, which arms go on when the budget is short, and whether two proxies agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kendalltau

from residency.ablation.analysis import Assumed, agreement, next_round, visible, visible_by_axis
from residency.ablation.analysis.agreement import tau_b
from residency.ablation.analysis.power import SHARE
from residency.ablation.question import Arm
from residency.judging.statistics import mcnemar_power
from tests.ablating import COST, GAIN, HIGHER, contrast_of, found, question_of, trained_of

ARMS = [Arm(name=name, says=name) for name in ("recipe", "a", "b", "c", "d")]
ASKED = question_of(ARMS)


def test_what_is_said_to_be_visible_has_the_power_that_is_stated() -> None:
    smallest = visible(100, 1, 8, replace(SHARE, between=0.0))
    assert smallest is not None
    assert mcnemar_power(100, max(0.3, smallest), smallest, 1 - 0.05 / 8) == pytest.approx(0.8, abs=0.005)


def test_what_is_visible_shrinks_with_items_and_repeats_and_grows_with_comparisons() -> None:
    assert (visible(400, 1, 8) or 1) < (visible(100, 1, 8) or 0) < (visible(100, 1, 40) or 0)
    noisy = Assumed(0.3, 0.05)
    assert (visible(100, 5, 8, noisy, 4) or 1) < (visible(100, 2, 8, noisy, 4) or 0)
    assert (visible(100, 3, 8, noisy, 4) or 1) < (visible(100, 3, 8, noisy) or 0), "more arms tell more of trainings"
    assert visible(6, 1, 8) is None and visible(1, 1, 1) is None


def test_an_earlier_ablation_takes_the_place_of_what_is_assumed() -> None:
    asked = {GAIN: (100, 100)}
    (before,) = visible_by_axis(ASKED, asked, 3, 4, graded=[GAIN])
    assert before.assumed == Assumed() and before.assumed.says.startswith("assumed;")
    rng = np.random.default_rng(1)
    level = rng.uniform(0.3, 0.7, 100)
    trained = [
        trained_of(arm.name, {GAIN: level + rng.normal(0, 0.05, 100)}, repeat) for arm in ARMS for repeat in (1, 2, 3)
    ]
    earlier = found(ASKED, trained)
    (after,) = visible_by_axis(ASKED, asked, 3, 4, earlier=earlier)
    assert after.assumed.measured and after.assumed.says.startswith("as measured before;")
    seen = [one.seen for one in earlier if one.metric == GAIN and one.seen is not None]
    assert after.smallest == pytest.approx(np.mean(seen), rel=0.25)
    assert (after.smallest or 1) < (before.smallest or 0)


def test_the_better_half_goes_on_with_the_control_and_what_it_needs() -> None:
    arms = [*ARMS[:4], Arm(name="d", says="d", after="c")]
    contrasts = [
        contrast_of(name, "undecided", value, 0.01) for name, value in zip("abcd", (0.1, 0.0, 0.0, 0.2), strict=True)
    ]
    found = next_round(question_of(arms), contrasts, HIGHER)
    assert found.goes_on == ["recipe", "a", "c", "d"]
    assert list(found.left) == ["b"] and "its interval does not reach the best arm" in found.left["b"]


def test_arms_whose_interval_reaches_the_best_stay_until_the_budget_does_not_last() -> None:
    contrasts = [
        contrast_of(name, "undecided", value, 0.15) for name, value in zip("abcd", (0.1, 0.05, 0.0, -0.01), strict=True)
    ]
    assert next_round(ASKED, contrasts, HIGHER).left == {}
    short = next_round(ASKED, contrasts, HIGHER, most=4)
    assert short.goes_on == ["recipe", "a", "b", "c"] and "the budget did not last" in short.left["d"]
    assert next_round(ASKED, contrasts, HIGHER, most=1).goes_on == ["recipe", "a", "b"], "never less than the half"
    falling = {GAIN: False, COST: True}
    assert next_round(ASKED, contrasts, falling, most=1).goes_on == ["recipe", "c", "d"]
    assert next_round(ASKED, [], HIGHER).goes_on == [arm.name for arm in ARMS]


def test_kendalls_tau_is_scipys() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        one, two = rng.integers(0, 4, (2, 7)).astype(float)
        assert tau_b(one, two) == pytest.approx(kendalltau(one, two).statistic)
    assert tau_b(np.zeros(4), np.arange(4.0)) is None


def test_two_proxies_that_rank_alike_or_the_other_way_round_are_told_apart() -> None:
    rng = np.random.default_rng(3)
    level = rng.uniform(0.3, 0.5, 60)

    def trained(proxy: str, step: float) -> list:  # type: ignore[type-arg]
        return [
            trained_of(arm.name, {GAIN: level + place * step + rng.normal(0, 0.02, 60)}, 1, proxy=proxy)
            for place, arm in enumerate(ARMS)
        ]

    verdicts = [contrast_of("a", "better", 0.1), contrast_of("b", "better", 0.1), contrast_of("c", "undecided", 0.1)]
    verdicts += [contrast_of("a", "better", 0.1, proxy="large"), contrast_of("b", "worse", -0.1, proxy="large")]
    verdicts += [contrast_of("c", "undecided", 0.1, proxy="large")]
    alike = agreement(ASKED, verdicts, trained("small", 0.03) + trained("large", 0.02), ("small", "large"))
    assert alike.tau.value == 1 and alike.says.startswith("Both rank the arms alike on these items")
    assert (alike.decided, alike.same, alike.opposed) == (["a", "b"], ["a"], ["b"])
    assert "Better on one and worse on the other: b." in alike.says and "many times larger" in alike.says
    round_about = agreement(ASKED, [], trained("small", 0.03) + trained("large", -0.02), ("small", "large"))
    assert round_about.tau.value == -1 and "the other way round" in round_about.says
    chance = agreement(ASKED, [], trained("small", 0.0) + trained("large", 0.0), ("small", "large"))
    assert chance.tau.low is not None and chance.tau.low < 0 < (chance.tau.high or 0)
    assert "not decided" in chance.says and "No arm is decided on both." in chance.says


def test_proxies_with_too_few_arms_are_not_compared_and_items_of_one_alone_do_not_count() -> None:
    rows = {name: [0.1 * place, 0.5, 0.4] for place, name in enumerate(("recipe", "a", "b"))}
    small = [trained_of(name, {GAIN: values}, proxy="small") for name, values in rows.items()]
    large = [trained_of(name, {GAIN: values}, proxy="large") for name, values in rows.items()]
    few = agreement(ASKED, [], small[:2] + large, ("small", "large"))
    assert few.tau.value is None and "cannot be said" in few.says
    other = [trained_of(name, {GAIN: values[:2]}, proxy="large") for name, values in rows.items()]
    fewer = agreement(ASKED, [], small + other, ("small", "large"))
    assert fewer.tau.n == 2, "the third was asked of one proxy alone"
