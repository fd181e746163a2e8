"""Fetching a page: from allowed domains, at public addresses, within its limits; redirects are checked anew."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

from residency.core.errors import ServerError
from residency.serving.web.http import Limits, Reach, RefusedError, Target, exchange, target_of
from residency.serving.web.settings import ANY

TEXTS = frozenset({"text/html", "application/xhtml+xml", "text/plain", "text/markdown"})
PDF = "application/pdf"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """A page as it came: ``url`` is where it was found in the end, ``charset`` what its header says of its letters."""

    url: str
    media_type: str
    charset: str
    body: bytes


class Fetcher:
    """Fetches pages.

    Args:
        domains: whose pages are fetched, their subdomains' too; ``*``: everybody's.
        limits: of one page, its redirects together; ``types`` names what is read.
        redirects: how many of them are followed.
        reach: where connections may go.
    """

    def __init__(self, domains: Iterable[str], limits: Limits, redirects: int = 3, reach: Reach | None = None) -> None:
        self.domains = frozenset(domains)
        self.limits, self.redirects, self.reach = limits, redirects, reach or Reach()

    def may(self, url: str) -> bool:
        """Whether ``url`` is a web address on an allowed domain; where it leads is not looked at yet."""
        try:
            self._target(url)
        except RefusedError:
            return False
        return True

    async def get(self, url: str) -> Page:
        """The page at ``url``.

        Raises:
            RefusedError: the address, or one that it sends on to, is not allowed.
            ServerError: there is no page, or none within the limits.
        """
        try:
            async with asyncio.timeout(self.limits.seconds):
                return await self._followed(url)
        except TimeoutError:
            host = self._target(url).host
            raise ServerError(f"no page within {self.limits.seconds:g} seconds", host) from None

    async def _followed(self, url: str) -> Page:
        target = self._target(url)
        accept = {"Accept": ", ".join(sorted(self.limits.types)) or "*/*"}
        for _ in range(self.redirects + 1):
            reply = await exchange(target, self.limits, self.reach, accept)
            if reply.status == 200:
                named = _CHARSET.search(reply.headers.get("content-type", ""))
                return Page(url, reply.media_type, named[1] if named else "", reply.body)
            if reply.status not in _REDIRECTS or not reply.headers.get("location"):
                raise ServerError(f"answers with status {reply.status}", target.host)
            url = _joined(url, reply.headers["location"], target)
            before, target = target, self._target(url)
            if before.scheme == "https" and target.scheme == "http":
                raise RefusedError("sends on from a safe connection to an open one", before.host)
        raise ServerError(f"sends on more than {self.redirects} times", target.host)

    def _target(self, url: str) -> Target:
        target = target_of(url)
        names = target.host.split(".")
        if ANY not in self.domains and not any(".".join(names[place:]) in self.domains for place in range(len(names))):
            raise RefusedError("not on the list of allowed domains", target.host, "Add it to web.domains")
        return target


def _joined(url: str, location: str, target: Target) -> str:
    try:
        return urljoin(url, location.strip())
    except ValueError:
        raise RefusedError("sends on to what is no web address", target.host) from None
