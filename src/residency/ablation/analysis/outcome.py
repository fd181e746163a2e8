"""From contrasts to an answer: what came out, in a sentence, and what should change in the recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from residency.ablation.analysis.beside import beside
from residency.ablation.analysis.cautions import cautions
from residency.ablation.analysis.cells import asked_otherwise, cells_of
from residency.ablation.analysis.contrasts import decided
from residency.ablation.analysis.doses import dose_sentence, least_enough
from residency.ablation.analysis.findings import Findings
from residency.ablation.analysis.luck import Luck
from residency.ablation.analysis.notes import notes_of, open_costs
from residency.ablation.analysis.standing import moved, stands
from residency.ablation.analysis.words import filled, joined, size, with_interval
from residency.ablation.doses import doses
from residency.ablation.question import Axis, Question
from residency.ablation.records import Answer, Contrast, Trained
from residency.judging.statistics import Scales

STAYS = "The recipe has this already and can stay."
UNTIL_SFT = "No value of the recipe leaves preference tuning out: give residency run the option --until sft."


def answer(
    question: Question,
    contrasts: Sequence[Contrast],
    trained: Sequence[Trained],
    proxy: str,
    recipe: Mapping[str, Any],
    titles: Mapping[str, str],
    higher_is_better: Mapping[str, bool],
    missing: Mapping[str, str] | None = None,
    confidence: float = 0.95,
    seed: int = 0,
    scales: Scales | None = None,
    luck: Luck | None = None,
) -> Answer:
    """What the question came to on this proxy.

    An arm is suggested where it is better on the first benefit axis and worse on none: of doses the least that is
    within the margin of the best, otherwise the best. Where none is better, and one was shown to be worse, the control
    is if the recipe is that arm, or is the control already. An arm that is better at a cost is named, and left to its
    reader.

    Args:
        question: as it was asked.
        contrasts: what ``contrasts`` gave of the same trainings.
        trained: the trainings.
        proxy: the model that was trained.
        recipe: all values of the recipe, section by section.
        titles: of the metrics, for readers.
        higher_is_better: by metric.
        missing: why arms did not run, by name.
        confidence: of the comparisons among doses.
        seed: of their resampling.
        scales: of the metrics that are no shares.
        luck: as ``contrasts`` was given it.
    """
    cells = cells_of(question, trained, proxy)
    own = [one for one in contrasts if one.question == question.name and one.proxy == proxy]
    places = doses(question, recipe) if question.dose else {}
    findings = Findings(question, own, titles, higher_is_better, places)
    missing = {**(missing or {}), **asked_otherwise(question, trained, proxy)}
    luck, care = luck or Luck(), cautions(question, cells, recipe)
    if not own:
        alone = "did not run" if question.control not in cells else "was the only arm that ran"
        says = filled(f"{findings.says(question.control)} {alone}, so that nothing can be compared.", {})
        notes = notes_of(findings, cells, missing, [], luck)
        return Answer(question, proxy, "undecided", says, "", {}, own, notes, (), care, places)
    spoken = spoken_of(findings)
    outcome = findings.outcome
    costs = findings.costs(spoken.arm) if outcome == "at_a_cost" else []
    sentences = [_sentence(findings, spoken, costs)]

    def compare(sides: Sequence[tuple[str, str]], axes: Sequence[Axis] | None = None) -> list[Contrast]:
        return decided(question, cells, sides, proxy, confidence, seed, scales or {}, higher_is_better, luck, axes)

    if question.dose and findings.leading:
        sentences.append(
            dose_sentence(findings, lambda arms, other: compare([(arm, other) for arm in arms], [findings.axis]))
        )
    aside, told = beside(findings, cells, compare)
    suggested = suggestion(findings, spoken, recipe)
    early = bool(suggested) and findings.ends_with_sft(suggested)
    changes = moved(question.arm(suggested), recipe) if suggested else {}
    if suggested and not changes and not early:
        sentences.append(STAYS)
    notes = [UNTIL_SFT] if early else []
    notes += notes_of(findings, cells, missing, [spoken, *costs, *told], luck)
    notes += open_costs(findings, spoken.arm) if outcome == "better" else []
    text = " ".join(filter(None, sentences))
    return Answer(question, proxy, outcome, text, suggested, changes, own, notes, aside, care, places)


def spoken_of(findings: Findings) -> Contrast:
    """The contrast that the sentence is about: the suggested arm's, or that of the arm that goes furthest."""
    outcome = findings.outcome
    if outcome in ("better", "at_a_cost"):
        candidates = findings.better(free=outcome == "better")
        if findings.question.dose:
            return least_enough(findings, candidates)
        return max(candidates, key=findings.gain)
    if outcome == "worse":
        return min((one for one in findings.leading if one.verdict == "worse"), key=findings.gain)
    leading = findings.leading or [one for one in findings.contrasts if one.metric == findings.axis.metric]
    measured = [one for one in leading if one.difference.value is not None]
    return max(measured or leading, key=findings.gain)


def suggestion(findings: Findings, spoken: Contrast, recipe: Mapping[str, Any]) -> str:
    """The arm that is suggested; empty where nothing was decided, or only at a cost."""
    question = findings.question
    if findings.outcome == "better":
        return spoken.arm
    if findings.outcome != "worse":
        return ""
    now = [one for one in findings.leading if _is_recipe(findings, one.arm, recipe)]
    if _is_recipe(findings, question.control, recipe) or any(one.verdict == "worse" for one in now):
        return question.control
    return ""


def _is_recipe(findings: Findings, arm: str, recipe: Mapping[str, Any]) -> bool:
    return stands(findings.question.arm(arm), recipe) and not findings.ends_with_sft(arm)


def _sentence(findings: Findings, spoken: Contrast, costs: Sequence[Contrast]) -> str:
    named = [f"{findings.title(one.metric)} {with_interval(one.difference)}" for one in costs]
    fields = {
        "arm": findings.says(spoken.arm),
        "control": findings.says(spoken.control),
        "metric": findings.title(spoken.metric),
        "difference": with_interval(spoken.difference),
        "cost": joined(named) or "nothing that was shown",
        "seen": size(spoken.seen),
    }
    return filled(findings.question.outcomes[findings.outcome], fields)
