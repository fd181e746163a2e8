"""Rows that hold evaluation items, or ask what one asks, by the tier of evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from residency.core.comparing.decontaminate import HOLDS, Guard, Hit
from residency.corpus.decide import Decided, on_what
from residency.corpus.gather import Gathered
from residency.corpus.report.same import whole

EXAMPLES = 5
SHOWN = 600  # characters of a text
TIERS = (
    ("exact", "The same stem and options, in any order", "The item itself is in the bank."),
    ("words", "Most of an item's telling runs of words", "The item stands in the row, perhaps slightly reworded."),
    ("review", "Some of an item's telling runs of words", "Similar; the rows stay until someone has looked."),
    ("semantic", "An item's question in other words", "Alike in meaning; the rows stay until someone has looked."),
)


def decontamination(
    gathered: Gathered, decided: Decided, guard: Guard, hits: Sequence[Hit], by_meaning: bool
) -> dict[str, Any]:
    """The part of the report on evaluation items (:class:`~residency.corpus.report.types.Decontamination`);
    ``by_meaning``: whether meanings were compared."""
    tiers = [_tier(gathered, guard, hits, *tier) for tier in TIERS if by_meaning or tier[0] != "semantic"]
    notes = []
    if guard.unfindable:
        notes.append(f"{len(guard.unfindable)} items are too short to be found but by stem and options together")
    if not by_meaning:
        notes.append("items in other words were not looked for; set corpus.semantic_duplicate to compare meanings")
    if decided.phrases:
        shown = ", ".join(repr(guard.items[item].stem[:60]) for item in sorted(decided.phrases)[:3])
        notes.append(
            f"{len(decided.phrases)} short items are common phrases of this bank ({shown}); "
            "only their stem and options together count"
        )
    if guard.repeats:
        notes.append(f"{guard.repeats} items stand in these files more than once, and count once")
    files = [{"name": name, "items": count} for name, count in guard.files.items()]
    return {"files": files, "tiers": tiers, "notes": notes}


def _tier(gathered: Gathered, guard: Guard, every: Sequence[Hit], name: str, title: str, means: str) -> dict[str, Any]:
    hits = sorted((hit for hit in every if hit.tier == name), key=lambda hit: (-hit.share, hit.row))
    return {
        "id": name,
        "title": title,
        "means": means,
        "kept_out": name in HOLDS,
        "rows": len({hit.row for hit in hits}),
        "items": len({hit.item for hit in hits}),
        "examples": [_match(gathered, guard, hit) for hit in hits[:EXAMPLES]],
    }


def _match(gathered: Gathered, guard: Guard, hit: Hit) -> dict[str, str]:
    row, item = gathered.lines.row(hit.row), guard.items[hit.item]
    return {
        "origin": row["origin"],
        "text": _told(row)[:SHOWN],
        "item": item.origin,
        "item_text": item.stem[:SHOWN],
        "evidence": on_what(hit),
    }


def _told(row: Mapping[str, Any]) -> str:
    """Where an item may stand in a row."""
    return whole(row) if "messages" in row else " ".join([row["question"], *row.get("options", {}).values()])
