"""What stands in a run folder, stage by stage, without its recipe and without running anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from residency.core.errors import InputError
from residency.core.files import read_jsonl, value_digest
from residency.core.records import HELD_OUT
from residency.flow import manifest as mf
from residency.flow.locking import is_busy
from residency.flow.runner import RECIPE_COPY
from residency.flow.stages import STAGES, Stage

State = Literal["done", "outdated", "damaged", "running", "unfinished", "not run"]


@dataclass(frozen=True)
class StageState:
    """One stage's state; ``why`` explains any state but done, not run and running.

    ``finished`` is an ISO time in UTC and ``seconds`` the wall time; None until the stage has finished.
    """

    name: str
    does: str
    state: State
    why: str
    finished: str | None
    seconds: float | None
    counts: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """The state for ``--json``."""
        return asdict(self)


def run_status(folder: Path) -> list[StageState]:
    """The state of every stage of a run.

    Raises:
        InputError: ``folder`` is not a run folder.
    """
    if not (folder / RECIPE_COPY).is_file():
        raise InputError("not a run folder", str(folder), "Name one that residency run has written, as runs/demo")
    busy = is_busy(folder)
    return [_state(folder, entry, busy) for entry in STAGES]


def _state(run: Path, entry: Stage, busy: bool) -> StageState:
    folder = run / entry.name
    done = mf.read_manifest(folder)
    if done is None:
        state, why = _unfinished(folder, busy)
        return StageState(entry.name, entry.does, state, why, None, None, {})
    why = mf.output_fault(folder, done)
    state = "damaged" if why else "done"
    if not why and (why := _outdated(run, entry, done)):
        state = "outdated"
    return StageState(entry.name, entry.does, state, why, done["finished"], done["seconds"], done["counts"])


def _unfinished(folder: Path, busy: bool) -> tuple[State, str]:
    if not folder.exists():
        return "not run", ""
    if busy and (folder / mf.STARTED).exists():
        return "running", ""
    return "unfinished", "the run's command, given again, finishes it"


def _outdated(run: Path, entry: Stage, done: dict[str, Any]) -> str:
    """In words, which earlier stage has given a new result since; empty when none has."""
    for name in entry.reads:
        earlier = mf.read_manifest(run / name)
        digest = value_digest(mf.output_digests(earlier)) if earlier else ""
        if done["parts"]["stages"].get(name) != digest:
            return f"the stage {name} gave a new result since" if earlier else f"the stage {name} is not done"
    return ""


def held_out_questions(folder: Path, count: int) -> list[str]:
    """The shortest open questions that a run held out, to try its model on; fewer where there are fewer."""
    kept = folder / "corpus" / "kept.jsonl"
    rows = list(read_jsonl(kept)) if kept.is_file() else []
    asked = [row["question"] for row in rows if row["kind"] == "open" and row["split"] in HELD_OUT]
    return sorted(asked, key=lambda question: (len(question), question))[:count]
