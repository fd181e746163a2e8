"""What makes an arm equal to another in steps, in learnt tokens or in computing: how long it trains."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from residency.ablation.question import Hold
from residency.core.errors import InputError
from residency.core.files import read_json, read_jsonl
from residency.core.runs import is_finished, values_of
from residency.training.settings import ONLINE

FORWARD = 1 / 3
"""Computing of a forward pass alone, that of a training step being one: its backward pass takes twice the forward one
(Kaplan et al. 2020, arXiv 2001.08361, section 2.1)."""
ROOM = 1.25
"""By how much the passes that are allowed exceed those that the steps should need: batches fill unevenly."""


def held(hold: Hold, cell: Path, others: Sequence[Path], measures: str, before: float) -> dict[str, Any]:
    """The values of the recipe that hold a cell equal to another, or to what is nearest to it.

    Args:
        hold: what is held equal.
        cell: the cell's run folder, compiled; with its pairs where preference tuning is what is made longer.
        others: the other's folder, measured, and after it those that its model started from: where its own training has
            no pairs, theirs tell how many tokens a pair has.
        measures: the model of the cell that is measured.
        before: units of computing that went into the model that the cell starts from.

    Returns:
        Values by dotted key. A last step that the recipe sets is taken back where passes decide.

    Raises:
        InputError: nothing can be held: there is no pair or nothing to reckon with, or the cell has taken more already.
    """
    like = others[0]
    if hold == "steps":
        own, other = _read(cell, "tokens"), _read(like, "tokens")
        passes = ROOM * _passes(like / "sft") * other / own
        steps = int(read_json(like / "sft" / "manifest.json")["counts"]["steps"])
        return {"sft.epochs": round(passes, 3), "sft.max_steps": steps}
    if hold == "labelled_tokens":
        own, other = _read(cell, "labelled"), _read(like, "labelled")
        return _for_passes("sft", _passes(like / "sft") * other / own, cell)
    if hold == "compute":
        left = float(read_json(like / "cell.json")["units"]) - before
        if measures == "final":
            return _preference_of(cell, left, others)
        return _for_passes("sft", left / _read(cell, "tokens"), cell)
    return {}


def units(cell: Path, measures: str) -> float:
    """Computing that a cell's training took, in tokens that were trained on: those of each step, and a third for each
    pass without a step. Of pairs the reference model makes one, however often they are trained on. Of online tuning
    writing the answers is one, as is reading them with the reference and with the reward model, where there are such.
    """
    if measures == "base":
        return 0.0
    if measures != "final":
        return _trained(cell / "sft")
    preference = values_of(cell, "preference", "preference")
    before = 0.0 if preference["start"] == "base" else _trained(cell / "sft")
    if preference["method"] in ONLINE:
        return before + _online(cell / "preference", preference["online"])
    if preference["start"] == "base":
        return _trained(cell / "preference")
    return before + _trained(cell / "preference") * (1 + FORWARD / max(1.0, float(preference["epochs"])))


def _preference_of(cell: Path, left: float, others: Sequence[Path]) -> dict[str, Any]:
    """SFT as it is, and preference tuning for what it leaves of so many units."""
    preference = read_json(cell / "recipe.json")["values"]["preference"]
    if preference["method"] in ONLINE:
        what = f"{preference['method']} cannot be held equal in computing: how long its answers become is not known"
        raise InputError(what, cell.name, "Hold nothing, and set preference.online.steps")
    from_base = preference["start"] == "base"
    left -= 0.0 if from_base else _trained(cell / "sft")
    pairs = int(read_json(cell / "pairs" / "manifest.json")["counts"]["pairs"])
    per_pair = next((tokens for other in others if (tokens := _tokens_of_a_pair(other))), 0.0)
    if not pairs or not per_pair:
        lacks = "it has no pair" if not pairs else f"nothing that {others[0].name} is made of was tuned on pairs"
        raise InputError(f"its computing cannot be held equal: {lacks}", cell.name, "Hold nothing, or name another arm")
    # The reference reads each pair once, however often it is trained on; ORPO has none.
    forward = 0.0 if from_base else FORWARD
    return _for_passes("preference", left / (pairs * per_pair) - forward, cell)


def _for_passes(section: str, passes: float, cell: Path) -> dict[str, Any]:
    """So many passes, whatever last step the recipe has."""
    if (passes := round(passes, 4)) <= 0:
        what = "it cannot be held equal: what is to be made longer or shorter would not be trained at all"
        raise InputError(what, cell.name, "Hold nothing, or name another arm")
    return {f"{section}.epochs": passes, f"{section}.max_steps": None}


def _tokens_of_a_pair(cell: Path) -> float:
    """Tokens that a pass over the pairs of another cell reads, by all of its pairs, held-out ones included; its prompts
    are read once or twice as here. 0 where it was tuned on none."""
    if not is_finished(cell, "preference") or values_of(cell, "preference", "preference")["method"] in ONLINE:
        return 0.0
    pairs = int(read_json(cell / "preference" / "manifest.json")["counts"]["pairs"])
    trained, passes = _trained(cell / "preference"), _passes(cell / "preference")
    return trained / (passes * max(1, pairs))


def _online(stage: Path, settings: Mapping[str, Any]) -> float:
    """Computing of online tuning. Each prompt with its answer is read by one step. A run of before prompts were counted
    tells the tokens of its answers alone."""
    tokens = read_json(stage / "manifest.json")["counts"].get("tokens")
    if tokens is None:
        tokens = sum(row["tokens"] for row in read_jsonl(stage / "samples.jsonl"))
    forwards = 1 + int(settings["beta"] > 0) + int(settings["reward_model"])
    return float(tokens) * (1 + FORWARD * forwards)


def _read(cell: Path, what: str) -> float:
    """Tokens of a pass over a cell's training rows, or those that are learnt."""
    return float(read_json(cell / "compile" / "manifest.json")["counts"]["train"][what])


def _passes(stage: Path) -> float:
    """Passes over its rows, or pairs, that a training took, to its last step."""
    return max(float(row["epoch"]) for row in read_jsonl(stage / "log.jsonl") if not math.isnan(row["epoch"]))


def _trained(stage: Path) -> float:
    """Tokens that all steps of a training read."""
    return sum(float(row["tokens"]) for row in read_jsonl(stage / "log.jsonl") if "loss" in row)
