"""A model that is loaded in this process, and answers several requests at once."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

import torch

from residency.chat.load import renderer_of
from residency.chat.renderer import Renderer
from residency.core.errors import ServerError
from residency.core.files import value_digest
from residency.core.records import Message
from residency.generation.generate import chooser
from residency.generation.models import load_generation_config, load_model, load_tokenizer
from residency.generation.sampling import GREEDY, Sampling, recommended
from residency.serving.contract import ModelRequest, Piece
from residency.serving.upstream.batch import End, Row
from residency.serving.upstream.engine import STREAMS, Engine
from residency.serving.upstream.found import Found
from residency.serving.upstream.pieces import Pieces

Heard = tuple[int | None, End, str]
"""What the engine says of a request: a token or none, how it ended, what went wrong."""


class LocalUpstream:
    """The assistant's model in this process. Prompts are rendered as in training, so that it reads the same tokens.

    Args:
        model: the loaded model, which nothing else uses.
        renderer: its chat format.
        sampling: how tokens are drawn where a request does not say.
        name: what it is called.
        digest: what tells this state of it from another.
        streams: requests that are answered at once.
    """

    def __init__(
        self,
        model: Any,
        renderer: Renderer,
        sampling: Sampling = GREEDY,
        name: str = "model",
        digest: str = "",
        streams: int = STREAMS,
    ) -> None:
        self.name, self.digest = name, digest
        self.context = int(getattr(model.config.get_text_config(), "max_position_embeddings", 0) or 0)
        self.calls_tools = renderer.family.tools
        self._renderer, self._sampling = renderer, sampling
        self._rendering = threading.Lock()  # an encoder remembers texts, and is not for several threads
        self.engine = Engine(model, streams)

    def size(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> int:
        return len(self._prompt(messages, tools))

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Piece]:
        """What the model writes.

        Raises:
            ServerError: the prompt leaves no room for an answer, or the model failed.
            UsageError: the model's chat format has no form for one of the messages or for tools.
        """
        prompt = await asyncio.to_thread(self._prompt, request.messages, request.tools)
        heard: asyncio.Queue[Heard] = asyncio.Queue()
        row = self._row(request, prompt, _teller(heard))
        pieces = Pieces(self._renderer, request.stop)
        self.engine.submit(row)
        try:
            end: End = ""
            while not end:
                tokens, end = await _heard(heard)
                text, thinking = pieces.add(tokens)
                if pieces.stopped:
                    row.left, end = True, "stop"
                if text or thinking:
                    yield Piece(text, thinking)
            text, thinking, calls = pieces.rest()
            finish = "tool_calls" if calls and end == "stop" else end
            yield Piece(text, thinking, calls, finish, len(prompt), len(pieces.ids))
        finally:
            row.left = True

    async def close(self) -> None:
        await asyncio.to_thread(self.engine.close)

    def _prompt(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> list[int]:
        with self._rendering:
            return self._renderer.prompt(messages, tools)

    def _row(self, request: ModelRequest, prompt: Sequence[int], tell: Callable[[Heard], None]) -> Row:
        limit = self._renderer.limit(max(1, request.max_tokens))
        if self.context:
            limit = min(limit, self.context - len(prompt))
        if limit < 1:
            what = f"the conversation has {len(prompt):,} tokens, and the model reads {self.context:,} with its answer"
            raise ServerError(what, fix="Shorten it")
        return Row(
            prompt,
            limit,
            frozenset(self._renderer.stops),
            self._chooser(request),
            lambda token, end: tell((token, end, "")),
            lambda what: tell((None, "", what)),
        )

    def _chooser(self, request: ModelRequest) -> Callable[[torch.Tensor], torch.Tensor] | None:
        drawn = self._sampling
        temperature = drawn.temperature if request.temperature is None else request.temperature
        if temperature <= 0:
            return None
        seed = secrets.randbits(63) if request.seed is None else request.seed % (1 << 63)
        return chooser(temperature, drawn.top_p if request.top_p is None else request.top_p, drawn.top_k, seed)


def load_local(found: Found, streams: int = STREAMS) -> LocalUpstream:
    """Load a model to answer with. It is sampled as its makers recommend where it thinks, and takes the likeliest token
    where it does not, as in evaluation.

    Raises:
        InputError: it cannot be loaded.
    """
    renderer = renderer_of(load_tokenizer(found.settings), found.chat)
    sampling = GREEDY
    if renderer.thinking:
        sampling = recommended(load_generation_config(found.settings), renderer.family.name)
    model = load_model(found.settings, found.tuned)
    digest = found.digest
    if commit := getattr(model.config, "_commit_hash", None):  # of the hub, where no revision was named
        digest = value_digest({"files": digest, "commit": commit})
    return LocalUpstream(model, renderer, sampling, found.name, digest, streams)


def _teller(heard: asyncio.Queue[Heard]) -> Callable[[Heard], None]:
    """From the engine's thread into this loop."""
    loop = asyncio.get_running_loop()

    def tell(what: Heard) -> None:
        try:
            loop.call_soon_threadsafe(heard.put_nowait, what)
        except RuntimeError:
            return  # the loop is closed, and nobody waits

    return tell


async def _heard(heard: asyncio.Queue[Heard]) -> tuple[list[int], End]:
    """All that was said since the last time, at least one word.

    Raises:
        ServerError: the model failed.
    """
    words = [await heard.get()]
    while not heard.empty():
        words.append(heard.get_nowait())
    if failure := next((word[2] for word in words if word[2]), ""):
        raise ServerError(failure, fix="Try again")
    return [token for token, _, _ in words if token is not None], words[-1][1]
