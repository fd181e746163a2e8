"""Errors, all in the shape that OpenAI's clients read. A fault of ours says no more than that there was one."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from residency.core.errors import InputError, ServerError, UsageError
from residency.serving.context import TooLongError

log = logging.getLogger(__name__)
INVALID, FAILED, UPSTREAM = "invalid_request_error", "server_error", "upstream_error"
SHOWN = 3
"""Faults of one request that are named."""


def as_json(value: Any, status: int = 200) -> Response:
    """A value as JSON. In ASCII: a text may hold half a surrogate pair, which UTF-8 cannot."""
    return Response(json.dumps(value), status, media_type="application/json")


def body_of(says: str, kind: str = INVALID, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """An error's body."""
    return {"error": {"message": says, "type": kind, "param": param, "code": code}}


def refused(status: int, says: str, kind: str = INVALID, param: str | None = None, code: str | None = None) -> Response:
    """An error as it is sent."""
    return as_json(body_of(says, kind, param, code), status)


def input_refused(error: InputError | UsageError) -> Response:
    """What the client asked cannot be."""
    code = "context_length_exceeded" if isinstance(error, TooLongError) else None
    return refused(400, str(error).rstrip(".") + ".", param=error.where or None, code=code)


def add_handlers(app: FastAPI) -> None:
    """Have the application answer every fault in this shape."""

    @app.exception_handler(RequestValidationError)
    async def unreadable(_: Request, error: RequestValidationError) -> Response:
        return refused(400, _told(error.errors()), param=_place(error.errors()[0]) or None)

    @app.exception_handler(HTTPException)
    async def other(_: Request, error: HTTPException) -> Response:
        response = refused(error.status_code, str(error.detail).lower())
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(InputError)
    @app.exception_handler(UsageError)
    async def unusable(_: Request, error: InputError | UsageError) -> Response:
        return input_refused(error)

    @app.exception_handler(ServerError)
    async def upstream(_: Request, error: ServerError) -> Response:
        log.warning("%s", error)
        return refused(502, error.what, UPSTREAM)

    @app.exception_handler(Exception)
    async def unforeseen(_: Request, error: Exception) -> Response:
        return refused(500, "an unforeseen fault; the server's log says more", FAILED)


def _told(faults: Sequence[Any]) -> str:
    """Faults of a request in a line, without what was sent: it may be long, and may be anything."""
    told = []
    for fault in faults[:SHOWN]:
        says = str(fault["msg"]).removeprefix("Value error, ")
        if fault["type"] == "json_invalid":
            told.append("the body is no JSON")
        else:
            told.append(f"{_place(fault)}: {says[:1].lower()}{says[1:]}".removeprefix(": "))
    more = f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    return "; ".join(told) + more


def _place(fault: Any) -> str:
    """Where a fault is; keys that no one declared are the sender's own words, and cut."""
    return ".".join(str(part)[:60] for part in fault["loc"][1:] if part != "__root__")[:200]
