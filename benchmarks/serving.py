"""What the assistant adds to a model's server, and whether it holds: on loopback, against a stub of a fixed speed.

    python -m benchmarks.serving            # all, some minutes; --quick: a minute

``residency serve`` runs as a process of its own before a stub of a model (``benchmarks/serving_stub.py``) that says its
first word after a tenth of a second and one word each 20 ms. ``overhead_ms`` is the time to the first word through the
assistant less the median of that when the stub is asked directly by as many streams: with retrieval switched off, and
(``retrieval_ms``: what is added to that) with lexical retrieval over 100,000 passages, edited copies of the example
corpus, in three rounds by turns, of which the median is told. Then 1,000 requests by 64 streams: ``lost`` are those
without a whole answer, ``mixed_up`` those that hold a word of another's. Memory is that of the assistant's process,
when half of these are done and at the end. Then the inputs of ``benchmarks/bad_inputs.py``, and the embedded model's
own figures by one stream and by eight, where it is on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.bad_inputs import bad_inputs, send
from benchmarks.passages import edited_copies, rows_of
from benchmarks.serving_load import Told, ask_many
from residency.core.home import home as shared_home
from residency.retrieval.index import build_index
from residency.retrieval.settings import IndexSettings

SEED = 17
EXAMPLES = Path(__file__).parents[1] / "examples" / "surgery"
PASSAGES, QUICK_PASSAGES = 100_000, 5_000
STREAMS, MANY = 32, 64
FIRST, EACH, TOKENS = 0.1, 0.02, 48
MEASURED, QUICK_MEASURED, ROUNDS = 640, 128, 3
REQUESTS, QUICK_REQUESTS = 1_000, 256
CONFIG = """
[access]
per_minute = 1e9
burst = 1000000
per_minute_in_all = 1e9
burst_in_all = 1000000
"""
Say = Callable[[str], None]


@contextmanager
def running(*command: str, home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process, and the first line that it prints."""
    environment = os.environ | {"RESIDENCY_HOME": str(home)}
    process = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise SystemExit(f"error: {' '.join(command)} did not start")
        yield process, line
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def assistant(home: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """``residency serve`` on a free port."""
    config = home / "serve.toml"
    config.write_text(CONFIG, encoding="utf-8")
    command = ("residency", "serve", *arguments, "--port", "0", "--no-page", "--json", "--config", str(config))
    with running(*command, home=home) as (process, line):
        yield process, int(json.loads(line)["url"].rstrip("/").rpartition(":")[2])


def plain(mark: str) -> dict[str, Any]:
    """A request as the stub's own clients send it."""
    return {"model": "stub", "stream": True, "messages": [{"role": "user", "content": f"What of {mark}?"}]}


def bare(mark: str) -> dict[str, Any]:
    """The same for the assistant, without retrieval."""
    return {**plain(mark), "model": "resident", "retrieval": "never"}


def searching(questions: Sequence[str]) -> Callable[[str], dict[str, Any]]:
    """Requests with retrieval, each with a question of the example bank."""

    def body(mark: str) -> dict[str, Any]:
        text = f"{questions[int(mark[1:]) % len(questions)]} {mark}"
        return {**bare(mark), "retrieval": "always", "messages": [{"role": "user", "content": text}]}

    return body


def firsts(told: Sequence[Told], warm: int) -> Any:
    """Milliseconds to the first word of the answers that were given, the first ones left out."""
    return np.array([one.first * 1e3 for one in told[warm:] if one.done])


def overhead(port: int, stub: int, count: int, body: Callable[[str], dict[str, Any]]) -> dict[str, float]:
    """What the assistant adds before the first word, in milliseconds."""
    direct = firsts(asyncio.run(ask_many(stub, count, STREAMS, plain)), STREAMS)
    through = firsts(asyncio.run(ask_many(port, count, STREAMS, body)), STREAMS)
    added = through - np.median(direct)
    p50, p95 = np.percentile(added, [50, 95])
    return {"p50": float(p50), "p95": float(p95), "direct": float(np.median(direct)), "n": len(added)}


def built_index(folder: Path, count: int) -> None:
    """An index without vectors over edited copies of the example corpus."""
    real: Any = rows_of(EXAMPLES / "passages.jsonl")
    copies = [copy for _, copy in edited_copies(real, count - len(real), SEED)]
    build_index(folder, [*real, *copies], IndexSettings(embeddings="none"))


def added(
    port: int, stub: int, count: int, search: Callable[[str], dict[str, Any]], rounds: int, say: Say
) -> dict[str, Any]:
    """What comes before the first word without retrieval, and what retrieval adds to it, by turns: of each figure the
    median over the rounds, and of retrieval at p95 the rounds themselves, since a neighbour's work shows there."""
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        without, with_it = overhead(port, stub, count, bare), overhead(port, stub, count, search)
        say(f"without retrieval: {_rounded(without)}; with it: {_rounded(with_it)}")
        figures = {
            "overhead_ms_p50": without["p50"],
            "overhead_ms_p95": without["p95"],
            "retrieval_ms_p50": with_it["p50"] - without["p50"],
            "retrieval_ms_p95": with_it["p95"] - without["p95"],
            "first_token_ms_p50": without["p50"] + without["direct"],
            "first_token_ms_p50_direct": without["direct"],
        }
        for name, value in figures.items():
            found.setdefault(name, []).append(round(value, 2))
    medians: dict[str, Any] = {name: round(float(np.median(values)), 2) for name, values in found.items()}
    return medians | {"retrieval_ms_p95_rounds": found["retrieval_ms_p95"]}


def holding(process: subprocess.Popen[str], port: int, count: int) -> dict[str, Any]:
    """Many requests at once, and the memory at the half and at the end."""
    memory = psutil.Process(process.pid)
    told: list[Told] = []
    resident = []
    for start in (0, count // 2):
        told += asyncio.run(ask_many(port, count // 2, MANY, bare, start))
        resident.append(memory.memory_info().rss / 2**20)
    lost = [one for one in told if not one.done or one.words != TOKENS]
    return {
        "requests": len(told),
        "concurrent": MANY,
        "lost": len(lost),
        "mixed_up": sum(one.others > 0 for one in told),
        "faults": sorted({one.fault for one in told if one.fault}),
        "first_token_ms_p50_of_many": round(float(np.median(firsts(told, 0))), 1),
        "rss_mb_half": round(resident[0], 1),
        "rss_mb_end": round(resident[1], 1),
    }


def withstanding(port: int) -> dict[str, Any]:
    """Inputs that are wrong."""
    found = {one.name: (sent := send(one, port), sent.fault(one)) for one in bad_inputs()}
    return {
        "bad_inputs_tried": len(found),
        "bad_inputs_5xx": sum(answered.status >= 500 for answered, _ in found.values()),
        "bad_inputs_faults": [f"{name}: {fault}" for name, (_, fault) in found.items() if fault],
    }


def embedded(home: Path, say: Say) -> dict[str, Any]:
    """The embedded model, loaded in the assistant's process, by one stream and by eight; nothing where it is not on
    this machine."""
    kept = shared_home()
    if not (kept / "models").is_dir():
        say("the embedded model is not on this machine: residency model fetch")
        return {}
    figures: dict[str, Any] = {}
    (home / "models").symlink_to(kept / "models")
    with assistant(home, "embedded") as (_, port):
        asyncio.run(ask_many(port, 1, 1, words))
        for streams in (1, 8):
            begun = time.perf_counter()
            told = asyncio.run(ask_many(port, 2 * streams, streams, words))
            seconds = time.perf_counter() - begun
            figures[f"embedded_first_token_ms_p50_{streams}"] = round(float(np.median(firsts(told, 0))), 1)
            figures[f"embedded_tokens_per_s_{streams}"] = round(sum(one.tokens for one in told) / seconds, 1)
    say(f"the embedded model: {figures}")
    return figures


def words(mark: str) -> dict[str, Any]:
    """A request to a model that writes what it likes."""
    text = f"How is an inguinal hernia repaired? ({mark})"
    asked = {"messages": [{"role": "user", "content": text}], "max_tokens": 64}
    return {**bare(mark), **asked, "stream_options": {"include_usage": True}}


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_REQUESTS} requests, {QUICK_PASSAGES:,} passages")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    chosen = parser.parse_args()

    def say(line: str) -> None:
        print(line, file=sys.stderr if chosen.json else sys.stdout, flush=True)

    measured = QUICK_MEASURED if chosen.quick else MEASURED
    requests = QUICK_REQUESTS if chosen.quick else REQUESTS
    passages = QUICK_PASSAGES if chosen.quick else PASSAGES
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        built_index(home / "index", passages)
        gc.collect()
        gc.freeze()  # what building left is not gone through while answers are timed
        say(f"an index over {passages:,} passages is built")
        speed = ("--first", str(FIRST), "--each", str(EACH), "--tokens", str(TOKENS))
        with running("benchmarks.serving_stub", *speed, home=home) as (_, line):
            stub = int(line)
            url = f"http://127.0.0.1:{stub}/v1"
            with assistant(home, "--upstream", url, "--index", str(home / "index")) as (process, port):
                asyncio.run(ask_many(port, STREAMS, STREAMS, bare))  # warm
                questions = [row["question"] for row in rows_of(EXAMPLES / "open.jsonl")]
                figures |= added(port, stub, measured, searching(questions), 1 if chosen.quick else ROUNDS, say)
                figures |= holding(process, port, requests)
                figures |= withstanding(port)
                say(f"{figures}")
        if not chosen.quick:
            figures |= embedded(home, say)
    if chosen.json:
        settings = {
            "streams": STREAMS,
            "measured": measured,
            "rounds": 1 if chosen.quick else ROUNDS,
            "passages": passages,
            "first_s": FIRST,
            "each_s": EACH,
            "tokens": TOKENS,
            "seed": SEED,
        }
        print(json.dumps({"name": "serving", "settings": settings, "figures": figures, "peers": {}}))
    return 0


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in figures.items()}


if __name__ == "__main__":
    raise SystemExit(main())
