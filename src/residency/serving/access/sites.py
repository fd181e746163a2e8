"""Which pages may speak to the server: those that it served itself, under a name that is its own.

Without the check of ``Host``, a page of another site could have its own name lead to this machine (DNS rebinding) and
then read everything; without the check of ``Origin``, it could send questions.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from residency.serving.access.refusal import header, refuse, times

METHODS = ("GET", "HEAD", "POST", "DELETE")
PORTS = {"http": 80, "https": 443}


class Sites:
    """Lets requests pass to one of the server's own names that no other site's page sends. CORS stays closed: no
    response ever allows another origin.

    Args:
        app: what they pass to.
        names: names of the server beside ``localhost``, this machine's own, and addresses.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str] = ()) -> None:
        self._app = app
        self._names = {"localhost", socket.gethostname().lower(), *(name.lower().rstrip(".") for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] not in METHODS:
            await refuse(send, 405, "no such method", "method_not_allowed", [(b"allow", ", ".join(METHODS).encode())])
        elif not self._is_own(scope):
            says = "this server is not known by that name; whoever runs it can add it to access.hosts"
            await refuse(send, 421, says, "unknown_host")
        elif _is_foreign(scope):
            await refuse(send, 403, "this was sent by a page of another site", "foreign_origin")
        else:
            await self._app(scope, receive, send)

    def _is_own(self, scope: Scope) -> bool:
        place = _place(f"//{header(scope, b'host') or ''}", "http")
        if times(scope, b"host") != 1 or place is None:
            return False
        try:
            ipaddress.ip_address(place[0])
        except ValueError:
            return place[0].rstrip(".") in self._names
        return True  # an address is no name that could be made to lead here


def _is_foreign(scope: Scope) -> bool:
    origin = header(scope, b"origin")
    if origin is not None:
        scheme = origin.partition("://")[0].lower()
        own = _place(f"//{header(scope, b'host')}", scheme)
        if scheme not in PORTS or own is None or _place(origin, scheme) != own:
            return True
    site, mode = header(scope, b"sec-fetch-site"), header(scope, b"sec-fetch-mode")
    if site in (None, "same-origin", "none"):
        return False
    return not (scope["method"] == "GET" and mode == "navigate")  # a link leads here from anywhere


def _place(url: str, scheme: str) -> tuple[str, int | None] | None:
    """Name and port of a URL; None where it has none that can be read."""
    try:
        parts = urlsplit(url)
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not name or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        return None
    return name.lower(), port or PORTS.get(scheme)
