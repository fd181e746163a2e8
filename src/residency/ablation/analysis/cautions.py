"""What makes a training another one than its arm names: a step kept too early, a share that was not reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from residency.ablation.analysis.cells import Cells
from residency.ablation.analysis.words import capital, joined
from residency.ablation.changes import changes_of, value_at
from residency.ablation.question import Arm, Question
from residency.ablation.records import Trained

OFF = 0.01
"""How far the share of a kind may be off the one that was set, or by one example where that is more."""
FEWER = 0.95
"""The part of the pairs that were asked for, below which the number is told."""


def cautions(question: Question, cells: Cells, recipe: Mapping[str, Any]) -> list[str]:
    """A sentence for each such thing, of the arms that were trained; ``recipe`` holds all values of the recipe."""
    return [*_kept(question, cells, recipe), *_shares(question, cells, recipe), *_pairs(question, cells, recipe)]


def shares_set(arm: Arm, recipe: Mapping[str, Any]) -> Mapping[str, float]:
    """The shares of kinds that an arm asks of the mix; empty where they do not count examples."""
    if value_at(recipe, "mix.shares_by") == "tokens" or value_at(recipe, "mix.shares") is None:
        return {}
    found: Mapping[str, float] = changes_of(arm, recipe).get("mix.shares") or value_at(recipe, "mix.shares")
    return found


def shares_got(one: Trained) -> dict[str, float]:
    """The shares of kinds among a training's examples; empty where they were not counted."""
    kinds: Mapping[str, int] = one.counts.get("kinds") or {}
    total = sum(kinds.values())
    return {kind: count / total for kind, count in kinds.items()} if total else {}


def is_off(got: float, wanted: float, one: Trained) -> bool:
    """Whether a share of a training's examples is another one than was set, beyond what whole examples make of it."""
    total = sum((one.counts.get("kinds") or {}).values())
    return abs(got - wanted) > max(OFF, 1 / total if total else 0.0) + 1e-9


def _kept(question: Question, cells: Cells, recipe: Mapping[str, Any]) -> list[str]:
    """Of arms whose best step was the one before any training."""
    found: dict[str, list[str]] = {}
    for arm in (arm for arm in question.arms if arm.measures != "base"):
        from_base = arm.set.get("preference.start", value_at(recipe, "preference.start")) == "base"
        runs = list(cells.get(arm.name, {}).values())
        key = "preference_kept_step" if arm.measures == "final" else "kept_step"
        none = sum(one.counts.get(key) == 0 for one in runs)
        if none:
            stage = "preference tuning" if arm.measures == "final" else "SFT"
            left = "SFT left it" if arm.measures == "final" and not from_base else "it came"
            of = "" if none == len(runs) else f" in {none} of {len(runs)} trainings"
            text = (
                f"no step of {stage} was better on the dev rows than none (step 0 was kept){of}: what was measured is"
                f" the model as {left}."
            )
            found.setdefault(text, []).append(arm.says)
    return [f"{capital(joined(arms))}: {text}" for text, arms in found.items()]


def _shares(question: Question, cells: Cells, recipe: Mapping[str, Any]) -> list[str]:
    parts = []
    for arm in (arm for arm in question.arms if arm.measures != "base"):
        runs = list(cells.get(arm.name, {}).values())
        wanted, got = shares_set(arm, recipe), _mean([shares_got(one) for one in runs])
        if wanted and got and (off := _off(arm, wanted, got, runs[0])):
            parts.append(f"{arm.says} ({off})")
    return [f"Shares of the mix that were not reached, got for set: {'; '.join(parts)}."] if parts else []


def _off(arm: Arm, wanted: Mapping[str, float], got: Mapping[str, float], one: Trained) -> str:
    """The kinds whose share is off, those that the arm sets taken together."""
    own = tuple(arm.share.kinds) if arm.share is not None else ()
    groups = [own] if own else []
    groups += [(kind,) for kind in sorted(wanted.keys() | got.keys()) if kind not in own]
    parts = []
    for kinds in groups:
        has, asked = (sum(side.get(kind, 0.0) for kind in kinds) for side in (got, wanted))
        if is_off(has, asked, one):
            parts.append(f"{' + '.join(kinds)} {has:.0%} for {asked:.0%}")
    return ", ".join(parts)


def _mean(shares: Sequence[Mapping[str, float]]) -> dict[str, float]:
    known = [one for one in shares if one]
    kinds = dict.fromkeys(kind for one in known for kind in one)
    return {kind: sum(one.get(kind, 0.0) for one in known) / len(known) for kind in kinds}


def _pairs(question: Question, cells: Cells, recipe: Mapping[str, Any]) -> list[str]:
    parts = []
    for arm in (arm for arm in question.arms if arm.measures == "final"):
        asked = arm.set.get("pairs.max_pairs")
        runs = [one for one in cells.get(arm.name, {}).values() if "pairs" in one.counts]
        fewest = min((int(one.counts["pairs"]) for one in runs), default=None)
        if asked is not None and fewest is not None and fewest < FEWER * asked:
            parts.append(f"{arm.says} (trained on {fewest:,})")
    return [f"Fewer pairs than were asked for: {'; '.join(parts)}."] if parts else []
