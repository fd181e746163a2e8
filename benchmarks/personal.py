"""What the search for personal data finds in what people type, and where it cries wolf.

    python -m benchmarks.personal                                # made-up notes, the example bank, the red flags' texts
    python -m benchmarks.personal --questions medquad.jsonl      # and the questions of a bank without patients
    python -m benchmarks.personal --synthetic synth_dataset_v2.json

Figures. ``recall``: of the places marked in two sets of made-up notes (``tests/typed_notes.py``), the share of which at
least six tenths is found; ``first`` was looked at while the patterns were written, and ``second`` was not.
``precision``: of what is found in them, the share that touches a marked place. ``false_alarms``: texts in which
something is found, of texts that hold nobody. ``recall_synthetic``: by entity, of Microsoft's
presidio-research/data/synth_dataset_v2.json (MIT), which is no clinical text and of many countries: the share of the
entities that something found touches. Each with n and Wilson's 95% interval.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.typed_notes import FIRST, SECOND, notes

from benchmarks.red_flags import EXAMPLES, share
from residency.core.files import read_jsonl
from residency.domain.surgery.red_flags import RED_FLAGS
from residency.judging.personal.find import find_personal

ENOUGH = 0.6  # of a place: what is found of it tells who it is
ENTITIES = ("PERSON", "PHONE_NUMBER", "EMAIL_ADDRESS", "US_SSN", "STREET_ADDRESS", "ZIP_CODE")
Span = tuple[int, int]


def in_notes(lines: str) -> tuple[list[bool], list[bool]]:
    """For each marked place whether it is found, and for each finding whether it touches a marked place."""
    places: list[bool] = []
    findings: list[bool] = []
    for text, marked in notes(lines):
        found = [(one.start, one.end) for one in find_personal(text)]
        places += [sum(_shared(place, one) for one in found) >= ENOUGH * (place[1] - place[0]) for place in marked]
        findings += [any(_shared(one, place) for place in marked) for one in found]
    return places, findings


def in_synthetic(path: Path) -> dict[str, Any]:
    """The share of each kind of entity that is touched."""
    hits: dict[str, list[bool]] = defaultdict(list)
    for row in json.loads(path.read_text(encoding="utf-8")):
        found = [(one.start, one.end) for one in find_personal(row["full_text"])]
        for span in row["spans"]:
            place = span["start_position"], span["end_position"]
            hits[span["entity_type"]].append(any(_shared(place, one) for one in found))
    return {name: share(hits[name]) for name in ENTITIES if hits[name]}


def without_anybody(questions: Sequence[Path]) -> dict[str, list[str]]:
    """Texts that hold no personal data, by set."""
    flags = [text for flag in RED_FLAGS for text in (*flag.presentations, *flag.held_out)]
    sets = {
        f"example {name}": [row["question"] for row in read_jsonl(EXAMPLES / f"{name}.jsonl")]
        for name in ("mcq", "open")
    }
    return (
        sets | {"red flags": flags} | {path.stem: [row["question"] for row in read_jsonl(path)] for path in questions}
    )


def _shared(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.personal", description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=Path, nargs="*", default=[], help="JSON Lines with a field question")
    parser.add_argument("--synthetic", type=Path, help="synth_dataset_v2.json of presidio-research")
    parser.add_argument("--quick", action="store_true", help="the same: it takes seconds")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    chosen = parser.parse_args()
    by_set = {"first": in_notes(FIRST), "second": in_notes(SECOND)}
    figures: dict[str, Any] = {
        "recall": {name: share(places) for name, (places, _) in by_set.items()},
        "precision": {name: share(findings) for name, (_, findings) in by_set.items()},
        "false_alarms": {
            name: share(bool(find_personal(text)) for text in texts)
            for name, texts in without_anybody(chosen.questions).items()
        },
        "recall_synthetic": in_synthetic(chosen.synthetic) if chosen.synthetic else "not measured",
    }
    out = sys.stderr if chosen.json else sys.stdout
    for what, listed in figures.items():
        for name, found in listed.items() if isinstance(listed, dict) else ():
            low, high = found["interval"]
            print(f"{what:16} {name:16} {found['share']:7.2%} of {found['n']:6} ({low:.2%} to {high:.2%})", file=out)
    if chosen.json:
        settings = {"questions": [path.name for path in chosen.questions], "quick": chosen.quick}
        print(json.dumps({"name": "personal", "settings": settings, "figures": figures, "peers": {}}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
