"""Refusals: a status and an error in OpenAI's shape, and the ASGI messages that they are sent as."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from starlette.types import Scope, Send

Headers = list[tuple[bytes, bytes]]
TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def error_body(status: int, says: str, code: str) -> dict[str, Any]:
    """An error as OpenAI's API gives it, which its clients turn into exceptions of their own."""
    kind = TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": says, "type": kind, "param": None, "code": code}}


async def refuse(send: Send, status: int, says: str, code: str, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Answer a request with an error."""
    body = json.dumps(error_body(status, says, code)).encode()
    await answer(send, status, body, b"application/json", more)


async def answer(
    send: Send, status: int, body: bytes, media_type: bytes, more: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    """Answer a request with a body."""
    headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def header(scope: Scope, name: bytes) -> str | None:
    """A request's header as text; None where there is none. Of one that was sent several times, the first."""
    found: Headers = scope["headers"]
    return next((value.decode("latin-1") for key, value in found if key == name), None)


def times(scope: Scope, name: bytes) -> int:
    """How often a request has a header."""
    found: Headers = scope["headers"]
    return sum(key == name for key, _ in found)
