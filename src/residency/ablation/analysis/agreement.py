"""Whether two proxies rank the arms of a question alike."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from residency.ablation.analysis.cells import Cells, cells_of, table
from residency.ablation.analysis.spread import mean_of
from residency.ablation.analysis.words import joined
from residency.ablation.question import Question
from residency.ablation.records import Contrast, Trained
from residency.judging.raters import over_clusters
from residency.judging.statistics import Estimate
from residency.judging.statistics.sample import Array

LEAST = 3
"""Arms, the control among them, below which a rank correlation says nothing."""
FEW_ARMS = 4
LIMITS = (
    "Two small models that agree make it likelier that the order does not hang on this one model; they were trained on "
    "the same rows and asked the same items, and say nothing of a model that is many times larger."
)


@dataclass(frozen=True)
class Agreement:
    """How far two proxies agree on a question's first benefit axis.

    ``tau`` is Kendall's tau-b of the arms' differences from the control, whose own is 0, with an interval over clusters
    of items; trainings are taken as they came, so that the interval does not hold what other trainings would have
    changed. Of the arms that are ``decided`` on both proxies, ``same`` have one verdict, and ``opposed`` are better on
    one and worse on the other.
    """

    question: str
    metric: str
    proxies: tuple[str, str]
    arms: Sequence[str]
    tau: Estimate
    decided: Sequence[str]
    same: Sequence[str]
    opposed: Sequence[str]
    says: str


def agreement(
    question: Question,
    contrasts: Sequence[Contrast],
    trained: Sequence[Trained],
    proxies: tuple[str, str],
    confidence: float = 0.95,
    seed: int = 0,
) -> Agreement:
    """Of the arms that both proxies trained, the untrained model left out, over the items for which all have a score:
    what one proxy alone was asked, such as calls of tools, is left out."""
    axis = next(axis for axis in question.axes if axis.role == "benefit")
    cells = [cells_of(question, trained, proxy) for proxy in proxies]
    both = [arm.name for arm in question.arms if arm.measures != "base" and all(arm.name in found for found in cells)]
    if question.control not in both:
        both = []
    scores, clusters = _scores(cells, both, axis.metric)
    place = both.index(question.control) if both else 0

    def statistic(items: NDArray[np.int64]) -> float | None:
        first, second = (part[:, items].mean(axis=1) for part in scores)
        return tau_b(first - first[place], second - second[place])

    enough = len(both) >= LEAST and len(clusters) > 0
    none = Estimate(None, len(clusters), None, None, 0, f"fewer than {LEAST} arms, or no item that all answered")
    tau = over_clusters(statistic, clusters, confidence, seed) if enough else none
    verdicts = [
        {one.arm: one.verdict for one in contrasts if one.proxy == proxy and _of(one, question, axis.metric)}
        for proxy in proxies
    ]
    decided = [arm for arm in both if all(found.get(arm, "undecided") != "undecided" for found in verdicts)]
    same = [arm for arm in decided if verdicts[0][arm] == verdicts[1][arm]]
    opposed = [arm for arm in decided if {verdicts[0][arm], verdicts[1][arm]} == {"better", "worse"}]
    says = f"{_told(tau, len(both))} {_verdicts(question, decided, same, opposed)} {LIMITS}"
    return Agreement(question.name, axis.metric, proxies, both, tau, decided, same, opposed, says)


def tau_b(first: Array, second: Array) -> float | None:
    """Kendall's tau-b (1945): concordant minus discordant pairs, by the pairs that either side does not tie. None where
    all of a side are tied."""
    rows, columns = np.triu_indices(len(first), 1)
    one, two = (np.sign(np.round(side[rows] - side[columns], 12)) for side in (first, second))
    untied = float(np.sqrt((one != 0).sum() * (two != 0).sum()))
    return float((one * two).sum()) / untied if untied else None


def _scores(cells: Sequence[Cells], arms: Sequence[str], metric: str) -> tuple[list[Array], list[str]]:
    """Each proxy's scores, means over repeats, shape (arms, items), of the items that have all of them."""
    if not arms:
        return [np.zeros((0, 0))] * 2, []
    trained = [[list(found[arm].values()) for arm in arms] for found in cells]
    flat = [one for proxy in trained for own in proxy for one in own]
    values, clusters = table(flat, metric)
    rows, start = [], 0
    for own in (own for proxy in trained for own in proxy):
        rows.append(mean_of(values[start : start + len(own)], 0))
        start += len(own)
    whole = np.asarray(rows)
    there = np.asarray(~np.isnan(whole).any(axis=0))
    kept = [cluster for cluster, has in zip(clusters, there.tolist(), strict=True) if has]
    return [whole[: len(arms), there], whole[len(arms) :, there]], kept


def _of(one: Contrast, question: Question, metric: str) -> bool:
    return one.question == question.name and one.metric == metric


def _told(tau: Estimate, arms: int) -> str:
    if tau.value is None:
        return f"Whether the two rank the arms alike cannot be said ({tau.method})."
    if tau.low is None or tau.high is None:
        return f"Of {arms} arms, rank correlation {_number(tau.value)} ({tau.method})."
    between = f"Kendall's tau {_number(tau.value)} [{_number(tau.low)}, {_number(tau.high)}] of {arms} arms"
    if tau.low > 0:
        chance = f" Two orders that have nothing to do with each other agree wholly one time in {math.factorial(arms)}."
        return f"Both rank the arms alike on these items ({between}).{chance if arms <= FEW_ARMS else ''}"
    if tau.high < 0:
        return f"They rank the arms the other way round ({between})."
    return f"Whether they rank the arms alike is not decided ({between})."


def _verdicts(question: Question, decided: Sequence[str], same: Sequence[str], opposed: Sequence[str]) -> str:
    if not decided:
        return "No arm is decided on both."
    text = f"Of {len(decided)} arms that are decided on both, {len(same)} are so alike."
    if opposed:
        says: Mapping[str, str] = {arm.name: arm.says for arm in question.arms}
        text += f" Better on one and worse on the other: {joined([says[arm] for arm in opposed])}."
    return text


def _number(value: float) -> str:
    return f"{value + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")
