"""How many wrong figures ``residency card check`` finds in a run's own model card.

``--run`` names a finished run. In its card, one figure at a time is replaced by another of the same card
(``replaced``), or two are swapped (``swapped``); a change to the same figure in another form is drawn again.
A replaced figure counts as found when a finding stands in its line, a swap when there is any finding.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from residency.core.files import read_json
from residency.release.checking import same, unsupported
from residency.release.facts import FACTS, NUMBER

CARD = "README.md"
DRAWN, QUICK = 400, 60
"""Changes of each kind, and those of a quick run."""


def plain(figure: str) -> str:
    """A figure as it is compared."""
    return figure.replace(",", "").replace("−", "-").lstrip("+")


def alike(a: str, b: str) -> bool:
    """Whether two figures say the same."""
    return same(plain(a), plain(b)) or same(plain(b), plain(a))


def draws(text: str, seed: int) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """Pairs of figures of a text that differ, the first of them before the second."""
    spots, drawn = list(NUMBER.finditer(text)), random.Random(seed)
    while True:
        a, b = sorted(drawn.sample(spots, 2), key=lambda match: match.start())
        if not alike(a[0], b[0]):
            yield a, b


def measure(text: str, count: int, seed: int) -> dict[str, Any]:
    """Shares found, with the changes that were not."""
    replaced, swapped, missed = 0, 0, []
    for _, (a, b) in zip(range(count), draws(text, seed), strict=False):
        line = text.count("\n", 0, a.start()) + 1
        hit = any(found.line == line for found in unsupported(text[: a.start()] + b[0] + text[a.end() :], text))
        replaced += hit
        missed += [] if hit else [f"{line}: {a[0]} became {b[0]}"]
    for _, (a, b) in zip(range(count), draws(text, seed + 1), strict=False):
        edited = text[: a.start()] + b[0] + text[a.end() : b.start()] + a[0] + text[b.end() :]
        hit = bool(unsupported(edited, text))
        swapped += hit
        missed += [] if hit else [f"{a[0]} and {b[0]} swapped"]
    return {
        "numbers": len(NUMBER.findall(text)),
        "replaced_found": replaced / count,
        "swapped_found": swapped / count,
        "missed": missed,
        "false_alarms_unedited": len(unsupported(text, text)),
    }


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, default=Path("runs/surgery-demo"))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    count, seed = QUICK if options.quick else DRAWN, 17
    text = read_json(options.run / "release/bundle" / FACTS)["texts"][CARD]["text"]
    figures = measure(text, count, seed)
    settings = {"changes": count, "seed": seed}
    if options.json:
        print(json.dumps({"name": "cards", "settings": settings, "figures": figures, "peers": {}}))
    else:
        print("\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
