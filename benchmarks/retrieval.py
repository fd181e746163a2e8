"""Search over 100,000 passages: milliseconds for a query, seconds to open and to build, and what is found.

    python -m benchmarks.retrieval --medquad medquad.jsonl --openstax openstax_ap_sections.jsonl \
        --pubmedqa pubmedqa_train500.jsonl          # all; the first time it embeds for half an hour or more
    ... --quick                                     # 3,000 real passages among 6,000

Real passages are cut from the three files (``benchmarks/passages.py``); their vectors are kept for the next time
(``$RESIDENCY_HOME/vectors``). The rest are lightly edited copies, on which only times are measured: their vectors are
their originals' with a little noise, and not embedded. ``recall_at_5`` is the share of PubMedQA's questions for which a
passage of their own study is among the first five, among the real passages alone. ``build_s`` is the build with all
vectors kept; what embedding would add is ``embedding_s``, reckoned from the rate on a sample. The peer is bm25s in its
own plain use (its tokeniser with stop words and stemmer, ``retrieve``), on the same passages, by turns.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import Stemmer

from benchmarks.passages import edited_copies, real_passages, rows_of
from benchmarks.static_embedding import StaticEncoder
from residency.core.records import Passage
from residency.core.stage import Silent
from residency.flow.progress import ConsoleProgress
from residency.generation.embeddings import Encoder, Vectors
from residency.retrieval.index import Index, build_index, open_index
from residency.retrieval.index.cache import VectorCache
from residency.retrieval.index.encoders import MiniLM
from residency.retrieval.index.search import WAYS
from residency.retrieval.index.text import searched_text
from residency.retrieval.settings import IndexSettings

SEED = 17
PASSAGES, QUICK_PASSAGES, QUICK_REAL = 100_000, 6_000, 3_000
QUERY_WORDS = 117
QUERIES, ROUNDS = 100, 3
FOUND = 5
SHOWN = 10  # passages that a timed search gives
NOISE = 0.015  # of each number of a copy's vector: a cosine of 0.96 with its original
SAMPLE = 256  # passages embedded anew for the rate

Say = Callable[[str], None]
Search = Callable[[str], Any]


class Peer:
    """bm25s as its own documentation uses it."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._stemmer = Stemmer.Stemmer("english")
        begun = time.perf_counter()
        texts = [searched_text(passage) for passage in passages]
        tokens = bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)
        self._scorer = bm25s.BM25()
        self._scorer.index(tokens, show_progress=False)
        self.seconds = time.perf_counter() - begun

    def search(self, query: str, count: int = SHOWN) -> list[int]:
        tokens = bm25s.tokenize(query, stopwords="en", stemmer=self._stemmer, show_progress=False)
        return [int(place) for place in self._scorer.retrieve(tokens, k=count, show_progress=False)[0][0]]


def long_queries(passages: Sequence[Passage], count: int) -> list[str]:
    """Running text of :data:`QUERY_WORDS` words, from places drawn by chance."""
    rng = random.Random(SEED)
    found: list[str] = []
    while len(found) < count:
        place = rng.randrange(len(passages) - 8)
        words = " ".join(passage["text"] for passage in passages[place : place + 8]).split()
        if len(words) >= QUERY_WORDS:
            found.append(" ".join(words[:QUERY_WORDS]))
    return found


def times(searches: dict[str, Search], queries: Sequence[str]) -> dict[str, dict[str, float]]:
    """Median and p95 in milliseconds of each search, by turns query by query: the median over rounds."""
    for search in searches.values():
        for query in queries[:5]:
            search(query)
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in searches}
    for _ in range(ROUNDS):
        spent: dict[str, list[float]] = {name: [] for name in searches}
        for query in queries:
            for name, search in searches.items():
                begun = time.perf_counter()
                search(query)
                spent[name].append((time.perf_counter() - begun) * 1e3)
        for name, values in spent.items():
            p50, p95 = np.percentile(values, [50, 95]).tolist()
            rounds[name].append((p50, p95))
    return {
        name: {
            "p50_ms": round(statistics.median(one[0] for one in values), 2),
            "p95_ms": round(statistics.median(one[1] for one in values), 2),
        }
        for name, values in rounds.items()
    }


def speed(real: Sequence[Passage], vectors: Vectors, count: int, work: Path, say: Say) -> dict[str, Any]:
    """Times on ``count`` passages, with the peer's."""
    copies = edited_copies(real, count - len(real), SEED)
    passages = [*real, *(copy for _, copy in copies)]
    places = [place for place, _ in copies]
    noise = np.random.default_rng(SEED).normal(0, NOISE, (len(copies), vectors.shape[1])).astype(np.float32)
    derived = vectors[places] + noise
    derived /= np.linalg.norm(derived, axis=1, keepdims=True)
    encoder = MiniLM()
    kept = VectorCache(encoder, work / "home" / "vectors" / encoder.digest[:16])
    kept.keep([searched_text(passage) for passage in passages], np.concatenate([vectors, derived]))
    del derived, noise
    before = os.environ.get("RESIDENCY_HOME")
    os.environ["RESIDENCY_HOME"] = str(work / "home")
    try:
        seconds = build_index(work / "index", passages).seconds
    finally:
        os.environ.pop("RESIDENCY_HOME") if before is None else os.environ.update(RESIDENCY_HOME=before)
    say(f"built {len(passages):,} passages with kept vectors: {_rounded(seconds)}")
    opened = []
    for _ in range(5):
        begun = time.perf_counter()
        index = open_index(work / "index")
        opened.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    encoder.encode([searched_text(passage) for passage in passages[-SAMPLE:]], "passage")
    rate = SAMPLE / (time.perf_counter() - begun)
    peer = Peer(passages)
    searches: dict[str, Search] = {
        "lexical": lambda query: index.search(query, SHOWN, how="lexical"),
        "bm25s": peer.search,
        "embeddings": lambda query: index.search(query, SHOWN, how="embeddings"),
        "hybrid": lambda query: index.search(query, SHOWN, how="hybrid"),
        "query embedding": lambda query: encoder.encode([query], "query"),
    }
    spent = times(searches, long_queries(real, QUERIES))
    return {
        "open_s": round(statistics.median(opened), 3),
        "build_s": round(sum(seconds.values()), 1),
        "build_s_by_part": _rounded(seconds),
        "embedded_per_s": round(rate, 1),
        "embedding_s": round(len(passages) / rate),
        "recall_of_exact": exact_recall(index, encoder, long_queries(real, 50)),
        "searches": spent,
        "peer_build_s": round(peer.seconds, 1),
    }


def exact_recall(index: Index, encoder: MiniLM, queries: Sequence[str]) -> dict[str, float]:
    """Of the passages that looking at every vector puts first, the share that the search puts first."""
    search = index._vectors
    if search is None:
        raise SystemExit("the index has no vectors")
    hits = {10: 0, 100: 0}
    for vector in encoder.encode(queries, "query"):
        exact = np.argsort(-np.round(search._vectors @ vector, 5), kind="stable")
        for count in hits:
            hits[count] += len({*search.nearest(vector, count, None)[0].tolist()} & {*exact[:count].tolist()})
    return {f"at_{count}": round(hit / count / len(queries), 4) for count, hit in hits.items()}


def recall(real: Sequence[Passage], vectors: Vectors, pubmedqa: Path, work: Path, say: Say) -> dict[str, Any]:
    """The share of questions of whose study a passage is among the first :data:`FOUND`, by way of searching, with the
    same for both halves of the questions."""
    rows = rows_of(pubmedqa)
    questions = [row["question"] for row in rows]
    index = build_index(work / "real", real, IndexSettings())
    peer = Peer(real)
    by_way: dict[str, list[list[str]]] = {
        str(how): [[p["document"] for p, _ in found] for found in index.search_many(questions, FOUND, how=how)]
        for how in WAYS
    }
    by_way["peer"] = [[real[place]["document"] for place in peer.search(question, FOUND)] for question in questions]
    static = StaticEncoder(Encoder(), [searched_text(passage) for passage in real])
    mine = static.encode([searched_text(passage) for passage in real])
    by_way["static"] = [
        [real[place]["document"] for place in np.argsort(-(mine @ query), kind="stable")[:FOUND]]
        for query in static.encode(questions)
    ]
    figures: dict[str, Any] = {}
    names = {"hybrid": "hybrid", "lexical": "bm25", "embeddings": "embeddings", "peer": "peer", "static": "static"}
    for how, found in by_way.items():
        hits = np.array([row["id"] in documents for row, documents in zip(rows, found, strict=True)])
        value, low, high = _share(hits)
        figures[f"recall_at_5_{names[how]}"] = value
        figures[f"recall_at_5_{names[how]}_interval"] = [low, high]
        figures[f"recall_at_5_{names[how]}_halves"] = [round(float(hits[half::2].mean()), 4) for half in (0, 1)]
        say(f"recall@5 {names[how]}: {value} [{low}, {high}], n = {len(hits)}")
    return figures


def _share(hits: Any) -> tuple[float, float, float]:
    """With Wilson's interval of 95%."""
    n, p, z = len(hits), float(hits.mean()), 1.96
    middle, half = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    return round(p, 4), round((middle - half) / (1 + z * z / n), 4), round((middle + half) / (1 + z * z / n), 4)


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {part: round(spent, 2) for part, spent in seconds.items()}


def _chosen(chosen: argparse.Namespace) -> list[Passage]:
    real = real_passages(chosen.medquad, chosen.openstax, chosen.pubmedqa)
    if chosen.real and chosen.real < len(real):
        own = [passage for passage in real if passage["source"] == "pubmedqa"]
        others = [passage for passage in real if passage["source"] != "pubmedqa"]
        random.Random(SEED).shuffle(others)
        real = [*own, *others[: chosen.real - len(own)]]
    return real


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description=__doc__.splitlines()[0])
    for name in ("medquad", "openstax", "pubmedqa"):
        parser.add_argument(f"--{name}", type=Path, default=os.environ.get(name.upper()), help=f"{name}'s file")
    parser.add_argument("--passages", type=int, default=PASSAGES, help="how many, copies among them")
    parser.add_argument("--real", type=int, default=0, help="only so many real ones, PubMedQA's first; 0: all")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_REAL:,} real among {QUICK_PASSAGES:,}")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    chosen = parser.parse_args()
    files = [getattr(chosen, name) for name in ("medquad", "openstax", "pubmedqa")]
    if any(path is None or not Path(path).is_file() for path in files):
        print("error: name the three files: --medquad FILE --openstax FILE --pubmedqa FILE", file=sys.stderr)
        return 2
    if chosen.quick:
        chosen.passages, chosen.real = QUICK_PASSAGES, QUICK_REAL

    def say(line: str) -> None:
        print(line, file=sys.stderr if chosen.json else sys.stdout, flush=True)

    real = _chosen(chosen)
    say(f"{len(real):,} real passages")
    progress = ConsoleProgress("embedding") if not chosen.json or sys.stderr.isatty() else Silent()
    vectors = VectorCache(MiniLM()).vectors([searched_text(passage) for passage in real], progress=progress)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        figures = recall(real, vectors, chosen.pubmedqa, work, say)
        timed = speed(real, vectors, chosen.passages, work, say)
    spent = timed.pop("searches")
    figures |= timed | {f"p95_ms_{name.replace(' ', '_')}": one["p95_ms"] for name, one in spent.items()}
    peers = {
        "bm25s": {
            **spent["bm25s"],
            "recall_at_5": figures.pop("recall_at_5_peer"),
            "build_s": figures.pop("peer_build_s"),
            "ratio_p95": round(spent["lexical"]["p95_ms"] / spent["bm25s"]["p95_ms"], 3),
            "ratio_p50": round(spent["lexical"]["p50_ms"] / spent["bm25s"]["p50_ms"], 3),
        }
    }
    say(json.dumps({"figures": figures, "searches": spent, "peers": peers}, indent=1))
    if chosen.json:
        settings = {"passages": chosen.passages, "real": len(real), "queries": QUERIES, "seed": SEED}
        print(json.dumps({"name": "retrieval", "settings": settings, "figures": figures, "peers": peers}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
