"""Grades a dialogue turn by turn, after its ideal history and after the model's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from residency.core.records import Conversation
from residency.evaluation.item import Answer, Answers, Graded, Item, Metrics, fault_of, mean, texts
from residency.evaluation.tasks.followup.asks import REAL, turn_key
from residency.evaluation.tasks.followup.mt_bench import grade_mt_bench
from residency.judging.dialogues.turns import TurnScore, score_turn
from residency.judging.overlap import key_fact_recall, token_f1

Scores = dict[int, list[TurnScore]]
"""How the samples of each turn did, by the place of its message; none where it was not answered."""


def grade(item: Item, answers: Answers, judgement: Mapping[str, Any] | None = None) -> Graded:
    """The metrics of one dialogue, or of one question of MT-Bench's shape."""
    if "turns" in item.expect:
        return grade_mt_bench(item, answers, judgement)
    row = cast(Conversation, item.expect["dialogue"])
    ideal = {place: _ideal(row, place, answers) for place in item.expect["places"]}
    histories = {"ideal": ideal}
    metrics = _of_turns(ideal, "followup.turn_mean", "followup.turn_min", "followup.drop")
    metrics |= _skill(item, ideal, "skill.shown") | _overlap(row, answers) | _form(ideal)
    if any(ask.key == REAL for ask in item.asks):
        real = _real(row, item.expect["places"], answers.get(REAL, ()))
        histories["real"] = real
        metrics |= _of_turns(real, "followup.real_mean", "followup.real_min", "followup.real_drop")
        metrics |= _skill(item, real, "skill.shown_real")
        one, other = metrics["followup.turn_mean"], metrics["followup.real_mean"]
        metrics["followup.history_loss"] = None if one is None or other is None else one - other
    details: dict[str, Any] = {"turns": {}, "lost": []}
    for name, scores in histories.items():
        details["turns"][name] = {str((place + 1) // 2): _mean(found) for place, found in scores.items()}
        details["lost"] += [
            {"history": name, "turn": (place + 1) // 2, "reason": fault.reason, "says": fault.says}
            for place, found in scores.items()
            for sample in found
            for fault in sample.faults
        ]
    faults = {ask.key: fault for ask in item.asks if (fault := fault_of(answers, ask.key))}
    if faults:
        details["fault"] = next(iter(faults.values()))
        details["not_answered"] = faults
    return Graded(metrics, "errored" if faults else "ok", details)


def drop_first_to_later(scores: Mapping[int, float | None]) -> float | None:
    """The first turn's score minus the mean of the later turns', by the place of their messages, from -1 to 1; None
    where one of them is missing."""
    later = [score for place, score in scores.items() if place != 1]
    if not later or None in (first := scores.get(1), *later):
        return None
    return cast(float, first) - cast(float, mean(later))


def _ideal(row: Conversation, place: int, answers: Answers) -> list[TurnScore]:
    key = turn_key(place)
    return [] if fault_of(answers, key) else [score_turn(row, place, text) for text in texts(answers, key)]


def _real(row: Conversation, places: Sequence[int], given: Sequence[Answer]) -> Scores:
    """The turns as they were really said; what comes after a turn without an answer was never asked."""
    scores: Scores = {place: [] for place in places}
    for answer in given:
        own: list[str] = []
        for number, turn in enumerate(answer["said"]):
            if turn.get("fault"):
                break
            if (place := 2 * number + 1) in scores:
                scores[place].append(score_turn(row, place, turn["text"], own))
            own.append(turn["text"])
    whole = len(given)
    return {place: found if len(found) == whole else [] for place, found in scores.items()}


def _mean(found: Sequence[TurnScore]) -> float | None:
    return mean([one.score for one in found])


def _of_turns(scores: Scores, of_mean: str, of_min: str, of_drop: str) -> Metrics:
    """Mean, minimum and drop over the turns; all None where a turn has no score."""
    by_place = {place: _mean(found) for place, found in scores.items()}
    values = [value for value in by_place.values() if value is not None]
    whole = len(values) == len(by_place)
    metrics: Metrics = {of_mean: mean(values) if whole else None, of_min: min(values) if whole else None}
    if 1 in by_place and len(by_place) > 1:
        metrics[of_drop] = drop_first_to_later(by_place)
    return metrics


def _skill(item: Item, scores: Scores, name: str) -> Metrics:
    """Whether the turn that shows the skill does; with the ideal history also under the skill's own name."""
    critical = item.expect["critical"]
    if critical is None:
        return {}
    shown = _mean(scores[critical])
    own = {f"skill.{item.expect['dialogue']['expect']['check']['skill']}": shown} if name == "skill.shown" else {}
    return {name: shown, **own}


def _overlap(row: Conversation, answers: Answers) -> Metrics:
    """The last turn against the reference, after the ideal history."""
    expect = row["expect"]
    key = turn_key(len(row["messages"]) - 1)
    said = [] if fault_of(answers, key) else texts(answers, key)
    reference, facts = str(expect.get("reference") or ""), list(expect.get("key_facts") or ())
    return {
        "followup.token_f1": mean([token_f1(text, reference) for text in said]),
        "followup.key_fact_recall": mean([key_fact_recall(text, facts) for text in said]),
    }


def _form(scores: Scores) -> Metrics:
    """The share of turns in their mode's form, of those whose own answer is in it."""
    found = [one.formed for samples in scores.values() for one in samples if one.formed is not None]
    return {"followup.form": mean([float(formed) for formed in found])} if found else {}
