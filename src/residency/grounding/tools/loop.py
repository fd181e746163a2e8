"""A conversation with calls, put together turn by turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from residency.core.prompt import assistant_message, user_message
from residency.core.records import Message, Passage
from residency.core.tools import (
    SEARCH_GUIDELINES,
    WEB_SEARCH,
    Failure,
    ToolName,
    calling_message,
    failed_message,
    next_number,
    result_message,
)


@dataclass
class Loop:
    """The turns so far; ``shown`` are the passages by their numbers, from 1."""

    messages: list[Message] = field(default_factory=list)
    shown: list[Passage] = field(default_factory=list)

    def ask(self, said: str) -> None:
        """The user's turn."""
        self.messages.append({"role": "user", "content": said})

    def give(self, question: str, passages: Sequence[Passage]) -> None:
        """The user's turn, with a context of its own."""
        self.messages.append(user_message(question, passages))
        self.shown += passages

    def search(self, query: str, found: Sequence[Passage], thinking: str, since: str = "", learnt: bool = True) -> None:
        """A search of the guidelines and what it gave; a query that shall not be imitated is not ``learnt``."""
        arguments = {"query": query, "since": since} if since else {"query": query}
        calling = calling_message(SEARCH_GUIDELINES, arguments, thinking)
        self.messages.append(calling if learnt else {**calling, "learnt": False})
        self.messages.append(result_message(SEARCH_GUIDELINES, found, next_number(self.messages)))
        self.shown += found

    def search_web(self, query: str, thinking: str, failure: Failure | None = None) -> None:
        """A search of the web that gave nothing, or failed."""
        self.messages.append(calling_message(WEB_SEARCH, {"query": query}, thinking))
        self.messages.append(
            failed_message(WEB_SEARCH, failure)
            if failure
            else result_message(WEB_SEARCH, [], next_number(self.messages))
        )

    def fail(self, query: str, thinking: str, failure: Failure, name: ToolName = SEARCH_GUIDELINES) -> None:
        """A search that failed."""
        self.messages += [calling_message(name, {"query": query}, thinking), failed_message(name, failure)]

    def say(self, answer: str, thinking: str) -> None:
        """The assistant's answer."""
        self.messages.append({**assistant_message(answer), "thinking": thinking})

    def calls(self) -> list[str]:
        """The functions called since the user's last turn, in order."""
        last = max(place for place, message in enumerate(self.messages) if message["role"] == "user")
        calls = (call for message in self.messages[last:] for call in message.get("tool_calls", []))
        return [str(call["function"]["name"]) for call in calls]
