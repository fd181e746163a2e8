"""Pairs from gold texts and conversations: how many, how fast, and what answers alone tell of them.

    python -m benchmarks.pairs --text medquad.jsonl    # the example corpus and 2,000 rows of this file
    python -m benchmarks.pairs --quick                 # the example corpus alone

Figures. ``pairs_per_s``: pairs of mistakes in texts (candidates that passed their checks) made in a second of one
process. ``types_with_100_pairs``: types with 100 or more verified pairs, before balancing and, as
``types_with_100_pairs_balanced``, after it. ``answer_only_auc``: of the balanced pairs, the highest pairwise AUC at
which words, or length and punctuation, tell chosen from rejected, over all pairs and over each type with enough of them
(see ``residency pairs audit``). ``answer_only_auc_naive``: the same of the naive set, the first candidate of each
parent and type as it comes. ``refused_by_reason``: what was not made, or was left out, and why. ``audit`` and
``audit_naive`` hold the verdicts, the pairs and the figures by type.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from residency.core.files import read_jsonl
from residency.core.records import TRAINED_ON, Pair, in_splits
from residency.core.stage import seeded
from residency.preference.audit.run import audit_own
from residency.preference.audit.verdict import LEAST
from residency.preference.balance import balanced, parent_of
from residency.preference.build import MAKERS, candidates
from residency.preference.edits import TEXT_OPERATORS
from residency.preference.material import Material
from residency.retrieval.index import open_index

DATA = Path(__file__).parents[2] / "shared" / "data"
SEED, ROWS = 17, 2_000
MOST = 100_000
AUDITED = 6_000
"""Pairs of a set that are audited, drawn by chance: runs of characters of long answers take their time."""
HUNDRED = 100
Candidates = Mapping[str, Sequence[Pair]]
Say = Callable[[str], None]


def material_of(folder: Path, bank: Path | None) -> Material:
    """What pairs are made from, by the data stages over the first rows of a bank; None for the example corpus."""
    from tests.banks import run_data_stages

    from residency.corpus.settings import CorpusSettings
    from residency.retrieval.settings import IndexSettings

    if bank is None:
        run_data_stages(folder)
    else:
        rows = folder / "rows.jsonl"
        with bank.open(encoding="utf-8") as lines:
            rows.write_text("".join(islice(lines, ROWS)), encoding="utf-8")
        index = IndexSettings(files=[], embeddings="none")
        run_data_stages(folder, corpus=CorpusSettings(files=[rows]), index=index)

    def train(path: str) -> list[Any]:
        return in_splits(read_jsonl(folder / path), TRAINED_ON)

    conversations = [train(f"{stage}/conversations.jsonl") for stage in ("grounding", "dialogue")]
    return Material(train("corpus/kept.jsonl"), conversations[0], open_index(folder / "index"), conversations[1])


def made_of(material: Material, refused: Counter[str], say: Say) -> tuple[dict[str, list[Pair]], int, float]:
    """By type all candidates; how many are mistakes in texts, and the seconds that these took."""
    found: dict[str, list[Pair]] = {}
    edits, seconds = 0, 0.0
    for name, maker in MAKERS.items():
        begun = time.perf_counter()
        found[name] = candidates(maker(material, lambda *names: seeded(SEED, *names)), MOST, refused)
        if name in TEXT_OPERATORS:
            edits += len(found[name])
            seconds += time.perf_counter() - begun
        parents = len({parent_of(pair) for pair in found[name]})
        say(f"{name:<14} {len(found[name]):>6,} candidates of {parents:>5,} texts")
    return found, edits, seconds


def naive(candidates: Candidates) -> list[Pair]:
    """The first candidate of each parent, of every type."""
    found: list[Pair] = []
    for pairs in candidates.values():
        first: dict[str, Pair] = {}
        for pair in pairs:
            first.setdefault(parent_of(pair), pair)
        found += first.values()
    return found


def evened(candidates: Candidates, refused: Counter[str], say: Say) -> dict[str, list[Pair]]:
    """What balancing picks, by type."""
    found: dict[str, list[Pair]] = {}
    for kind, pairs in candidates.items():
        found[kind], left = balanced(pairs, MOST, random.Random(SEED))
        refused.update({f"{kind}: {reason}": count for reason, count in left.items()})
        say(f"{kind:<14} {len(found[kind]):>6,} of {len(pairs):>6,} candidates are balanced")
    return found


def audited(pairs: Iterable[Pair]) -> dict[str, Any]:
    """The audit's figures in short: ``worst``, ``verdict``, ``says``, ``pairs`` and ``types``."""
    pairs = list(pairs)
    if not pairs:
        return {"worst": None, "verdict": "undecided", "says": "no pair is left", "pairs": 0, "types": {}}
    found = audit_own(pairs, "pairs.jsonl", AUDITED, SEED)
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


def figures_of(candidates: Candidates, refused: Counter[str], say: Say) -> dict[str, Any]:
    """The benchmark's figures of these candidates."""
    picked = evened(candidates, refused, say)
    even, first = audited([pair for pairs in picked.values() for pair in pairs]), audited(naive(candidates))
    for name, one in (("balanced", even), ("naive", first)):
        say(f"{name:<9} {one['pairs']:,} pairs, {one['verdict']}: {one['says']}")
    return {
        "types_with_100_pairs": sum(len(pairs) >= HUNDRED for pairs in candidates.values()),
        "types_with_100_pairs_balanced": sum(len(pairs) >= HUNDRED for pairs in picked.values()),
        "answer_only_auc": even["worst"],
        "answer_only_auc_naive": first["worst"],
        "balanced_pairs": {kind: len(pairs) for kind, pairs in picked.items()},
        "audit": even,
        "audit_naive": first,
        "refused_by_reason": dict(refused.most_common()),
    }


def main() -> int:
    """Run the benchmark; 0 when it could be run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, help="a file of questions and answers beside the example corpus")
    parser.add_argument("--quick", action="store_true", help="the example corpus alone")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, last")
    arguments = parser.parse_args()

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    banks: dict[str, Path | None] = {"example": None}
    if not arguments.quick:
        text = arguments.text or DATA / "medquad.jsonl"
        if not text.is_file():
            print(f"error: there is no file {text}; name one with --text, or type --quick", file=sys.stderr)
            return 2
        banks[text.name] = text
    refused: Counter[str] = Counter()
    everything: dict[str, list[Pair]] = defaultdict(list)
    edits, seconds = 0, 0.0
    for name, bank in banks.items():
        say(name)
        with tempfile.TemporaryDirectory() as folder:
            made, count, took = made_of(material_of(Path(folder), bank), refused, say)
        edits, seconds = edits + count, seconds + took
        for kind, pairs in made.items():
            everything[kind] += pairs
    figures = {"pairs_per_s": round(edits / seconds, 1)} | figures_of(everything, refused, say)
    for figure in ("pairs_per_s", "types_with_100_pairs", "answer_only_auc", "answer_only_auc_naive"):
        say(f"{figure:<22} {figures[figure]}")
    if arguments.json:
        settings = {"banks": list(banks), "quick": arguments.quick, "seed": SEED}
        print(json.dumps({"name": "pairs", "settings": settings, "figures": figures, "peers": {}}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
