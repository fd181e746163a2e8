"""Where thoughts come from: a model that reads a prompt, thinks and answers; loaded here, or asked of a server.

Both read the same token ids, those of the inference prompt.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NotRequired, Protocol, cast

from residency.chat.families.base import Tools
from residency.chat.renderer import Renderer
from residency.core.errors import ServerError
from residency.core.records import Message
from residency.core.stage import Progress
from residency.generation.generate import generate
from residency.generation.models import load_model
from residency.generation.settings import ModelSettings
from residency.reasoning.settings import ThoughtsSettings

if TYPE_CHECKING:
    from residency.generation.server import Server, Written

Prompt = tuple[Sequence[Message], Tools]
"""The messages up to an assistant's turn, and the functions that it may call."""
Batch = tuple[Sequence[Prompt], int]
"""Prompts, and the seed for what is drawn for them."""
Source = Mapping[str, str]
"""Who wrote a thought, for the report: the ``backend`` and what is known of it."""
TELLING = 20  # finished answers of which one at least must hold a control token


class Draft(Message):
    """An assistant's message, its thought in ``thinking``; without content where the limit of tokens came before an
    answer. With a ``fault`` there was none, for this reason."""

    fault: NotRequired[str]


class Thinker(Protocol):
    """Something that thinks and answers."""

    @property
    def source(self) -> Source:
        """Who it is; known once it has thought."""

    def think(self, batches: Iterable[Batch]) -> Generator[list[Draft], None, None]:
        """For each batch, in order, a draft for each of its prompts. The same batch gives the same drafts."""


class LocalThinker:
    """The base model, loaded when it is first asked."""

    source: Source = {"backend": "the base model, loaded here"}

    def __init__(self, model: ModelSettings, renderer: Renderer, settings: ThoughtsSettings) -> None:
        self._settings, self._renderer, self._limits = model, renderer, settings
        self._model: Any = None

    def think(self, batches: Iterable[Batch]) -> Generator[list[Draft], None, None]:
        for prompts, seed in batches:
            if self._model is None:
                self._model = load_model(self._settings)
            written = generate(
                self._model,
                [self._renderer.prompt(messages, tools) for messages, tools in prompts],
                stop=self._renderer.stops,
                max_new_tokens=self._limits.max_tokens + self._limits.max_answer_tokens,
                batch_size=len(prompts),
                temperature=self._limits.temperature,
                seed=seed,
            )
            yield [cast(Draft, self._renderer.message(ids)) for ids in written]


class ServerThinker:
    """A server, which is looked for when it is first asked. It is several batches ahead of what is taken from it."""

    def __init__(self, renderer: Renderer, settings: ThoughtsSettings, progress: Progress) -> None:
        self._renderer, self._settings, self._progress = renderer, settings, progress
        self._server: Server | None = None
        self.source: Source = {}
        self._bare = 0

    def think(self, batches: Iterable[Batch]) -> Generator[list[Draft], None, None]:
        server = self._server or self._connected()
        sizes: deque[int] = deque()

        def prompts() -> Iterator[tuple[list[int], int]]:
            for some, seed in batches:
                sizes.append(len(some))
                for place, (messages, tools) in enumerate(some):
                    yield self._renderer.prompt(messages, tools), seed + place

        written = server.complete(prompts(), self._asking())
        for first in written:
            yield [self._draft(each) for each in (first, *islice(written, sizes.popleft() - 1))]

    def _connected(self) -> Server:
        from residency.generation.server import PROBE, Server

        settings, encoder = self._settings, self._renderer.encoder
        server = Server(
            settings.server, settings.server_model, settings.server_key, settings.server_parallel, settings.timeout
        )
        (ids,) = encoder.encode([PROBE])
        stops = {token: [encoder.control(token)] for token in self._renderer.family.stops}
        compared = server.connect({PROBE: ids.tolist(), **stops}, self._asking())
        told = "compared with the base model's" if compared else "not compared: the server has no /tokenize"
        self._progress.note(f"{server.model} at {server.url} is asked for thoughts; its vocabulary was {told}")
        self.source = {"backend": server.url, "model": server.model, "vocabulary": told}
        self._server = server
        return server

    def _asking(self) -> Any:
        from residency.generation.server import Asking

        limits = self._settings
        return Asking(
            self._renderer.stops,
            list(self._renderer.encoder.controls),
            limits.max_tokens + limits.max_answer_tokens,
            limits.temperature,
        )

    def _draft(self, written: Written) -> Draft:
        if written.fault:
            return {"role": "assistant", "content": "", "fault": written.fault}
        if written.ids is not None:
            return cast(Draft, self._renderer.message(written.ids))
        draft = cast(Draft, self._renderer.read(written.text))
        if written.finished:
            self._tells(written.text, draft)
        return draft

    def _tells(self, text: str, draft: Draft) -> None:
        """A server that leaves control tokens out of its text shows either no thought or nothing else."""
        if self._bare >= 0:
            told = draft.get("thinking") and draft["content"]
            seen = told or any(token in text for token in self._renderer.encoder.controls)
            self._bare = -1 if seen else self._bare + 1
        if self._bare >= TELLING:
            raise ServerError(
                f"none of the first {TELLING} answers holds a control token: no thought can be told from an answer",
                self._settings.server,
                "Start the server so that its text shows them (llama.cpp: --special), or use vLLM",
            )
