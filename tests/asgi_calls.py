"""Calls of an ASGI application as a server makes them, message by message."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp

HOST = "127.0.0.1:8000"


@dataclass
class Answered:
    """What came back; ``read`` is how many messages of the request were asked for."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)
    read: int = 0

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


def call(
    app: ASGIApp,
    method: str = "GET",
    path: str = "/",
    body: bytes | Sequence[bytes] = b"",
    headers: Sequence[tuple[str, str]] = (),
    query: str = "",
    host: str | None = HOST,
    client: str = "127.0.0.1",
    scheme: str = "http",
    more: Sequence[dict[str, Any]] = (),
) -> Answered:
    """One request. ``body`` in several pieces comes without a length, as a chunked one does; ``more`` are messages
    that follow it; then nothing comes any more."""
    sent: list[tuple[str, str]] = [("host", host)] if host is not None else []
    if isinstance(body, bytes):
        pieces: Sequence[bytes] = [body]
        sent += [("content-length", str(len(body)))] * bool(body)
    else:
        pieces = body
    sent += list(headers)
    if method == "POST" and not any(name == "content-type" for name, _ in headers):
        sent.append(("content-type", "application/json"))
    messages = [
        {"type": "http.request", "body": piece, "more_body": number + 1 < len(pieces) or bool(more)}
        for number, piece in enumerate(pieces)
    ]
    messages += list(more)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in sent],
        "client": (client, 50000),
        "server": ("127.0.0.1", 8000),
    }
    answered = Answered()

    async def receive() -> Any:
        answered.read += 1
        if messages:
            return messages.pop(0)
        return await asyncio.Event().wait()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answered.status = message["status"]
            answered.headers = [(name.decode(), value.decode("latin-1")) for name, value in message["headers"]]
        else:
            answered.pieces.append(message.get("body", b""))

    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    return answered
