"""A model that is loaded here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

from residency.chat.load import renderer_of
from residency.core.prompt import ANSWER, assistant_message
from residency.core.records import Message
from residency.evaluation.item import Turn
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.targets.speaker import Prompt
from residency.evaluation.targets.target import Target
from residency.generation.generate import generate, next_token_logprobs
from residency.generation.models import load_generation_config, load_model, load_tokenizer
from residency.generation.sampling import GREEDY, Sampling, recommended


class LocalSpeaker:
    """Loads the model when it is first asked: where all answers are on disk, it never is."""

    def __init__(self, target: Target, settings: EvaluateSettings) -> None:
        self._target, self._settings, self._model_settings = target, settings, target.model
        self.renderer = renderer_of(load_tokenizer(target.model), target.chat)
        self.thinks, self.calls = self.renderer.thinking, self.renderer.family.tools
        self._limit = self.renderer.limit(settings.max_new_tokens)
        self.sampling = self._drawn()
        self.says: dict[str, Any] = {
            **target.says,
            "family": self.renderer.family.name,
            "thinks": self.thinks,
            "answer_tokens": settings.max_new_tokens,
            "thought_tokens": self._limit - settings.max_new_tokens,
            "sampling": asdict(self.sampling),
        }

    @cached_property
    def model(self) -> Any:
        """The loaded model."""
        return load_model(self._model_settings, self._target.tuned)

    def _drawn(self) -> Sampling:
        """Greedy for a model that does not think, unless the settings say otherwise."""
        drawn = GREEDY
        if self.thinks:
            drawn = recommended(load_generation_config(self._model_settings), self.renderer.family.name)
        asked = self._settings.temperature
        return drawn if asked is None else Sampling(asked, drawn.top_p, drawn.top_k)

    def size(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> int:
        return len(self.renderer.prompt(messages, tools))

    def write(self, prompts: Sequence[Prompt]) -> list[Turn]:
        drawn = self.sampling
        written = generate(
            self.model,
            [self.renderer.prompt(prompt.messages, prompt.tools) for prompt in prompts],
            stop=self.renderer.stops,
            max_new_tokens=self._limit,
            batch_size=len(prompts),
            temperature=drawn.temperature,
            top_p=drawn.top_p,
            top_k=drawn.top_k,
            seed=prompts[0].seed,
        )
        return [self._turn(ids) for ids in written]

    def _turn(self, ids: Sequence[int]) -> Turn:
        message = self.renderer.message(ids)
        turn: Turn = {
            "text": message["content"].strip(),
            "finish": "stop" if len(ids) < self._limit else "length",
            "tokens": len(ids),
        }
        if message.get("thinking"):
            turn["thinking"] = message["thinking"]
        if message.get("tool_calls"):
            turn["tool_calls"] = message["tool_calls"]
        return turn

    def letters(self, prompts: Sequence[Sequence[Message]], letters: Sequence[str]) -> list[list[float] | None]:
        """The letters are compared at the first token in which they differ: in most vocabularies this is the letter
        with the space before it, in some the letter alone. Before it has thought, what a model that thinks gives to a
        letter means nothing."""
        if self.thinks:
            return [None] * len(prompts)
        starts, wanted = [], []
        for messages, of_one in zip(prompts, letters, strict=True):
            endings = [self.renderer.target(assistant_message(f"{ANSWER} {letter}")) for letter in of_one]
            shared = len(os.path.commonprefix(endings))
            starts.append([*self.renderer.prompt(messages), *endings[0][:shared]])
            wanted.append([ending[shared] for ending in endings])
        return list(next_token_logprobs(self.model, starts, wanted, len(prompts)))
