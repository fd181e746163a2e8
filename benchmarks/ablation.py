"""How often an ablation says what is so, in simulation: identical arms, planted effects, and what intervals hold.

    python -m benchmarks.ablation --json      # about two minutes; --quick takes seconds

A question of ``ARMS`` arms and two axes (answers right or wrong, and graded ones), 100 items each, two of a cluster,
is simulated: every item has its difficulty, every training its luck (standard deviation 0.03 of the score), and every
item its own luck in every training. ``aa_false_rate``: arms that are the control's recipe, the share of questions in
which any is called better or worse on any axis (stated: 0.05 at most). With one repeat there are five axes, as there
are where the control is trained twice (``twin``), which tells of that luck; ``unsteady`` has four times as much of it
on one axis as on the others, and ``no twin`` holds what is assumed.
``naive``: the same where the variance between trainings is left out. ``planted_found``: one arm is better by what
``seen`` says, on average, would be shown four times in five, or by ``LARGE``. ``coverage``: the 95% intervals that hold
the truth.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import Generator

from residency.ablation.analysis import Luck, contrasts, luck
from residency.ablation.analysis.luck import NONE
from residency.ablation.question import Arm, Axis, Question
from residency.ablation.records import Contrast, Trained
from residency.judging.statistics import Item, resampling, wilson

BINARY, GRADED = "right", "graded"
CONFIDENCE, Z95 = 0.95, 1.959964
ITEMS, CLUSTERS, ARMS, LUCK = 100, 50, 5, 0.03
QUICK = ("right", "graded", "right2", "graded2", "right3")
"""The axes of a question where each arm is trained once."""
LARGE = 0.6
"""As obedience to a mode that was never trained."""
SPREAD = {BINARY: 0.1, GRADED: 0.15}
"""Standard deviation of an item's luck in a training, before answers are right or wrong."""


def question(arms: int = ARMS, metrics: Sequence[str] = (BINARY, GRADED), twin: bool = False) -> Question:
    """Arms ``a0`` (the control) and on; with a twin, the control is trained once more."""
    says = dict.fromkeys(("better", "at_a_cost", "worse", "no_difference", "undecided"), "{arm}: {difference}")
    roles = ("benefit", *("cost" for _ in metrics[1:]))
    return Question(
        name="simulated",
        title="Simulated",
        asks="Does it differ?",
        control="a0",
        axes=[Axis(metric=name, role=role, margin=0.03) for name, role in zip(metrics, roles, strict=True)],
        arms=[
            *(Arm(name=f"a{place}", says=f"arm {place}", dose=place) for place in range(arms)),
            *([Arm(name="again", says="once more", against="a0", again=True)] if twin else ()),
        ],
        outcomes=says,
    )


def trainings(
    rng: Generator,
    asked: Question,
    repeats: int,
    lucky: float | dict[str, float] = LUCK,
    effects: dict[str, dict[str, float]] | None = None,
    items: int = ITEMS,
    clusters: int = CLUSTERS,
) -> list[Trained]:
    """All arms' trainings. Items of a cluster share their difficulty and half of their luck.

    Args:
        lucky: the standard deviation of a training's luck, for all metrics or by metric.
        effects: what an arm's score is moved by, by metric and arm.
    """
    place = np.arange(items) * clusters // items
    found: dict[tuple[str, int], list[Item]] = {}
    for axis in asked.axes:
        metric, kind = axis.metric, axis.metric.rstrip("23")
        own_luck = lucky[metric] if isinstance(lucky, dict) else lucky
        difficulty = rng.uniform(0.2, 0.8, clusters)[place]
        for arm in asked.arms:
            effect = (effects or {}).get(metric, {}).get(arm.name, 0.0)
            for repeat in range(repeats):
                shared, own = rng.normal(0, SPREAD[kind] / 2**0.5, (2, items))
                level = difficulty + effect + rng.normal(0, own_luck) + shared[place] + own
                values = (rng.random(items) < level).astype(float) if kind == BINARY else np.clip(level, 0, 1)
                found.setdefault((arm.name, repeat), []).extend(
                    {"id": f"{metric}{n}", "axis": metric, "cluster": f"{metric}{place[n]}", "metrics": {metric: value}}
                    for n, value in enumerate(values.tolist())
                )
    return [
        Trained(asked.name, arm, "small", repeat, f"{arm}-{repeat}", results)
        for (arm, repeat), results in found.items()
    ]


def concluded(asked: Question, trained: Sequence[Trained], chance: Luck | None = None, seed: int = 0) -> list[Contrast]:
    """The contrasts of a simulated question, but for the twin's; ``chance`` None for what the twin shows of it."""
    better = {axis.metric: True for axis in asked.axes}
    chance = chance or luck([asked], trained, "small")
    found = contrasts(asked, trained, "small", CONFIDENCE, seed, {}, better, chance)
    return [one for one in found if one.arm != "again"]


def false_rate(
    repeats: int,
    lucky: float | dict[str, float],
    runs: int,
    seed: int = 1,
    asked: Question | None = None,
    chance: Luck | None = None,
) -> dict[str, Any]:
    """How often identical arms are called different, in any comparison of the question."""
    rng, asked = np.random.default_rng(seed), asked or question()
    called, held, count = 0, 0, 0
    for _ in range(runs):
        found = concluded(asked, trainings(rng, asked, repeats, lucky), chance)
        called += any(one.verdict in ("better", "worse") for one in found)
        held += sum(_holds(one, 0.0) for one in found)
        count += len(found)
    return share(called, runs) | {"coverage": round(held / count, 4)}


def planted(
    repeats: int,
    metric: str,
    runs: int,
    seed: int = 2,
    lucky: float = LUCK,
    asked: Question | None = None,
    effect: float | None = None,
) -> dict[str, Any]:
    """How often a real difference is found, of the size ``seen`` if none is given, and how often its interval holds
    it. It lies about the middle of the scale, so that no end of it cuts a large one short."""
    rng, asked = np.random.default_rng(seed), asked or question()
    if effect is None:
        calm = [concluded(asked, trainings(rng, asked, repeats, lucky)) for _ in range(max(20, runs // 10))]
        seen = [one.seen for found in calm for one in found if one.metric == metric and one.seen is not None]
        effect = float(np.mean(seen))
    effects = {arm.name: effect / 2 if arm.name == "a1" else -effect / 2 for arm in asked.arms}
    shown, held = 0, 0
    for _ in range(runs):
        found = concluded(asked, trainings(rng, asked, repeats, lucky, {metric: effects}))
        (one,) = (one for one in found if one.arm == "a1" and one.metric == metric)
        shown += one.verdict == "better"
        held += _holds(one, effect)
    return share(shown, runs) | {"effect": round(effect, 4), "coverage": round(held / runs, 4)}


def _holds(one: Contrast, truth: float) -> bool:
    low, high = one.difference.low, one.difference.high
    return low is not None and high is not None and low <= truth <= high


def share(hits: int, n: int) -> dict[str, Any]:
    """A share with its n and Wilson's 95% interval."""
    low, high = wilson(hits / n, n, Z95)
    return {"share": round(hits / n, 4), "n": n, "interval": [round(low, 4), round(high, 4)]}


def naive_rate(repeats: int, lucky: float, runs: int, seed: int = 1, asked: Question | None = None) -> dict[str, Any]:
    """The rate of identical arms called different where repeats are averaged and then taken for one fixed model."""
    rng, asked, called = np.random.default_rng(seed), asked or question(), 0
    for _ in range(runs):
        found = concluded(asked, averaged(trainings(rng, asked, repeats, lucky)), NONE)
        called += any(one.verdict in ("better", "worse") for one in found)
    return share(called, runs)


def averaged(trained: Sequence[Trained]) -> list[Trained]:
    """One training of each arm, with every item's mean over repeats."""
    arms: dict[str, list[Trained]] = {}
    for one in trained:
        arms.setdefault(one.arm, []).append(one)
    found = []
    for own in arms.values():
        rows = []
        for items in zip(*(one.results for one in own), strict=True):
            (metric,) = items[0]["metrics"]
            mean = sum(item["metrics"][metric] for item in items) / len(items)
            rows.append({**items[0], "metrics": {metric: mean}})
        found.append(replace(own[0], results=rows))
    return found


def measure(runs: int) -> dict[str, Any]:
    """All figures, of ``runs`` simulated questions each."""
    once, alone = question(metrics=QUICK, twin=True), question(metrics=QUICK)
    unsteady = {metric: 4 * LUCK / 2 if metric == GRADED else LUCK / 2 for metric in QUICK}
    rates = {
        "1 twin": false_rate(1, LUCK, runs, asked=once),
        "1 twin calm": false_rate(1, 0.0, runs, asked=once),
        "1 twin luck 0.06": false_rate(1, 2 * LUCK, runs, asked=once),
        "1 twin unsteady": false_rate(1, unsteady, runs, asked=once),
        "1 twin 2 axes": false_rate(1, LUCK, runs, asked=question(twin=True)),
        "1 no twin": false_rate(1, LUCK, runs, asked=alone),
        "1 no twin luck 0.06": false_rate(1, 2 * LUCK, runs, asked=alone),
        "1 calm": false_rate(1, 0.0, runs, chance=NONE),
        **{str(repeats): false_rate(repeats, LUCK, runs) for repeats in (2, 3, 5)},
        "3 two arms": false_rate(3, LUCK, runs, asked=question(2)),
        "3 luck 0.1": false_rate(3, 0.1, runs),
    }
    planting = {f"{metric} {n}": planted(n, metric, runs) for n in (3, 5) for metric in (BINARY, GRADED)}
    planting |= {f"{metric} 1": planted(1, metric, runs, asked=once) for metric in (BINARY, GRADED)}
    planting |= {f"{metric} 1 large": planted(1, metric, runs, asked=once, effect=LARGE) for metric in (BINARY, GRADED)}
    return {
        "aa_false_rate": {name: _rate(found) for name, found in rates.items()},
        "naive": {"1": naive_rate(1, LUCK, runs, asked=once), "3": naive_rate(3, LUCK, runs)},
        "planted_found": planting,
        "coverage": {name: found["coverage"] for name, found in rates.items()},
    }


def _rate(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "coverage"}


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ablation", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer simulations: seconds")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    parser.add_argument("--runs", type=int, default=200, help="simulated questions of each figure")
    chosen = parser.parse_args()
    runs = 20 if chosen.quick else chosen.runs
    resampling.RESAMPLES = 1000  # hundreds of questions average out what fewer cost; Holm's first step needs 400
    figures = measure(runs)
    out = sys.stderr if chosen.json else sys.stdout
    for what in ("aa_false_rate", "naive", "planted_found"):
        for name, found in figures[what].items():
            low, high = found["interval"]
            effect = f", planted {found['effect']:+.3f}" if "effect" in found else ""
            print(f"{what:14} {name:20} {found['share']:7.1%} ({low:.1%} to {high:.1%}){effect}", file=out)
    for name, covered in figures["coverage"].items():
        print(f"{'coverage':14} {name:20} {covered:7.1%}", file=out)
    if chosen.json:
        settings = {"questions": runs, "arms": ARMS, "items": ITEMS, "clusters": CLUSTERS, "luck": LUCK}
        print(json.dumps({"name": "ablation", "settings": settings, "figures": figures, "peers": {}}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
