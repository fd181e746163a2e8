"""Serves an assistant at an address until it is told to stop."""

from __future__ import annotations

import gc
import socket
from contextlib import suppress
from dataclasses import dataclass

from starlette.types import ASGIApp

from residency.serving.access import Token, guarded
from residency.serving.api import Services, make_app
from residency.serving.metrics import Counted
from residency.serving.opening import Opened

EVERY = ("0.0.0.0", "::", "")  # noqa: S104 - names of what is warned of
GRACE = 20
"""Seconds that answers under way have to end when the server is stopped."""

COLLECTS = 10_000, 20, 50
"""When Python's collector of cycles looks through young, older and all objects (``gc.set_threshold``). By its own
(700, 10, 10) it looked through all that answers under way hold every second, 25 to 60 ms each time."""


@dataclass(frozen=True)
class Address:
    """Where the server is reached: the base of its addresses, and the link by which a browser logs in."""

    url: str
    login: str


def address_of(host: str, port: int, token: Token | None) -> Address:
    """The server's addresses, as this machine is named to those who open them. A token that was given is not shown."""
    name = socket.gethostname() if host in EVERY else host
    base = f"http://{f'[{name}]' if ':' in name else name}:{port}/"
    shown = "" if token is None else f"login?token={token.secret if token.made else 'YOUR_TOKEN'}"
    return Address(base, base + shown)


def guarded_app(opened: Opened, token: Token | None, page: bool = True) -> ASGIApp:
    """The whole application: the assistant's API and page behind their guards, counted."""
    assistant = opened.assistant
    services = Services(assistant, quiz=opened.quiz, page=page)
    app = guarded(make_app(services, opened.close), assistant.settings.access, token)
    return Counted(app, assistant.metrics) if assistant.metrics is not None else app


def serve(opened: Opened, bound: socket.socket, token: Token | None, page: bool = True) -> None:
    """Answer until interrupted, then let the answers under way end. Nothing of who asks is logged: addresses would be
    personal, and a link holds the token."""
    import uvicorn

    config = uvicorn.Config(
        guarded_app(opened, token, page),
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        ws="none",
        proxy_headers=False,  # what a client says of its own address decides nothing
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=65_536,
    )
    # What is loaded by now stays to the end. Python's collector would go through all of it again and again, and all
    # streams wait for it.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTS)
    with suppress(KeyboardInterrupt):  # that is how it ends
        uvicorn.Server(config).run(sockets=[bound])
