"""How the model behaves on dev while it is tuned: short answers to a few fixed questions over passages."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch

from residency.chat.renderer import Renderer
from residency.chat.segments import Control, Segment
from residency.core.files import read_jsonl
from residency.core.records import Conversation
from residency.generation.generate import generate
from residency.judging.answers import is_abstention

LACKING = 3
"""One question whose passages lack the answer is asked for so many whose passages hold it."""
_THOUGHT, _ANSWER = "It is so.", "Here it is."


@dataclass(frozen=True)
class Prompts:
    """Inference prompts as token ids: those whose passages hold the answer, and those whose passages lack it."""

    holding: list[list[int]]
    lacking: list[list[int]]


def read_prompts(path: Path, renderer: Renderer, count: int, longest: int, chance: random.Random) -> Prompts:
    """Draw questions from the conversations of a file.

    Args:
        path: JSON Lines of conversations, whose last message is an answer.
        renderer: writes the prompts.
        count: questions whose passages hold the answer, at most; beside them a third as many of the others.
        longest: tokens of a prompt, at most.
        chance: draws them.
    """
    found: dict[bool, list[Conversation]] = {False: [], True: []}
    for row in (cast(Conversation, row) for row in read_jsonl(path)):
        # A call of a tool, or a follow-up after one, is another skill than answering from what is there.
        if row["passages"] and "abstain" in row["expect"] and not row.get("tools"):
            found[bool(row["expect"]["abstain"])].append(row)
    chosen = {}
    for abstain, wanted in ((False, count), (True, count // LACKING)):
        chance.shuffle(found[abstain])
        prompts = (renderer.prompt(row["messages"][:-1]) for row in found[abstain])
        fitting = (prompt for prompt in prompts if len(prompt) <= longest)
        chosen[abstain] = [prompt for prompt, _ in zip(fitting, range(wanted), strict=False)]
    return Prompts(chosen[False], chosen[True])


@dataclass(frozen=True)
class DevAnswers:
    """Answers the prompts by the likeliest tokens. Measures, of those whose passages hold the answer,
    ``answers/tokens`` (their mean length as far as it is seen), ``answers/ended`` (the share that ends within
    ``answer_tokens``), ``answers/false_abstention`` (the share that abstains) and ``answers/prompts`` (how many); and
    ``answers/abstention_recall``, the share of the others that abstains.

    A model that thinks may think for ``thought_tokens``. A thought that has not ended by then is closed, and the answer
    begins. That is not how it is served, but it is the same before the training and after each step, and what is
    compared is one with the other.

    Args:
        prompts: what is asked.
        renderer: whose prompts they are.
        answer_tokens: tokens of an answer, at most.
        thought_tokens: tokens of a thought, at most.
        process: the number of this process. All of them write all answers, since those that share the weights must go
            through the model equally often.
        processes: how many there are.
    """

    prompts: Prompts
    renderer: Renderer
    answer_tokens: int
    thought_tokens: int
    process: int = 0
    processes: int = 1

    def __call__(self, model: Any, over_processes: Callable[[torch.Tensor], torch.Tensor]) -> dict[str, float]:
        """The figures; none where there is no prompt."""
        asked = [*self.prompts.holding, *self.prompts.lacking]
        if not asked:
            return {}
        # What merely sums gradients over processes has no part in writing; what shares weights out stays in place.
        model = getattr(model, "module", model)
        if self.processes > 1:
            model = _Agreeing(model, self.process, over_processes)
        answers = self.write(model, asked)
        holding, lacking = answers[: len(self.prompts.holding)], answers[len(self.prompts.holding) :]
        figures: dict[str, float] = {}
        if holding:
            lengths = [len(ids) for ids in self.renderer.encoder.encode([text for text, _ in holding])]
            ended = [end and tokens <= self.answer_tokens for (_, end), tokens in zip(holding, lengths, strict=True)]
            figures = {
                "answers/prompts": float(len(holding)),
                "answers/tokens": _mean(min(tokens, self.answer_tokens) for tokens in lengths),
                "answers/ended": _mean(ended),
                "answers/false_abstention": _mean(is_abstention(text) for text, _ in holding),
            }
        if lacking:
            figures["answers/abstention_recall"] = _mean(is_abstention(text) for text, _ in lacking)
        return figures

    def write(self, model: Any, prompts: Sequence[list[int]]) -> list[tuple[str, bool]]:
        """The answer to each prompt as a reader sees it, and whether it came to its end."""
        renderer, stops = self.renderer, self.renderer.stops
        written: list[list[int]] = [[] for _ in prompts]
        ended = [False] * len(prompts)
        if renderer.thinking:
            written = generate(model, prompts, stop=stops, max_new_tokens=self.thought_tokens)
            ended = [len(ids) < self.thought_tokens for ids in written]
            close = closing(renderer)
            written = [
                ids if end or renderer.answer(ids) else [*ids, *close] for ids, end in zip(written, ended, strict=True)
            ]
        rest = [number for number, end in enumerate(ended) if not end]
        begun = [[*prompts[number], *written[number]] for number in rest]
        more = generate(model, begun, stop=stops, max_new_tokens=self.answer_tokens) if rest else []
        for number, ids in zip(rest, more, strict=True):
            written[number] = [*written[number], *ids]
            ended[number] = len(ids) < self.answer_tokens
        return [(renderer.answer(ids), end) for ids, end in zip(written, ended, strict=True)]


def closing(renderer: Renderer) -> list[int]:
    """What stands between a thought and the answer after it, as the renderer's family writes it."""
    whole = renderer.target({"role": "assistant", "thinking": _THOUGHT, "content": _ANSWER})
    between: list[Segment] = []
    begun = False
    for segment in renderer.segments(whole):
        if isinstance(segment, Control):
            between += [segment] if begun else []
            continue
        if _ANSWER in segment:
            between.append(segment.partition(_ANSWER)[0])
            break
        if begun:
            between.append(segment)
        elif _THOUGHT in segment:
            begun = True
            between.append(segment.partition(_THOUGHT)[2])
    ids: list[int] = []
    for segment in between:
        if isinstance(segment, Control):
            ids.append(renderer.encoder.control(segment.token))
        else:
            ids += [int(number) for number in renderer.encoder.encode([segment])[0]]
    return ids


class _Agreeing:
    """A model whose logits are those of the first process in all of them, so that rounding that differs between devices
    does not let them write different answers, of which one ends earlier and leaves the others waiting."""

    def __init__(self, model: Any, process: int, over_processes: Callable[[torch.Tensor], torch.Tensor]) -> None:
        self.module, self.process, self.over_processes = model, process, over_processes
        self.config = model.config

    def parameters(self) -> Any:
        """Those of the model."""
        return self.module.parameters()

    def __call__(self, **given: Any) -> Any:
        # Weights that are gathered for the first time in inference mode could not be trained afterwards.
        with torch.inference_mode(False), torch.no_grad():
            found = self.module(**given)
        own = found.logits if self.process == 0 else torch.zeros_like(found.logits)
        found.logits = self.over_processes(own)
        return found


def _mean(values: Any) -> float:
    every = [float(value) for value in values]
    return sum(every) / len(every)
