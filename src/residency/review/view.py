"""What a reviewer is shown of a subject: its turns and passages, and its answers under letters. Nothing else of it
leaves this room for a reviewer's page."""

from __future__ import annotations

import re
from typing import Any

from residency.core.prompt import IDENTITY, INSTRUCTIONS, has_passages
from residency.core.tools import spelt
from residency.review.rubric import ONE, TURNS, TWO, listed
from residency.review.subjects import Subject

LETTERS = ("a", "b")
MODES = {"EXAM": "Exam preparation", "CLINICAL": "Clinical support"}
_NUMBERED = re.compile(r"^\[(\d+)\] ", re.MULTILINE)
_MODE = re.compile(r"^Mode: (EXAM|CLINICAL)$", re.MULTILINE)


def shown(subject: Subject, swapped: bool) -> dict[str, Any]:
    """A subject as its reviewer's page reads it.

    Returns:
        ``mode`` in words, or None; ``turns``, each with ``role``, ``text``, ``passages`` and, where it can be marked,
        its ``mark`` (the turn's number); ``answers``, each with its ``letter`` and ``text``; ``verdicts`` and
        ``marks`` that can be given.
    """
    whole = not subject.sides  # a conversation: its own turns are judged
    texts = list(subject.sides.values())
    ordered = texts[::-1] if swapped else texts
    answers = [{"letter": letter, "text": text} for letter, text in zip(LETTERS, ordered, strict=False)]
    turns = [_turn(number, turn, whole) for number, turn in enumerate(subject.turns)]
    return {
        "mode": MODES.get(_mode(subject)),
        "turns": [turn for turn in turns if turn],
        "answers": answers,
        "verdicts": listed(TWO if len(answers) == 2 else ONE),
        "marks": listed(TURNS) if whole else [],
    }


def marked_text(subject: Subject, swapped: bool, place: str) -> str | None:
    """The text of an answer by its letter, or of an assistant's turn by its number; None where there is none."""
    view = shown(subject, swapped)
    texts = {answer["letter"]: answer["text"] for answer in view["answers"]}
    texts |= {str(turn["mark"]): turn["text"] for turn in view["turns"] if turn["mark"] is not None}
    return texts.get(place)


def side_of(subject: Subject, swapped: bool, letter: str) -> str:
    """What stands under a letter: ``chosen``, ``rejected``, or a model's name."""
    return list(subject.sides)[LETTERS.index(letter) ^ swapped] if len(subject.sides) > 1 else next(iter(subject.sides))


def _mode(subject: Subject) -> str:
    if mode := subject.record.get("mode"):
        return str(mode)
    found = _MODE.search(str(subject.turns[0].get("content", ""))) if subject.turns else None
    return found[1] if found else ""


def _turn(number: int, turn: dict[str, Any], whole: bool) -> dict[str, Any] | None:
    role, text = turn["role"], str(turn.get("content") or "")
    passages: list[dict[str, str]] = []
    if role == "system" and text.startswith(IDENTITY):
        return None
    if role == "user" and has_passages(text):
        passages, text = _parted(text)
    calls = "\n".join(spelt(call) for call in turn.get("tool_calls", ()))
    if calls:
        text = f"{text}\n{calls}".strip()
    mark = number if whole and role == "assistant" and not calls else None
    return {"role": "search" if calls else role, "text": text, "passages": passages, "mark": mark}


def _parted(content: str) -> tuple[list[dict[str, str]], str]:
    """The passages of a user's turn, numbered as the answer cites them, and its question."""
    context, _, rest = content.partition("\n\n")
    instruction = next(one for one in INSTRUCTIONS.values() if rest.startswith(one))
    question = rest.removeprefix(instruction).strip().removeprefix("Question: ")
    parts = _NUMBERED.split(context.partition("\n")[2])
    passages = [{"number": number, "text": text.strip()} for number, text in zip(parts[1::2], parts[2::2], strict=True)]
    if parts[0].strip():
        passages.insert(0, {"number": "", "text": parts[0].strip()})
    return passages, question
