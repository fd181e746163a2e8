"""What each response tells browsers: run no script that is not a file of ours, show nothing of ours elsewhere."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {
    b"content-security-policy": (
        b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        b"font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    b"referrer-policy": b"no-referrer",  # the link that logs in holds the token
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}
UNLESS_SAID = {b"cache-control": b"no-store"}


class SecurityHeaders:
    """Adds the headers to each response, whoever made it.

    Args:
        app: what requests pass to.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.lower(), value) for name, value in message.get("headers", ())]
                kept = [(name, value) for name, value in own if name not in ALWAYS]
                said = {name for name, _ in kept}
                kept += [(name, value) for name, value in UNLESS_SAID.items() if name not in said]
                message = {**message, "headers": [*kept, *ALWAYS.items()]}
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
