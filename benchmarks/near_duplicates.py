"""The same near-duplicate job for the data gate and its peers: seconds, recall and precision on the same records.

Recall is over planted pairs that the reported pairs connect; precision over reported pairs (for groups: the first
with each other), scored by the exact Jaccard similarity of word 3-grams, since real text holds duplicates of its own.
Each side runs in a process of its own, alternating, from texts in memory to pairs.
"""

from __future__ import annotations

import json
import random
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.environments import NEAR_DUPLICATE_PEERS, PeerMissing, environment
from benchmarks.growing import grow, material

PEERS = ("semhash", "text_dedup", "datasketch")
THRESHOLD = 0.35
SEED = 23
Pairs = list[tuple[int, int]]
OURS = """
import json, sys, time
from residency.corpus.comparing.sketch import near_pairs
from residency.corpus.intake import RECORD_HASHES, RECORD_MISSED, SHINGLE
from residency.corpus.comparing.sketch import bands_for, sketch
from residency.core.comparing.tokens import as_sets, shingles, word_hashes

texts, out, threshold = sys.argv[1], sys.argv[2], float(sys.argv[3])
with open(texts, encoding="utf-8") as lines:
    texts = [json.loads(line) for line in lines]
begun = time.perf_counter()
bands = bands_for(threshold, RECORD_HASHES, RECORD_MISSED)
rows = shingles(word_hashes(texts), SHINGLE)
one, other, _ = near_pairs(as_sets(rows), sketch(rows, bands.hashes), bands, threshold)
seconds = time.perf_counter() - begun
json.dump({"seconds": seconds, "pairs": [one.tolist(), other.tolist()]}, open(out, "w"))
"""


def compare(
    text: Path, records: int, rounds: int, work: Path, say: Callable[[str], None]
) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """Returns our figures (``near_duplicate_precision`` among them), each peer's, and the peers that are missing."""
    texts, planted = _job(text, records, work)
    lines = work / "texts.jsonl"
    lines.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in texts), encoding="utf-8")
    pairs = work / "planted.json"
    pairs.write_text(json.dumps(planted))
    script = work / "ours.py"
    script.write_text(OURS)
    pythons: dict[str, Path] = {}
    missing = []
    for peer in PEERS:
        try:
            pythons[peer] = environment(peer, NEAR_DUPLICATE_PEERS[peer])
        except PeerMissing as error:
            missing.append(peer)
            say(f"missing: {error}")
    seconds: dict[str, list[float]] = {name: [] for name in ("residency", *pythons)}
    reported: dict[str, Pairs] = {}
    told: dict[str, Any] = {}
    for _ in range(rounds):
        for name in seconds:
            out = work / f"{name}.json"
            if name == "residency":
                command = [sys.executable, str(script), str(lines), str(out), str(THRESHOLD)]
            else:
                theirs = Path(__file__).with_name("near_duplicate_peers.py")
                command = [str(pythons[name]), str(theirs), name, str(lines), str(out), "--threshold", str(THRESHOLD)]
                command += ["--planted", str(pairs)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            told[name] = json.loads(out.read_text())
            seconds[name].append(told[name]["seconds"])
            reported[name] = _pairs(told[name], name)
            say(f"  {told[name]['seconds']:7.1f} s  {name}, {len(reported[name]):,} pairs")
    scored = {name: _scored(pairs, planted, texts) for name, pairs in reported.items()}
    ours = statistics.median(seconds["residency"])
    peers = {
        name: {
            "seconds_ratio": round(
                statistics.median(a / b for a, b in zip(times, seconds["residency"], strict=True)), 2
            ),
            "seconds": round(statistics.median(times), 1),
            **scored[name],
            "version": told[name].get("peer_version"),
            "settings": told[name].get("settings"),
        }
        for name, times in seconds.items()
        if name != "residency"
    }
    for name, figures in {"residency": scored["residency"], **peers}.items():
        say(f"  {name}: {json.dumps({key: value for key, value in figures.items() if key != 'settings'})}")
    figures = {
        "near_duplicate_precision": scored["residency"]["precision"],
        "near_duplicate_job": {"records": records, "seconds": round(ours, 1), **scored["residency"]},
    }
    return figures, peers, missing


def _job(text: Path, records: int, work: Path) -> tuple[list[str], Pairs]:
    """Whole records as texts, and the planted pairs by place."""
    rng = random.Random(SEED)
    bank = work / "near.jsonl"
    truth = grow(bank, material(text, rng), records, [], rng)
    place: dict[str, int] = {}
    texts: list[str] = []
    with bank.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith('{"id": "r'):
                row = json.loads(line)
                place[row["id"]] = len(texts)
                said = [row["question"], *row.get("options", {}).values(), row.get("rationale") or row["answer"]]
                texts.append(" ".join(said))
    bank.unlink()
    return texts, [(place[one], place[other]) for one, other in truth.near]


def _pairs(told: dict[str, Any], name: str) -> Pairs:
    if name == "residency":
        return list(zip(*told["pairs"], strict=True))
    if "pairs" in told:
        return [(int(one), int(other)) for one, other in told["pairs"]]
    return [(int(group[0]), int(other)) for group in told["groups"] for other in group[1:]]


def _scored(pairs: Pairs, planted: Pairs, texts: Sequence[str]) -> dict[str, Any]:
    leader = _components(pairs)
    connected = sum(leader.get(one, -1) == leader.get(other, -2) for one, other in planted)
    right = sum(_jaccard(texts[one], texts[other]) >= THRESHOLD for one, other in pairs)
    return {
        "recall": round(connected / len(planted), 4),
        "precision": round(right / len(pairs), 4) if pairs else 0.0,
        "pairs": len(pairs),
    }


def _components(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    parent: dict[int, int] = {}

    def root(place: int) -> int:
        while parent.setdefault(place, place) != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for one, other in pairs:
        parent[root(one)] = root(other)
    return {place: root(place) for place in list(parent)}


def _jaccard(one: str, other: str) -> float:
    """The exact similarity, in plain Python, of the sets of word 3-grams."""
    sets = []
    for text in (one, other):
        words = re.findall(r"[^\W_]+", text.lower())
        sets.append({tuple(words[place : place + 3]) for place in range(max(1, len(words) - 2))})
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])
