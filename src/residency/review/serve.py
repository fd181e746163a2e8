"""Serving a review: one server for a run, an address, and everyone's link."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from residency.core.errors import BusyError
from residency.review.store import Store

LOCK = ".serving"
EVERY = ("0.0.0.0", "::", "")  # noqa: S104 - names of what is warned of


@dataclass(frozen=True)
class Links:
    """The secret addresses: the organiser's, and each reviewer's by name."""

    organiser: str
    reviewers: dict[str, str]


@contextmanager
def alone(run_folder: Path) -> Iterator[None]:
    """Hold the run's review for this process; the hold ends with the process, however it ends.

    Raises:
        BusyError: another server holds it.
    """
    with (run_folder / "review" / LOCK).open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise BusyError(
                f"this review is already served (process {handle.read().strip() or 'unknown'})",
                str(run_folder),
                "Use its links, or end it first",
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def links_of(store: Store, host: str, port: int) -> Links:
    """Everyone's links, as this machine is named to those who open them."""
    name = socket.gethostname() if host in EVERY else host
    base = f"http://{f'[{name}]' if ':' in name else name}:{port}"
    with store.reading() as db:
        organiser = db.execute("SELECT value FROM settings WHERE name = 'organiser'").fetchone()[0]
        people = db.execute("SELECT name, token FROM reviewers ORDER BY id").fetchall()
    return Links(f"{base}/o/{organiser}/", {row["name"]: f"{base}/r/{row['token']}/" for row in people})


def serve(store: Store, bound: socket.socket) -> None:
    """Answer until interrupted. Nothing of who asks is logged: addresses would be personal, and links are secret."""
    import uvicorn

    from residency.review.app import make_app

    config = uvicorn.Config(
        make_app(store),
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
    with suppress(KeyboardInterrupt):  # that is how it ends
        uvicorn.Server(config).run(sockets=[bound])
