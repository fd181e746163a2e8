"""Single-turn questions in both modes' forms."""

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
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.phrases import check_for


def single_turns(question: Question, rng: random.Random) -> list[Conversation]:
    """The question as a conversation of one exchange in each mode.

    A case of a patient in danger is given in EXAM mode alone: at the bedside the escalation comes before the answer, as
    the dialogues have it, and an answer without it would teach the opposite.
    """
    danger = in_danger(question["question"])
    return [_single(question, mode, rng) for mode in MODES if not (danger and mode == "CLINICAL")]


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
