"""Single-turn questions in both modes' forms, and the wordings of the mode tag used in training."""

from __future__ import annotations

import random
from typing import Any, cast

from residency.core.prompt import (
    MODES,
    Mode,
    assistant_message,
    format_question,
    shape_mcq,
    shape_open,
    user_message,
)
from residency.core.records import Conversation, Question, trace
from residency.core.text import sentences
from residency.domain.surgery.cases import known_lines
from residency.domain.surgery.phrases import check_for

# Evaluation and serving use the standard tag "Mode: EXAM" alone; half of training does too.
TAG_WORDINGS: tuple[str, ...] = (
    "Mode: {mode}",
    "mode = {mode}",
    "[{mode} mode]",
    "Answer in {mode} mode.",
    "You are in {mode} mode.",
    "Setting: {mode}",
    "The mode is {mode}.",
    "Mode {mode} is on.",
    "Work in {mode} mode now.",
    "Current mode: {mode}",
)
STANDARD_SHARE = 0.5


def single_turns(question: Question, rng: random.Random) -> list[Conversation]:
    """The question as a conversation of one exchange in each mode."""
    return [_single(question, mode, rng) for mode in MODES]


def _single(question: Question, mode: Mode, rng: random.Random) -> Conversation:
    expect: dict[str, Any]
    known, not_said = known_lines(question["question"], rng) if mode == "CLINICAL" else ("", "")
    if question["kind"] == "mcq":
        options, letter = question["options"], question["answer"]
        rationale = question.get("rationale", "").strip()
        check = check_for(rationale or options[letter], rng)
        user = user_message(format_question(question["question"], options))
        answer = shape_mcq(letter, options[letter], rationale, mode, check, known, not_said)
        expect = {"letter": letter, "reference": rationale or options[letter]}
        expect |= {"rationale": rationale} if rationale else {}
    else:
        user = user_message(question["question"])
        check = check_for(question["answer"], rng)
        answer = shape_open(question["answer"], mode, check, known, not_said)
        expect = {"reference": question["answer"], "key_facts": sentences(question["answer"])}
    return cast(
        Conversation,
        {
            "id": f"{question['id']}/{mode.lower()}",
            "kind": question["kind"],
            "skill": "single_turn",
            "mode": mode,
            "split": question["split"],
            **trace(question),
            "passages": [],
            "messages": [user, assistant_message(answer)],
            "expect": expect,
        },
    )


def choose_tag(mode: Mode, untagged: float, rng: random.Random) -> str | None:
    """The wording of the mode tag for one training example.

    Args:
        mode: the example's mode.
        untagged: the share of CLINICAL examples that go without a tag.
        rng: where the choice comes from.
    """
    if mode == "CLINICAL" and rng.random() < untagged:
        return None
    wording = TAG_WORDINGS[0] if rng.random() < STANDARD_SHARE else rng.choice(TAG_WORDINGS[1:])
    return wording.format(mode=mode)
