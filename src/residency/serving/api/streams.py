"""Answers that end with their client: whoever leaves stops the work that is done for them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

from fastapi import Response
from starlette.types import Receive, Scope, Send

DONE = b"data: [DONE]\n\n"


class EventStream(Response):
    """Server-sent events, each sent when it is there."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes]) -> None:
        super().__init__()
        del self.headers["content-length"]
        self.headers["cache-control"] = "no-store"
        self.headers["x-accel-buffering"] = "no"  # else nginx hands events on in blocks
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(self._events) as events:
            async for event in events:
                await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class Watched(Response):
    """A response that is made while its client is watched, so that a client that leaves is noticed before there is
    anything to send.

    Args:
        make: makes the response.
    """

    def __init__(self, make: Callable[[], Awaitable[Response]]) -> None:
        super().__init__()
        self._make = make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def work() -> None:
            await (await self._make())(scope, receive, send)

        working, left = asyncio.ensure_future(work()), asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({working, left}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (working, left):
                task.cancel()
            await asyncio.wait({working, left})
        if not working.cancelled():
            working.result()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def event(value: Any) -> bytes:
    """One server-sent event. In ASCII, so that no text holds a line end of its own."""
    return f"data: {json.dumps(value, separators=(',', ':'))}\n\n".encode()
