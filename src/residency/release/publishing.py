"""What of the data may go out with the bundle: questions under a licence that the recipe lists, and unflagged."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from residency.core.files import read_jsonl, write_jsonl
from residency.core.records import TRAINED_ON, licence_named

PRIVACY = "privacy"
PUBLISHED = ("id", "kind", "question", "options", "answer", "rationale", "messages", "topic", "source", "licence")
"""Fields that are published. The file that a row came from, and what its system messages said, stay here."""


def flagged(corpus: Path) -> set[str]:
    """Ids of the questions in which a privacy check found something, from the corpus stage's ``review.csv``."""
    path = corpus / "review.csv"
    if not path.is_file():
        return set()
    with path.open(encoding="utf-8-sig", newline="") as handle:
        found = {row["id"] for row in csv.DictReader(handle) if row["check"].startswith(PRIVACY)}
    return found | {name.removeprefix("'") for name in found}  # which the table puts before what looks like a formula


def licensed(row: Mapping[str, Any]) -> bool:
    """Whether a row names a licence."""
    return licence_named(row["licence"])


def publish_questions(corpus: Path, parents: set[str], allowed: Sequence[str], path: Path) -> dict[str, Any]:
    """Write the questions that may go out to ``path``, if there are any.

    Args:
        corpus: the folder of the corpus stage.
        parents: ids of the questions that were trained on; held-out ones are never published.
        allowed: licences under which questions go out, compared without regard to case and spaces.
        path: the JSON Lines file.

    Returns:
        ``published``, how many ``by_licence``, and how many of those trained on were ``kept_back``, by reason.
    """
    wanted, shut = {_plain(name) for name in allowed}, flagged(corpus)
    rows, back = [], Counter[str]()
    for row in read_jsonl(corpus / "kept.jsonl"):
        if row["id"] not in parents or row["split"] not in TRAINED_ON:
            continue
        if row["id"] in shut:
            back["flagged by a privacy check"] += 1
        elif not licensed(row):
            back["no licence named"] += 1
        elif _plain(row["licence"]) not in wanted:
            back["licence not among release.publish"] += 1
        else:
            rows.append({name: row[name] for name in PUBLISHED if name in row})
    if rows:
        write_jsonl(path, rows)
    by_licence = Counter(row["licence"] for row in rows)
    return {"published": len(rows), "by_licence": dict(by_licence.most_common()), "kept_back": dict(back.most_common())}


def _plain(licence: str) -> str:
    return " ".join(licence.lower().split())
