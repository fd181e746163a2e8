"""The stage's files: the rows that stay, those that do not with their reasons, and the passages of the former."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from residency.core.files import atomic
from residency.corpus.decide import Decided
from residency.corpus.gather import Gathered
from residency.corpus.rows import finished


def write_kept(path: Path, gathered: Gathered, decided: Decided) -> None:
    """The rows that stay, each with its split, its cluster (the id of the cluster's first row) and, on a held-out
    split, ``passage_seen``."""
    ids, split, seen = gathered.table["id"].to_list(), decided.split.to_list(), decided.seen.to_list()
    own = set(gathered.owners)
    kept = decided.kept.tolist()
    first = decided.cluster[kept].tolist()
    with atomic(path) as handle:
        for place, leader, line in zip(kept, first, gathered.lines.some(kept), strict=True):
            fields: dict[str, Any] = {"split": split[place], "cluster": decided.ids.get(leader) or ids[leader]}
            if seen[place] is not None:
                fields["passage_seen"] = seen[place]
            if place in decided.ids:
                line = _renamed(line, decided.ids[place], place in own)
            handle.write(finished(line, **fields).decode() + "\n")


def write_passages(path: Path, gathered: Gathered, decided: Decided) -> int:
    """The passages that the rows which stay carry themselves; returns how many."""
    count = 0
    with atomic(path) as handle:
        for number, place in enumerate(gathered.owners):
            if not decided.stay[place]:
                continue
            passage = gathered.passages.row(number)
            if place in decided.ids:
                name = decided.ids[place]
                passage["id"], passage["parents"] = name + passage["id"][len(passage["parents"][0]) :], [name]
            handle.write(orjson.dumps(passage).decode() + "\n")
            count += 1
    return count


def write_rejected(path: Path, gathered: Gathered, decided: Decided) -> None:
    """Every row that does not stay, in the order of the files: ``origin``, ``reason``, ``detail`` and ``row`` (as it
    was read, or the text where it could not be; a whole row in the form in which rows are kept)."""
    with atomic(path) as handle:
        for row in _in_order(gathered, decided):
            handle.write(orjson.dumps(row).decode() + "\n")


def _in_order(gathered: Gathered, decided: Decided) -> Iterator[dict[str, Any]]:
    order = {name: place for place, name in enumerate(gathered.read)}
    files, numbers = gathered.table["file"], gathered.table["number"]
    entries = [(order[files[place]], numbers[place], False, place) for place in decided.faults]
    entries += [
        (order[name], number, True, place)
        for place, (name, number) in enumerate(gathered.rejected.select("file", "number").iter_rows())
    ]
    for _, _, unread, place in sorted(entries):
        if unread:
            name, number, reason, detail, *_ = gathered.rejected.row(place)
            row = orjson.loads(gathered.refused.line(place))
            yield {"origin": f"{name}:{number}", "reason": reason, "detail": detail, "row": row}
        else:
            row = gathered.lines.row(place)
            fault = decided.faults[place]
            yield {"origin": row["origin"], "reason": fault.reason, "detail": fault.detail, "row": row}


def _renamed(line: bytes, name: str, has_passages: bool) -> bytes:
    row = orjson.loads(line)
    old, row["id"] = row["id"], name
    if has_passages:
        row["passages"] = [name + one[len(old) :] if one.startswith(f"{old}-c") else one for one in row["passages"]]
    return orjson.dumps(row)
