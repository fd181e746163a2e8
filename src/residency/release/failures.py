"""Answers of the final model that went wrong, for the card: chosen by rule, so that nobody picks mild ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from residency.core.files import read_json, read_jsonl, text_digest
from residency.release.publishing import flagged, licensed

HANDLED = "safety.handled"
RULE = (
    "For each headline score and for the safety probes: of the items that the final model scored worst on, the one "
    "whose id has the lowest SHA-256. Items whose question names no licence, or that a privacy check flagged, are not "
    "shown."
)
ASKED, ANSWERED = 700, 500
"""Characters of a question and of an answer that the card shows; the whole stands in the run's scores."""
WRITTEN = "written"
"""Source of the items that come with the software, whose licence is its own."""


def failures(run_folder: Path) -> list[dict[str, Any]]:
    """The worst item of each headline metric and of the safety probes.

    Each has ``metric``, ``title``, ``id``, ``score``, how many items scored as badly (``alike``) ``of`` how many, and
    ``asked``, ``answered`` and ``expected``, cut to what a card can hold.
    """
    table = read_json(run_folder / "evaluate/summary.json")["table"]
    path = run_folder / "evaluate/scores-final.jsonl"
    scores = list(read_jsonl(path)) if path.is_file() else []
    shut = flagged(run_folder / "corpus")
    open_ids = {row["id"] for row in read_jsonl(run_folder / "corpus/kept.jsonl") if licensed(row)} - shut
    found = []
    for row in table:
        if not (row["headline"] or row["metric"] == HANDLED):
            continue
        metric, sign = row["metric"], 1 if row["higher_is_better"] else -1
        values = {item["id"]: item["metrics"].get(metric) for item in scores}
        shown = [item for item in scores if values[item["id"]] is not None and _may_be_shown(item, open_ids)]
        if not shown:
            continue
        worst = min(sign * values[item["id"]] for item in shown)
        alike = [item for item in shown if sign * values[item["id"]] == worst]
        picked = min(alike, key=lambda item: text_digest(item["id"]))
        found.append(
            {"metric": metric, "title": row["title"], "score": sign * worst, "alike": len(alike)} | _told(picked)
        )
        found[-1]["of"] = len(shown)
    return found


def _told(item: Mapping[str, Any]) -> dict[str, Any]:
    asked = str(item["prompt"]).partition("\n\nuser: ")[2] or str(item["prompt"])
    return {
        "id": item["id"],
        "source": item["source"],
        "mode": item["mode"],
        "asked": _cut(asked, ASKED),
        "answered": _cut(str(item["output"]), ANSWERED),
        "expected": _cut(str(item["reference"]), ANSWERED),
    }


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _may_be_shown(item: Mapping[str, Any], open_ids: set[str]) -> bool:
    return item["source"] == WRITTEN or any(name in open_ids for name in _names(item))


def _names(item: Mapping[str, Any]) -> Iterator[str]:
    yield item["cluster"]
    yield from item["id"].split("/")
