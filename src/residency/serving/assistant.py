"""The assistant: from one question to the events of its answer.

First what the question itself holds (red flags, personal data), then the passages, the model's answer piece by piece,
what its citations came to, and the end. A model's fault ends in an event, and never in an exception.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, nullcontext
from dataclasses import replace
from typing import Any

from residency.core.errors import InputError, ServerError, UsageError
from residency.core.prompt import has_passages
from residency.core.records import Message, Passage
from residency.core.tools import SEARCH_GUIDELINES, TOOLS
from residency.serving.audit.entry import Account
from residency.serving.audit.log import AuditError, AuditLog
from residency.serving.calling import Loop
from residency.serving.checking import WITHHELD, check_answer
from residency.serving.context import TooLongError, fitted, last_question
from residency.serving.contract import (
    Ask,
    Called,
    Checked,
    Ended,
    Event,
    ModelRequest,
    Personal,
    Piece,
    Retrieval,
    Said,
    Source,
    Upstream,
)
from residency.serving.finding import Finder, Guidelines, Search
from residency.serving.metrics import Metrics
from residency.serving.querying import search_query
from residency.serving.safety import first_look
from residency.serving.settings import ServeSettings
from residency.serving.turn import Turn
from residency.serving.web import WebSearch

log = logging.getLogger(__name__)
PASSAGES = 3
BRIEF = 2_000
"""Characters of a conversation that is looked through at once, in a millisecond or two: to hand it to another thread
takes longer than that."""
LATE = "the answer took longer than {seconds:g} seconds and was stopped"
BROKEN = "the model's answer broke off"
NOT_ENTERED = "the answer could not be entered in the audit log, without which none is given"
UNFORESEEN = "an unforeseen fault ended the answer; the server's log says more"
NOTHING = (
    "The context does not hold the answer: {why}. Search with other words, or look for a guideline on the condition."
)
"""What is said where nothing was found, in place of an answer that would rest on nothing."""
NONE_FOUND, NONE_SEARCHED = "nothing was found on this", "the search failed"


class Assistant:
    """Answers questions by one model; many at once.

    Args:
        upstream: the model.
        guidelines: what is searched; None where there is nothing.
        settings: how.
        web: searches the web; None where that is off.
        audit: where answers are entered; None where they are not.
        metrics: where they are counted; None where they are not.
        passages: how many are shown where the settings leave it open: as many as the model was trained with.
    """

    def __init__(
        self,
        upstream: Upstream,
        guidelines: Guidelines | None,
        settings: ServeSettings | None = None,
        web: WebSearch | None = None,
        audit: AuditLog | None = None,
        metrics: Metrics | None = None,
        passages: int = PASSAGES,
    ) -> None:
        self.upstream, self.settings = upstream, settings or ServeSettings()
        self.audit, self.metrics = audit, metrics
        # One at a time: checks hold the interpreter, and several at once would keep first words of others waiting.
        self._checking = ThreadPoolExecutor(1, "citations")
        count = self.settings.retrieval.passages or passages
        self.finder = Finder(guidelines, web, count, self.settings.limits.search_seconds)

    async def answer(self, ask: Ask, answer_id: str = "") -> AsyncGenerator[Event]:
        """The events of an answer, :class:`Ended` last. Closing the iterator stops the model.

        Args:
            ask: the question.
            answer_id: its id, which no other answer has; one is made if left out (:func:`new_id`).

        Raises:
            InputError: what was asked cannot be: it is empty, or does not fit into the model's context. No word was
                said by then.
            UsageError: the model's chat format has no form for it.
        """
        question = ask.messages[last_question(ask.messages)]["content"]
        account = Account(answer_id or new_id(), ask, self.upstream.name, self.upstream.digest)
        begun = time.perf_counter()
        turn = Turn(ask, question, account, begun, asyncio.get_running_loop().time() + self.settings.limits.seconds)
        with self.metrics.stream() if self.metrics is not None else nullcontext():
            async with aclosing(self._kept(turn)) as events:
                async for event in events:
                    if self.metrics is not None:
                        self.metrics.hear(event, ask.mode)
                    yield event

    async def _kept(self, turn: Turn) -> AsyncGenerator[Event]:
        """The events, of which the audit log hears."""
        account, done = turn.account, False
        try:
            async with aclosing(self._watched(turn)) as events:
                async for event in events:
                    account.hear(event)
                    if isinstance(event, Ended):
                        done = True
                        yield await self._entered(turn, event)
                        return
                    yield event
        except (InputError, UsageError):
            done = True
            raise
        finally:
            if not done:  # the client has left, and nothing can be awaited
                if self.metrics is not None:
                    self.metrics.left(turn.ask.mode)
                if self.audit is not None:
                    self.audit.put(account.entry())

    async def _entered(self, turn: Turn, ended: Ended) -> Ended:
        """The end, with its entry in the audit log."""
        if self.audit is None:
            return ended
        try:
            await self.audit.record(turn.account.entry())
        except AuditError as error:
            log.error("%s", error)
            return replace(ended, finish="error", error=ended.error or NOT_ENTERED)
        return ended

    async def _watched(self, turn: Turn) -> AsyncGenerator[Event]:
        """The events, whatever happens to the model."""
        try:
            async with aclosing(self._events(turn)) as events:
                async for event in events:
                    yield event
        except (InputError, UsageError):
            raise
        except TimeoutError:
            yield turn.ended("error", LATE.format(seconds=self.settings.limits.seconds))
        except ServerError as error:
            log.warning("%s", error)
            yield turn.ended("error", error.what)
        except AuditError as error:
            log.error("%s", error)
            yield turn.ended("error", NOT_ENTERED)
        except Exception:
            log.exception("an answer failed")
            yield turn.ended("error", UNFORESEEN)

    async def _events(self, turn: Turn) -> AsyncGenerator[Event]:
        begun = time.perf_counter()
        if sum(len(message["content"]) for message in turn.ask.messages) <= BRIEF:
            found, spans = first_look(turn.ask.messages, turn.question)
        else:
            found, spans = await asyncio.to_thread(first_look, turn.ask.messages, turn.question)
        turn.took("checks", time.perf_counter() - begun)
        for flagged in found:
            yield flagged
        if spans:
            rule = self.settings.personal
            blocked = rule == "block" or (rule == "ask" and not turn.ask.send_personal)
            yield Personal(spans, blocked)
            if blocked:
                yield turn.ended("stop")
                return
        way = self.way(turn.ask)
        async with aclosing(self._with_calls(turn) if way == "tool" else self._at_once(turn, way)) as events:
            async for event in events:
                yield event

    def way(self, ask: Ask) -> Retrieval:
        """How an answer's passages are found. A model that cannot call is searched for; beside a client's own functions
        none of ours is offered; and a question that brings its own context is not searched for."""
        if has_passages(ask.messages[last_question(ask.messages)]["content"]):
            return "never"
        has_any = self.finder.has_guidelines or (ask.web and self.finder.web is not None)
        if not has_any or ask.retrieval == "never":
            return "never"
        if ask.retrieval == "tool":
            if ask.tools:
                return "never"
            return "tool" if self.upstream.calls_tools else "always"
        return "always"

    async def _at_once(self, turn: Turn, way: Retrieval) -> AsyncGenerator[Event]:
        """The question with its passages, and the answer to it."""
        ask = turn.ask
        searches: list[tuple[Source, Search]] = []
        if way == "always":
            async for source, search in self._searched(ask):
                searches.append((source, search))
                turn.took("search", search.seconds)
                if search.held is not None:
                    yield search.held
        wanted = [passage for _, search in searches for passage in search.passages] if way == "always" else None
        size, budget = self._size(ask.tools), self._budget(ask)
        if budget:
            messages, shown = await asyncio.to_thread(fitted, ask.mode, ask.messages, wanted, budget, size)
        else:  # nothing is counted
            messages, shown = fitted(ask.mode, ask.messages, wanted, budget, size)
        turn.shown = shown
        first = 1
        for source, search in searches:
            kept = tuple((shown or [])[first - 1 : first - 1 + len(search.passages)])
            yield search.told(source, kept, first)
            first += len(kept)
        holds_back = shown == [] and ask.mode == "CLINICAL" and self.settings.retrieval.unanswered == "abstain"
        async for event in self._asked(turn, self._request(ask, messages, ask.tools), silent=holds_back):
            yield event
        if turn.calls:
            yield Called(turn.calls, own=False)
            yield turn.ended("tool_calls")
            return
        withheld = False
        if holds_back:
            withheld = not await self._abstains(turn)
            if withheld:
                failed = any(search.failure or search.held for _, search in searches)
                turn.text = [NOTHING.format(why=NONE_SEARCHED if failed else NONE_FOUND)]
            yield Said(turn.answer)
        async for event in self._checked(turn, withheld):
            yield event

    async def _with_calls(self, turn: Turn) -> AsyncGenerator[Event]:
        """The model's calls for searches, each answered, and the answer at the end."""
        ask = turn.ask
        web = ask.web and self.finder.web is not None
        tools = [tool for tool in TOOLS if web or tool["function"]["name"] == SEARCH_GUIDELINES]
        size, budget = self._size(tools), self._budget(ask)
        messages, _ = await asyncio.to_thread(fitted, ask.mode, ask.messages, None, budget, size)
        loop = Loop(self.finder, messages, tools, self.settings.retrieval.steps, budget, size)
        while True:
            turn.text, turn.thinking, turn.calls = [], [], ()
            async for event in self._asked(turn, self._request(ask, loop.messages, tools)):
                yield event
            if not turn.calls:
                break
            if loop.over:
                raise ServerError(f"the model called for a search {loop.made + 1} times, and gave no answer")
            yield Called(turn.calls)
            async with asyncio.timeout_at(turn.deadline):
                heard = await loop.reply(turn.answer, "".join(turn.thinking), turn.calls)
            for event in heard:
                yield event
            turn.took("search", loop.seconds)
        turn.shown = loop.shown if loop.searched else None
        async for event in self._checked(turn, False):
            yield event

    async def _searched(self, ask: Ask) -> AsyncGenerator[tuple[Source, Search]]:
        query = search_query(ask.messages)
        if self.finder.has_guidelines:
            yield "guidelines", await self.finder.search(query)
        if ask.web and self.finder.web is not None:
            yield "web", await self.finder.search_web(query)

    async def _asked(self, turn: Turn, request: ModelRequest, silent: bool = False) -> AsyncGenerator[Event]:
        """The model's pieces as they come; what it says and calls is left with the turn. A ``silent`` one is not heard
        before it is whole."""
        turn.account.prompted(request.messages, request.tools)
        if self.audit is not None and not turn.is_entered:
            await self.audit.begin(turn.account)
            turn.is_entered = True
        turn.finish = ""
        async with aclosing(self._pieces(request, turn.deadline)) as pieces:
            async for piece in pieces:
                if piece.text or piece.thinking:
                    if turn.first_token is None:
                        turn.first_token = time.perf_counter()
                    turn.text.append(piece.text)
                    turn.thinking.append(piece.thinking)
                    if not silent:
                        yield Said(piece.text, piece.thinking)
                turn.calls += piece.tool_calls
                if piece.finish:
                    turn.finish = piece.finish
                    turn.prompt_tokens = _sum(turn.prompt_tokens, piece.prompt_tokens)
                    turn.completion_tokens = _sum(turn.completion_tokens, piece.completion_tokens)
        if not turn.finish:
            raise ServerError(BROKEN)

    async def _pieces(self, request: ModelRequest, deadline: float) -> AsyncGenerator[Piece]:
        stream = self.upstream.stream(request)
        close = getattr(stream, "aclose", None)
        try:
            while True:
                async with asyncio.timeout_at(deadline):
                    piece = await anext(stream, None)
                if piece is None:
                    return
                yield piece
        finally:
            if close is not None:
                await close()

    async def _abstains(self, turn: Turn) -> bool:
        """Whether an answer where nothing was found says so, and claims nothing besides."""
        checked = await self._check(turn, [])
        return checked.abstains and not any(one.status in ("unsupported", "uncited") for one in checked.sentences)

    async def _checked(self, turn: Turn, withheld: bool) -> AsyncGenerator[Event]:
        begun = time.perf_counter()
        checked = await self._check(turn, turn.shown)
        turn.took("citations", time.perf_counter() - begun)
        yield replace(checked, notice=WITHHELD) if withheld else checked
        yield turn.ended(turn.finish)

    async def _check(self, turn: Turn, shown: Sequence[Passage] | None) -> Checked:
        told = [message["content"] for message in turn.ask.messages if message["role"] == "user"]
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._checking, check_answer, turn.answer, shown, turn.question, told)

    def _request(self, ask: Ask, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> ModelRequest:
        return ModelRequest(
            list(messages),
            list(tools),
            ask.max_tokens,
            ask.temperature,
            ask.top_p,
            ask.seed,
            list(ask.stop),
        )

    def _budget(self, ask: Ask) -> int:
        """Tokens that the prompt may have; 0 where no limit is known."""
        whole = self.upstream.context or self.settings.limits.context_tokens
        if not whole:
            return 0
        if ask.max_tokens >= whole:
            what = f"an answer of {ask.max_tokens:,} tokens leaves no room in the model's {whole:,}"
            raise TooLongError(what, "max_tokens", "Ask for fewer")
        return whole - ask.max_tokens

    def _size(self, tools: Sequence[dict[str, Any]]) -> Any:
        return lambda messages: self.upstream.size(messages, tools)


def new_id() -> str:
    """An id for an answer, which nobody can guess."""
    return uuid.uuid4().hex


def _sum(so_far: int | None, more: int | None) -> int | None:
    return so_far if more is None else (so_far or 0) + more
