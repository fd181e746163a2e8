"""Trainers side by side on the same rows: each side in a process of its own, by turns; ratios, medians, peaks.

A side is a function from the file of rows to what it measured (:data:`Measured`). A benchmark's module starts itself
again with ``--side NAME --rows FILE`` for each of them, so that the peak memory is that side's alone.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.environments import PeerMissing
from residency.core.errors import InputError
from residency.core.stage import Silent

SEED, ROUNDS, QUICK_ROUNDS = 17, 3, 1
OURS, TRL_DEFAULT, TRL_BEST = "ours", "trl_default", "trl_best"
SIDES = (OURS, TRL_DEFAULT, TRL_BEST)
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "surgery"

Measured = dict[str, Any]
"""``done`` (tokens or pairs), ``seconds``, ``peak_rss_gb``, and ``losses`` as the trainer logged them."""
Side = Callable[[Path], Measured]
Say = Callable[[str], None]


class OutOfMemory(Exception):  # noqa: N818 - for a side it is a result
    """A side was killed for want of memory."""


class Stopwatch(Silent):
    """A stage's progress that times its phases: each from its start to its last step."""

    def __init__(self) -> None:
        self.phases: list[tuple[str, float]] = []
        self._begun = 0.0

    def start(self, total: int | None, unit: str, done: int = 0) -> None:
        self._begun = time.perf_counter()
        self.phases.append((unit, 0.0))

    def advance(self, steps: int = 1, **figures: float) -> None:
        self.phases[-1] = (self.phases[-1][0], time.perf_counter() - self._begun)

    def seconds(self, *units: str) -> float:
        """Seconds of the phases counted in ``units``; of all when none is named."""
        return sum(seconds for unit, seconds in self.phases if not units or unit in units)


def measured(done: int, seconds: float, losses: Sequence[float]) -> Measured:
    """What this process has done, with its peak memory up to now."""
    per_gb = 2**30 if sys.platform == "darwin" else 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per_gb
    return {"done": done, "seconds": seconds, "peak_rss_gb": peak, "losses": [round(loss, 4) for loss in losses]}


def parser(module: str, about: str, count: int, quick: int) -> argparse.ArgumentParser:
    """The options that both benchmarks have; ``count`` rows in a run, ``quick`` in a quick one."""
    found = argparse.ArgumentParser(prog=f"python -m {module}", description=about)
    found.add_argument("--text", type=Path, help="texts as JSON Lines; the example bank when there is no other")
    found.add_argument("--quick", action="store_true", help=f"{quick} rows, one round")
    found.add_argument("--rounds", type=int, help=f"times that each side trains, by turns (default {ROUNDS})")
    found.add_argument("--count", type=int, help=f"rows drawn (default {count})")
    found.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    found.add_argument("--side", help=argparse.SUPPRESS)
    found.add_argument("--rows", type=Path, help=argparse.SUPPRESS)
    return found


def printer(as_json: bool) -> Say:
    """Lines for a person, beside the JSON object when there is one."""
    return lambda line: print(line, file=sys.stderr if as_json else sys.stdout, flush=True)


def text_to_use(named: Path | None, shared: str, example: str) -> Path:
    """The file that was named, or the public one where it lies beside the project, or the example's; ends the program
    with 2 where there is no such file, and with 3 where TRL or the embedded model is not there."""
    text = named or (DATA / shared if (DATA / shared).is_file() else EXAMPLES / example)
    if not text.is_file():
        print(f"error: there is no file {text}; name one: --text FILE", file=sys.stderr)
        raise SystemExit(2)
    try:
        check_peer()
    except PeerMissing as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(3) from None
    return text


def check_peer() -> None:
    """Raises PeerMissing where TRL or the embedded model is not there."""
    for package in ("trl", "peft"):
        if importlib.util.find_spec(package) is None:
            raise PeerMissing("trl", f"{package} is not installed; type: pip install 'residency[train]'")
    from residency.generation.embedded import embedded_model_folder

    try:
        embedded_model_folder()
    except InputError as error:
        raise PeerMissing("the model", f"{error.what}; type: residency model fetch") from None


def tell(
    name: str, settings: dict[str, Any], figures: dict[str, Any], peers: dict[str, Any], as_json: bool, say: Say
) -> None:
    """The result for a person, and with ``as_json`` as one JSON object on stdout; with what it was measured on."""
    import torch

    machine = {"threads": torch.get_num_threads(), "trl": version("trl"), "torch": torch.__version__}
    say(json.dumps({"figures": figures, "peers": peers}, indent=1))
    if as_json:
        print(json.dumps({"name": name, "settings": settings | machine, "figures": figures, "peers": peers}))


def note_load(say: Say) -> None:
    """Say so where others are using the processor: ratios of times are then of little worth."""
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    if load > 0.25 * processors:
        say(f"the machine is busy (load {load:.1f} on {processors} processors): times and their ratios will be noisy")


def run_side(module: str, side: str, rows: Path) -> Measured:
    """What a side measured, in a process of its own.

    Raises:
        OutOfMemory: the process was killed, or found no memory.
        RuntimeError: it failed otherwise.
    """
    command = [sys.executable, "-m", module, "--side", side, "--rows", str(rows)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == -signal.SIGKILL or (done.returncode and "not enough memory" in done.stderr):
        raise OutOfMemory(side)
    if done.returncode:
        raise RuntimeError(f"{side} failed:\n{done.stderr.strip()[-2000:]}")
    found: Measured = json.loads(done.stdout.splitlines()[-1])
    return found


def by_turns(
    sides: Sequence[str], rounds: int, run: Callable[[str], Measured], unit: str, say: Say
) -> list[dict[str, Measured]]:
    """Each side once a round; the order turns round from one round to the next."""
    found: list[dict[str, Measured]] = []
    for number in range(rounds):
        one: dict[str, Measured] = {}
        for side in sides if number % 2 == 0 else tuple(reversed(sides)):
            one[side] = run(side)
            say(
                f"  round {number + 1}: {side:12} {rate(one[side]):8.4g} {unit}/s, peak "
                f"{one[side]['peak_rss_gb']:.2f} GB, {one[side]['seconds']:.0f} s"
            )
        found.append(one)
    return found


def rate(one: Measured) -> float:
    """Tokens or pairs a second."""
    return float(one["done"] / one["seconds"])


def compared(rounds: Sequence[Mapping[str, Measured]], unit: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Our figures, and each peer's with the ratios ours over theirs: medians over rounds, least and greatest beside."""
    own = [one[OURS] for one in rounds]
    peers = {}
    for side in (name for name in rounds[0] if name != OURS):
        theirs = [one[side] for one in rounds]
        speed = [rate(mine) / rate(other) for mine, other in zip(own, theirs, strict=True)]
        memory = [mine["peak_rss_gb"] / other["peak_rss_gb"] for mine, other in zip(own, theirs, strict=True)]
        peers[side] = {
            **spread(f"{unit}_per_s_ratio", speed),
            **spread("peak_rss_ratio", memory),
            **_figures(theirs, unit),
        }
    return _figures(own, unit), peers


def _figures(of_one: Sequence[Measured], unit: str) -> dict[str, Any]:
    return {
        **spread(f"{unit}_per_s", [rate(one) for one in of_one]),
        **spread("peak_rss_gb", [one["peak_rss_gb"] for one in of_one]),
        "losses": of_one[-1]["losses"],
    }


def spread(name: str, values: Sequence[float]) -> dict[str, float]:
    """The median under ``name``, the least and the greatest value beside it; four digits that count."""
    found = {name: statistics.median(values), f"{name}_min": min(values), f"{name}_max": max(values)}
    return {key: float(f"{value:.4g}") for key, value in found.items()}
