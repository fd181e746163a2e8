"""Runs a recipe again and again, each time killed (SIGKILL) inside the next stage, until it is done.

Every run is a forked child, so that the heavy imports happen once. Prints one line of JSON: for each child that
was killed, the stage and what it left to go on from (``checkpoints``, ``answers`` or nothing).
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from pathlib import Path

from residency.core import files
from residency.core.stage import Progress, Silent
from residency.flow.recipe import load_recipe
from residency.flow.runner import Watcher, run_recipe
from residency.flow.stages import STAGES, Stage

# How many signs of progress a stage may give before it is killed: late enough for a checkpoint to exist. Where it is
# trained, steps are what counts, and not what is computed before them.
PATIENCE = {"sft": 2, "preference": 1, "evaluate": 6}
TRAINED = ("sft", "preference")
# These give no sign of progress between their files: they are killed when they put the second in place.
WITHOUT_SIGNS = ("index", "knowledge", "teacher", "mix", "thoughts", "release")


class Deadly(Silent):
    """A progress that kills its process after so many signs of life, or so many steps of a training."""

    def __init__(self, patience: int, trained: bool) -> None:
        self.left, self.trained, self.unit = patience, trained, ""

    def start(self, total: int | None, unit: str, done: int = 0) -> None:
        self.unit = unit
        if not self.trained:
            self.advance()

    def advance(self, steps: int = 1, **figures: float) -> None:
        if self.trained and self.unit != "steps":
            return
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Killer(Watcher):
    """Kills the process inside the stage called ``victim``."""

    def __init__(self, victim: str | None) -> None:
        self.victim = victim

    def begin(self, number: int, count: int, stage: Stage, reason: str) -> Progress:
        if stage.name != self.victim:
            return Silent()
        if stage.name in WITHOUT_SIGNS:
            _kill_at_second_file()
            return Silent()
        return Deadly(PATIENCE.get(stage.name, 1), stage.name in TRAINED)


def _kill_at_second_file() -> None:
    seen = 0
    original = Path.replace

    def counting(self: Path, target: Path) -> Path:
        nonlocal seen
        seen += 1
        if seen == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self, target)

    files.Path.replace = counting  # type: ignore[method-assign]


def _left(folder: Path) -> str:
    """What a killed stage has left to go on from."""
    if list(folder.glob("checkpoints/*/trainer_state.json")):
        return "checkpoints"
    return "answers" if list(folder.glob("answers-*.jsonl")) else ""


def main(recipe: Path, runs: Path) -> None:
    loaded = load_recipe(recipe, overrides=[f"run.folder={runs}"])
    killed: list[tuple[str, str]] = []
    for stage in STAGES:
        stage.load()
    gc.freeze()  # children share these objects' memory, and need not look at them for garbage
    for victim in [*(stage.name for stage in STAGES), None]:
        child = os.fork()
        if child == 0:
            run_recipe(loaded, watcher=Killer(victim))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and victim:
            killed.append((victim, _left(loaded.run_folder / victim)))
        elif os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"the run failed with status {status} while {victim} was to be killed")
    print(json.dumps(killed))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
