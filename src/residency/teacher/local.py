"""The base model as the teacher, loaded here. A module of its own: it needs torch, which a run without it does not."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.generation.generate import generate
from residency.generation.models import load_model, load_tokenizer
from residency.generation.said import Said
from residency.generation.settings import ModelSettings
from residency.teacher.answers import Answers, Request
from residency.teacher.settings import TeacherSettings

TOO_LONG = "the prompt and an answer are longer than the model's context"


class LocalTeacher:
    """The base model, loaded when it is first needed. A batch is answered as a whole, so that what is drawn for one
    request does not depend on which others were answered before a stop."""

    backend: Literal["server", "local"] = "local"

    def __init__(self, settings: TeacherSettings, model: ModelSettings, chat: ChatSettings) -> None:
        self._settings, self._model_settings, self._chat = settings, model, chat
        self._model: Any = None
        # A folder by its own name: where it lies on this machine is no reader's business.
        self._name = Path(model.folder).resolve().name if model.folder else model.name

    @property
    def identity(self) -> Mapping[str, Any]:
        asked = self._settings
        return {
            "backend": self.backend,
            "model": self._model_settings.fingerprint_values(),
            "chat": self._chat.fingerprint_values(),
            "max_tokens": asked.max_tokens,
            "temperature": asked.temperature,
        }

    def say(self, requests: Iterable[Request], answers: Answers) -> Generator[Said, None, None]:
        source = iter(requests)
        while batch := list(islice(source, self._settings.batch_size)):
            known = [answers.get(request) for request in batch]
            if any(said is None for said in known):
                for request, said in zip(batch, self._written(batch), strict=True):
                    answers.put(request, said)
                    yield answers.get(request) or said
            else:
                yield from (said for said in known if said is not None)

    def _written(self, batch: Sequence[Request]) -> list[Said]:
        if self._model is None:
            self._model = load_model(self._model_settings)
            self._renderer = renderer_of(load_tokenizer(self._model_settings), self._chat)
        limit = self._renderer.limit(self._settings.max_tokens)
        context = getattr(self._model.config, "max_position_embeddings", None)
        prompts = [self._renderer.prompt(request.messages) for request in batch]
        fits = [context is None or len(prompt) + limit <= context for prompt in prompts]
        written = iter(
            generate(
                self._model,
                [prompt for prompt, fit in zip(prompts, fits, strict=True) if fit],
                stop=self._renderer.stops,
                max_new_tokens=limit,
                batch_size=len(batch),
                temperature=self._settings.temperature,
                seed=batch[0].seed,
            )
        )
        return [
            self._said(prompt, next(written), limit) if fit else Said(model=self._name, fault=TOO_LONG)
            for prompt, fit in zip(prompts, fits, strict=True)
        ]

    def _said(self, prompt: Sequence[int], ids: Sequence[int], limit: int) -> Said:
        finish = "length" if len(ids) >= limit else "stop"
        return Said(self._renderer.answer(ids), finish, self._name, len(prompt), len(ids))
