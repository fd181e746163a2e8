"""Has the base model answer, batch by batch, each on disk before the next: a kill loses at most one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from residency.chat.load import renderer_of
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings
from residency.core.files import append_jsonl, recover_jsonl
from residency.core.records import Message
from residency.core.stage import StageContext
from residency.generation.settings import ModelSettings
from residency.knowledge.asking import Key

Prompts = Sequence[Sequence[Message]]


class Answerer(Protocol):
    """Something that answers prompts."""

    def answer(self, prompts: Prompts, max_new_tokens: int, temperature: float, seed: int) -> list[tuple[str, bool]]:
        """For each prompt the answer, and whether it was cut at the limit. The same arguments give the same answers;
        at temperature 0 the likeliest token is taken each time."""


class LoadedModel:
    """A model that is loaded, with the renderer of its family."""

    def __init__(self, model: Any, renderer: Renderer) -> None:
        self._model, self._renderer = model, renderer

    def answer(self, prompts: Prompts, max_new_tokens: int, temperature: float, seed: int) -> list[tuple[str, bool]]:
        from residency.generation.generate import generate

        limit = self._renderer.limit(max_new_tokens)
        written = generate(
            self._model,
            [self._renderer.prompt(messages) for messages in prompts],
            stop=self._renderer.stops,
            max_new_tokens=limit,
            batch_size=len(prompts),
            temperature=temperature,
            seed=seed,
        )
        return [(self._renderer.answer(ids), len(ids) >= limit) for ids in written]


class BaseModel:
    """The base model that a recipe names, loaded when it is first asked."""

    def __init__(self, model: ModelSettings, chat: ChatSettings) -> None:
        self._settings, self._chat = model, chat
        self._loaded: LoadedModel | None = None

    def answer(self, prompts: Prompts, max_new_tokens: int, temperature: float, seed: int) -> list[tuple[str, bool]]:
        if self._loaded is None:
            from residency.generation.models import load_model, load_tokenizer

            renderer = renderer_of(load_tokenizer(self._settings), self._chat)
            self._loaded = LoadedModel(load_model(self._settings), renderer)
        return self._loaded.answer(prompts, max_new_tokens, temperature, seed)


def answers_on_disk(
    asked: Mapping[Key, Sequence[Message]],
    path: Path,
    answerer: Answerer,
    batch_size: int,
    max_new_tokens: int,
    temperature: float,
    context: StageContext,
    told: Callable[[int], None] = lambda steps: None,
) -> dict[Key, str]:
    """The answer to each prompt. Those in ``path`` are not asked again; others are added to it as they come.

    After a kill the batches are cut as before it, and one of which a part is on disk is asked again as a whole, so that
    the same answers come out.
    """
    rows = recover_jsonl(path)
    done = {Key(row["id"], row["set"], row["sample"]): str(row["said"]) for row in rows}
    order = sorted(asked, key=lambda key: (sum(len(turn["content"]) for turn in asked[key]), key))
    told(sum(key in done for key in order))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="\n") as handle:
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            left = [key for key in batch if key not in done]
            if not left:
                continue
            seed = context.random("sample", path.name, *batch[0]).getrandbits(31)
            said = answerer.answer([asked[key] for key in batch], max_new_tokens, temperature, seed)
            found = dict(zip(batch, said, strict=True))
            append_jsonl(handle, [{**key._asdict(), "said": found[key][0], "cut": found[key][1]} for key in left])
            done |= {key: found[key][0] for key in left}
            told(len(left))
    return {key: done[key] for key in order}
