"""What the MCQs of a bank as a whole give away: where the key stands, and whether it is the longest option.

A model that is trained or scored on such a bank can learn the habit in place of the medicine. Alarms need two
things: that chance does not explain the figure, and that it is large enough to matter for a score.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

ALPHA = 0.01
"""A figure is an alarm only where chance explains it less often than this; intervals shown are 95%."""
EFFECT = 0.1
"""Cohen's w from which a skew of key positions matters. It is his bound of a small effect; with four options it
is a letter that is right 29% of the time in place of 25%, the least by which banks and models are said to differ."""
GAIN = 0.05
"""Accuracy above chance from which a shortcut matters: five points are what a model gains from a good deal of
further training, so that a shortcut as large can pass for knowledge."""
FEW = 50  # items below which no baseline is given
EXPECTED = 5  # keys expected at each position, below which the chi-square test does not hold
Z, Z_ALARM = 1.959964, 2.575829


@dataclass(frozen=True, slots=True)
class KeyPositions:
    """Where the keys stand among ``n`` MCQs with ``options`` options, the most common number of options.

    ``counts`` are the keys at each position; ``chi2`` and ``p`` test them against equal shares, and ``effect`` is
    Cohen's w, sqrt(chi2 / n). ``share`` of the most frequent ``position`` (from 0) has a Wilson interval from
    ``low`` to ``high`` (95%), against ``chance``. ``others`` counts MCQs by another number of options, and
    ``unusable`` those whose key is no position. What cannot be computed is None.
    """

    n: int
    options: int
    counts: tuple[int, ...]
    others: dict[int, int]
    unusable: int
    chi2: float | None
    p: float | None
    effect: float | None
    position: int | None
    share: float | None
    low: float | None
    high: float | None
    chance: float | None
    alarm: bool
    verdict: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a rule that does not read the question scores on ``n`` MCQs, with a 95% interval, against ``chance``.

    ``accuracy``, ``low``, ``high`` and ``chance`` are shares, None where there were too few items. ``drawn_from``
    is how many items there were before sampling, ``unusable`` how many had no key among two or more options;
    ``features`` says in words what the rule goes by.
    """

    name: str
    n: int
    accuracy: float | None
    low: float | None
    high: float | None
    chance: float | None
    drawn_from: int
    unusable: int
    features: tuple[str, ...]
    method: str
    alarm: bool
    verdict: str


def key_positions(keys: Sequence[int], counts: Sequence[int]) -> KeyPositions:
    """Whether keys prefer a position.

    Args:
        keys: the position of each MCQ's key, from 0; one that is out of range is counted as unusable.
        counts: the number of options of each MCQ.
    """
    key, count = np.asarray(keys, np.int64), np.asarray(counts, np.int64)
    usable = (key >= 0) & (key < count) & (count > 1)
    unusable = int((~usable).sum())
    key, count = key[usable], count[usable]
    if not len(key):
        nothing = (None, None, None, None, None, None, None, None)
        return KeyPositions(0, 0, (), {}, unusable, *nothing, False, "There is no MCQ with a usable key.")
    sizes = Counter(count.tolist())
    options = min(sizes, key=lambda size: (-sizes[size], size))
    found = np.bincount(key[count == options], minlength=options)
    n, position, chance = int(found.sum()), int(found.argmax()), 1 / options
    share = float(found[position]) / n
    low, high = wilson(share, n)
    others = {size: sizes[size] for size in sorted(sizes) if size != options}
    chi2, p, effect = None, None, None
    if n >= EXPECTED * options:
        test = stats.chisquare(found)
        chi2, p, effect = float(test.statistic), float(test.pvalue), math.sqrt(float(test.statistic) / n)
    alarm = p is not None and effect is not None and p < ALPHA and effect >= EFFECT
    spread = (chi2, p, effect, position, share, low, high, chance)
    verdict = _about_positions(n, options, position, share, spread[:3], alarm)
    return KeyPositions(n, options, tuple(found.tolist()), others, unusable, *spread, alarm, verdict)


def longest_option(options: Sequence[Sequence[str]], keys: Sequence[int]) -> Baseline:
    """The accuracy of choosing the option with the most characters; options that tie share the hit."""
    hits, chances = [], []
    for texts, key in zip(options, keys, strict=True):
        if len(texts) > 1 and 0 <= key < len(texts):
            lengths = [len(text) for text in texts]
            longest = max(lengths)
            hits.append((lengths[key] == longest) / lengths.count(longest))
            chances.append(1 / len(texts))
    unusable = len(keys) - len(hits)
    return baseline("the longest option", hits, chances, drawn_from=len(hits), unusable=unusable)


def baseline(
    name: str,
    hits: Sequence[float],
    chances: Sequence[float],
    *,
    drawn_from: int,
    unusable: int,
    groups: Sequence[int] | None = None,
    features: Sequence[str] = (),
    method: str = "no model is fitted; Wilson interval",
) -> Baseline:
    """A baseline from its hits (0 to 1 for each item) and each item's chance.

    Where ``groups`` (equal numbers for items that belong together) are given, n of the interval is divided by the
    design effect, the variance of the groups' sums over that of independent items.
    """
    n = len(hits)
    if n < FEW:
        return too_few(name, n, f"{n} usable MCQs", drawn_from=drawn_from, unusable=unusable)
    accuracy, chance = float(np.mean(hits)), float(np.mean(chances))
    effective = n / design_effect(hits, groups)
    low, high = wilson(accuracy, effective)
    alarm = wilson(accuracy, effective, Z_ALARM)[0] > chance and accuracy - chance >= GAIN
    return Baseline(
        name=name,
        n=n,
        accuracy=round(accuracy, 4),
        low=round(low, 4),
        high=round(high, 4),
        chance=round(chance, 4),
        drawn_from=drawn_from,
        unusable=unusable,
        features=tuple(features),
        method=method,
        alarm=alarm,
        verdict=_about_baseline(name, accuracy, chance, (low, high), alarm),
    )


def too_few(name: str, n: int, what: str, *, drawn_from: int, unusable: int) -> Baseline:
    """A baseline that could not be had, with its reason."""
    says = f"{what} are too few to say what {name} gives away; {FEW} are needed."
    return Baseline(name, n, None, None, None, None, drawn_from, unusable, (), "not measured", False, says)


def wilson(share: float, n: float, z: float = Z) -> tuple[float, float]:
    """Wilson's interval of a share (Wilson 1927), 95% by default."""
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def design_effect(values: Sequence[float], groups: Sequence[int] | None) -> float:
    """By how much groups of items that go together widen the variance of their mean; at least 1."""
    if groups is None:
        return 1.0
    rest = np.asarray(values, float) - np.mean(values)
    _, place = np.unique(np.asarray(groups), return_inverse=True)
    alone = float((rest**2).sum())
    return max(1.0, float((np.bincount(place, weights=rest) ** 2).sum()) / alone) if alone else 1.0


def _about_positions(
    n: int, options: int, position: int, share: float, test: Sequence[float | None], alarm: bool
) -> str:
    _, p, effect = test
    name, chance = position_name(position), 1 / options
    if p is None or effect is None:
        return f"{n:,} MCQs with {options} options are too few to tell; {EXPECTED * options} are needed."
    figures = f"{share:.1%} of {n:,} keys, against {chance:.1%} by chance (p {_p(p)}, w {effect:.2f})"
    if alarm:
        return (
            f"The key prefers a position: {name} holds {figures}. A model that always says {name} would score "
            f"{100 * (share - chance):.1f} points above chance: shuffle the options before training and scoring."
        )
    if p < ALPHA:
        return f"The positions are not quite even, by too little to matter: {name} holds {figures}."
    return f"The keys are spread evenly: the most frequent, {name}, holds {figures}."


def _about_baseline(name: str, accuracy: float, chance: float, interval: tuple[float, float], alarm: bool) -> str:
    figures = f"{accuracy:.1%}, against {chance:.1%} by chance"
    if alarm:
        return (
            f"Without the question, {name} scores {figures}. A score on this bank is to be read against that figure, "
            "not against chance, and training on it teaches the shortcut."
        )
    if interval[1] < chance:
        return f"Without the question, {name} scores {figures}: less than chance, so that the rule helps when reversed."
    if interval[0] > chance and accuracy - chance >= GAIN:
        return f"Without the question, {name} scores {figures}: it seems more, on too few MCQs to be sure."
    if interval[0] > chance:
        return f"Without the question, {name} scores {figures}: more than chance, by too little to matter."
    return f"Without the question, {name} scores {figures}: it gives nothing away."


def position_name(position: int) -> str:
    """A, B, ... for a position from 0; its number from 1 beyond Z."""
    return chr(ord("A") + position) if position < 26 else str(position + 1)


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
