"""What answers alone tell of the pairs that are built, balanced and not.

    python -m benchmarks.pairs

Figures. ``answer_only_auc``: of the balanced pairs, the highest pairwise AUC at which words, or length and punctuation,
tell chosen from rejected, over all pairs and over each type with enough of them (see ``residency pairs audit``).
``answer_only_auc_naive``: the same of the naive set, the first candidate of each parent and type as it comes.
``audit`` and ``audit_naive`` hold the verdicts, the pairs and the figures by type.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from residency.core.files import read_jsonl
from residency.core.records import TRAINED_ON, Pair, in_splits
from residency.core.stage import seeded
from residency.preference.audit.run import audit_own
from residency.preference.audit.verdict import LEAST
from residency.preference.balance import balanced, parent_of
from residency.preference.build import MAKERS, build_pairs
from residency.preference.material import Material
from residency.retrieval.index import open_index

SEED = 17
MOST = 100_000
Candidates = Mapping[str, Sequence[Pair]]
Say = Callable[[str], None]


def example_candidates(folder: Path) -> dict[str, list[Pair]]:
    """By type, what can be made of the example corpus."""
    from tests.banks import run_data_stages

    run_data_stages(folder)
    questions = in_splits(read_jsonl(folder / "corpus" / "kept.jsonl"), TRAINED_ON)
    grounded = in_splits(read_jsonl(folder / "grounding" / "conversations.jsonl"), TRAINED_ON)
    material = Material(questions, grounded, open_index(folder / "index"))
    made, _ = build_pairs(material, list(MAKERS), MOST, lambda *names: seeded(SEED, *names))
    found: dict[str, list[Pair]] = defaultdict(list)
    for pair in made:
        found[pair["kind"]].append(pair)
    return dict(found)


def naive(candidates: Candidates) -> list[Pair]:
    """The first candidate of each parent, of every type."""
    found: list[Pair] = []
    for pairs in candidates.values():
        first: dict[str, Pair] = {}
        for pair in pairs:
            first.setdefault(parent_of(pair), pair)
        found += first.values()
    return found


def evened(candidates: Candidates, say: Say) -> list[Pair]:
    """What balancing picks, of every type."""
    found: list[Pair] = []
    for kind, pairs in candidates.items():
        picked, left = balanced(pairs, MOST, random.Random(SEED))
        say(f"{kind:<26} {len(picked):>6,} of {len(pairs):>6,} candidates; {dict(left)}")
        found += picked
    return found


def audited(pairs: Iterable[Pair]) -> dict[str, Any]:
    """The audit's figures in short: ``worst``, ``verdict``, ``says``, ``pairs`` and ``types``."""
    pairs = list(pairs)
    if not pairs:
        return {"worst": None, "verdict": "undecided", "says": "no pair is left", "pairs": 0, "types": {}}
    found = audit_own(pairs, "pairs.jsonl", MOST, SEED)
    judged = [gate for gate in found["verdict"]["gates"] if gate["auc"] is not None and gate["pairs"] >= LEAST]
    return {
        "worst": max((round(gate["auc"], 4) for gate in judged), default=None),
        "verdict": found["verdict"]["verdict"],
        "says": found["verdict"]["says"],
        "pairs": found["pairs"],
        "overall": _short(found["overall"]),
        "types": {kind: {"pairs": one["pairs"], **_short(one["own"])} for kind, one in found["types"].items()},
    }


def _short(figures: Mapping[str, Any]) -> dict[str, list[float | None]]:
    """By reader its AUC with the ends of its interval."""
    return {
        reader: [None if one[name] is None else round(one[name], 3) for name in ("auc", "low", "high")]
        for reader, one in figures.items()
    }


def figures_of(candidates: Candidates, say: Say) -> dict[str, Any]:
    """The benchmark's figures of these candidates."""
    even, first = audited(evened(candidates, say)), audited(naive(candidates))
    for name, one in (("balanced", even), ("naive", first)):
        say(f"{name:<9} {one['pairs']:,} pairs, {one['verdict']}: {one['says']}")
    return {
        "answer_only_auc": even["worst"],
        "answer_only_auc_naive": first["worst"],
        "audit": even,
        "audit_naive": first,
    }


def main() -> int:
    """Run the benchmark; 0 when it could be run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the same: the example corpus takes a minute")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, last")
    arguments = parser.parse_args()

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as name:
        figures = figures_of(example_candidates(Path(name)), say)
    for figure in ("answer_only_auc", "answer_only_auc_naive"):
        say(f"{figure:<22} {figures[figure]}")
    if arguments.json:
        settings = {"banks": ["example"], "quick": arguments.quick, "seed": SEED}
        print(json.dumps({"name": "pairs", "settings": settings, "figures": figures, "peers": {}}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
