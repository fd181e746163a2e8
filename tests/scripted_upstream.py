"""A model that says what a script says, guidelines that are a few passages, and an assistant over both."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from residency.core.errors import ServerError
from residency.core.listening import listening
from residency.core.records import Message, Passage
from residency.core.text import content_stems
from residency.serving.assistant import Assistant
from residency.serving.audit.log import AuditLog
from residency.serving.contract import Ask, Event, ModelRequest, Piece
from residency.serving.metrics import Metrics
from residency.serving.opening import Opened
from residency.serving.quiz import Quiz
from residency.serving.running import guarded_app
from residency.serving.settings import ServeSettings

Script = Callable[[ModelRequest], Sequence[Piece | float | Exception]]
"""What is said to a request: pieces, pauses in seconds, and faults, in order."""


def passage(name: str, text: str, title: str = "", date: str = "2024-05") -> Passage:
    """A passage of the unit's texts."""
    return {
        "id": name,
        "title": title or name.title(),
        "section": "",
        "date": date,
        "text": text,
        "source": "example",
        "topic": "hernia",
        "licence": "CC0",
        "parents": [],
    }


MESH = passage("mesh", "Suture repair is older. Mesh repair lowers recurrence of inguinal hernia to about 3 per cent.")
TISSUE = passage("suture", "Suture repair of the umbilicus suits defects below 1 cm.")
ANSWER = "Mesh repair lowers recurrence of inguinal hernia to about 3 per cent [1]."
QUESTION = "What lowers the recurrence of an inguinal hernia?"


def said(text: str, finish: str = "stop") -> list[Piece | float | Exception]:
    """A text word by word, and its end."""
    words = text.split(" ")
    pieces: list[Any] = [Piece(word + " " * (place < len(words) - 1)) for place, word in enumerate(words)]
    return [*pieces, Piece(finish=finish, prompt_tokens=100, completion_tokens=len(words))]  # type: ignore[arg-type]


def called(name: str, arguments: object, text: str = "", thinking: str = "") -> list[Piece | float | Exception]:
    """A call of one function."""
    call = {"type": "function", "function": {"name": name, "arguments": arguments}}
    return [Piece(text, thinking), Piece(tool_calls=(call,), finish="tool_calls", completion_tokens=1)]


class Scripted:
    """An upstream by script; ``asked`` are its requests, ``stopped`` counts those whose answer was not heard out."""

    name, digest = "scripted", "d" * 64

    def __init__(self, script: Script | str = ANSWER, context: int = 0, calls_tools: bool = True) -> None:
        self.script: Script = script if callable(script) else (lambda _: said(script))
        self.context, self.calls_tools = context, calls_tools
        self.asked: list[ModelRequest] = []
        self.stopped = 0
        self.closed = False

    def size(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> int:
        return sum(len(message["content"].split()) for message in messages) + 50 * len(tools)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Piece]:
        self.asked.append(request)
        whole = False
        try:
            for part in self.script(request):
                if isinstance(part, float):
                    await asyncio.sleep(part)
                elif isinstance(part, Exception):
                    raise part
                else:
                    yield part
            whole = True
        finally:
            self.stopped += not whole

    async def close(self) -> None:
        self.closed = True


class Shelf:
    """A few passages, found by the words that they share with a query."""

    brief = False

    def __init__(self, *passages: Passage, fault: Exception | float | None = None) -> None:
        self.passages, self.fault = passages, fault
        self.queries: list[tuple[str, str]] = []

    def __len__(self) -> int:
        return len(self.passages)

    def search(self, query: str, count: int, since: str = "") -> list[tuple[Passage, float]]:
        self.queries.append((query, since))
        if isinstance(self.fault, float):
            time.sleep(self.fault)
        elif self.fault is not None:
            raise self.fault
        wanted = {*content_stems(query)}
        shared = [(len(wanted & {*content_stems(one["text"])}), one) for one in self.passages if one["date"] >= since]
        ranked = sorted((pair for pair in shared if pair[0]), key=lambda pair: -pair[0])
        return [(one, float(score)) for score, one in ranked[:count]]

    def passage(self, name: str) -> Passage | None:
        return next((one for one in self.passages if one["id"] == name), None)


def question(text: str = QUESTION, mode: Any = "CLINICAL", **more: Any) -> Ask:
    """A question by itself."""
    return Ask([{"role": "user", "content": text}], mode, **more)


def events(assistant: Assistant, ask: Ask) -> list[Event]:
    """All events of an answer."""

    async def all_of_them() -> list[Event]:
        return [event async for event in assistant.answer(ask)]

    return asyncio.run(all_of_them())


@contextmanager
def served(
    upstream: Any,
    *passages: Passage,
    settings: ServeSettings | None = None,
    log: Path | None = None,
    bank: Path | None = None,
    shelf: Any = None,
    token: Any = None,
) -> Iterator[tuple[str, Assistant]]:
    """The whole application over real HTTP, as long as it is needed: its address, and the assistant behind it."""
    settings = settings or ServeSettings()
    metrics = Metrics()
    audit = AuditLog(log, settings.audit, metrics.audit_lost) if log else None
    assistant = Assistant(upstream, shelf or Shelf(*passages), settings, None, audit, metrics)
    app = guarded_app(Opened(assistant, Quiz(bank) if bank else None, None), token)
    with listening("127.0.0.1", 0) as bound:
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}", assistant
        finally:
            server.should_exit = True
            thread.join(10)


def gone() -> ServerError:
    """What a server that cannot be reached ends in."""
    return ServerError("the server cannot be reached (ConnectError)", "http://10.0.0.7:8000/v1", "Start it")


def free_port() -> int:
    """A port at which nothing listens."""
    with contextlib.closing(socket.socket()) as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port
