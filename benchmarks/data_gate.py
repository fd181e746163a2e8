"""The data gate at scale: seconds, memory and what it finds, on a bank grown from real text with planted faults.

    python -m benchmarks.data_gate --text medquad.jsonl            # 90,000, 100,000 and 1,000,000 records; the peers
    python -m benchmarks.data_gate --text medquad.jsonl --quick    # 20,000 records, no peers

``--text`` names question and answer rows as JSON Lines to grow the bank from (MedQuAD, or your own); without it, the
variable MEDQUAD. The whole corpus stage runs in a process of its own, with 10,000 evaluation items to guard against;
memory is the sum over it and its workers, each page counted once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psutil

from benchmarks.growing import ITEMS, SHORT, WAYS, Truth, grow, items, material
from benchmarks.near_duplicates import compare

SIZES = {"90k": 90_000, "100k": 100_000, "1m": 1_000_000}
QUICK = {"20k": 20_000}
PEER_RECORDS = 200_000
SEED = 17
STAGE = """
import json, sys, time
from pathlib import Path
from residency.core.stage import Silent, StageContext
from residency.corpus.settings import CorpusSettings
from residency.corpus.stage import run

class Watch(Silent):
    def __init__(self):
        self.steps, self.since = [["reading and checking", 0.0]], time.perf_counter()
    def doing(self, what):
        self.end()
        self.steps.append([what, 0.0])
    def end(self):
        now = time.perf_counter()
        self.steps[-1][1] += now - self.since
        self.since = now

if __name__ == "__main__":
    bank, tests, out = map(Path, sys.argv[1:])
    out.mkdir()
    watch = Watch()
    begun = time.perf_counter()
    settings = {"corpus": CorpusSettings(files=[bank], evaluation_files=[tests])}
    run(StageContext(settings, {}, out, 17, watch))
    watch.end()
    print(json.dumps({"seconds": time.perf_counter() - begun, "steps": watch.steps}))
"""


def gate(bank: Path, tests: Path, out: Path) -> dict[str, Any]:
    """Run the corpus stage: ``seconds``, ``steps`` (name, seconds) and ``peak_rss_gb``."""
    script = out.parent / "stage.py"
    script.write_text(STAGE)
    with (
        _peak_memory() as peak,
        subprocess.Popen(
            [sys.executable, str(script), str(bank), str(tests), str(out)], stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        peak.watch(process.pid)
        printed, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"the corpus stage failed on {bank}")
    return {**json.loads(printed), "peak_rss_gb": peak.gigabytes}


class _Peak:
    """The most memory that a process and its children had, sampled."""

    def __init__(self) -> None:
        self.bytes = 0
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def gigabytes(self) -> float:
        return round(self.bytes / 2**30, 3)

    def watch(self, pid: int) -> None:
        self._thread = threading.Thread(target=self._sample, args=(pid,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._thread:
            self._thread.join()

    def _sample(self, pid: int) -> None:
        while not self._over.wait(0.5):
            try:
                root = psutil.Process(pid)
                self.bytes = max(self.bytes, sum(map(_memory, [root, *root.children(recursive=True)])))
            except psutil.NoSuchProcess:
                return


@contextmanager
def _peak_memory() -> Iterator[_Peak]:
    peak = _Peak()
    try:
        yield peak
    finally:
        peak.stop()


def _memory(process: psutil.Process) -> int:
    """Its share of memory, a page that several processes map being shared out among them (Linux); else all of it."""
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.rss))
    except psutil.Error:
        return 0


def found(out: Path, truth: Truth, tests: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the stage found of what was planted, and how many lines it lost."""
    cluster: dict[str, str] = {}
    with (out / "kept.jsonl").open("rb") as lines:
        for line in lines:
            row = orjson.loads(line)
            cluster[row["id"]] = row["cluster"]
    rejected: dict[str, str] = {}
    reasons: Counter[str] = Counter()
    with (out / "rejected.jsonl").open("rb") as lines:
        for line in lines:
            row = orjson.loads(line)
            reasons[row["reason"]] += 1
            if isinstance(row["row"], dict) and "id" in row["row"]:
                rejected[row["row"]["id"]] = row["reason"]
    both = [pair for pair in truth.near if pair[0] in cluster and pair[1] in cluster]
    repeats = sum("exact_duplicate" in (rejected.get(one), rejected.get(other)) for one, other in truth.exact)
    hit: dict[str, list[bool]] = {way: [] for way in (*WAYS, "short", "all")}
    for name, (item, way) in truth.injected.items():
        caught = rejected.get(name) == "contaminated"
        hit[way].append(caught)
        if way in ("verbatim", "shuffled"):
            hit["all"].append(caught)
            if len(tests[item]["question"].split()) < SHORT:
                hit["short"].append(caught)
    known = set(truth.injected)
    # A near-duplicate or a repeat of an injected record would hold the item too; none is made from one.
    false = sum(reason == "contaminated" and name not in known for name, reason in rejected.items())
    return {
        "rows_lost": truth.lines - len(cluster) - sum(reasons.values()),
        "near_duplicate_recall": _share(cluster[one] == cluster[other] for one, other in both),
        "near_duplicates_planted": len(both),
        "exact_duplicate_recall": round(repeats / max(1, len(truth.exact)), 4),
        **{f"decontamination_recall_{way}": _share(caught) for way, caught in hit.items()},
        "decontamination_planted": {way: len(caught) for way, caught in hit.items()},
        "decontamination_false_alarms_per_1000": round(1000 * false / truth.lines, 3),
        "rejected": dict(reasons.most_common()),
    }


def _share(values: Any) -> float:
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else float("nan")


def measure(text: Path, sizes: dict[str, int], work: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Every figure of the gate alone, by name."""
    figures: dict[str, Any] = {}
    for name, count in sizes.items():
        rng = random.Random(SEED)
        stuff = material(text, rng)
        tests = items(stuff, ITEMS, rng)
        bank, guard, out = work / f"bank-{name}.jsonl", work / f"tests-{name}.jsonl", work / f"out-{name}"
        guard.write_text("".join(json.dumps(item) + "\n" for item in tests))
        truth = grow(bank, stuff, count, tests, rng)
        del stuff
        say(f"{count:,} records, {bank.stat().st_size / 2**20:.0f} MB")
        run = gate(bank, guard, out)
        seen = found(out, truth, tests)
        figures |= {f"seconds_{name}": round(run["seconds"], 1), f"peak_rss_gb_{name}": run["peak_rss_gb"]}
        figures[f"steps_{name}"] = {step: round(seconds, 1) for step, seconds in run["steps"]}
        figures[f"found_{name}"] = seen
        for step, seconds in run["steps"]:
            say(f"  {seconds:7.1f} s  {step}")
        say(f"  {run['seconds']:7.1f} s  in all, {run['peak_rss_gb']} GB")
        say("  " + json.dumps({key: value for key, value in seen.items() if key != "rejected"}))
        bank.unlink()
        shutil.rmtree(out)
    largest = figures[f"found_{max(sizes, key=lambda name: sizes[name])}"]
    named = ("near_duplicate_recall", "decontamination_recall_short", "decontamination_recall_all")
    figures |= {name: largest[name] for name in named}
    figures["rows_lost"] = sum(figures[f"found_{name}"]["rows_lost"] for name in sizes)
    return figures


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.data_gate", description=__doc__.splitlines()[0])
    parser.add_argument("--text", type=Path, default=os.environ.get("MEDQUAD"), help="real text to grow the bank from")
    parser.add_argument("--quick", action="store_true", help="20,000 records and no peers: about a minute")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, help="only these sizes")
    parser.add_argument("--no-peers", action="store_true", help="the gate alone")
    parser.add_argument("--peer-records", type=int, default=PEER_RECORDS, help="records in the job shared with peers")
    parser.add_argument("--rounds", type=int, default=1, help="times that each side does the shared job")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    chosen = parser.parse_args()
    if chosen.text is None or not Path(chosen.text).is_file():
        print("error: name a file of question and answer rows: --text medquad.jsonl, or set MEDQUAD", file=sys.stderr)
        return 2
    sizes = QUICK if chosen.quick else {name: SIZES[name] for name in chosen.sizes or SIZES}

    def say(line: str) -> None:
        print(line, file=sys.stderr if chosen.json else sys.stdout, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(chosen.text), sizes, Path(folder), say)
        peers: dict[str, Any] = {}
        missing: list[str] = []
        if not (chosen.quick or chosen.no_peers):
            ours, peers, missing = compare(Path(chosen.text), chosen.peer_records, chosen.rounds, Path(folder), say)
            figures |= ours
    if chosen.json:
        settings = {"text": Path(chosen.text).name, "sizes": sizes, "seed": SEED, "items": ITEMS}
        print(json.dumps({"name": "data_gate", "settings": settings, "figures": figures, "peers": peers}))
    return 3 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
