"""The model's calls for searches: each is answered, whatever it is, and their number is bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from residency.core.records import Message, Passage
from residency.core.tools import (
    NO_FUNCTION,
    NO_QUERY,
    SEARCH_GUIDELINES,
    WEB_SEARCH,
    ToolName,
    failed_message,
    next_number,
    query_of,
    read_call,
    result_message,
)
from residency.serving.contract import Event
from residency.serving.finding import Finder, Search

MOST_AT_ONCE = 4
"""Calls of one turn of the model that are answered by a search; the others are told that it is not available."""

_NOT_OURS: Passage = {
    "id": "",
    "title": "",
    "section": "",
    "text": "",
    "date": "",
    "source": "",
    "topic": "",
    "licence": "",
    "parents": [],
}
"""Stands for a passage that the client's own messages hold, so that numbers mean what they mean to the model."""


class Loop:
    """A conversation in which the model calls for searches.

    Args:
        finder: searches.
        messages: the prompt.
        tools: what is offered.
        steps: turns with calls that are answered by searches. One more is told that none is available, so that the
            model can answer from what it has.
        budget: tokens that the conversation may have; 0: as many as it takes.
        size: tokens of messages.

    Attributes:
        shown: the passages of all results by their numbers.
        made: turns with calls so far.
        searched: whether any search was made.
        seconds: of the searches of the last turn.
    """

    def __init__(
        self,
        finder: Finder,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        steps: int,
        budget: int,
        size: Callable[[Sequence[Message]], int],
    ) -> None:
        self._finder, self._steps, self._budget, self._size = finder, steps, budget, size
        self._offered = {tool["function"]["name"] for tool in tools}
        self.messages: list[Message] = list(messages)
        self.shown: list[Passage] = []
        self.made, self.searched, self.seconds = 0, False, 0.0

    @property
    def over(self) -> bool:
        """Whether a further call is one too many."""
        return self.made > self._steps

    async def reply(self, said: str, thought: str, calls: Sequence[Mapping[str, Any]]) -> list[Event]:
        """Answer the calls of one turn of the model, in which it also ``said`` and ``thought`` something; what was
        found."""
        read = [read_call(call) for call in calls]
        made = [{"type": "function", "function": {"name": name, "arguments": given}} for name, given in read]
        calling: Message = {"role": "assistant", "content": said, "tool_calls": made}
        self.messages.append({**calling, "thinking": thought} if thought else calling)
        self.made += 1
        self.seconds = 0.0
        heard: list[Event] = []
        for place, (name, given) in enumerate(read):
            heard += await self._answer(name, given, place < MOST_AT_ONCE and self.made <= self._steps)
        return heard

    async def _answer(self, name: str, given: object, may_search: bool) -> list[Event]:
        if name not in self._offered:
            self.messages.append({"role": "tool", "name": name, "content": NO_FUNCTION})
            return []
        query, since = query_of(given)
        if not query:
            self.messages.append({"role": "tool", "name": name, "content": NO_QUERY})
            return []
        tool = cast(ToolName, name)
        if not may_search:
            self.messages.append(failed_message(tool, "unavailable"))
            return []
        self.searched = True
        search = await (self._finder.search_web(query) if name == WEB_SEARCH else self._finder.search(query, since))
        self.seconds += search.seconds
        return await asyncio.to_thread(self._shown, tool, search)

    def _shown(self, tool: ToolName, search: Search) -> list[Event]:
        """The result as it fits, the last passages left out."""
        first = next_number(self.messages)
        passages = search.passages
        result = failed_message(tool, search.failure or "unavailable")
        if search.failure is None and search.held is None:
            result = result_message(tool, passages, first)
            while passages and self._budget and self._size([*self.messages, result]) > self._budget:
                passages = passages[:-1]
                result = result_message(tool, passages, first)
            if search.passages and not passages:
                result = failed_message(tool, "unavailable")
        self.messages.append(result)
        self.shown += [_NOT_OURS] * (first - 1 - len(self.shown))
        self.shown += passages
        told = search.told("guidelines" if tool == SEARCH_GUIDELINES else "web", passages, first)
        return [search.held, told] if search.held is not None else [told]
