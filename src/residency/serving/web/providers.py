"""Services that search the web: SearXNG, which one can run oneself, and adapters for two companies' services.

What each takes and gives: https://docs.searxng.org/dev/search_api.html,
https://api-dashboard.search.brave.com/app/documentation/web-search, https://docs.tavily.com.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from residency.core.errors import InputError, ServerError
from residency.retrieval.passages.clean import one_line
from residency.retrieval.passages.dates import iso_date
from residency.serving.web.http import OWN, Limits, Reach, Reply, exchange, target_of
from residency.serving.web.settings import ANY, WebSettings

LARGEST = 4_000_000  # bytes of an answer
_TAG = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
_LONGEST = 1500  # characters of a title or of an excerpt
_ISO = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?=T|$)")
BRAVE_WORDS, BRAVE_LONGEST = 50, 400
"""The longest query that Brave takes, in words and characters."""
TAVILY_LONGEST = 400
"""The longest query that Tavily takes, in characters."""


@dataclass(frozen=True)
class Result:
    """What a provider found: a page, an excerpt of it, and its date in ISO 8601 as far as it is known."""

    title: str
    url: str
    snippet: str
    date: str = ""


class Provider(Protocol):
    """A service that searches the web. ``name`` says which, for logs and the page."""

    name: str

    async def search(self, query: str, count: int) -> list[Result]:
        """At most ``count`` results for ``query``, best first; none is an answer.

        Raises:
            ServerError: the service cannot be asked, or does not give results.
        """


class SearXNG:
    """A SearXNG, by its JSON API.

    Args:
        url: its address.
        key: sent as a bearer token where it is not empty, for one that stands behind a gate.
        seconds: how long is waited for it.
        reach: where connections may go; an instance of one's own may stand on this machine.
    """

    name = "searxng"

    def __init__(self, url: str, key: str = "", seconds: float = 10.0, reach: Reach = OWN) -> None:
        self._service = _Service(f"{url.rstrip('/')}/search", seconds, reach, key)
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    async def search(self, query: str, count: int) -> list[Result]:
        """Results by its JSON API. The query is posted, so that no log of addresses holds it."""
        headers = {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode({"q": query, "format": "json", "safesearch": "0"}).encode()
        fixes = {403: "Add json to search.formats in its settings.yml"}
        found = await self._service.ask(headers=headers, body=body, fixes=fixes)
        results = _results(found.get("results"), count, snippet="content", date="publishedDate")
        if not results and found.get("unresponsive_engines"):
            raise ServerError("none of the engines that it asks gave a result", self._service.host)
        return results


class Brave:
    """Brave's search API."""

    name = "brave"

    def __init__(self, key: str, url: str = "", seconds: float = 10.0, reach: Reach | None = None) -> None:
        self._url = url.rstrip("/") or "https://api.search.brave.com"
        self._seconds, self._key = seconds, key
        self._reach = reach or (OWN if url else Reach())

    async def search(self, query: str, count: int) -> list[Result]:
        """Results of its web search."""
        short = " ".join(query.split()[:BRAVE_WORDS])[:BRAVE_LONGEST]
        asked = {"q": short, "count": min(count, 20), "text_decorations": "false", "result_filter": "web"}
        service = _Service(f"{self._url}/res/v1/web/search?{urlencode(asked)}", self._seconds, self._reach, self._key)
        found = await service.ask(headers={"X-Subscription-Token": self._key})
        web = found.get("web")
        listed = web.get("results") if isinstance(web, dict) else []
        return _results(listed, count, snippet="description", date="page_age")


class Tavily:
    """Tavily's search API, which takes the allowed domains and searches these alone."""

    name = "tavily"

    def __init__(
        self,
        key: str,
        domains: Sequence[str] = (ANY,),
        url: str = "",
        seconds: float = 10.0,
        reach: Reach | None = None,
    ) -> None:
        where = url.rstrip("/") or "https://api.tavily.com"
        self._service = _Service(f"{where}/search", seconds, reach or (OWN if url else Reach()), key)
        self._key, self._domains = key, [] if ANY in domains else list(domains)

    async def search(self, query: str, count: int) -> list[Result]:
        """Results of its basic search."""
        asked: dict[str, Any] = {
            "query": query[:TAVILY_LONGEST],
            "max_results": min(count, 20),
            "search_depth": "basic",
        }
        if self._domains:
            asked["include_domains"] = self._domains
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        found = await self._service.ask(headers=headers, body=json.dumps(asked).encode())
        return _results(found.get("results"), count, snippet="content", date="published_date")


def open_provider(settings: WebSettings) -> Provider | None:
    """The provider that the settings name; None where the web is not searched.

    Raises:
        InputError: the environment variable of its key is not set.
    """
    name, seconds = settings.provider, settings.seconds
    if name == "searxng":
        return SearXNG(settings.url, _key(settings.key) if settings.key else "", seconds)
    if name == "brave":
        return Brave(_key(settings.key or "BRAVE_API_KEY"), settings.url, seconds)
    if name == "tavily":
        return Tavily(_key(settings.key or "TAVILY_API_KEY"), settings.domains, settings.url, seconds)
    return None


def _key(variable: str) -> str:
    key = os.environ.get(variable, "").strip()
    if not key:
        raise InputError(f"${variable} holds no key", "web.key", f"Type: export {variable}=...")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise InputError(f"${variable} holds characters that no key has", "web.key", "Set it anew")
    return key


class _Service:
    """One address of a service that answers in JSON. Redirects are not followed: they would take the key along."""

    def __init__(self, url: str, seconds: float, reach: Reach, key: str) -> None:
        self._target, self._reach = target_of(url), reach
        self._limits, self._key = Limits(LARGEST, seconds), key
        self.host = self._target.host

    async def ask(
        self, headers: Mapping[str, str], body: bytes | None = None, fixes: Mapping[int, str] | None = None
    ) -> dict[str, Any]:
        sent = {"Accept": "application/json", **headers}
        reply = await exchange(self._target, self._limits, self._reach, sent, body)
        if reply.status != 200:
            raise self._failed(reply, fixes or {})
        try:
            found = json.loads(reply.body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ServerError("the search service answers with what is no JSON object", self.host)
        return found

    def _failed(self, reply: Reply, fixes: Mapping[int, str]) -> ServerError:
        status = reply.status
        usual = {401: "Is the key right?", 403: "Is the key right?", 429: "Wait, or raise the service's limit"}
        return ServerError(
            f"the search service answers with status {status}", self.host, (usual | dict(fixes)).get(status, "")
        )


def _results(listed: Any, count: int, snippet: str, date: str) -> list[Result]:
    """The results among ``listed``, each address once; what has none is left out."""
    found: dict[str, Result] = {}
    for entry in listed if isinstance(listed, list) else []:
        url = entry.get("url") if isinstance(entry, dict) else None
        if isinstance(url, str) and url.startswith(("http://", "https://")) and url not in found:
            said = _text(entry.get("title")), url, _text(entry.get(snippet)), _date(entry.get(date))
            found[url] = Result(*said)
        if len(found) == count:
            break
    return list(found.values())


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    return one_line(html.unescape(_TAG.sub("", value)))[:_LONGEST]


def _date(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    whole = _ISO.match(value)
    return iso_date(whole.group() if whole else value)[0]
