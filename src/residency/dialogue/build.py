"""The builders: each makes one kind of conversation from one question, or from two that belong together.

A builder returns the turns and what a right last turn must say, or None when the question does not allow
it (no rationale, no sentence about that option, ...).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from residency.core.prompt import (
    ANSWER,
    Mode,
    assistant_message,
    format_options,
    format_question,
    shape_mcq,
    shape_open,
    user_message,
)
from residency.core.records import Message, Question
from residency.core.text import content_stems, sentences
from residency.dialogue.phrases import phrases
from residency.domain.surgery.phrases import CHECKS

Built = tuple[list[Message], dict[str, Any]]


@dataclass(frozen=True)
class Material:
    """What a builder works with. ``related`` are other questions of the same topic and split, nearest first."""

    question: Question
    related: Sequence[Question]
    mode: Mode
    rng: random.Random

    def say(self, purpose: str, **fields: str) -> str:
        """A phrase for ``purpose``, by chance."""
        return self.rng.choice(phrases(self.question["split"])[purpose]).format(**fields)

    def check(self) -> str:
        """What a CLINICAL answer ends in."""
        return self.rng.choice(CHECKS)


def explain(material: Material) -> Built | None:
    """The choice first, then the reasons when asked for them."""
    question = material.question
    if question["kind"] != "mcq" or not question.get("rationale"):
        return None
    asked = f"{format_question(question['question'], question['options'])}\n{material.say('letter_only')}"
    turns = [
        user_message(asked),
        assistant_message(_choice_only(question, material.mode)),
        user_message(material.say("why")),
        assistant_message(shape_open(question["rationale"], material.mode, material.check())),
    ]
    return turns, _expect(question["rationale"])


def why_not(material: Material) -> Built | None:
    """The choice, then why another option is wrong, where the rationale speaks of that option."""
    question = material.question
    if question["kind"] != "mcq":
        return None
    spoken_of = {
        letter: reasons
        for letter, option in question["options"].items()
        if letter != question["answer"] and (reasons := _sentences_about(option, question))
    }
    if not spoken_of:
        return None
    letter = material.rng.choice(sorted(spoken_of))
    option = question["options"][letter]
    named = option if material.rng.random() < 0.5 else letter
    asked = f"{format_question(question['question'], question['options'])}\n{material.say('letter_only')}"
    turns = [
        user_message(asked),
        assistant_message(_choice_only(question, material.mode)),
        user_message(material.say("why_not", option=named.rstrip("."))),
        assistant_message(shape_open(spoken_of[letter], material.mode, material.check())),
    ]
    return turns, _expect(spoken_of[letter])


def recap(material: Material) -> Built | None:
    """Two questions, then the first answer again in one sentence."""
    other = next((q for q in material.related if q["kind"] == "open"), None)
    if material.question["kind"] != "open" or other is None:
        return None
    first = sentences(material.question["answer"])[0]
    turns = [
        user_message(material.question["question"]),
        assistant_message(shape_open(material.question["answer"], material.mode, material.check())),
        user_message(material.say("next", question=other["question"])),
        assistant_message(shape_open(other["answer"], material.mode, material.check())),
        user_message(material.say("recap")),
        assistant_message(shape_open(first, material.mode, material.check())),
    ]
    return turns, _expect(first)


def missing_options(material: Material) -> Built | None:
    """A stem without its options: the model asks for them before it chooses."""
    question = material.question
    if question["kind"] != "mcq":
        return None
    options = question["options"]
    answer = shape_mcq(
        question["answer"],
        options[question["answer"]],
        question.get("rationale", ""),
        material.mode,
        material.check(),
    )
    turns = [
        user_message(f"{question['question']} {material.say('no_options')}"),
        assistant_message(material.say("ask_options")),
        user_message(f"{material.say('give_options')}\n{format_options(options)}"),
        assistant_message(answer),
    ]
    reference = question.get("rationale") or options[question["answer"]]
    return turns, _expect(reference) | {"letter": question["answer"]}


def related(material: Material) -> Built | None:
    """Two questions that belong together, one after the other."""
    other = next((q for q in material.related if q["kind"] == "open"), None)
    if material.question["kind"] != "open" or other is None:
        return None
    turns = [
        user_message(material.question["question"]),
        assistant_message(shape_open(material.question["answer"], material.mode, material.check())),
        user_message(material.say("next", question=other["question"])),
        assistant_message(shape_open(other["answer"], material.mode, material.check())),
    ]
    return turns, _expect(other["answer"]) | {"second": other["id"]}


BUILDERS: dict[str, Callable[[Material], Built | None]] = {
    "explain": explain,
    "why_not": why_not,
    "recap": recap,
    "missing_options": missing_options,
    "related": related,
}


def _choice_only(question: Question, mode: Mode) -> str:
    letter = question["answer"]
    if mode == "EXAM":
        return f"{ANSWER} {letter}"
    return f"I would choose: {question['options'][letter].rstrip('.')}."


def _sentences_about(option: str, question: Question) -> str:
    """The rationale's sentences that speak of ``option`` rather than of the key."""
    wanted = set(content_stems(option)) - set(content_stems(question["options"][question["answer"]]))
    if not wanted:
        return ""
    found = []
    for sentence in sentences(question.get("rationale", "")):
        if len(wanted & set(content_stems(sentence))) >= max(1, 0.6 * len(wanted)):
            found.append(sentence)
    return " ".join(found)


def _expect(reference: str) -> dict[str, Any]:
    return {"reference": reference, "key_facts": sentences(reference)}
