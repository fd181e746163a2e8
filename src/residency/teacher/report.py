"""What came of a teacher, and what it cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from residency.teacher.reword import Attempt, Reworded
from residency.teacher.settings import TeacherSettings

MILLION = 1_000_000
LONGEST = 4000  # characters of an answer that are kept for people to read


def report(dialogues: Sequence[Reworded], settings: TeacherSettings) -> dict[str, Any]:
    """Dialogues taken and kept as built, answers refused by reason, and the cost, as plain values.

    ``rejected`` counts answers that were read and not taken, each under every reason that stands against it, ``faults``
    answers that did not come or could not be used, and ``kept`` the dialogues that stay as built by the last reason.
    """
    attempts = [attempt for dialogue in dialogues for attempt in dialogue.attempts]
    read = [attempt for attempt in attempts if not attempt.said.fault]
    kept = [dialogue for dialogue in dialogues if dialogue.taken is None]
    skills: dict[str, Counter[str]] = {}
    for dialogue in dialogues:
        skills.setdefault(dialogue.row["skill"], Counter())["taken" if dialogue.taken else "kept"] += 1
    return {
        "chosen": len(dialogues),
        "taken": len(dialogues) - len(kept),
        "taken_at": _counted(str(len(dialogue.attempts)) for dialogue in dialogues if dialogue.taken),
        "kept": _counted(dialogue.attempts[-1].reasons[0] for dialogue in kept if dialogue.attempts),
        "not_asked": sum(not dialogue.attempts for dialogue in kept),
        "rejected": _counted(reason for attempt in read for reason in attempt.reasons),
        "faults": _counted(attempt.said.fault for attempt in attempts if attempt.said.fault),
        "skills": {skill: dict(counts) for skill, counts in sorted(skills.items())},
        "cost": cost(attempts, settings),
    }


def cost(attempts: Sequence[Attempt], settings: TeacherSettings) -> dict[str, Any]:
    """Requests and tokens, in all and by model, and the price by the recipe's. ``guessed`` answers came without a count
    of their tokens."""
    by_model: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        by_model.setdefault(attempt.said.model, []).append(attempt)
    found = _tokens(attempts)
    price = (found["prompt_tokens"] * settings.price_in + found["answer_tokens"] * settings.price_out) / MILLION
    models = {model: _tokens(some) for model, some in sorted(by_model.items())}
    return found | {"price": round(price, 4), "models": models}


def line(found: dict[str, Any], enough: bool, settings: TeacherSettings) -> str:
    """The report in one line."""
    spent = found["cost"]
    who = ", ".join(spent["models"]) or "the teacher"
    told = f"{who} reworded {found['taken']:,} of {found['chosen']:,} dialogues"
    if found["kept"]:
        told += f"; kept as built: {', '.join(f'{reason} {number:,}' for reason, number in found['kept'].items())}"
    if not enough:
        told += (
            f"; the budget of {settings.budget_tokens:,} tokens was used up, and {found['not_asked']:,} were not asked"
        )
    told += f"; {spent['requests']:,} requests, {spent['prompt_tokens']:,} prompt and {spent['answer_tokens']:,} answer"
    priced = settings.price_in or settings.price_out
    return f"{told} tokens" + (f", {spent['price']:,.2f} by the prices of the recipe" if priced else "")


def refused(dialogues: Iterable[Reworded]) -> Iterator[dict[str, Any]]:
    """Each dialogue of which an answer was not taken, with all its answers and what stood against them, for people."""
    for dialogue in dialogues:
        if any(attempt.against for attempt in dialogue.attempts):
            yield {
                "id": dialogue.row["id"],
                "skill": dialogue.row["skill"],
                "taken": dialogue.taken is not None,
                "attempts": [
                    {
                        "against": [[each.reason, each.says] for each in attempt.against],
                        "text": attempt.said.text[:LONGEST],
                    }
                    for attempt in dialogue.attempts
                ],
            }


def _tokens(attempts: Sequence[Attempt]) -> dict[str, int]:
    answered = [attempt for attempt in attempts if not attempt.said.fault]
    return {
        "requests": len(attempts),
        "prompt_tokens": sum(attempt.tokens[0] for attempt in attempts),
        "answer_tokens": sum(attempt.tokens[1] for attempt in attempts),
        "guessed": sum(None in (each.said.prompt_tokens, each.said.completion_tokens) for each in answered),
    }


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))
