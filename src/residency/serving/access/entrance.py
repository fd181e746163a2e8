"""The entrance: a token for each request, and the link by which a browser logs in."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from residency.serving.access.refusal import answer, header, refuse
from residency.serving.access.tokens import Token

LOGIN = "/login"
OPEN = frozenset({"/health"})
"""What needs no token: that the server is alive says nothing more."""
# A cookie of SameSite=Strict is not sent where a link of another site, as in a mail, leads here, nor where a redirect
# then leads on. It is sent where a page of ours goes on to the assistant, as these two do.
ONWARD = b'<meta http-equiv="refresh" content="0;url=./">'
WELCOME = (
    b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Logged in</title>%s</head>
<body><p>Logged in. <a href="./">To the assistant</a></p></body></html>
"""
    % ONWARD
)
AGAIN = (
    b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The assistant</title>%s</head>
<body><p><a href="./">To the assistant</a></p></body></html>
"""
    % ONWARD
)
CLOSED = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Not logged in</title></head>
<body><h1>Not logged in</h1><p>Open the link that was shown when the assistant was started, or ask the person who runs
it for a new one.</p></body></html>
"""
HTML = b"text/html; charset=utf-8"


class Entrance:
    """Lets requests pass that show the token, as ``Authorization: Bearer TOKEN`` or by the cookie.

    Args:
        app: what they pass to.
        token: the token.
    """

    def __init__(self, app: ASGIApp, token: Token) -> None:
        self._app, self._token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self._app(scope, receive, send)
        elif scope["path"] == LOGIN:
            await self._log_in(scope, send)
        elif self._is_known(scope):
            await self._app(scope, receive, send)
        else:
            await _refused(scope, send)

    def _is_known(self, scope: Scope) -> bool:
        kind, _, given = (header(scope, b"authorization") or "").partition(" ")
        if kind:
            return kind.lower() == "bearer" and self._token.is_right(given.strip())
        return self._token.is_cookie(header(scope, b"cookie") or "")

    async def _log_in(self, scope: Scope, send: Send) -> None:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["method"] != "GET" or not self._token.is_right(given):
            await answer(send, 401, CLOSED, HTML)
            return
        cookie = self._token.new_cookie(secure=scope.get("scheme") == "https")
        await answer(send, 200, WELCOME, HTML, [(b"set-cookie", cookie.encode())])


async def _refused(scope: Scope, send: Send) -> None:
    challenge = (b"www-authenticate", b"Bearer")
    if scope["method"] == "GET" and "text/html" in (header(scope, b"accept") or ""):
        came_by_link = header(scope, b"sec-fetch-site") in ("cross-site", "same-site")
        await answer(send, 401, AGAIN if came_by_link else CLOSED, HTML, [challenge])
        return
    says = "a token is needed: send it as the header 'Authorization: Bearer TOKEN' (in OpenAI's client as api_key)"
    await refuse(send, 401, says, "invalid_api_key", [challenge])
