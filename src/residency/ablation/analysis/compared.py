"""Two arms on one metric, item by item and repeat by repeat."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from residency.ablation.analysis.cells import Cells, Pair, model_of, pairs_of, same_model, table, twin, untrained
from residency.ablation.analysis.luck import Luck
from residency.ablation.analysis.spread import Spread, between_trainings, mean_of, of_items, scores_of
from residency.ablation.question import Question
from residency.ablation.records import Trained
from residency.judging.statistics import (
    NO_INTERVAL,
    Difference,
    Estimate,
    changes,
    estimate,
    matched,
    minimal_detectable,
    paired_difference,
)
from residency.judging.statistics.sample import Array, Scale, Score, clip, sample_of

SAME = "the same training"
NO_REPEAT = "no repeat that both have"
_REACH: dict[Scale, float] = {"share": 1.0, "signed": 2.0, "clipped": 1.0}


@dataclass(frozen=True)
class Compared:
    """What was found, before it is seen among the question's other comparisons. ``seen`` gives the smallest true
    difference that would have been shown at a confidence; ``between`` is the standard deviation between trainings, or
    with one repeat what is taken for it."""

    difference: Difference
    repeats: int
    between: float | None
    seen: Callable[[float], Score]
    arm: Estimate | None = None
    control: Estimate | None = None


def compared(
    question: Question,
    cells: Cells,
    arm: str,
    control: str,
    metric: str,
    confidence: float,
    seed: int,
    scale: Scale,
    luck: Luck,
) -> Compared:
    """The arm minus the control: the items' mean differences, with the variance between trainings added to theirs
    (:class:`Spread`). With several repeats that is measured on these; with one it is ``luck``, of as many of the two
    models as were trained, and of neither where both are one recipe."""
    pairs = pairs_of(question, cells, arm, control)
    if not pairs:
        return Compared(Difference(None, 0, None, None, None, NO_REPEAT, 0), 0, None, lambda _: None)
    if same_model(question, pairs):
        return _same(pairs, metric, confidence, seed, scale)
    if len(pairs) == 1:
        sides = 0 if twin(question, arm, control) else 2 - sum(untrained(question, one) for one in (arm, control))
        return _once(pairs[0], metric, confidence, seed, scale, luck.of(metric, sides), luck.freedom)
    trained = not (untrained(question, arm) or untrained(question, control))
    alike = _alike(question, cells, [one.repeat for one, _ in pairs], metric, scale) if trained else None
    return _repeated(pairs, metric, confidence, seed, scale, alike)


def _same(pairs: Sequence[Pair], metric: str, confidence: float, seed: int, scale: Scale) -> Compared:
    values, clusters = table([one for one, _ in pairs], metric)
    score = estimate(scores_of(mean_of(values, 0)), clusters, confidence, seed, scale)
    value = None if score.value is None else 0.0
    none = Difference(value, score.n, None, None, None, SAME, 0, score.missing, 0, None, score.clusters)
    return Compared(none, len(pairs), None, lambda _: None, score, score)


def _once(
    pair: Pair, metric: str, confidence: float, seed: int, scale: Scale, trainings: float, freedom: int
) -> Compared:
    """Two models, with the variance that their trainings give the difference; never more certain than of fixed ones."""
    one, other = pair[0].results, pair[1].results
    a, b, clusters, unmatched = matched(one, other, metric)
    fixed = replace(paired_difference(a, b, clusters, confidence, seed, scale), unmatched=unmatched)
    differences, groups = changes(one, other, metric)

    def seen(level: float) -> Score:
        return minimal_detectable(differences, len(differences), level, clusters=groups) if differences else None

    sides = [estimate(values, clusters, confidence, seed, scale) for values in (a, b)]
    value, p, low, high = fixed.value, fixed.p, fixed.low, fixed.high
    if not trainings or value is None or p is None or low is None or high is None:
        return Compared(fixed, 1, None, seen, *sides)
    spread = Spread((fixed.se or 0.0) ** 2, fixed.clusters, trainings, freedom)
    reach, most = spread.reach(confidence), _REACH[scale]
    found = replace(
        fixed,
        low=max(-most, min(low, value - reach)),
        high=min(most, max(high, value + reach)),
        p=max(p, spread.p(value)),
        method=f"Student's t over items and the luck of training, no narrower than {fixed.method}",
        se=spread.error,
    )

    def seen_by_chance(level: float) -> Score:
        smallest, least = spread.smallest(level), seen(level)
        return max(smallest, least) if least is not None and smallest <= most else None

    return Compared(found, 1, math.sqrt(trainings), seen_by_chance, *sides)


def _repeated(
    pairs: Sequence[Pair], metric: str, confidence: float, seed: int, scale: Scale, alike: Array | None
) -> Compared:
    repeats = len(pairs)
    values, clusters = table([*(one for one, _ in pairs), *(other for _, other in pairs)], metric)
    both = np.asarray(~np.isnan(values[:repeats] - values[repeats:]))
    arm, control = (np.where(both, side, np.nan) for side in (values[:repeats], values[repeats:]))
    first, second = (scores_of(mean_of(side, 0)) for side in (arm, control))
    sides = [estimate(side, clusters, confidence, seed, scale) for side in (first, second)]
    there = np.asarray(both.any(axis=0)).tolist()
    each = np.asarray([_level(one, scale) - _level(other, scale) for one, other in zip(arm, control, strict=True)])
    each = each[~np.isnan(each)]
    names = [cluster for cluster, has in zip(clusters, there, strict=True) if has]
    change = mean_of(arm, 0)[there] - mean_of(control, 0)[there]
    unmatched = matched(pairs[0][0].results, pairs[0][1].results, metric)[3]
    if len(set(names)) < 2 or len(each) < 2:
        plain = replace(paired_difference(first, second, clusters, confidence, seed, scale), unmatched=unmatched)
        bare = replace(plain, low=None, high=None, p=None, method=plain.method if len(names) else NO_INTERVAL)
        return Compared(bare, repeats, None, lambda _: None, *sides)
    sample = sample_of(change, names, -_REACH[scale])
    variance, freedom = between_trainings(each, alike)
    items = of_items((arm - control)[:, there], names, sample)
    spread = Spread(items, sample.count, variance / len(each), freedom)
    if spread.error < 1e-9:  # nothing varies: the bound for equal values
        plain = replace(paired_difference(first, second, clusters, confidence, seed, scale), unmatched=unmatched)
        equal = list(map(float, change))
        return Compared(
            plain, repeats, 0.0, lambda level: minimal_detectable(equal, len(equal), level, clusters=names), *sides
        )
    value = _level(mean_of(arm, 0), scale) - _level(mean_of(control, 0), scale)
    reach, most = spread.reach(confidence), _REACH[scale]
    found = Difference(
        value,
        len(change),
        max(-most, value - reach),
        min(most, value + reach),
        spread.p(value),
        f"Student's t over items and {repeats} trainings",
        int((np.abs(change) > 1e-12).sum()),
        max(0, there.count(False) - unmatched),
        unmatched,
        spread.error,
        sample.count,
    )

    def seen(level: float) -> Score:
        smallest = spread.smallest(level)
        return smallest if smallest <= most else None

    return Compared(found, repeats, math.sqrt(variance), seen, *sides)


def _level(values: Array, scale: Scale) -> float:
    value = float(mean_of(values))
    return clip(value) if scale == "clipped" and not math.isnan(value) else value


def _alike(question: Question, cells: Cells, repeats: Sequence[int], metric: str, scale: Scale) -> Array | None:
    """The scores of every model of the question that was trained in all these repeats, shape (models, repeats)."""
    models: dict[tuple[tuple[str, str], ...], list[Trained]] = {}
    for name in (arm.name for arm in question.arms):
        has = cells.get(name, {})
        if not untrained(question, name) and all(repeat in has for repeat in repeats):
            own = [has[repeat] for repeat in repeats]
            models.setdefault(tuple(model_of(question, one) for one in own), own)
    rows = [[_level(row, scale) for row in table(own, metric).values] for own in models.values()]
    whole = [row for row in rows if row and not any(math.isnan(value) for value in row)]
    return np.asarray(whole) if len(whole) > 1 else None
