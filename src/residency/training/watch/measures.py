"""What is measured on dev during preference tuning: held-out pairs, dev rows, answers to dev questions."""

from __future__ import annotations

from collections.abc import Sequence

from residency.chat.renderer import Renderer
from residency.chat.settings import CompileSettings
from residency.core.stage import StageContext
from residency.training.pairs.preferred import Preferred
from residency.training.settings import PreferenceSettings
from residency.training.steps.batches import first_rows, read_rows
from residency.training.steps.frame import Measure
from residency.training.steps.progress import place_among_processes
from residency.training.watch.behaviour import DevAnswers, read_prompts
from residency.training.watch.dev import DevLoss, DevPairs, figure_names


def preference_measure(
    objective: Preferred, held: Sequence[int], renderer: Renderer, context: StageContext
) -> DevPairs | None:
    """All that there is to measure; None where there is nothing.

    Args:
        objective: the loss on pairs.
        held: the numbers of the held-out pairs.
        renderer: writes the prompts of dev questions.
        context: the stage's; ``dev.parquet`` of the compile stage and ``dev.jsonl`` of the thoughts stage are read
            where they are.
    """
    settings = context.section("preference", PreferenceSettings)
    place = place_among_processes()
    others: list[Measure] = []
    if "compile" in context.inputs and settings.dev_rows:
        rows = first_rows(read_rows(context.inputs["compile"] / "dev.parquet"), settings.dev_rows)
        if figure_names(rows):
            others.append(DevLoss(rows, settings.batch_tokens, *place))
    if "thoughts" in context.inputs and settings.dev_prompts:
        longest = context.section("compile", CompileSettings).max_length
        chance = context.random("dev prompts")
        path = context.inputs["thoughts"] / "dev.jsonl"
        prompts = read_prompts(path, renderer, settings.dev_prompts, longest, chance)
        budget = settings.dev_answer_tokens, settings.dev_thought_tokens
        if prompts.holding or prompts.lacking:
            others.append(DevAnswers(prompts, renderer, *budget, *place))
    if not held and not others:
        return None
    return DevPairs(objective, held, settings.batch_tokens, others, *place)
