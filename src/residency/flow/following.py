"""What every process but the first does: work on the first one's distributed stages, and nothing else."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from residency.core.errors import InputError
from residency.core.files import read_json
from residency.core.stage import Counts
from residency.flow.manifest import STARTED
from residency.flow.processes import IN_STAGE

if TYPE_CHECKING:
    from residency.flow.team import Team

SHARED_AFTER = 60.0  # seconds that a disk which machines share may need to show all of them a new file


def follow(team: Team, run_folder: Path, device: str, work: Callable[[str], Callable[[], Counts]]) -> None:
    """Work on the first process's distributed stages as they come; writes no manifest and says nothing.

    Args:
        team: this process's tie to the others.
        run_folder: the recipe's.
        device: the recipe's ``model.device``.
        work: gives the work of the stage of this name.

    Raises:
        InputError: this process does not see the first one's files.
        ProcessError: another process has failed.
    """
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    for order in team.orders():
        see_the_same(run_folder / order.stage, order.fingerprint)
        try:
            with team.together(order, device):
                work(order.stage)()
        except Exception as error:
            error.add_note(IN_STAGE + order.stage)
            raise


def see_the_same(folder: Path, fingerprint: str) -> None:
    """Wait until this process sees the stage that the first one began.

    Raises:
        InputError: it does not, though a disk that machines share had its time.
    """
    until = time.monotonic() + SHARED_AFTER
    while True:
        with suppress(InputError):
            if read_json(folder / STARTED).get("fingerprint") == fingerprint:
                return
        if time.monotonic() > until:
            raise InputError(
                "this process does not see what the first one wrote",
                str(folder),
                "Put the run folder on a disk that all machines share: --set run.folder=PATH",
            )
        time.sleep(0.5)
