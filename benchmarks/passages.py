"""Passages for measuring retrieval: real ones cut from public files, and lightly edited copies of them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from residency.core.records import Passage

WORDS = 86
LEAST_WORDS = 20
"""Words of a last piece that stands alone; a shorter one is joined to the piece before it."""
EDITED = 0.05
"""Share of a copy's words that are taken from another passage."""


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON Lines."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def pieces(text: str) -> Iterator[str]:
    """The text in pieces of :data:`WORDS` words."""
    words = text.split()
    starts = list(range(0, len(words), WORDS))
    if len(starts) > 1 and len(words) - starts[-1] < LEAST_WORDS:
        starts.pop()
    for start, stop in zip(starts, [*starts[1:], len(words)], strict=True):
        yield " ".join(words[start:stop])


def _passages(document: str, title: str, section: str, source: str, text: str) -> Iterator[Passage]:
    for number, piece in enumerate(pieces(text), 1):
        yield {
            "id": f"{document}-{number}",
            "title": title,
            "section": section,
            "topic": "general",
            "source": source,
            "licence": "unknown",
            "date": "",
            "text": piece,
            "document": document,
            "parents": [],
        }


def real_passages(medquad: Path, openstax: Path, pubmedqa: Path) -> list[Passage]:
    """The three files cut; an answer that MedQuAD gives twice is taken once. PubMedQA's studies have no title here,
    since theirs are the questions."""
    found: list[Passage] = []
    seen: set[str] = set()
    for number, row in enumerate(rows_of(medquad)):
        if row["answer"] not in seen:
            seen.add(row["answer"])
            name = f"medquad-{number}"
            found += _passages(name, row["topic"] or "", row["question_type"] or "", "medquad", row["answer"])
    for number, row in enumerate(rows_of(openstax)):
        found += _passages(f"openstax-{number}", row["module"].strip(), row["section"].strip(), "openstax", row["text"])
    for row in rows_of(pubmedqa):
        found += _passages(row["id"], "", "", "pubmedqa", " ".join(row["contexts"]))
    return found


def edited_copies(passages: Sequence[Passage], count: int, seed: int) -> list[tuple[int, Passage]]:
    """``count`` copies of passages drawn by chance, each with the place of its original."""
    rng = random.Random(seed)
    found: list[tuple[int, Passage]] = []
    for number in range(count):
        place = rng.randrange(len(passages))
        words = passages[place]["text"].split()
        other = passages[rng.randrange(len(passages))]["text"].split()
        for _ in range(round(len(words) * EDITED)):
            words[rng.randrange(len(words))] = rng.choice(other)
        copy = {**passages[place], "id": f"copy-{number}", "text": " ".join(words)}
        found.append((place, copy))  # type: ignore[arg-type]
    return found
