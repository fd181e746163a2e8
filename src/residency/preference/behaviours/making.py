"""What all makers of behaviour pairs share: the record of a pair, answers in a mode's form, and the verifiers' say."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from residency.core.prompt import (
    KNOWN,
    MODES,
    NOT_SAID,
    Mode,
    assistant_message,
    body,
    conversation,
    format_question,
    shape_mcq,
    shape_open,
    user_message,
)
from residency.core.records import Conversation, Message, Pair, Passage, Question, trace
from residency.core.text import normalise
from residency.core.wording import expand
from residency.domain.surgery.cases import known_lines
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.phrases import check_for
from residency.domain.surgery.referents import tidy
from residency.judging.contexts import verify_context
from residency.judging.dialogues import verify_turn
from residency.preference.behaviours.wording import WORDINGS
from residency.preference.edits.edit import Edit, Refusal, Severity, applied
from residency.preference.material import Material

Draw = Callable[..., random.Random]
"""A random generator for a named purpose."""

Maker = Callable[[Material, Draw], Iterator[Pair | Refusal]]
"""From the material to every pair of one type that it allows, and the reasons for those that it does not."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What the rejected side does wrong. ``before`` and ``after`` say in short what the two sides do; ``why`` says in a
    sentence what is wrong."""

    type: str
    direction: str
    before: str
    after: str
    severity: Severity
    why: str
    context: bool = False
    """Whether the question is asked over a context."""

    def record(self) -> dict[str, Any]:
        """What a pair keeps of it."""
        return {
            "type": self.type,
            "direction": self.direction,
            "before": self.before,
            "after": self.after,
            "severity": self.severity,
            "why": self.why,
            "context": self.context,
            "scorer": "rules",
        }


def made(
    parent: Question | Conversation,
    mode: Mode,
    turns: Sequence[Message],
    sides: tuple[str, str],
    mistake: Mistake | Edit,
    number: int = 1,
) -> Pair | Refusal:
    """The record of a pair, or the refusal where its sides say the same.

    Args:
        parent: the row that it is made from.
        mode: the one asked for.
        turns: the conversation up to the turn in question, without the system message.
        sides: the chosen and the rejected turn.
        mistake: of the rejected one.
        number: tells the candidates of one parent apart, from 1.
    """
    chosen, rejected = sides
    if normalise(chosen) == normalise(rejected):
        return Refusal(mistake.type, "both sides are the same")
    name = f"{parent['id']}/{mistake.type}"
    return cast(
        Pair,
        {
            "id": name if number == 1 else f"{name}/{number}",
            "kind": mistake.type,
            "mode": mode,
            "split": parent["split"],
            **trace(parent),
            "prompt": conversation(mode, turns),
            "chosen": chosen,
            "rejected": rejected,
            "edit": mistake.record(),
        },
    )


def mode_of(question: str, rng: random.Random) -> Mode:
    """By chance; but EXAM for a patient in danger, as in the mix: at the bedside the escalation would come first."""
    return "EXAM" if in_danger(question) else rng.choice(MODES)


def asked(question: Question) -> str:
    """A question as the user sends it, with its options."""
    return format_question(tidy(question["question"]), question.get("options"))


def answered(question: Question, mode: Mode, rng: random.Random, told: str = "") -> str:
    """A question's answer in a mode's form; ``told`` is the case as far as the user gave it, where that is less."""
    known = known_lines(told or tidy(question["question"]), rng)
    if question["kind"] != "mcq":
        return shape_open(question["answer"], mode, check_for(question["answer"], rng), *known)
    letter, rationale = question["answer"], question.get("rationale", "")
    return shape_mcq(letter, question["options"][letter], rationale, mode, check_for(rationale, rng), *known)


def gold_text(question: Question) -> str:
    """What of a question mistakes are made in: its answer, or an MCQ's reasons; empty where there are none."""
    return question.get("rationale", "") if question["kind"] == "mcq" else question["answer"]


class Gold:
    """A question with its gold text, and the one form in which the text and all its mistakes are put."""

    def __init__(self, question: Question, draw: Draw) -> None:
        rng = draw("form", question["id"])
        self.question, self.text = question, gold_text(question)
        self.mode = mode_of(question["question"], rng)
        self._check, self._case = check_for(self.text, rng), known_lines(tidy(question["question"]), rng)
        self._turns = [user_message(asked(question))]
        self._chosen = self._shaped(self.text)

    def _shaped(self, said: str) -> str:
        question = self.question
        if question["kind"] != "mcq":
            return shape_open(said, self.mode, self._check, *self._case)
        letter = question["answer"]
        return shape_mcq(letter, question["options"][letter], said, self.mode, self._check, *self._case)

    def against(self, edit: Edit, number: int = 1) -> Pair | Refusal:
        """The pair of the gold text and the same with a mistake in it."""
        sides = self._chosen, self._shaped(applied(self.text, edit))
        return made(self.question, self.mode, self._turns, sides, edit, number)


def exchange(question: Question, mode: Mode, rng: random.Random) -> list[Message]:
    """A question and its answer."""
    return [user_message(asked(question)), assistant_message(answered(question, mode, rng))]


def say(purpose: str, rng: random.Random, **fields: str) -> str:
    """A wording by chance, with its fields filled in and its first letter a capital."""
    text = expand(rng.choice(WORDINGS[purpose]), rng).format(**fields)
    return text[:1].upper() + text[1:]


def seen_in_talk(row: Conversation, sides: tuple[str, str], reasons: Collection[str]) -> str:
    """Why the verifier of dialogues does not agree that, in the place of the critical turn, the chosen side is right
    and the rejected one wrong for one of ``reasons``; empty where it does."""
    return _disagreement([verify_turn(row, side) for side in sides], reasons)


def seen_over_context(
    row: Conversation, passages: Sequence[Passage], sides: tuple[str, str], reasons: Collection[str]
) -> str:
    """As :func:`seen_in_talk`, by the verifier of answers over a context."""
    return _disagreement([verify_context(row, side, passages) for side in sides], reasons)


def _disagreement(found: Sequence[Sequence[Any] | None], reasons: Collection[str]) -> str:
    good, bad = found
    if good is None or bad is None:
        return "the row cannot be verified"
    if good:
        return f"the verifier finds a fault in the chosen side: {good[0].reason}"
    if not {fault.reason for fault in bad} & {*reasons}:
        return "the verifier does not find the mistake in the rejected side"
    return ""


def talk(
    parent: Question, mode: Mode, said: Sequence[str], check: dict[str, Any], reference: Sequence[str] = ()
) -> Conversation:
    """A conversation made for a pair, as the verifiers read it: ``said`` by user and assistant in turn."""
    turns = [assistant_message(text) if place % 2 else user_message(text) for place, text in enumerate(said)]
    return cast(
        Conversation,
        {
            "id": parent["id"],
            "kind": "dialogue",
            "skill": check["skill"],
            "mode": mode,
            "split": parent["split"],
            **trace(parent),
            "passages": [],
            "messages": turns,
            "expect": {"reference": " ".join(reference), "key_facts": list(reference), "check": check},
        },
    )


def body_of(row: Conversation) -> str:
    """What a context example's answer says, in one line and without the lines that its mode adds."""
    return " ".join(body(row["messages"][-1]["content"]).splitlines())


def case_lines(row: Conversation) -> tuple[str, str]:
    """What a context example's answer says of the case before it answers: known, and not said; empty where it does
    not."""
    lines = row["messages"][-1]["content"].splitlines()
    known, not_said = (
        next((line.removeprefix(label).strip() for line in lines if line.startswith(label)), "")
        for label in (KNOWN, NOT_SAID)
    )
    return known, not_said
