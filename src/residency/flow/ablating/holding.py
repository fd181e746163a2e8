"""What makes an arm equal to another in steps, in learnt tokens or in computing: how long it trains."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from residency.ablation.question import Hold
from residency.core.files import read_json, read_jsonl
from residency.core.runs import is_finished, values_of

FORWARD = 1 / 3
"""Computing of a forward pass alone, that of a training step being one: its backward pass takes twice the forward one
(Kaplan et al. 2020, arXiv 2001.08361, section 2.1)."""
ROOM = 1.25
"""By how much the passes that are allowed exceed those that the steps should need: batches fill unevenly."""


def held(hold: Hold, cell: Path, like: Path, measures: str, before: float) -> dict[str, Any]:
    """The values of the recipe that hold a cell equal to another.

    Args:
        hold: what is held equal.
        cell: the cell's run folder, compiled; with its pairs where preference tuning is what is made longer.
        like: the other's, measured.
        measures: the model of the cell that is measured.
        before: units of computing that went into the model that the cell starts from.

    Returns:
        Values by dotted key; none where nothing is held.
    """
    if hold == "steps":
        own, other = _read(cell, "tokens"), _read(like, "tokens")
        passes = ROOM * _passes(like) * other / own
        steps = int(read_json(like / "sft" / "manifest.json")["counts"]["steps"])
        return {"sft.epochs": round(passes, 3), "sft.max_steps": steps}
    if hold == "labelled_tokens":
        own, other = _read(cell, "labelled"), _read(like, "labelled")
        return {"sft.epochs": round(_passes(like) * other / own, 4)}
    if hold == "compute":
        return _computed(cell, float(read_json(like / "cell.json")["units"]) - before, measures, like)
    return {}


def units(cell: Path, measures: str) -> float:
    """Computing that a cell's training took, in tokens that were trained on: those of each step, and a third of the
    pairs' for the reference model, which reads them once."""
    if measures == "base":
        return 0.0
    trained = _trained(cell / "sft")
    if measures != "final":
        return trained
    preference = values_of(cell, "preference", "preference")
    if preference["start"] == "base":
        return _trained(cell / "preference")
    epochs = max(1.0, float(preference["epochs"]))
    return trained + _trained(cell / "preference") * (1 + FORWARD / epochs)


def _computed(cell: Path, left: float, measures: str, like: Path) -> dict[str, Any]:
    """How long to train for so many units."""
    if measures != "final":
        return {"sft.epochs": round(max(left, 1.0) / _read(cell, "tokens"), 4)}
    recipe = read_json(cell / "recipe.json")["values"]
    start = recipe["preference"]["start"]
    left -= 0.0 if start == "base" else _trained(cell / "sft")
    pairs = int(read_json(cell / "pairs" / "manifest.json")["counts"]["pairs"])
    per_pair = _tokens_of_a_pair(like)
    if not pairs or not per_pair:
        return {}
    # The reference reads each pair once, however often it is trained on; ORPO has none.
    forward = 0.0 if start == "base" else FORWARD
    return {"preference.epochs": round(max(0.05, left / (pairs * per_pair) - forward), 4)}


def _tokens_of_a_pair(cell: Path) -> float:
    """Tokens of a pair of another cell, whose prompts are read once or twice as here."""
    if not is_finished(cell, "preference"):
        return 0.0
    rows = [row for row in read_jsonl(cell / "preference" / "log.jsonl") if "loss" in row]
    batch = int(values_of(cell, "preference", "preference")["batch_pairs"])
    return sum(float(row["tokens"]) for row in rows) / max(1, len(rows) * batch)


def _read(cell: Path, what: str) -> float:
    """Tokens of a pass over a cell's training rows, or those that are learnt."""
    return float(read_json(cell / "compile" / "manifest.json")["counts"]["train"][what])


def _passes(cell: Path) -> float:
    """Passes over its rows that a cell's SFT took, to its last step."""
    return max(float(row["epoch"]) for row in read_jsonl(cell / "sft" / "log.jsonl") if not math.isnan(row["epoch"]))


def _trained(stage: Path) -> float:
    """Tokens that all steps of a training read."""
    return sum(float(row["tokens"]) for row in read_jsonl(stage / "log.jsonl") if "loss" in row)
