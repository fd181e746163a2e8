"""Who may be the teacher: a server, here; a model that is loaded here, in ``local.py``, which needs torch."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol

from residency.core.stage import Progress
from residency.generation.ordered import in_order
from residency.generation.said import Said
from residency.teacher.answers import Answers, Request
from residency.teacher.settings import TeacherSettings

if TYPE_CHECKING:
    from residency.generation.chat_server import ChatServer


class Teacher(Protocol):
    """Something that answers requests."""

    backend: Literal["server", "local"]

    @property
    def identity(self) -> Mapping[str, Any]:
        """All that its answers depend on beside the request."""

    def say(self, requests: Iterable[Request], answers: Answers) -> Generator[Said, None, None]:
        """The answer to each request, in order. What ``answers`` holds is taken from there, and what is new put there
        as it comes."""


class ServerTeacher:
    """A server's model; the server is looked for when it is first needed."""

    backend: Literal["server", "local"] = "server"

    def __init__(self, settings: TeacherSettings, progress: Progress) -> None:
        self._settings, self._progress = settings, progress
        self._server: ChatServer | None = None
        self._lock = threading.Lock()

    @property
    def identity(self) -> Mapping[str, Any]:
        asked = self._settings
        return {
            "backend": self.backend,
            "model": asked.server_model,
            "max_tokens": asked.max_tokens,
            "temperature": asked.temperature,
        }

    def say(self, requests: Iterable[Request], answers: Answers) -> Generator[Said, None, None]:
        def answered(request: Request) -> Said:
            known = answers.get(request)
            if known is not None:
                return known
            asked = self._settings
            said = self._connected().ask(request.messages, request.seed, asked.max_tokens, asked.temperature)
            answers.put(request, said)
            return said

        yield from in_order(answered, requests, self._settings.server_parallel)

    def _connected(self) -> ChatServer:
        with self._lock:
            if self._server is None:
                from residency.generation.chat_server import ChatServer

                asked = self._settings
                server = ChatServer(
                    asked.server, asked.server_model, asked.server_key, asked.server_parallel, asked.timeout
                )
                server.connect(asked.max_tokens, asked.temperature)
                self._progress.note(f"{server.model} at {server.url} is asked to reword dialogues")
                self._server = server
            return self._server
