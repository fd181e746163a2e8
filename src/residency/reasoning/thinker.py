"""Where thoughts come from: a model that reads a prompt, thinks and answers.

Prompts and answers are messages, so that a server, which renders by itself, can stand in for the model that is loaded
here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from residency.chat.families.base import Tools
from residency.chat.renderer import Renderer
from residency.core.records import Message
from residency.generation.generate import generate
from residency.generation.models import load_model
from residency.generation.settings import ModelSettings
from residency.reasoning.settings import ThoughtsSettings

Prompt = tuple[Sequence[Message], Tools]
"""The messages up to an assistant's turn, and the functions that it may call."""


class Thinker(Protocol):
    """Something that thinks and answers."""

    def think(self, prompts: Sequence[Prompt], seed: int) -> list[Message]:
        """An assistant's message for each prompt, its thought in ``thinking``; without content where the limit of
        tokens came before an answer. The same prompts with the same seed give the same messages."""


class LocalThinker:
    """The base model, loaded when it is first asked."""

    def __init__(self, model: ModelSettings, renderer: Renderer, settings: ThoughtsSettings) -> None:
        self._settings, self._renderer, self._limits = model, renderer, settings
        self._model: Any = None

    def think(self, prompts: Sequence[Prompt], seed: int) -> list[Message]:
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
        return [self._renderer.message(ids) for ids in written]
