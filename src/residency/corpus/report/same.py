"""Pairs of rows that say the same, as examples; and those that ask the same in other words, for a person to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from residency.corpus.decide import Decided
from residency.corpus.gather import Gathered
from residency.corpus.intake import Plan
from residency.corpus.meaning import Meaning

EXAMPLES = 5
SHOWN = 600  # characters of a text
NAME = "semantic_duplicate"
NOT_LOOKED_FOR = (
    'not looked for; set corpus.semantic_duplicate to 0.8 to compare meanings (pip install "residency[semantic]")'
)
Span = tuple[int, int] | None
Noticed = tuple[int, str, str, str, str, Span]
"""A finding for the table of reviews: row, check, where, sure, detail, span."""


def pair_of(gathered: Gathered, one: int, other: int) -> dict[str, Any]:
    """Two rows as an example: their origins, and all that each says."""
    rows = [gathered.lines.row(place) for place in (one, other)]
    return {"origins": [row["origin"] for row in rows], "texts": [whole(row)[:SHOWN] for row in rows]}


def whole(row: Mapping[str, Any]) -> str:
    """All that a row says, but for its rationale."""
    if "messages" in row:
        return "\n".join(f"{turn['role']}: {turn['content']}" for turn in row["messages"])
    return " ".join([row["question"], *row.get("options", {}).values(), row["answer"]])


def in_other_words(
    gathered: Gathered, decided: Decided, plan: Plan, meaning: Meaning | None
) -> tuple[dict[str, Any], list[Noticed]]:
    """The rows that ask the same as another one in other words, which no other search found, as a part of the report
    (:class:`~residency.corpus.report.types.Duplicates`) and as findings."""
    of = int(decided.stay.sum())
    if meaning is None:
        return {"count": None, "of": of, "done": NOT_LOOKED_FOR, "examples": []}, []
    pairs = meaning.apart
    rows = list(zip(pairs.one.tolist(), pairs.other.tolist(), pairs.scores.tolist(), strict=True))
    split = decided.split.to_list()
    across = sum(split[one] != split[other] for one, other, _ in rows)
    done = f"they stay, for review; {across} of {len(rows)} pairs stand in two splits"
    if meaning.dropped:
        done += f"; {meaning.dropped} pairs were too many to look at: raise corpus.{NAME}"
    best = sorted(rows, key=lambda row: (-row[2], row[:2]))[:EXAMPLES]
    part = {
        "count": len(np.union1d(pairs.one, pairs.other)),
        "of": of,
        "threshold": plan.settings.semantic_duplicate,
        "done": done,
        "examples": [pair_of(gathered, one, other) | {"similarity": round(score, 3)} for one, other, score in best],
    }
    noticed: list[Noticed] = []
    for one, other, score in rows:
        for place, twin in ((one, other), (other, one)):
            row = gathered.lines.row(twin)
            detail = (
                f"it asks the same as {row['origin']}, {row['question'][:SHOWN]!r} (similarity of meaning {score:.2f})"
            )
            noticed.append((place, NAME, "question", "possible", detail, None))
    return part, noticed
