"""How much a client may send, and in what time. A body is read before anything is done with it, and given on whole."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from residency.serving.access.refusal import header, refuse

JSON = "application/json"


class Bodies:
    """Lets requests pass whose body is JSON by its type, small enough and there in time.

    Args:
        app: what they pass to.
        most: bytes at most.
        seconds: how long a client may take to send it.
    """

    def __init__(self, app: ASGIApp, most: int, seconds: float) -> None:
        self._app, self._most, self._seconds = app, most, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = header(scope, b"content-length")
        said = "0" if said is None else said
        too_large = f"a request of more than {self._most:,} bytes is not taken"
        if not (said.isascii() and said.isdigit()):
            await refuse(send, 400, "the header Content-Length is no number", "bad_request", _CLOSE)
            return
        if len(said) > 18 or int(said) > self._most:
            await refuse(send, 413, too_large, "too_large", _CLOSE)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._read(receive)
        except TimeoutError:
            says = f"the request did not come within {self._seconds:g} seconds"
            await refuse(send, 408, says, "too_slow", _CLOSE)
            return
        if body is None:
            return  # the client is gone
        if len(body) > self._most:
            await refuse(send, 413, too_large, "too_large", _CLOSE)
            return
        if body and (header(scope, b"content-type") or "").partition(";")[0].strip().lower() != JSON:
            await refuse(send, 415, f"JSON is expected: send the header 'Content-Type: {JSON}'", "no_json")
            return
        await self._app(scope, _given_again(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        """The body, or the beginning of one that is too large; None where the client has left."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            if not message.get("more_body", False) or len(body) > self._most:
                return bytes(body)


_CLOSE = [(b"connection", b"close")]  # what else is being sent is not read


def _given_again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return again
