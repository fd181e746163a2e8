"""A search of the web: the provider's results, their pages, and the passages of these that fit the query best."""

from __future__ import annotations

import asyncio

from residency.core.errors import ResidencyError, ServerError
from residency.core.records import Passage
from residency.retrieval.index.lexical import lexical_of
from residency.retrieval.index.text import searched_text
from residency.retrieval.settings import IndexSettings
from residency.serving.contract import Span
from residency.serving.safety import personal
from residency.serving.web.fetch import PDF, TEXTS, Fetcher
from residency.serving.web.http import Limits, Reach
from residency.serving.web.pages import excerpt_of, passages_of
from residency.serving.web.providers import Provider, Result, open_provider
from residency.serving.web.settings import WebSettings

MOST_OF_A_PAGE = 2
"""How many passages one page may give, where others have some too."""


class HeldBackError(ResidencyError):
    """A query was not sent, since it may hold personal data. The message names kinds alone; ``query`` and ``spans`` are
    for the user to see and to edit."""

    def __init__(self, query: str, spans: tuple[Span, ...]) -> None:
        self.query, self.spans = query, spans
        kinds = ", ".join(dict.fromkeys(span.kind.replace("_", " ") for span in spans))
        super().__init__(f"the query may hold personal data ({kinds}) and was not sent", fix="Edit it")


class WebSearch:
    """Searches the web as the settings say. Nothing is kept of a query or of a page.

    Args:
        settings: of web search; with ``provider = "none"`` every search says that it is off.
        provider: who searches; None: as the settings say.
        reach: where pages may be fetched from; None: the public internet alone.

    Raises:
        InputError: the environment variable of the provider's key is not set.
    """

    def __init__(self, settings: WebSettings, provider: Provider | None = None, reach: Reach | None = None) -> None:
        self.settings = settings
        self.provider = provider or open_provider(settings)
        types = TEXTS | {PDF} if settings.pdf else TEXTS
        limits = Limits(settings.page_bytes, settings.page_seconds, types)
        self.fetcher = Fetcher(settings.domains, limits, settings.redirects, reach)

    @property
    def on(self) -> bool:
        """Whether there is a provider at all."""
        return self.provider is not None

    async def search(self, query: str) -> tuple[Passage, ...]:
        """The passages that fit ``query`` best, each with its page's address as ``document``; none is an answer.

        A page that cannot be read is stood in for by the excerpt that the provider gave of it, whose ``section`` says
        so. After ``settings.seconds`` the pages that have come by then count.

        Raises:
            HeldBackError: the query may hold personal data; it was not sent.
            ServerError: the provider cannot be asked, or found pages of other domains alone.
        """
        query = " ".join(query.split())
        if spans := await asyncio.to_thread(personal, query):
            raise HeldBackError(query, spans)
        if self.provider is None:
            raise ServerError("the web is not searched here", "web.provider", "Set it to searxng, brave or tavily")
        if not query:
            return ()
        loop = asyncio.get_running_loop()
        end = loop.time() + self.settings.seconds
        try:
            async with asyncio.timeout_at(end):
                results = await self.provider.search(query, self.settings.results)
        except TimeoutError:
            said = f"no results within {self.settings.seconds:g} seconds"
            raise ServerError(said, self.provider.name) from None
        allowed = [result for result in results if self.fetcher.may(result.url)]
        if results and not allowed:
            said = f"none of the {len(results)} results stands on an allowed domain"
            raise ServerError(said, self.provider.name, "Add domains to web.domains")
        pages = await self._pages(allowed[: self.settings.pages], end)
        return await asyncio.to_thread(_best, query, pages, self.settings.passages)

    async def _pages(self, results: list[Result], end: float) -> list[list[Passage]]:
        """The passages of each result, those of pages that were not there in time from its excerpt."""
        tasks = [asyncio.create_task(self._page(result)) for result in results]
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=max(0.0, end - asyncio.get_running_loop().time()))
            return [
                task.result() if task.done() and not task.cancelled() else excerpt_of(result)
                for task, result in zip(tasks, results, strict=True)
            ]
        finally:
            for task in tasks:
                task.cancel()

    async def _page(self, result: Result) -> list[Passage]:
        try:
            page = await self.fetcher.get(result.url)
            return await asyncio.to_thread(passages_of, page, result)
        except ServerError:
            return excerpt_of(result)


def _best(query: str, pages: list[list[Passage]], count: int) -> tuple[Passage, ...]:
    """The ``count`` passages that hold most of the query's words by BM25, in order; those of pages that have given
    ``MOST_OF_A_PAGE`` already only where there are no others."""
    passages = {passage["id"]: (place, passage) for place, page in enumerate(pages) for passage in page}
    if not passages:
        return ()
    listed = list(passages.values())
    weights = IndexSettings()
    texts = [searched_text(passage) for _, passage in listed]
    scores = lexical_of(texts, weights.k1, weights.b).scores(query)
    ranked = sorted(range(len(listed)), key=lambda number: (-float(scores[number]), number))
    ranked = [number for number in ranked if scores[number] > 0]
    given: dict[int, int] = {}
    first: list[int] = []
    later: list[int] = []
    for number in ranked:
        place = listed[number][0]
        given[place] = given.get(place, 0) + 1
        (first if given[place] <= MOST_OF_A_PAGE else later).append(number)
    chosen = sorted([*first, *later][:count], key=ranked.index)
    return tuple(listed[number][1] for number in chosen)
