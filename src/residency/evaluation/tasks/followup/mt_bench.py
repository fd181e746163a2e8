"""Two-turn questions in MT-Bench's shape, whose answers a judge model rates from 1 to 10 (Zheng et al. 2023).

They are asked as MT-Bench asks them, the second turn after the model's own answer to the first. A metric is a tenth of
the rating, so that ten times a mean is MT-Bench's score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.files import read_jsonl
from residency.core.prompt import DEFAULT_MODE, conversation, user_message
from residency.evaluation.item import Answers, Ask, Graded, Item, Metrics, fault_of, mean
from residency.evaluation.tasks.followup.asks import REAL
from residency.judging.model_judge.ratings import MOST, RatingJudge, Talk
from residency.judging.settings import JudgeSettings

TURNS = 2
METRICS = ("followup.mt_bench_turn1", "followup.mt_bench_turn2")
NO_JUDGE = "no judge model is named (evaluate.judge)"


def mt_bench_items(paths: Sequence[Path]) -> list[Item]:
    """The questions of all files.

    They are asked without a mode, as a conversation of the anchor is: nobody wants them in a mode's form.

    Raises:
        InputError: a question of another shape, or two of one id.
    """
    items: dict[str, Item] = {}
    for path in paths:
        for number, row in enumerate(read_jsonl(path), 1):
            fault = _fault(row)
            name = f"followup/mt-bench-{row.get('question_id')}"
            if not fault and name in items:
                fault = f"two questions have the question_id {row['question_id']!r}"
            if fault:
                raise InputError(fault, f"{path}: question {number}", "MT-Bench's shape is described in its repository")
            first, *more = row["turns"]
            items[name] = Item(
                id=name,
                axis="followup",
                task="followup",
                mode=DEFAULT_MODE,
                cluster=name,
                topic=str(row.get("category") or "general"),
                asks=[Ask(REAL, conversation(DEFAULT_MODE, [user_message(first)], None), more)],
                expect={"turns": row["turns"], "references": list(row.get("reference") or [])},
                source=f"public:{path.stem}",
            )
    return list(items.values())


def judged(
    cases: Sequence[tuple[Item, Answers]], settings: JudgeSettings, kept: Path
) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The ratings of the answers, by the item's id: for each turn those of all samples, and why some are missing.

    Raises:
        ServerError: the judge's server is not there, is gone, or gives no answers that can be used.
    """
    asked = [(item, *found) for item, answers in cases if "turns" in item.expect for found in _talks(item, answers)]
    if not asked:
        return []
    judge = RatingJudge(settings, kept)
    told = judge.rate([talk for _, _, talk in asked])
    ratings: dict[str, dict[str, Any]] = {}
    for (item, turn, _), (rating, reason) in zip(asked, told, strict=True):
        nothing: dict[str, Any] = {"grader": judge.name, "ratings": [[] for _ in range(TURNS)], "unrated": []}
        found = ratings.setdefault(item.id, nothing)
        if rating is None:
            found["unrated"].append({"turn": turn + 1, "reason": reason})
        else:
            found["ratings"][turn].append(rating)
    return ratings.items()


def grade_mt_bench(item: Item, answers: Answers, judgement: Mapping[str, Any] | None) -> Graded:
    """The ratings as metrics; None where there is none, for whatever reason."""
    fault = fault_of(answers, REAL)
    details: dict[str, Any] = {"unrated": NO_JUDGE} if judgement is None else dict(judgement)
    details["cut"] = [turn for turn in range(1, TURNS + 1) if _is_cut(answers, turn)]
    metrics: Metrics = dict.fromkeys(METRICS)
    if judgement is not None:
        for name, ratings in zip(METRICS, judgement["ratings"], strict=True):
            rating = mean(ratings)
            metrics[name] = None if rating is None else rating / MOST
    return Graded(metrics, "errored" if fault else "ok", details | ({"fault": fault} if fault else {}))


def _is_cut(answers: Answers, turn: int) -> bool:
    """Whether an answer to this turn was cut at the limit of tokens."""
    said = (answer["said"][turn - 1 : turn] for answer in answers.get(REAL, ()))
    return any(step["finish"] == "length" for steps in said for step in steps)


def _talks(item: Item, answers: Answers) -> Iterable[tuple[int, Talk]]:
    """What is rated: each turn that was answered, with all that was said before it."""
    turns, references = item.expect["turns"], tuple(item.expect["references"])
    for answer in answers.get(REAL, ()):
        said: list[str] = []
        for turn, step in enumerate(answer["said"]):
            if step.get("fault"):
                break
            said.append(step["text"])
            yield turn, Talk(tuple(turns[: turn + 1]), tuple(said), references)


def _fault(row: dict[str, Any]) -> str:
    """In words, what a question lacks; empty when it can be asked."""
    if row.get("question_id") in (None, ""):
        return "a question of MT-Bench's shape needs 'question_id'"
    turns = row.get("turns")
    texts = isinstance(turns, list) and all(isinstance(one, str) and one.strip() for one in turns)
    if not texts or len(row["turns"]) != TURNS:
        return "a question of MT-Bench's shape has 'turns', a list of two texts"
    reference = row.get("reference") or []
    if not isinstance(reference, list) or not all(isinstance(one, str) for one in reference):
        return "the 'reference' of a question of MT-Bench's shape is a list of texts, one for each turn"
    return ""
