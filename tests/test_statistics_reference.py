"""The statistics against other software, and against what can be worked out exactly."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import binom, bootstrap, ttest_ind
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.contingency_tables import mcnemar as reference_mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_confint

from residency.judging import statistics as stats

SEED = 17


def alone(count: int) -> list[str]:
    return [f"c{number}" for number in range(count)]


def clusters_of(count: int, items: int) -> list[str]:
    return [f"c{number}" for number in np.random.default_rng(SEED).integers(0, count, items)]


@pytest.mark.parametrize("count", [5, 40, 400])
def test_the_standard_error_is_that_of_a_regression_with_clustered_errors(count: int) -> None:
    values = np.random.default_rng(SEED).beta(2, 3, 400)
    clusters = alone(400) if count == 400 else clusters_of(count, 400)
    groups = np.unique(clusters, return_inverse=True)[1]
    fit = OLS(values, np.ones(400)).fit(cov_type="cluster", cov_kwds={"groups": groups})
    found = stats.estimate(list(values), clusters)
    assert found.se == pytest.approx(fit.bse[0])
    assert found.clusters == len(set(clusters))
    difference = stats.paired_difference(list(values), [0.5] * 400, clusters)
    assert difference.se == pytest.approx(fit.bse[0])


def test_binary_intervals_and_tests_agree_with_statsmodels() -> None:
    for right, count in ((3, 20), (45, 50), (200, 900)):
        found = stats.estimate([1.0] * right + [0.0] * (count - right), alone(count))
        assert (found.low, found.high) == pytest.approx(proportion_confint(right, count, method="wilson"))
    for more, less in ((12, 3), (7, 7), (1, 9)):
        table = np.asarray([[5, more], [less, 8]])
        assert stats.mcnemar(more, less) == pytest.approx(reference_mcnemar(table, exact=True).pvalue)


def test_holm_agrees_with_statsmodels() -> None:
    pvalues = list(np.random.default_rng(SEED).random(9) ** 3)
    assert stats.holm(pvalues) == pytest.approx(list(multipletests(pvalues, method="holm")[1]))


def test_the_bootstrap_agrees_with_scipy() -> None:
    values = np.random.default_rng(SEED).beta(1, 3, 300)
    found = stats.estimate(list(values), alone(300))
    reference = bootstrap((values,), np.mean, method="percentile", rng=np.random.default_rng(3), n_resamples=5000)
    limits = (reference.confidence_interval.low, reference.confidence_interval.high)
    assert (found.low, found.high) == pytest.approx(limits, abs=0.002)
    assert found.se == pytest.approx(reference.standard_error, rel=0.03)


def test_two_parts_are_compared_as_by_welchs_test() -> None:
    rng = np.random.default_rng(SEED)
    first, second = rng.beta(2, 3, 30), rng.beta(3, 2, 90)
    found = stats.gap(stats.estimate(list(first), alone(30)), stats.estimate(list(second), alone(90)))
    reference = ttest_ind(first, second, equal_var=False)
    limits = reference.confidence_interval()
    assert (found.low, found.high, found.p) == pytest.approx((limits.low, limits.high, reference.pvalue))
    assert found.n == 120
    lone = stats.gap(stats.estimate([0.5], ["a"]), stats.estimate(list(second), alone(90)))
    assert lone.value is not None and lone.low is None


def test_the_needed_number_agrees_with_statsmodels() -> None:
    differences = list(np.random.default_rng(SEED).normal(0, 1, 500))
    deviation = float(np.std(differences, ddof=1))
    reference = NormalIndPower(ddof=0).solve_power(0.3 / deviation, alpha=0.05, power=0.8, ratio=0)
    needed = stats.needed_n([value / 4 for value in differences], 0.3 / 4)
    assert needed == int(np.ceil(reference))


@pytest.mark.parametrize("count", [20, 60, 200])
@pytest.mark.parametrize("truth", [0.05, 0.3, 0.85])
def test_shares_are_covered_as_often_as_stated_by_exact_reckoning(count: int, truth: float) -> None:
    """The probability of each number of right answers, added up where its interval holds the truth."""
    held = 0.0
    for right in range(count + 1):
        found = stats.estimate([1.0] * right + [0.0] * (count - right), alone(count))
        assert found.low is not None and found.high is not None
        held += float(binom.pmf(right, count, truth)) * (found.low <= truth <= found.high)
    assert 0.91 < held < 0.985


@pytest.mark.parametrize("discordant", [0.1, 0.4])
def test_mcnemars_exact_test_never_errs_more_often_than_stated_and_its_power_is_as_simulated(discordant: float) -> None:
    assert stats.mcnemar_power(150, discordant, 0.0) <= 0.05
    rng = np.random.default_rng(SEED)
    effect = 0.09
    differing = rng.binomial(150, discordant, 2500)
    more = rng.binomial(differing, (discordant + effect) / (2 * discordant))
    p_of = cache(stats.mcnemar)
    shown = np.mean([p_of(int(m), int(d - m)) < 0.05 for m, d in zip(more, differing, strict=True)])
    assert stats.mcnemar_power(150, discordant, effect) == pytest.approx(shown, abs=0.025)


def test_no_number_of_pairs_below_six_can_show_anything() -> None:
    """Five pairs that all fall one way have p = 1/16."""
    assert stats.minimal_detectable([1.0, 0.0, 0.0, 1.0, 0.0], 5) is None
    assert stats.mcnemar_power(5, 1.0, 1.0) == 0.0
    assert stats.mcnemar_power(6, 1.0, 1.0) == pytest.approx(1.0)


def test_what_can_be_seen_shrinks_as_the_items_grow() -> None:
    differences = [1.0] * 8 + [-1.0] * 6 + [0.0] * 46
    seen = [stats.minimal_detectable(differences, count) for count in (60, 240, 960)]
    assert seen == sorted((value for value in seen if value is not None), reverse=True)
    assert seen[1] is not None
    assert stats.mcnemar_power(240, 14 / 60, seen[1]) == pytest.approx(0.8, abs=0.01)
