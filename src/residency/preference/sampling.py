"""What is asked of the models for on-policy pairs, and their samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from residency.chat.renderer import Renderer
from residency.core.prompt import MODES, Mode, conversation, format_question, passage_text, user_message
from residency.core.records import Conversation, Message, Question
from residency.core.stage import StageContext
from residency.domain.surgery.danger import in_danger
from residency.judging.item import Item, of_conversation, of_question
from residency.preference.settings import PairsSettings

KIND = "on_policy"


@dataclass(frozen=True)
class Task:
    """One prompt to sample, the record that it comes from, and what answers to it are held against."""

    row: Question | Conversation
    mode: Mode
    prompt: list[Message]
    item: Item
    sort: str


@dataclass(frozen=True)
class Sample:
    """An answer of one model: its text and thought, the model's name and the temperature."""

    text: str
    thought: str
    model: str
    temperature: float


Sampler = Callable[[Sequence[Sequence[Message]], float, int], list[Message | None]]
"""From prompts, a temperature and a seed to an answer each; None for one that was cut at the limit."""


def tasks(
    questions: Sequence[Question],
    contexts: Sequence[Conversation],
    texts: Mapping[str, str],
    most: int,
    context: StageContext,
) -> list[Task]:
    """Up to ``most`` prompts, drawn evenly from MCQs, open questions, and contexts that hold the answer or do not.

    Args:
        questions: of the training split.
        contexts: cited answers and abstentions of the training split.
        texts: the passages' texts by id.
        most: prompts in all.
        context: draws.
    """
    sorts: dict[str, list[Task]] = {}
    for row in questions:
        if row["kind"] != "conversation":
            sorts.setdefault(row["kind"], []).append(_of_question(row, context))
    for one in contexts:
        # Some contexts show a passage otherwise than it stands in the index: the answer is held against what was read.
        shown = [passage_text(passage) for passage in one.get("shown", ())]
        held = of_conversation(one, shown or [texts[name] for name in one["passages"]])
        prompt = conversation(one["mode"], one["messages"][:-1])
        sort = "insufficient" if held.abstain else "context"
        sorts.setdefault(sort, []).append(Task(one, one["mode"], prompt, held, sort))
    for sort, found in sorts.items():
        context.random(KIND, sort).shuffle(found)
    chosen: list[Task] = []
    while len(chosen) < most and any(sorts.values()):
        for sort in sorted(sorts):
            if sorts[sort] and len(chosen) < most:
                chosen.append(sorts[sort].pop())
    return chosen


def _of_question(row: Question, context: StageContext) -> Task:
    # For a patient in danger the escalation comes first at the bedside, which no gold answer of the bank has.
    mode: Mode = "EXAM" if in_danger(row["question"]) else context.random(KIND, row["id"]).choice(MODES)
    prompt = conversation(mode, [user_message(format_question(row["question"], row.get("options")))])
    return Task(row, mode, prompt, of_question(row, mode), row["kind"])


def sampled(
    asked: Sequence[Task], name: str, sampler: Sampler, settings: PairsSettings, seed: int
) -> tuple[list[list[Sample]], int]:
    """``settings.samples`` samples of each prompt, the temperatures taking turns; and how many were cut off."""
    found: list[list[Sample]] = [[] for _ in asked]
    cut = 0
    turns = Counter(settings.temperatures[turn % len(settings.temperatures)] for turn in range(settings.samples))
    for temperature, times in turns.items():
        prompts = [task.prompt for task in asked for _ in range(times)]
        for place, message in enumerate(sampler(prompts, temperature, seed)):
            if message is None:
                cut += 1
            else:
                text, thought = message["content"].strip(), message.get("thinking", "")
                found[place // times].append(Sample(text, thought, name, temperature))
    return found, cut


def model_sampler(
    model: Any, renderer: Renderer, settings: PairsSettings, on_batch: Callable[[int], None] = lambda size: None
) -> Sampler:
    """Samples a loaded model, in batches of ``settings.sample_batch``; ``on_batch`` is told how many are done."""
    from residency.generation.generate import generate

    limit = renderer.limit(settings.sample_tokens)

    def answers(prompts: Sequence[Sequence[Message]], temperature: float, seed: int) -> list[Message | None]:
        written = generate(
            model,
            [renderer.prompt(prompt) for prompt in prompts],
            stop=renderer.stops,
            max_new_tokens=limit,
            batch_size=settings.sample_batch,
            temperature=temperature,
            seed=seed,
            on_batch=lambda batch: on_batch(len(batch)),
        )
        # One that was cut has no end that could be learnt, neither of its thought nor of its answer.
        return [renderer.message(ids) if len(ids) < limit else None for ids in written]

    return answers
