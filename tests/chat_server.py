"""A real HTTP server with the chat completions API over a rule that answers messages, and with faults on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.completions_server import CompletionsServer, Fault

LETTERS = 4
Answer = Callable[[list[dict[str, str]], dict[str, Any]], Any]
"""From messages and the whole body to the answer's text, or to the choice as it is sent."""


class ChatServer(CompletionsServer):
    """Serves while it is entered.

    Args:
        answer: what is said to messages.
        models: the names of its models.
        fault: what goes wrong with which request.
        key: the API key that it wants; empty: none.
        counts: whether it tells how many tokens it read and wrote: here, a token is four characters.
        refuses: parameters for which it answers 400, each with what it says.
    """

    path = "/chat/completions"
    bodies = CompletionsServer.bodies | {
        "empty": {"choices": [{"message": {"role": "assistant", "content": ""}, "finish_reason": "stop"}]},
        "no message": {"choices": [{"finish_reason": "stop"}]},
        "content of another type": {"choices": [{"message": {"content": ["x"]}}]},
    }

    def __init__(
        self,
        answer: Answer,
        models: Sequence[str] = ("teacher-1",),
        fault: Fault = lambda number, body: "",
        key: str = "",
        counts: bool = True,
        refuses: dict[str, str] | None = None,
    ) -> None:
        super().__init__(None, None, models, fault=fault, key=key)  # type: ignore[arg-type]
        self.answer, self.counts, self.refuses = answer, counts, refuses or {}

    @property
    def dialogues(self) -> list[list[dict[str, str]]]:
        """The messages of the requests but for greetings."""
        return [body["messages"] for body in self.asked if len(body["messages"]) > 1]

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        said = self.answer(body["messages"], body)
        choice = said if isinstance(said, dict) else {"message": {"role": "assistant", "content": said}}
        choice = {"index": 0, "finish_reason": "stop"} | choice
        found: dict[str, Any] = {"object": "chat.completion", "model": body["model"], "choices": [choice]}
        if self.counts:
            read = sum(len(message["content"]) for message in body["messages"])
            wrote = len(choice["message"].get("content") or "")
            found["usage"] = {"prompt_tokens": read // LETTERS, "completion_tokens": wrote // LETTERS}
        return found

    def refusal(self, body: dict[str, Any]) -> str:
        """What it says against one of the parameters, if anything."""
        return next((said for name, said in self.refuses.items() if name in body), "")
