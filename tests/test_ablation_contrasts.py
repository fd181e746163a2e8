"""Arms against their control: what is paired with what, how wide the intervals are, and what is called different."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t

from residency.ablation.analysis import answer
from residency.ablation.analysis.luck import NONE
from residency.ablation.analysis.spread import Spread, between_trainings, of_items
from residency.ablation.question import Arm, Axis
from residency.core.errors import InputError, ProofError
from residency.judging.statistics import compare, holm
from residency.judging.statistics.sample import sample_of
from tests.ablating import COST, GAIN, HIGHER, RECIPE, found, question_of, trained_of

CONTROL, NEW, MORE = Arm(name="recipe", says="the recipe"), Arm(name="new", says="new"), Arm(name="more", says="more")
ASKED = question_of([CONTROL, NEW, MORE])


def scores(rng: np.random.Generator, up: float = 0.0, n: int = 60) -> dict[str, np.ndarray]:
    return {metric: np.clip(rng.normal(0.5 + up, 0.1, n), 0, 1) for metric in (GAIN, COST)}


def test_one_repeat_without_luck_is_compared_as_two_models_are_anywhere() -> None:
    rng = np.random.default_rng(1)
    a, b = trained_of("new", scores(rng, 0.03), clusters=20), trained_of("recipe", scores(rng), clusters=20)
    contrasts = found(ASKED, [a, b], chance=NONE)
    plain = compare(a.results, b.results, 0.95, 7)
    assert [one.metric for one in contrasts] == [GAIN, COST]
    assert [one.difference for one in contrasts] == [plain[GAIN], plain[COST]]
    assert [one.adjusted for one in contrasts] == holm([plain[GAIN].p, plain[COST].p])
    assert all(one.between is None and one.repeats == 1 for one in contrasts)


def test_the_variance_of_several_repeats_is_that_of_items_and_that_of_trainings() -> None:
    rng = np.random.default_rng(2)
    arm, control = rng.uniform(0.2, 0.6, (3, 40)) + rng.uniform(0, 0.3, 40), rng.uniform(0.2, 0.8, (3, 40))
    trained = [trained_of("new", {GAIN: row}, place) for place, row in enumerate(arm)]
    trained += [trained_of("recipe", {GAIN: row}, place) for place, row in enumerate(control)]
    (one, _) = found(ASKED, trained)
    change = arm - control
    cells = change - change.mean(0) - change.mean(1, keepdims=True) + change.mean()
    interaction = (cells**2).sum() / (2 * 39) / (3 * 40)
    items, between = max(0, change.mean(0).var(ddof=1) / 40 - interaction), change.mean(1).var(ddof=1)
    error = math.sqrt(items + between / 3)
    quantile = (items * t.ppf(0.975, 39) + between / 3 * t.ppf(0.975, 2)) / error**2
    assert one.repeats == 3 and one.between == pytest.approx(math.sqrt(between))
    assert one.difference.value == pytest.approx(change.mean())
    assert one.difference.se == pytest.approx(error)
    assert one.difference.low == pytest.approx(change.mean() - quantile * error)
    assert one.difference.high == pytest.approx(change.mean() + quantile * error)
    p = one.difference.p
    assert p is not None
    touching = found(ASKED, trained, confidence=1 - p)[0].difference
    assert min(abs(touching.low or 0), abs(touching.high or 0)) == pytest.approx(0, abs=1e-9)


def test_the_parts_add_up_to_the_variance_that_there_is() -> None:
    """Items' variance 0.1, trainings' 0.02, both in one: over many draws, items three to a cluster and some missing."""
    rng = np.random.default_rng(9)
    names, parts = [f"c{place // 3}" for place in range(60)], []
    for _ in range(400):
        items = np.repeat(rng.normal(0, 0.1, 20), 3)
        change = items + rng.normal(0, 0.02, (3, 1)) + np.repeat(rng.normal(0, 0.1, (3, 20)), 3, axis=1)
        sample = sample_of(change.mean(0), names, -1.0)
        parts.append(of_items(change, names, sample) + change.mean(1).var(ddof=1) / 3)
        change[0, 0] = np.nan
        assert of_items(change, names, sample) <= sample.variance
    assert np.mean(parts) == pytest.approx(0.1**2 / 20 + 0.02**2 / 3 + 0.1**2 / (3 * 20), rel=0.05)


def test_other_arms_tell_how_far_trainings_lie_apart_but_an_unsteady_arm_is_not_taken_for_steady() -> None:
    steady = np.asarray([[0.50, 0.51, 0.49], [0.52, 0.51, 0.50], [0.49, 0.50, 0.51]])
    variance, freedom = between_trainings(steady[1] - steady[0], steady)
    rows, repeats = steady.shape
    residuals = steady - steady.mean(1, keepdims=True) - steady.mean(0) + steady.mean()
    pooled = 2 * (residuals**2).sum() / ((rows - 1) * (repeats - 1))
    assert freedom == 4 and variance == pytest.approx(max(pooled, (steady[1] - steady[0]).var(ddof=1)))
    wild = np.asarray([0.2, 0.8, 0.5]) - steady[0]
    assert between_trainings(wild, steady)[0] == pytest.approx(wild.var(ddof=1))
    two = steady[:2]
    assert between_trainings(two[1] - two[0], two) == (pytest.approx((two[1] - two[0]).var(ddof=1)), 2)


def test_with_one_kind_of_variance_the_quantiles_are_students() -> None:
    for items, trainings, freedom in ((1.0, 0.0, 9), (0.0, 1.0, 3), (0.5, 0.5, 9)):
        spread = Spread(items, 10, trainings, freedom)
        assert spread.quantile(0.025) == pytest.approx(t.ppf(0.975, freedom))
        assert spread.p(2.0) == pytest.approx(2 * t.sf(2.0, freedom), rel=1e-6)
    assert Spread(1.0, 10, 0.0, 1).p(0.0) == pytest.approx(1) and Spread(1.0, 10, 0.0, 1).p(1e9) > 0


def test_repeats_that_one_side_lacks_are_left_out_and_the_untrained_model_stands_for_all() -> None:
    asked = question_of([CONTROL, NEW, Arm(name="base", says="untrained", measures="base")])
    rng = np.random.default_rng(3)
    trained = [trained_of("recipe", scores(rng), repeat) for repeat in (1, 2, 3)]
    trained += [trained_of("new", scores(rng), repeat) for repeat in (2, 3, 4)]
    trained += [trained_of("base", scores(rng), 1)]
    assert {one.arm: one.repeats for one in found(asked, trained)} == {"new": 2, "base": 3}


def test_a_training_that_was_asked_other_items_is_compared_with_none_and_told() -> None:
    rng = np.random.default_rng(4)
    trained = [
        trained_of("new", scores(rng, n=59)),
        trained_of("recipe", scores(rng)),
        trained_of("other", scores(rng)),
    ]
    asked = question_of([CONTROL, NEW, Arm(name="other", says="another arm")])
    contrasts = found(asked, trained)
    assert {one.arm for one in contrasts} == {"other"}
    told = answer(asked, contrasts, trained, "small", RECIPE, {}, HIGHER)
    reason = "2 items were asked of it or of recipe, and not of both"
    assert [line for line in told.notes if reason in line] == [f"Not run: {NEW.says} ({reason})."]
    with pytest.raises(ProofError, match="has repeat 1 twice"):
        found(ASKED, [trained[0], replace(trained[0], cell="other")])


def test_a_metric_that_there_is_not_is_named() -> None:
    asked = question_of([CONTROL, NEW], axes=[Axis(metric="exam.luck", role="benefit", margin=0.1)])
    with pytest.raises(InputError, match=r"there is no metric 'exam\.luck'"):
        found(asked, [])


def test_items_without_a_score_are_counted_and_never_nought() -> None:
    rng = np.random.default_rng(5)
    rows = [[float(value) for value in rng.uniform(0.3, 0.7, 30)] for _ in range(4)]
    holed = [
        [None if place == 0 or (place == 1 and repeat) else value for place, value in enumerate(row)]
        for repeat, row in enumerate(rows[:2])
    ]
    trained = [trained_of("new", {GAIN: row}, repeat) for repeat, row in enumerate(holed)]
    trained += [trained_of("recipe", {GAIN: row}, repeat) for repeat, row in enumerate(rows[2:])]
    one = found(ASKED, trained)[0].difference
    assert (one.n, one.missing) == (29, 1)
    assert found(ASKED, trained)[1].difference.n == 0 and found(ASKED, trained)[1].verdict == "undecided"


def test_arms_that_are_one_training_count_once_and_what_is_the_control_is_no_comparison() -> None:
    rng = np.random.default_rng(6)
    same = scores(rng, 0.02)
    control = trained_of("recipe", scores(rng))
    twins = [trained_of(arm, same, cell="shared") for arm in ("new", "more")]
    both, alone = found(ASKED, [control, *twins]), found(ASKED, [control, twins[0]])
    assert [one.adjusted for one in both] == [one.adjusted for one in alone] * 2
    others = [replace(one, cell=one.arm, model="came out alike") for one in twins]  # of other settings
    assert [one.adjusted for one in found(ASKED, [control, *others])] == [one.adjusted for one in both]
    copy = found(ASKED, [control, replace(control, arm="new"), twins[1]])
    assert [one.verdict for one in copy[:2]] == ["no_difference"] * 2
    assert [one.adjusted for one in copy[:2]] == [None, None] and copy[2].adjusted == alone[0].adjusted


def test_an_arm_is_held_against_the_arm_that_it_names() -> None:
    asked = question_of([CONTROL, NEW, Arm(name="more", says="more", against="new")])
    rng = np.random.default_rng(7)
    trained = [trained_of(arm, scores(rng)) for arm in ("recipe", "new", "more")]
    assert {one.arm: one.control for one in found(asked, trained)} == {"new": "recipe", "more": "new"}
    assert {one.arm for one in found(asked, [trained[0], trained[2]])} == set()


def test_a_verdict_follows_the_direction_of_the_metric_and_the_margin() -> None:
    contradicted = [Axis(metric="open.contradicted", role="benefit", margin=0.03)]
    asked = question_of([CONTROL, NEW, MORE], axes=contradicted)
    rng = np.random.default_rng(8)
    level = rng.uniform(0.3, 0.7, 80)

    def told(up: float, noise: float) -> str:
        sides = {"new": up, "recipe": 0.0}
        trained = [
            trained_of(arm, {"open.contradicted": level + move + rng.normal(0, noise, 80)}, repeat)
            for arm, move in sides.items()
            for repeat in (1, 2, 3)
        ]
        return found(asked, trained)[0].verdict

    assert (told(0.1, 0.01), told(-0.1, 0.01)) == ("worse", "better")
    assert (told(0.0, 0.005), told(0.0, 0.2)) == ("no_difference", "undecided")
    assert HIGHER["open.contradicted"] is False


def test_equal_values_throughout_leave_the_bound_for_equal_values() -> None:
    trained = [trained_of(arm, {GAIN: [0.5] * 40}, repeat) for arm in ("new", "recipe") for repeat in (1, 2)]
    one = found(ASKED, trained)[0]
    assert one.difference.value == 0 and one.difference.low is not None and one.difference.low < 0
    assert one.verdict == "undecided" and one.seen is not None and one.between == 0
