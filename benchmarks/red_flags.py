"""What the red flags find and where they cry wolf, and how long they take.

    python -m benchmarks.red_flags            # a few seconds; --quick is the same

Figures. ``recall`` and ``recall_own``: the share of patients who have a red flag in whom any, and their own, is found;
of each set: ``presentations`` and ``held_out`` of the domain pack (no model's training holds the latter, but the
patterns are tested on both and so find all), ``fresh`` and ``fresh_again``, written from the flags' names after the
patterns: the figures to go by, and better than at their first look (``first_look``), since what was missed in them has
taught the assistant abbreviations and observations, though no flag a pattern.
``false_alarms``: the share of patients without an emergency (``calm``, ``calm_held_out``, ``fresh``, ``fresh_again``)
in whom one is found, and of the example bank's questions that speak of no patient (``theory``). Each with n and
Wilson's 95% interval. ``milliseconds``: of a text of usual length, at the median.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.red_flag_wordings import CALM, CALM_AGAIN, URGENT, URGENT_AGAIN
from residency.core.files import read_jsonl
from residency.domain.surgery.red_flags import RED_FLAGS
from residency.judging.statistics.intervals import wilson
from residency.serving.safety import flags

EXAMPLES = Path(__file__).parents[1] / "examples" / "surgery"
Z95 = 1.959964
FIRST_LOOK = {"fresh": [42, 53], "fresh_again": [26, 34]}
"""Found, and how many there were, when each set had just been written."""
Case = tuple[str, str]
"""A red flag's name, and what is said of a patient who has it."""
_PATIENT = re.compile(
    r"-(?:year|month|week|day)-old|\b(?:s?he|his|hers?|man's)\b|"
    r"\b(?:my|our|the|this|an?(?: \w+)?) (?:\w+ )?(?:patient|man|woman|smoker|toddler|newborn|child|boy|girl)\b",
    re.IGNORECASE,
)


def urgent_sets() -> dict[str, list[Case]]:
    """Patients who have a red flag, by set."""
    return {
        "presentations": [(flag.name, text) for flag in RED_FLAGS for text in flag.presentations],
        "held_out": [(flag.name, text) for flag in RED_FLAGS for text in flag.held_out],
        "fresh": _cases(URGENT),
        "fresh_again": _cases(URGENT_AGAIN),
    }


def _cases(lines: str) -> list[Case]:
    return [(name, text) for name, _, text in (line.partition(" | ") for line in lines.strip().splitlines())]


def calm_sets() -> dict[str, list[str]]:
    """Texts of no emergency, by set."""
    asked = [row["question"] for name in ("mcq", "open") for row in read_jsonl(EXAMPLES / f"{name}.jsonl")]
    return {
        "calm": [says for flag in RED_FLAGS for says, _ in flag.calm],
        "calm_held_out": [says for flag in RED_FLAGS for says, _ in flag.calm_held_out],
        "fresh": CALM.strip().splitlines(),
        "fresh_again": CALM_AGAIN.strip().splitlines(),
        "theory": [text for text in asked if not _PATIENT.search(text)],
    }


def share(hits: Iterable[bool]) -> dict[str, Any]:
    """A share with its n and interval."""
    listed = list(hits)
    low, high = wilson(sum(listed) / len(listed), len(listed), Z95)
    return {"share": round(sum(listed) / len(listed), 4), "n": len(listed), "interval": [round(low, 4), round(high, 4)]}


def measure() -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The figures, and the fresh texts that were missed and the texts that were false alarms."""
    urgent, calm = urgent_sets(), calm_sets()
    names = {name: [[flag.name for flag in flags(text)] for _, text in cases] for name, cases in urgent.items()}
    alarms = {name: [bool(flags(text)) for text in texts] for name, texts in calm.items()}
    taken = []
    for _, text in urgent["held_out"]:
        begun = time.perf_counter()
        flags(text)
        taken.append(time.perf_counter() - begun)
    figures = {
        "recall": {name: share(bool(found) for found in listed) for name, listed in names.items()},
        "recall_own": {
            name: share(own in found for (own, _), found in zip(urgent[name], listed, strict=True))
            for name, listed in names.items()
        },
        "false_alarms": {name: share(listed) for name, listed in alarms.items()},
        "first_look": FIRST_LOOK,
        "milliseconds": round(1000 * statistics.median(taken), 2),
    }
    fresh = ("fresh", "fresh_again")
    missed = [text for name in fresh for (_, text), found in zip(urgent[name], names[name], strict=True) if not found]
    false = [text for name in calm for text, alarm in zip(calm[name], alarms[name], strict=True) if alarm]
    return figures, {"missed": missed, "false alarm": false}


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.red_flags", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the same: it takes seconds")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    chosen = parser.parse_args()
    figures, told = measure()
    out = sys.stderr if chosen.json else sys.stdout
    for what in ("recall", "recall_own", "false_alarms"):
        for name, found in figures[what].items():
            low, high = found["interval"]
            print(f"{what:12} {name:14} {found['share']:7.1%} of {found['n']:4} ({low:.1%} to {high:.1%})", file=out)
    for what, texts in told.items():
        for text in texts:
            print(f"{what}: {text}", file=out)
    print(f"{figures['milliseconds']} ms a text", file=out)
    if chosen.json:
        settings = {"flags": len(RED_FLAGS), "quick": chosen.quick}
        print(json.dumps({"name": "red_flags", "settings": settings, "figures": figures, "peers": {}}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
