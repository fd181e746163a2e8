"""One process at a time in a folder that is written to."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from residency.core.errors import BusyError, UsageError

LOCK = ".lock"


def is_busy(folder: Path) -> bool:
    """Whether a process holds this folder now."""
    try:
        with (folder / LOCK).open() as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@contextmanager
def locked(
    folder: Path, what: str = "run", elsewhere: str = "--set run.folder=PATH", wait: bool = False
) -> Iterator[None]:
    """Hold a folder for this process; the lock ends with the process, however it ends.

    Args:
        folder: made where it is not there.
        what: what works in it, in a word.
        elsewhere: how another folder is named.
        wait: until another process that holds it lets go, and raise no BusyError.

    Raises:
        UsageError: the folder cannot be written.
        BusyError: another process holds it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / LOCK).open("w")
    except OSError as error:
        raise UsageError(
            f"the {what} folder cannot be written ({error.strerror})", str(folder), f"Choose another with {elsewhere}"
        ) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(
                f"another {what} is working in this folder",
                str(folder),
                f"Wait for it, or give this {what} another name",
            ) from None
        yield
