"""What a release works out itself from the run's files, kept beside the bundle as ``record.json``.

The cards read it as they read manifests: a figure that no stage wrote down (a sum, a peak, a count by topic) is
computed here once, under a name, and shown from there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from residency.core.files import read_json, read_jsonl
from residency.core.records import TRAINED_ON, licence_named
from residency.release.failures import RULE, WRITTEN, failures
from residency.release.settings import ReleaseSettings

RECORD = "release/record.json"
VERIFIED = "release/verify.json"
"""What a stranger found in the bundle; the cards read it too."""
LISTED = 40
"""Topics and sources that are told apart; what is beyond is counted as ``others``."""
TRAINING = ("sft", "preference")
MONTH = re.compile(r"\d{4}(-\d\d){0,2}")
SOFTWARE_LICENCE = "Apache-2.0"
"""Of this package, and so of the programs that a bundle holds."""
THIN = 10
"""Items below which a score says little: its interval then spans half the scale or more (Wilson, at a half)."""


def release_record(
    run_folder: Path,
    settings: ReleaseSettings,
    base: Mapping[str, Any],
    serving: Mapping[str, Any],
    licences: Mapping[str, Any],
    refused: Sequence[str],
    data: Mapping[str, Any],
    overridden: Sequence[str] = (),
    verified: bool = False,
) -> dict[str, Any]:
    """All of it, as data.

    Args:
        run_folder: ``runs/NAME``.
        settings: of the release.
        base: what the adapter belongs to, and which weights that was, as ``release.base`` tells of it.
        serving: as ``release.serving`` gives it.
        licences: as ``release.licences`` counts them.
        refused: why the bundle is a draft, a sentence each; empty when it is none.
        data: what of the data is published, as ``release.publishing`` counts it.
        overridden: gates that were overridden, a sentence each.
        verified: whether a stranger opened the bundle, so that ``verify.json`` tells of this one.
    """
    failed = failures(run_folder)
    return {
        "title": settings.title,
        "licence": settings.licence,
        "authors": list(settings.authors),
        "contact": settings.contact,
        "base_model": base["name"],
        "base": dict(base),
        "software_licence": SOFTWARE_LICENCE,
        "statements": {name: said.strip() for name, said in settings.statements.items() if said.strip()},
        "paper": settings.paper,
        "verified": verified,
        "refused": list(refused),
        "overridden": list(overridden),
        "serving": serving,
        "licences": licences,
        "trained": trained_on(run_folder),
        "passages": dated_passages(run_folder),
        "training": {name: training(run_folder, name) for name in TRAINING},
        "effort": effort(run_folder, settings),
        "failures": failed,
        "failures_rule": RULE,
        "thin": thin(run_folder),
        "cut_off": cut_off(run_folder),
        "always_abstains": always_abstains(run_folder),
        "ungated": ungated(run_folder),
        "searched": searched(run_folder),
        "held_out_shown": sum(failure["source"] != WRITTEN for failure in failed),
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


def dated_passages(run_folder: Path) -> dict[str, Any]:
    """How many passages the index holds, how many carry a date, and the oldest and the newest of these dates."""
    rows = list(read_jsonl(run_folder / "index/passages.jsonl"))
    dates = sorted(found.group() for row in rows if (found := MONTH.match(str(row.get("date") or ""))))
    return {
        "of": len(rows),
        "dated": len(dates),
        "oldest": dates[0] if dates else None,
        "newest": dates[-1] if dates else None,
        "unlicensed": sum(not licence_named(str(row.get("licence") or "")) for row in rows),
    }


def cut_off(run_folder: Path) -> dict[str, int]:
    """How many of the final model's answers ``answers`` ended at the limit of tokens, ``of`` those that it wrote; an
    answer in several steps counts once."""
    path = run_folder / "evaluate/answers-final.jsonl"
    written = [answer["said"] for answer in read_jsonl(path) if answer["said"]] if path.is_file() else []
    return {"answers": sum(any(step["finish"] == "length" for step in said) for said in written), "of": len(written)}


def always_abstains(run_folder: Path) -> float | None:
    """What a model that abstains from everything would score in faithfulness: the share of the scored items whose
    passages do not hold the answer, for an abstention scores 1 there and 0 elsewhere. None where none was scored."""
    path = run_folder / "evaluate/scores-final.jsonl"
    scored = [row["metrics"] for row in read_jsonl(path)] if path.is_file() else []
    scored = [metrics for metrics in scored if metrics.get("faithfulness.score") is not None]
    held = [metrics.get("faithfulness.abstention_recall") is not None for metrics in scored]
    return sum(held) / len(held) if held else None


def searched(run_folder: Path) -> bool:
    """Whether any score rests on what a search found: those of items with tools."""
    table = read_json(run_folder / "evaluate/summary.json")["table"]
    return any(row["metric"].startswith("tools.") for row in table)


def ungated(run_folder: Path) -> list[str]:
    """The axes that were measured and that no gate looks at."""
    summary = read_json(run_folder / "evaluate/summary.json")
    axis = {row["metric"]: row["axis"] for row in summary["table"]}
    gated = {axis.get(gate["metric"]) for gate in summary["gates"]}
    return [name for name in dict.fromkeys(axis.values()) if name not in gated]


def tally(rows: Iterable[Mapping[str, Any]], name: str) -> dict[str, int]:
    """How many rows have which value, the most frequent first."""
    ranked = sorted(Counter(str(row.get(name, "")) for row in rows).items(), key=lambda pair: (-pair[1], pair[0]))
    listed = dict(ranked[:LISTED])
    if others := sum(count for _, count in ranked[LISTED:]):
        listed["others"] = listed.get("others", 0) + others
    return listed
