"""The artefact audit of a preference file, anyone's: read, audited, and written down where asked for."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.files import write_json
from residency.core.reading.read import list_files, read_rows
from residency.core.stage import Progress
from residency.preference.audit.page import write_page
from residency.preference.audit.run import MOST, audit
from residency.preference.audit.shapes import NoPairError, read_pair

PLACES = 3  # named of each fault
FIGURES, PAGE = "audit.json", "audit.html"


def audit_file(
    path: Path,
    *,
    by: str = "",
    meaning: bool = False,
    most: int = MOST,
    seed: int = 17,
    out: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Audit the pairs of a file, or of a folder of files: JSON Lines, JSON, CSV, Parquet or Arrow.

    Args:
        path: the file or folder.
        by: the field that holds a pair's type; without it ``kind`` does, where there is one.
        meaning: also by embeddings.
        most: of a larger set as many pairs are drawn.
        seed: of the draw, the folds and the intervals.
        out: a folder to write ``audit.json`` and ``audit.html`` to.
        progress: is told what is done.

    Returns:
        what :func:`~residency.preference.audit.run.audit` gives, with ``file``, ``rows``, ``shapes`` (rows by the shape
        that they were read as), ``refused`` (by reason ``rows`` and the first ``places``) and ``written``.

    Raises:
        InputError: there is no such file, or no pair in it.
    """
    if not path.exists():
        raise InputError("no such file or folder", str(path), "Name a preference file, as runs/demo/pairs/pairs.jsonl")
    files, _ = list_files([path])
    pairs = []
    shapes: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    places: dict[str, list[str]] = defaultdict(list)
    fields: set[str] = set()
    for raw in read_rows(files):
        if raw.row is None:
            fault = raw.fault.detail if raw.fault else "not readable"
        else:
            fields |= raw.row.keys()
            try:
                shape, pair = read_pair(raw.row, raw.origin, by)
            except NoPairError as error:
                fault = str(error)
            else:
                shapes[shape] += 1
                pairs.append(pair)
                continue
        refused[fault] += 1
        if len(places[fault]) < PLACES:
            places[fault].append(raw.origin)
    if not pairs:
        reasons = "; ".join(f"{reason} ({places[reason][0]})" for reason, _ in refused.most_common(3)) or "it is empty"
        raise InputError(f"no preference pair was found: {reasons}", str(path), "A row needs chosen and rejected")
    if by and by not in fields:
        raise InputError(f"no row has the field {by!r}", str(path), f"There are: {', '.join(sorted(fields)[:20])}")
    found = {
        "file": str(path),
        "rows": len(pairs) + refused.total(),
        "shapes": dict(shapes.most_common()),
        "refused": {reason: {"rows": count, "places": places[reason]} for reason, count in refused.most_common()},
        **audit(pairs, meaning=meaning, most=most, seed=seed, progress=progress),
    }
    written = []
    if out is not None:
        write_json(out / FIGURES, found)
        write_page(found, out / PAGE)
        written = [str(out / FIGURES), str(out / PAGE)]
    return found | {"written": written}
