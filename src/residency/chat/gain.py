"""How much likelier a model finds an answer after one prompt than after another: does it need what the one shows?

A module of its own, since it needs torch. Values are kept on disk as they are found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from os.path import commonprefix
from pathlib import Path

from residency.chat.families.base import Tools
from residency.chat.load import renderer_of
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings
from residency.core.files import append_jsonl, recover_jsonl, value_digest
from residency.core.records import Message
from residency.generation.choices import choice_logprobs
from residency.generation.lines import Asked
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings

BATCH = 8
THOUGHT = "I answer."  # the same before either answer, where a family has no answer without a thought


@dataclass(frozen=True)
class Compared:
    """An answer and two prompts for it.

    Args:
        id: of the record that it is about.
        answer: the text whose likelihood is asked for.
        after: the prompt that shows what the answer may need.
        than: the prompt that does not.
        tools: the functions that both prompts offer; left out where the family knows none.
    """

    id: str
    answer: str
    after: Sequence[Message]
    than: Sequence[Message]
    tools: Tools = ()


def knows_tools(model: ModelSettings, chat: ChatSettings) -> bool:
    """Whether the model's family was taught to call functions."""
    return renderer_of(load_tokenizer(model), chat).family.tools


def gains(
    asked: Sequence[Compared],
    model: ModelSettings,
    chat: ChatSettings,
    cache: Path,
    advance: Callable[[int], None] = lambda steps: None,
) -> dict[str, float]:
    """By id, how much likelier each answer is after the one prompt than after the other, in nats a token.

    Args:
        asked: in the order in which they are worked off, :data:`BATCH` at once.
        model: the base model, loaded when a value is not on disk.
        chat: how it is spoken to.
        cache: a JSON Lines file of the values found so far, which is added to.
        advance: told how many are done.
    """
    about = value_digest({"model": model.fingerprint_values(), "chat": chat.fingerprint_values()})
    names = {
        one.id: value_digest(
            {"about": about, "answer": one.answer, "after": one.after, "than": one.than, "tools": one.tools}
        )
        for one in asked
    }
    known = {entry["of"]: float(entry["gain"]) for entry in recover_jsonl(cache)}
    left = iter([one for one in asked if names[one.id] not in known])
    advance(len([one for one in asked if names[one.id] in known]))
    loaded, renderer = None, None
    cache.parent.mkdir(parents=True, exist_ok=True)
    with cache.open("a", encoding="utf-8") as handle:
        while batch := list(islice(left, BATCH)):
            if loaded is None or renderer is None:
                loaded, renderer = load_model(model), renderer_of(load_tokenizer(model), chat)
            asked_of = []
            for one in batch:
                begins, target = _answer(renderer, one.answer)
                for messages in (one.after, one.than):
                    asked_of.append(Asked([*renderer.prompt(messages, one.tools), *begins], [target]))
            values = [
                value / len(answer)
                for (value,), (_, (answer,)) in zip(choice_logprobs(loaded, asked_of), asked_of, strict=True)
            ]
            found = {
                names[one.id]: round(values[2 * place] - values[2 * place + 1], 5) for place, one in enumerate(batch)
            }
            append_jsonl(handle, [{"of": name, "gain": gain} for name, gain in found.items()])
            known |= found
            advance(len(batch))
    return {one.id: known[names[one.id]] for one in asked}


def _answer(renderer: Renderer, text: str) -> tuple[list[int], list[int]]:
    """What the model says before an answer's own words, which counts to the prompt, and these words."""
    whole, empty = (renderer.target({"role": "assistant", "content": said, "thinking": THOUGHT}) for said in (text, ""))
    begins = len(commonprefix([whole, empty]))
    return whole[:begins], whole[begins:]
