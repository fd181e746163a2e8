"""One run in several processes, as ``accelerate launch`` starts them: the first leads, the others follow.

The first process runs the recipe as it always does: it holds the lock, writes the manifests, shows its progress. When
a stage begins that is ``distributed`` it tells the others, which build the same context and call the same function;
they write no manifest and print nothing. A failure in any process ends all, and the first says it in one line.

Nothing here imports torch before there is more than one process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from residency.flow.team import ProcessError, Team

IN_STAGE = "in stage "
"""Begins a note on an error that says in which stage it happened."""
EXIT_FILE = "RESIDENCY_EXIT_FILE"
"""Names a file that takes the exit code, so that the launcher sees none and has nothing to add to our one line."""

_team: Team | None = None
_report: Callable[[ProcessError], int] | None = None


def count() -> int:
    """How many processes the launcher started; 1 without one."""
    return int(os.environ.get("WORLD_SIZE", "1")) if "RANK" in os.environ else 1


def rank() -> int:
    """This process's number in the run, counted from 0; the first leads."""
    if _team is not None:  # the launcher's variables may be hidden now
        return _team.rank
    return int(os.environ["RANK"]) if count() > 1 else 0


def team() -> Team | None:
    """This run's processes, joined at the first call; None when there is one."""
    global _team
    if _team is None and count() > 1:
        from residency.flow.team import Team

        _team = Team(_end)
    return _team


def when_another_fails(report: Callable[[ProcessError], int]) -> None:
    """Have ``report`` called when another process has failed and this one does not notice by itself. It prints, and
    gives the exit code with which this process then ends."""
    global _report
    _report = report


def tell(line: str, code: int) -> None:
    """Tell the other processes, if there are any, what went wrong in this one."""
    with suppress(RuntimeError):  # the launcher's store has gone: nobody is left to be told
        if tied := team():
            tied.fail(line, code)


def leave(code: int) -> int:
    """Close this process's part of the run; returns the exit code to give to the launcher.

    After a failure it does not return: a process group whose other processes are gone may hang or abort while the
    interpreter takes it down."""
    if _team is not None:
        _team.leave(well=code == 0)
        if code:
            _end_at_once(_kept(code))
    return _kept(code)


def _kept(code: int) -> int:
    """The code for the launcher: 0 where the code itself goes to a file, which each machine's first process writes."""
    place = os.environ.get(EXIT_FILE)
    if not place or _team is None:
        return code
    if _team.local_rank == 0:
        Path(place).write_text(f"{code}\n", encoding="utf-8")
    return 0


def _end(error: ProcessError) -> None:
    """End at once, from any thread: the main thread may be in a collective that never returns."""
    _end_at_once(_kept(_report(error) if _report else error.exit_code))


def _end_at_once(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    if _team is not None:
        _team.let_the_first_speak()
    os._exit(code)
