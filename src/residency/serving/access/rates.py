"""How often a client may ask: token buckets, one for each client and one for all.

A bucket holds ``burst`` requests and fills at ``rate`` a second; a request that finds less than one is told when to
come again.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from residency.serving.access.refusal import refuse
from residency.serving.access.settings import AccessSettings

MOST_CLIENTS = 10_000
"""Buckets that are remembered; the client that asked longest ago is forgotten first."""


@dataclass
class Bucket:
    """A token bucket. ``rate`` is in requests a second, ``at`` the time of ``level``."""

    rate: float
    burst: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until there is a request in it; 0 where there is one."""
        self.level = min(self.burst, self.level + max(now - self.at, 0.0) * self.rate)
        self.at = now
        return max(1.0 - self.level, 0.0) / self.rate


class Rates:
    """Lets requests pass at their rate.

    Args:
        app: what they pass to.
        settings: the rates.
        clock: seconds that never run backwards.
    """

    def __init__(self, app: ASGIApp, settings: AccessSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._app, self._settings, self._clock = app, settings, clock
        self._all = self._bucket(settings.per_minute_in_all, settings.burst_in_all)
        self._clients: OrderedDict[str, Bucket] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wait = self._wait(client_of(scope))
        if wait > 0:
            again = max(math.ceil(wait), 1)
            says = f"too many requests; ask again in {again} second{'s' * (again > 1)}"
            await refuse(send, 429, says, "rate_limit_exceeded", [(b"retry-after", str(again).encode())])
            return
        await self._app(scope, receive, send)

    def _wait(self, client: str) -> float:
        now = self._clock()
        bucket = self._clients.pop(client, None)
        bucket = bucket or self._bucket(self._settings.per_minute, self._settings.burst)
        self._clients[client] = bucket
        if len(self._clients) > MOST_CLIENTS:
            self._clients.popitem(last=False)
        # Asked one after the other: who is refused takes nothing from the others' bucket.
        wait = bucket.wait(now) or self._all.wait(now)
        if not wait:
            bucket.level -= 1
            self._all.level -= 1
        return wait

    def _bucket(self, per_minute: float, burst: float) -> Bucket:
        return Bucket(per_minute / 60, burst, burst, self._clock())


def client_of(scope: Scope) -> str:
    """Who asks, for its rate: the address, of IPv6 the network of 64 bits, all of which one machine may have."""
    host = str((scope.get("client") or ("",))[0])
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return host
