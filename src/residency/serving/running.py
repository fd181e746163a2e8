"""Serves an assistant at an address until it is told to stop."""

from __future__ import annotations

import errno
import ipaddress
import socket
from contextlib import suppress
from dataclasses import dataclass

from starlette.types import ASGIApp

from residency.core.errors import UsageError
from residency.serving.access import Token, guarded
from residency.serving.api import Services, make_app
from residency.serving.metrics import Counted
from residency.serving.opening import Opened

EVERY = ("0.0.0.0", "::", "")  # noqa: S104 - names of what is warned of
GRACE = 20
"""Seconds that answers under way have to end when the server is stopped."""
WAITING = 512
"""Connections that the system takes before they are answered."""


@dataclass(frozen=True)
class Address:
    """Where the server is reached: the base of its addresses, and the link by which a browser logs in."""

    url: str
    login: str


def is_local(host: str) -> bool:
    """Whether only this machine reaches the host's address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to an address; port 0 takes a free one.

    Raises:
        UsageError: the address cannot be had.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # Named as TCP, or asyncio leaves Nagle's algorithm on, by which a word waits 40 ms for the last one's receipt.
        bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
            bound.listen(WAITING)
        except OSError:
            bound.close()
            raise
    except socket.gaierror:
        fix = "Leave it out, or give this machine's address"
        raise UsageError("there is no such host", f"--host {host}", fix) from None
    except OSError as error:
        busy = error.errno == errno.EADDRINUSE
        fix = f"Give another: --port {port + 1}" if busy else "Leave --host out, or give this machine's address"
        raise UsageError((error.strerror or str(error)).lower(), f"{host}:{port}", fix) from None
    return bound


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
    with suppress(KeyboardInterrupt):  # that is how it ends
        uvicorn.Server(config).run(sockets=[bound])
