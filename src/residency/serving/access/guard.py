"""All that stands before the application, in its order: what costs least to refuse is refused first, and nothing is
read of a client that shows no token."""

from __future__ import annotations

from starlette.types import ASGIApp

from residency.serving.access.bodies import Bodies
from residency.serving.access.entrance import Entrance
from residency.serving.access.headers import SecurityHeaders
from residency.serving.access.rates import Rates
from residency.serving.access.settings import AccessSettings
from residency.serving.access.sites import Sites
from residency.serving.access.tokens import Token


def guarded(app: ASGIApp, settings: AccessSettings, token: Token | None = None) -> ASGIApp:
    """The application behind its guards; all of them pass on what is streamed as it comes.

    Args:
        app: an ASGI application.
        settings: what passes.
        token: what requests must show; None for none.
    """
    inner: ASGIApp = Bodies(app, settings.body_bytes, settings.body_seconds)
    if token is not None:
        inner = Entrance(inner, token)
    return SecurityHeaders(Sites(Rates(inner, settings), settings.hosts))
