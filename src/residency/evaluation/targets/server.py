"""A model that an OpenAI-compatible server has. The server renders the messages with its own template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from residency.core.records import Message
from residency.evaluation.item import Turn
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.targets.speaker import Prompt
from residency.evaluation.targets.target import Target
from residency.generation.chat_server import FILTERED, ChatServer
from residency.generation.ordered import in_order
from residency.generation.said import Said

LETTERS_A_TOKEN = 4  # about as many characters has a token of English
OPENED, CLOSED = "<think>", "</think>"
"""Between these stands a thought in the text itself where a server has no parser for thoughts."""


class ServerSpeaker:
    """Asks the server ``server_parallel`` prompts at once. A request that fails is sent again with back-off; an answer
    that cannot be used is one with a fault, and a server that is gone ends the evaluation, which goes on later."""

    calls = True

    def __init__(self, target: Target, settings: EvaluateSettings) -> None:
        self._server = ChatServer(
            target.url, target.server_model, settings.server_key, settings.server_parallel, settings.timeout
        )
        self._server.measured = True
        self._settings = settings
        self._limit = settings.max_new_tokens + settings.server_thought_tokens
        self._server.connect(self._limit, settings.temperature)
        self.thinks = settings.server_thought_tokens > 0
        self.says: dict[str, Any] = {
            **target.says,
            "model": self._server.model,
            "thinks": self.thinks,
            "answer_tokens": settings.max_new_tokens,
            "thought_tokens": settings.server_thought_tokens,
            "sampling": "the server's own" if settings.temperature is None else {"temperature": settings.temperature},
        }

    def size(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> int:
        return sum(len(message["content"]) for message in messages) // LETTERS_A_TOKEN

    def write(self, prompts: Sequence[Prompt]) -> list[Turn]:
        return list(in_order(self._ask, prompts, self._settings.server_parallel))

    def _ask(self, prompt: Prompt) -> Turn:
        seed = prompt.seed % (1 << 31)
        said = self._server.ask(prompt.messages, seed, self._limit, self._settings.temperature, prompt.tools)
        return _turn(said)

    def letters(self, prompts: Sequence[Sequence[Message]], letters: Sequence[str]) -> list[list[float] | None]:
        """Chat servers do not say how likely a given text is."""
        return [None] * len(prompts)


def _turn(said: Said) -> Turn:
    finish = "filtered" if said.finish in FILTERED else "length" if said.finish == "length" else "stop"
    thinking, text = (said.thinking, said.text) if said.thinking else _parted(said.text)
    turn: Turn = {
        "text": text.strip(),
        "finish": "error" if said.fault else finish,
        "tokens": said.completion_tokens,
    }
    if said.fault:
        turn["fault"] = said.fault
    if thinking:
        turn["thinking"] = thinking
    if said.tool_calls:
        turn["tool_calls"] = list(said.tool_calls)
    return turn


def _parted(text: str) -> tuple[str, str]:
    """The thought at the beginning of a text, and what follows it. A thought without an end has nothing behind it; some
    templates open it in the prompt, so that its end alone stands in the text."""
    rest = text.lstrip()
    if not rest.startswith(OPENED) and CLOSED not in rest:
        return "", text
    thought, _, answer = rest.removeprefix(OPENED).partition(CLOSED)
    return thought.strip(), answer
