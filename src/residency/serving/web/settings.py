"""Settings of web search."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from residency.core.stage import Settings
from residency.domain.surgery.publishers import DOMAINS
from residency.generation.settings import KeyVariable, ServerAddress

ANY = "*"
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")


def _domain(value: str) -> str:
    """A domain in lower case and in ASCII, or ``*``."""
    plain = value.strip().lower().strip(".")
    try:
        plain = plain.encode("idna").decode("ascii") if not plain.isascii() else plain
    except UnicodeError:
        plain = ""
    if plain != ANY and not _DOMAIN.fullmatch(plain):
        raise ValueError("a domain was expected, as nice.org.uk, without https:// and path; or * for all of them")
    return plain


class WebSettings(Settings):
    """Where the web is searched, which pages are read, and how much of them."""

    provider: Literal["none", "searxng", "brave", "tavily"] = "none"
    """``none``: the web is not searched. ``searxng``: a SearXNG of your own, at ``url``, with ``json`` among
    ``search.formats`` in its settings.yml. ``brave`` and ``tavily`` are companies' services: they read each query."""
    url: ServerAddress = ""
    """The address of SearXNG, as http://localhost:8080; of another service, where it is not its usual one."""
    key: KeyVariable | None = None
    """The environment variable that holds the service's key; None: BRAVE_API_KEY, TAVILY_API_KEY, and no key for
    SearXNG."""
    domains: list[Annotated[str, AfterValidator(_domain)]] = list(DOMAINS)
    """Whose pages may be read and cited, subdomains included; ``["*"]``: everybody's."""
    results: int = Field(default=20, ge=1, le=20)
    """Results that the provider is asked for; those of other domains are dropped."""
    pages: int = Field(default=3, ge=1, le=10)
    """How many of the results' pages are fetched, the best ones first."""
    passages: int = Field(default=4, ge=1, le=20)
    """How many passages of these pages are given."""
    page_bytes: int = Field(default=2_000_000, ge=1000, le=50_000_000)
    """Bytes above which a page is given up."""
    page_seconds: float = Field(default=6.0, gt=0, le=60)
    """Seconds after which a page is given up, its redirects included."""
    seconds: float = Field(default=10.0, gt=0, le=120)
    """Seconds after which a search ends, with what there is by then."""
    redirects: int = Field(default=3, ge=0, le=10)
    """How often a page may send on to another address, which is checked as the first was."""
    pdf: bool = False
    """Whether PDFs are read too. A library in C++ reads them, within this process: allow it for domains you trust."""

    def problems(self) -> list[str]:
        if self.provider == "searxng" and not self.url:
            return ["web.provider is searxng, and web.url does not say where it is, as http://localhost:8080"]
        if self.provider != "none" and not self.domains:
            return ['web.domains is empty, so no page could be read. Name domains, or ["*"] for all of them']
        return []

    def notes(self) -> list[str]:
        if self.provider == "none":
            return []
        said = []
        if self.provider in ("brave", "tavily"):
            said.append(f"web.provider {self.provider} is a company's service, which reads each query that is sent")
        if ANY in self.domains:
            said.append("web.domains allows every page of the web: what is cited may be wrong, old or made to mislead")
        return said
