"""What trainings take, and which arms go on where the time does not last for all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from statistics import median

from residency.ablation.analysis import next_round
from residency.ablation.choosing import needed
from residency.ablation.design import CellPlan
from residency.ablation.question import Question
from residency.core.errors import ResidencyError
from residency.flow.ablating.planned import planned
from residency.flow.ablating.run import HIGHER, Ablation, lucks, measured_so_far, trained
from residency.flow.runner import Watcher


def expected(
    ablation: Ablation, cell: CellPlan, plans: Sequence[CellPlan], guess: Callable[[CellPlan], float]
) -> float:
    """Seconds that a training will take: the median of the finished ones of the same base model of which the same is
    measured; where there are none, ``guess``."""
    alike = [
        sum(found.told["seconds"].values())
        for one in plans
        if (one.measures, _model(one)) == (cell.measures, _model(cell)) and (found := ablation.done(one)) is not None
    ]
    return median(alike) if alike else guess(cell)


def guesses(ablation: Ablation, watcher: Watcher | None) -> dict[str, float]:
    """Seconds by the plan of one training of each kind, by its name without the round."""
    try:
        rows = planned(ablation, watcher).arms
    except ResidencyError:  # of a model that the planner does not know, say: a first training then shows how long
        return {}
    return {row.cell: 60 * row.minutes / (row.repeats - row.finished) for row in rows if row.finished < row.repeats}


def left_behind(
    ablation: Ablation, rest: Sequence[CellPlan], part: float
) -> tuple[dict[str, set[str]], dict[tuple[str, str, str], str]]:
    """The arms that are trained no further where the time lasts for a part of what is left (successive halving).

    Args:
        ablation: with what it has measured so far.
        rest: the trainings that are left; only their arms are ranked.
        part: of them, by time, for which it lasts.

    Returns:
        By question the arms that are behind on every proxy; and the reason by question, arm and proxy.
    """
    behind: dict[str, set[str]] = {}
    why: dict[tuple[str, str, str], str] = {}
    runs, proxies = trained(ablation), ablation.settings.proxies
    chance = lucks(ablation, runs)
    for question in ablation.questions:
        arms = {arm for one in rest for asked, arm in one.serves if asked == question.name}
        if not arms:
            continue
        going = _of_these(question, arms)
        names, most = {arm.name for arm in going.arms}, max(1, math.floor(part * len(going.arms)))
        seen = [one for one in measured_so_far(ablation, question, runs, chance) if one.arm in names]
        rounds = {
            proxy: next_round(going, [one for one in seen if one.proxy == proxy], HIGHER, most) for proxy in proxies
        }
        why |= {(question.name, arm, proxy): why for proxy, one in rounds.items() for arm, why in one.left.items()}
        behind[question.name] = set.intersection(*(set(one.left) for one in rounds.values()))
    return behind, why


def _of_these(question: Question, names: Iterable[str]) -> Question:
    """A question with these of its arms alone, the control and what they need."""
    kept: set[str] = set()
    queue = [question.control, *names]
    while queue:
        name = queue.pop()
        kept.add(name)
        queue += [one for one in needed(question, question.arm(name)) if one not in kept]
    return question.model_copy(update={"arms": [arm for arm in question.arms if arm.name in kept]})


def _model(cell: CellPlan) -> str:
    return str(cell.changes.get("model.name", cell.proxy))
