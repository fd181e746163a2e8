"""What a release works out itself from the run's files, kept beside the bundle as ``record.json``.

The cards read it as they read manifests: a figure that no stage wrote down (a sum, a peak, a count by topic) is
computed here once, under a name, and shown from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from residency.core.files import read_json, read_jsonl
from residency.core.records import TRAINED_ON
from residency.release.failures import RULE, failures
from residency.release.settings import ReleaseSettings

RECORD = "release/record.json"
LISTED = 40
"""Topics and sources that are told apart; what is beyond is counted as ``others``."""
TRAINING = ("sft", "preference")
THIN = 10
"""Items below which a score says little: its interval then spans half the scale or more (Wilson, at a half)."""


def release_record(
    run_folder: Path,
    settings: ReleaseSettings,
    base_model: str,
    serving: Mapping[str, Any],
    licences: Mapping[str, Any],
    refused: Sequence[str],
    data: Mapping[str, Any],
    overridden: Sequence[str] = (),
) -> dict[str, Any]:
    """All of it, as data.

    Args:
        run_folder: ``runs/NAME``.
        settings: of the release.
        base_model: what the adapter belongs to, by its public name.
        serving: as ``release.serving`` gives it.
        licences: as ``release.licences`` counts them.
        refused: why the bundle is a draft, a sentence each; empty when it is none.
        data: what of the data is published, as ``release.publishing`` counts it.
        overridden: gates that were overridden, a sentence each.
    """
    return {
        "title": settings.title,
        "licence": settings.licence,
        "authors": list(settings.authors),
        "contact": settings.contact,
        "base_model": base_model,
        "refused": list(refused),
        "overridden": list(overridden),
        "serving": serving,
        "licences": licences,
        "trained": trained_on(run_folder),
        "training": {name: training(run_folder, name) for name in TRAINING},
        "effort": effort(run_folder, settings),
        "failures": failures(run_folder),
        "failures_rule": RULE,
        "thin": thin(run_folder),
        "data": dict(data),
    }


def trained_on(run_folder: Path) -> dict[str, Any]:
    """The rows of the mix, and the questions of the bank that they and the pairs come from, by source, topic, kind and
    mode."""
    rows, pairs = ([_counted(row) for row in found] for found in _trained_rows(run_folder))
    parents = trained_parents(run_folder)
    kept = [_counted(row) for row in read_jsonl(run_folder / "corpus/kept.jsonl") if row["id"] in parents]
    return {
        "rows": {"of": len(rows), **{f"by_{name}": tally(rows, name) for name in ("source", "topic", "mode", "skill")}},
        "questions": {"of": len(kept), **{f"by_{name}": tally(kept, name) for name in ("source", "topic", "kind")}},
        "pairs": {"of": len(pairs), **{f"by_{name}": tally(pairs, name) for name in ("source", "topic")}},
    }


def trained_parents(run_folder: Path) -> set[str]:
    """Ids of all that the rows and pairs trained on were made of."""
    return {parent for row in chain(*_trained_rows(run_folder)) for parent in row["parents"]}


def _trained_rows(run_folder: Path) -> tuple[Iterator[Mapping[str, Any]], ...]:
    """The rows of the mix and the pairs, one by one: they may be many."""
    return tuple(
        (row for row in read_jsonl(run_folder / name) if row["split"] in TRAINED_ON)
        for name in ("mix/train.jsonl", "pairs/pairs.jsonl")
    )


def _counted(row: Mapping[str, Any]) -> dict[str, str]:
    """Of a row, what it is counted by."""
    return {name: str(row.get(name, "")) for name in ("source", "topic", "mode", "skill", "kind")}


def training(run_folder: Path, stage: str) -> dict[str, Any]:
    """The highest learning rate that a stage's log holds, and the epochs and tokens that it counts; None without."""
    path = run_folder / stage / "log.jsonl"
    rows = list(read_jsonl(path)) if path.is_file() else []
    rates = [row["learning_rate"] for row in rows if "learning_rate" in row]
    epochs = [row["epoch"] for row in rows if "epoch" in row]
    return {"peak_learning_rate": max(rates, default=None), "epochs": max(epochs, default=None)}


def effort(run_folder: Path, settings: ReleaseSettings) -> dict[str, Any]:
    """Hours of all stages, and of training and evaluation among them; energy where a power was measured.

    ``kwh`` is watts x hours / 1000, ``grams`` that times the recipe's grams of CO2 per kilowatt-hour; None where the
    recipe does not say these.
    """
    seconds = {
        path.parent.name: read_json(path)["seconds"]
        for path in sorted(run_folder.glob("*/manifest.json"))
        if path.parent.name != "release"
    }
    hours = sum(seconds.values()) / 3600
    kwh = None if settings.watts is None else settings.watts * hours / 1000
    return {
        "hardware": settings.hardware,
        "hours": hours,
        "training_hours": sum(seconds.get(name, 0.0) for name in TRAINING) / 3600,
        "evaluation_hours": seconds.get("evaluate", 0.0) / 3600,
        "watts": settings.watts,
        "kwh": kwh,
        "grams_per_kwh": settings.grams_per_kwh,
        "grams": None if kwh is None or settings.grams_per_kwh is None else kwh * settings.grams_per_kwh,
    }


def thin(run_folder: Path) -> dict[str, int]:
    """How many scores of the final model rest on too few items."""
    table = read_json(run_folder / "evaluate/summary.json")["table"]
    ns = [row["models"]["final"]["n"] for row in table]
    return {"scores": sum(n < THIN for n in ns), "of": len(ns), "below": THIN}


def tally(rows: Iterable[Mapping[str, Any]], name: str) -> dict[str, int]:
    """How many rows have which value, the most frequent first."""
    ranked = sorted(Counter(str(row.get(name, "")) for row in rows).items(), key=lambda pair: (-pair[1], pair[0]))
    listed = dict(ranked[:LISTED])
    if others := sum(count for _, count in ranked[LISTED:]):
        listed["others"] = listed.get("others", 0) + others
    return listed
