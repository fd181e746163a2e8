"""Asks a server, and never twice the same: answers are kept on disk under the digest of the model and the prompt."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from residency.core.files import append_jsonl, recover_jsonl, value_digest
from residency.core.records import Message
from residency.generation.ordered import in_order
from residency.generation.said import Said
from residency.judging.model_judge.budget import Budget
from residency.judging.settings import JudgeSettings

if TYPE_CHECKING:
    from residency.generation.chat_server import ChatServer

OVER, CUT = "the budget is spent", "the judge's answer was cut off"
FILTERED = ("content_filter", "refusal")


class Asking:
    """One judge model of one server, connected when the first prompt is not on disk.

    ``counts`` holds how many prompts were ``asked``, ``cached`` and how many were not answered, by reason.

    Args:
        settings: the server, the model and what it may cost.
        cache: the file of answers; it need not be there. None keeps them in memory.
    """

    def __init__(self, settings: JudgeSettings, cache: Path | None = None) -> None:
        self._settings, self._path = settings, cache
        self._lock = threading.Lock()
        self._server: ChatServer | None = None
        self._kept: dict[str, str] = {row["prompt"]: row["text"] for row in recover_jsonl(cache)} if cache else {}
        self.budget = Budget(settings)
        self.counts: Counter[str] = Counter()

    def texts(self, prompts: Sequence[Sequence[Message]]) -> list[tuple[str, str]]:
        """The answer to each prompt and, where there is none, the reason; in order.

        Raises:
            ServerError: the server is not there, is gone, or gives no answers that can be used.
        """
        digests = [self._digest(prompt) for prompt in prompts]
        own = dict(zip(digests, prompts, strict=True))
        found = dict(zip(own, in_order(self._one, own.values(), self._parallel), strict=True))
        return [found[digest] for digest in digests]

    @property
    def _parallel(self) -> int:
        return self._settings.server_parallel

    def report(self) -> dict[str, Any]:
        """Counts and what was spent."""
        return {**dict(self.counts), **self.budget.report()}

    def _one(self, prompt: Sequence[Message]) -> tuple[str, str]:
        digest = self._digest(prompt)
        if digest in self._kept:
            self._count("cached")
            return self._kept[digest], ""
        taken = self.budget.take(prompt)
        if taken is None:
            self._count(OVER)
            return "", OVER
        said: Said | None = None
        try:
            asked = self._settings
            said = self._connected().ask(prompt, 0, asked.max_tokens, asked.temperature)
        finally:
            self.budget.settle(taken, said)
        self._count("asked")
        reason = said.fault or (CUT if said.finish == "length" else "")
        if reason:
            self._count(reason)
            return "", reason
        self._keep(digest, said)
        return said.text, ""

    def _connected(self) -> ChatServer:
        with self._lock:
            if self._server is None:
                from residency.generation.chat_server import ChatServer

                asked = self._settings
                server = ChatServer(asked.server, asked.server_model, asked.server_key, self._parallel, asked.timeout)
                server.connect(asked.max_tokens, asked.temperature)
                self._server = server
            return self._server

    def _keep(self, digest: str, said: Said) -> None:
        with self._lock:
            self._kept[digest] = said.text
            if self._path is not None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as handle:
                    append_jsonl(handle, [{"prompt": digest, "model": said.model, "text": said.text}])

    def _count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1

    def _digest(self, prompt: Sequence[Message]) -> str:
        asked = self._settings
        how = {"model": asked.server_model, "max_tokens": asked.max_tokens, "temperature": asked.temperature}
        return value_digest({**how, "prompt": [dict(message) for message in prompt]})
