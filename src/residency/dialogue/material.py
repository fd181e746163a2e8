"""What a builder works with, and what it gives back."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from residency.core.prompt import (
    ANSWER,
    CHOICE,
    Mode,
    assistant_message,
    format_question,
    key_sentence,
    shape_mcq,
    shape_open,
    user_message,
)
from residency.core.records import Message, Question
from residency.core.text import sentences
from residency.dialogue.library import Library, answer_of
from residency.dialogue.wording import WORDINGS
from residency.domain.surgery.cases import known_lines
from residency.domain.surgery.phrases import check_for
from residency.domain.surgery.referents import tidy

T = TypeVar("T")


@dataclass(frozen=True)
class Material:
    """A question, the others of its split, the mode, and where chance comes from."""

    question: Question
    library: Library
    mode: Mode
    rng: random.Random

    @property
    def held_out(self) -> bool:
        """Whether the question's split is kept for evaluation."""
        return self.question["split"] not in ("train", "dev")

    def say(self, purpose: str, **fields: str) -> str:
        """A wording for ``purpose`` of the question's split, by chance."""
        return WORDINGS.say(self.question["split"], purpose, self.rng, **fields)

    def pick(self, table: Sequence[str], held_out: Sequence[str]) -> str:
        """One entry of a table of wordings, of that of the split."""
        return self.rng.choice(held_out if self.held_out and held_out else table)

    def pick_last(self, table: Sequence[T]) -> T:
        """One entry of a table in which the last is kept for held-out splits."""
        if len(table) < 2:
            return table[0]
        return table[-1] if self.held_out else self.rng.choice(table[:-1])

    def asked(self, question: Question | None = None) -> str:
        """A question as the user sends it, with its options."""
        question = question or self.question
        return format_question(tidy(question["question"]), question.get("options"))

    def asked_next(self, question: Question | None = None) -> str:
        """A question that follows other talk; a case is not said to be about the same thing."""
        purpose = "next_case" if self.library.case(question or self.question) else "next"
        return self.say(purpose, question=self.asked(question))

    def answered(
        self,
        question: Question | None = None,
        mode: Mode | None = None,
        case: str | None = None,
        opening: str = "",
    ) -> str:
        """A question's answer in a mode's form.

        Args:
            question: the one answered; the material's own if left out.
            mode: the form; the material's own if left out.
            case: the text in which the user gave the case; the question's own if left out, none if empty.
            opening: what is said of the conversation before the answer, such as what changes.
        """
        question = question or self.question
        mode = mode or self.mode
        told = tidy(question["question"]) if case is None else case
        known, not_said = known_lines(told, self.rng) if mode == "CLINICAL" and told else ("", "")
        said = answer_of(question)
        check = check_for(said, self.rng)
        if question["kind"] != "mcq":
            return shape_open(opened(said, opening, mode), mode, check, known, not_said)
        letter, options = question["answer"], question["options"]
        if mode == "EXAM":
            said = opened(question.get("rationale", "").strip() or f"{options[letter].rstrip('.')}.", opening, mode)
            return shape_mcq(letter, options[letter], said, mode)
        answer = shape_mcq(letter, options[letter], question.get("rationale", "").strip(), mode)
        return shape_open(opened(answer, opening, mode), mode, check, known, not_said)

    def shaped(self, text: str, mode: Mode | None = None, opening: str = "") -> str:
        """Any answer in the mode's form, after an opening as :meth:`answered` has it."""
        mode = mode or self.mode
        return shape_open(opened(text, opening, mode), mode, check_for(text, self.rng))

    def choice_only(self) -> str:
        """The choice without its reasons."""
        question = self.question
        if self.mode == "EXAM":
            return f"{ANSWER} {question['answer']}"
        return f"{CHOICE} {question['options'][question['answer']].rstrip('.')}."

    def exchange(self, question: Question) -> list[Message]:
        """A question and its answer."""
        return turns(self.asked(question), self.answered(question))


@dataclass(frozen=True)
class Draft:
    """A conversation as a builder made it: its turns, what its last answer must state, what its skill's check needs.

    ``check`` counts places from the first of ``turns``. ``lead`` says whether an exchange of another question may stand
    before it, ``records`` are the questions used beside the material's own, and ``rules`` names entries of the domain
    pack.
    """

    variant: str
    turns: list[Message]
    reference: str
    check: dict[str, Any]
    records: list[Question] = field(default_factory=list)
    rules: tuple[str, ...] = ()
    letter: str = ""
    rationale: str = ""
    lead: bool = True

    @property
    def expect(self) -> dict[str, Any]:
        """What the record says that a right last answer must satisfy."""
        expect: dict[str, Any] = {"reference": self.reference, "key_facts": sentences(self.reference)}
        expect |= {"letter": self.letter} if self.letter else {}
        expect |= {"rationale": self.rationale} if self.rationale else {}
        return expect | {"variant": self.variant, "rules": list(self.rules), "check": self.check}

    def choosing(self, question: Question) -> Draft:
        """This conversation, whose last answer chooses the letter of ``question`` where it is an MCQ."""
        if question["kind"] != "mcq":
            return self
        return replace(self, letter=question["answer"], rationale=question.get("rationale", "").strip())

    def after(self, lead: Sequence[Message], record: Question) -> Draft:
        """This conversation after an exchange of another record; the places of its check move on."""
        check = {name: value + len(lead) if name in PLACES else value for name, value in self.check.items()}
        return replace(self, turns=[*lead, *self.turns], check=check, records=[*self.records, record])


Builder = Callable[[Material], Draft | None]
"""From a question to a conversation, or None where the question does not allow it."""

PLACES = ("critical", "turn", "asked", "supplied", "first")
"""The entries of a check that are places of messages."""


def opened(answer: str, opening: str, mode: Mode) -> str:
    """An answer with what is said of the conversation: before it, but in EXAM after its key point."""
    if not opening:
        return answer
    if mode == "CLINICAL":
        return f"{opening} {answer}"
    first = key_sentence(answer)
    rest = answer.partition(first)[2].strip()
    return f"{first} {opening} {rest}".strip()


def turns(*texts: str) -> list[Message]:
    """Messages of the user and the assistant by turns."""
    return [assistant_message(text) if place % 2 else user_message(text) for place, text in enumerate(texts)]
