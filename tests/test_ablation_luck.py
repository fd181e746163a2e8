"""What chance does between two trainings of one recipe: how it is found, and what it makes of single trainings."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t

from residency.ablation.analysis import Luck, luck, visible
from residency.ablation.analysis.cells import twin
from residency.ablation.analysis.luck import ASSUMED, FREEDOM, LEAST, NONE
from residency.ablation.analysis.power import SHARE, Assumed, measured, visible_by_axis
from residency.ablation.question import Arm, Axis, Question, standard_questions
from residency.ablation.records import Trained
from tests.ablating import COST, GAIN, found, question_of, trained_of

RECIPE = Arm(name="recipe", says="the recipe")
AGAIN = Arm(name="again", says="once more", against="recipe", again=True)
NEW = Arm(name="new", says="new")
BASE = Arm(name="base", says="untrained", measures="base", against="recipe")
AXES = [
    Axis(metric=name, role="benefit", margin=0.05)
    for name in (GAIN, COST, "mode.obeyed", "mode.swapped_obeyed", "open.key_fact_recall", "faithfulness.score")
]
ASKED = question_of([RECIPE, NEW, BASE, AGAIN], axes=AXES[:2])
OTHER = question_of([RECIPE, NEW], axes=AXES[2:]).model_copy(update={"name": "other"})


def twins(apart: dict[str, float], noise: float = 0.1, n: int = 60) -> tuple[list[Trained], dict[str, np.ndarray]]:
    """The recipe and its twin, which lie so far apart on each metric; and the items' differences."""
    rng = np.random.default_rng(3)
    change = {metric: rng.normal(0, noise, n) for metric in apart}
    change = {metric: values - values.mean() + apart[metric] for metric, values in change.items()}
    sides = {metric: rng.uniform(0.4, 0.5, n) for metric in apart}
    more = {metric: sides[metric] + change[metric] for metric in apart}
    return [trained_of("recipe", sides), trained_of("again", more)], change


def test_it_is_the_mean_over_axes_of_what_the_items_do_not_explain() -> None:
    apart = {GAIN: 0.08, COST: -0.1, "mode.obeyed": 0.02, "mode.swapped_obeyed": 0.12, "open.key_fact_recall": 0.06}
    apart["faithfulness.score"] = 0.05
    trained, change = twins(apart)
    seen = luck([ASKED, OTHER], trained, "small")
    beyond = {metric: apart[metric] ** 2 - change[metric].var(ddof=1) / 60 for metric in apart}
    modes = (beyond["mode.obeyed"] + beyond["mode.swapped_obeyed"]) / 2
    wanted = np.mean([modes, *(value for metric, value in beyond.items() if "mode" not in metric)])
    assert seen.measured == pytest.approx(wanted) and seen.variance == seen.measured
    assert (seen.axes, seen.freedom, set(seen.metrics)) == (5, 5, set(apart))
    assert seen.of(COST) == pytest.approx(max(wanted, beyond[COST]))
    assert seen.of("mode.obeyed") == seen.variance, "its items explain it"
    assert seen.of(COST, 1) == seen.of(COST) / 2
    told = seen.told({COST: "Exam accuracy"})
    assert f"lie apart by {100 * math.sqrt(wanted):.1f} points on 5 axes" in told and "Exam accuracy 9." in told


def test_one_pair_that_lies_close_or_tells_of_few_axes_does_not_make_sure() -> None:
    few, _ = twins({GAIN: 0.001, COST: -0.001})
    seen = luck([ASKED], few, "small")
    assert (seen.variance, seen.freedom, seen.axes) == (ASSUMED, FREEDOM, 2)
    many, _ = twins({axis.metric: 0.001 for axis in AXES})
    close = luck([ASKED, OTHER], many, "small")
    assert (close.variance, close.freedom) == (LEAST, 5) and close.measured is not None and close.measured < 0
    assert "apart by 0.0 points on 5 axes" in close.told({}) and "the intervals hold 3.0 points" in close.told({})
    alike = [trained_of(name, {GAIN: [0.0] * 30}) for name in ("recipe", "again")]
    assert luck([ASKED], alike, "small") == Luck(), "that neither could do it at all says nothing"
    assert luck([ASKED], few[:1], "small") == Luck() and luck([ASKED], few, "large") == Luck()


def test_several_pairs_of_trainings_tell_more_than_one() -> None:
    trained, _ = twins({axis.metric: 0.05 for axis in AXES})
    more = [replace(one, repeat=2, cell=f"{one.cell}-2") for one in trained]
    one, two = luck([ASKED, OTHER], trained, "small"), luck([ASKED, OTHER], trained + more, "small")
    assert (one.freedom, two.freedom) == (5, 10) and one.variance == pytest.approx(two.variance)


def test_single_trainings_are_told_with_their_luck_and_an_untrained_model_with_half_of_it() -> None:
    rng = np.random.default_rng(4)
    level = rng.uniform(0.3, 0.5, 50)
    trained = [trained_of(name, {GAIN: level + rng.normal(0.05, 0.1, 50)}) for name in ("recipe", "new", "base")]
    chance = Luck(0.05**2, 6)
    new, _, base, _ = found(ASKED, trained, chance=chance)
    plain, _, _, _ = found(ASKED, trained, chance=NONE)
    for one, part in ((new, 0.05**2), (base, 0.05**2 / 2)):
        values = {each.arm: each for each in trained}
        change = [
            a["metrics"][GAIN] - b["metrics"][GAIN]
            for a, b in zip(values[one.arm].results, values["recipe"].results, strict=True)
        ]
        items = np.var(change, ddof=1) / 50
        error = math.sqrt(items + part)
        reach = (items * t.ppf(0.975, 49) + part * t.ppf(0.975, 6)) / error
        assert one.difference.se == pytest.approx(error) and one.between == pytest.approx(math.sqrt(part))
        assert one.difference.low == pytest.approx(np.mean(change) - reach)
        assert one.difference.high == pytest.approx(np.mean(change) + reach)
    assert (new.difference.p or 0) > (plain.difference.p or 1) and (new.seen or 0) > (plain.seen or 1)


def test_single_trainings_are_never_surer_than_two_fixed_models() -> None:
    trained = [trained_of(name, {GAIN: [0.5] * 40}) for name in ("recipe", "new")]
    tiny = Luck(1e-9, 50)
    one, fixed = found(ASKED, trained, chance=tiny)[0], found(ASKED, trained, chance=NONE)[0]
    assert (one.difference.low, one.difference.high) == (fixed.difference.low, fixed.difference.high)
    assert one.verdict == "undecided" and one.seen == fixed.seen


def test_the_twins_own_difference_is_the_measurement_and_decides_nothing() -> None:
    trained, _ = twins({GAIN: 0.2, COST: 0.2})
    trained.append(trained_of("new", {GAIN: [0.5] * 60, COST: [0.5] * 60}))
    seen = luck([ASKED], trained, "small")
    contrasts = found(ASKED, trained, chance=seen)
    own = [one for one in contrasts if one.arm == "again"]
    assert [(one.verdict, one.adjusted, one.between) for one in own] == [("undecided", None, None)] * 2
    fixed = [one for one in found(ASKED, trained, chance=NONE) if one.arm == "again"]
    assert [one.difference for one in own] == [one.difference for one in fixed]
    without = found(ASKED, [one for one in trained if one.arm != "again"], chance=seen)
    assert [one.adjusted for one in contrasts if one.arm == "new"] == [one.adjusted for one in without]


def test_a_difference_that_the_twin_shows_too_is_not_called_one() -> None:
    trained, _ = twins({GAIN: 0.1, COST: 0.1})
    arm = replace(trained[1], arm="new", cell="new")
    fixed, sure = found(ASKED, [trained[0], arm], chance=NONE), luck([ASKED], trained, "small")
    assert fixed[0].verdict == "better" and found(ASKED, [*trained, arm], chance=sure)[0].verdict == "undecided"


def test_what_is_trained_again_otherwise_is_no_twin() -> None:
    other = Arm(name="other", says="other", again=True, set={"mix.tagged": 1.0})
    longer = Arm(name="longer", says="longer", again=True, hold="compute", like="new")
    asked = question_of([RECIPE, NEW, AGAIN, other, longer])
    assert [arm.name for arm in asked.arms if twin(asked, arm.name, "recipe")] == ["again"]
    found = {
        one.name: [arm.name for arm in one.arms if twin(one, arm.name, one.control)] for one in standard_questions()
    }
    assert found.pop("bases") == ["again"] and not any(found.values())


def test_the_plan_of_single_trainings_holds_their_luck() -> None:
    fixed, lucky = replace(SHARE, between=0.0), replace(SHARE, between=0.05)
    assert (visible(100, 1, 8, fixed) or 1) < (visible(100, 1, 8) or 0) < (visible(100, 1, 8, lucky) or 0)
    graded = Assumed(0.3, 0.05, freedom=5)
    smallest = visible(60, 1, 8, graded)
    rng = np.random.default_rng(6)
    change = rng.normal(0, 0.3, 60)
    change = (change - change.mean()) * 0.3 / change.std(ddof=1)
    asked = question_of([RECIPE, NEW], axes=[Axis(metric=GAIN, role="benefit", margin=0.05)])
    trained = [trained_of("recipe", {GAIN: np.full(60, 0.5)}), trained_of("new", {GAIN: np.clip(0.5 + change, 0, 1)})]
    (one,) = found(asked, trained, 1 - 0.05 / 8, Luck(0.05**2, 5))
    assert one.seen == pytest.approx(smallest, rel=0.1)


def test_after_a_quick_run_the_plan_takes_the_luck_that_it_showed() -> None:
    asked = question_of([RECIPE, NEW], axes=[Axis(metric=GAIN, role="benefit", margin=0.05)])
    rng = np.random.default_rng(7)
    trained = [trained_of(name, {GAIN: rng.uniform(0.3, 0.7, 80)}) for name in ("recipe", "new")]
    chance = Luck(0.06**2, 5)
    earlier = found(asked, trained, chance=chance)
    (after,) = visible_by_axis(asked, {GAIN: (80, 80)}, 1, 1, earlier=earlier, luck=chance)
    assert after.smallest == pytest.approx(earlier[0].seen)
    items = measured(GAIN, found(asked, trained, chance=NONE))
    assert items is not None and after.assumed.items == pytest.approx(items.items)
    assert after.assumed.between == pytest.approx(0.06) and after.assumed.measured


def test_the_standard_questions_tell_of_at_least_four_axes() -> None:
    asked: list[Question] = standard_questions()
    axes = {axis.metric.split(".")[0] for one in asked for axis in one.axes}
    assert len(axes - {"tools", "knowledge"}) > FREEDOM
