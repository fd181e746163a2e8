"""The builders: each makes one kind of conversation from one question, or from two that belong together.

A builder returns the turns and what a right last turn must say, or None when the question does not allow
it (no rationale, no sentence about that option, ...).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from residency.core.prompt import (
    ANSWER,
    CHOICE,
    Mode,
    assistant_message,
    format_options,
    format_question,
    key_sentence,
    shape_mcq,
    shape_open,
    user_message,
)
from residency.core.records import Message, Question
from residency.core.text import content_stems, sentences
from residency.dialogue.phrases import phrases
from residency.domain.surgery.phrases import check_for

# The first sentence of an answer to such a question is half of it.
_TWO_PART = re.compile(
    r"\b(?:compare|differ\w*|separate|both|two|three)\b|\band (?:what|which|how|when|where|who|why|does|is)\b"
)
# Such a sentence may not be understood without the one before it.
_LEANS = re.compile(r"\b(?:its?|they|them|this|these|those|such|that (?:fails|is|has))\b", re.IGNORECASE)
Built = tuple[list[Message], dict[str, Any]]


@dataclass(frozen=True)
class Material:
    """What a builder works with.

    ``related`` are open questions of the same topic and split that share matter with ``question``, nearest first.
    """

    question: Question
    related: Sequence[Question]
    mode: Mode
    rng: random.Random

    def say(self, purpose: str, **fields: str) -> str:
        """A phrase for ``purpose``, by chance."""
        return self.rng.choice(phrases(self.question["split"])[purpose]).format(**fields)

    def shaped(self, answer: str) -> Message:
        """The assistant's turn: ``answer`` in the mode's form."""
        return assistant_message(shape_open(answer, self.mode, check_for(answer, self.rng)))


def explain(material: Material) -> Built | None:
    """The choice first, then the reasons when asked for them."""
    question = material.question
    if question["kind"] != "mcq" or not question.get("rationale", "").strip():
        return None
    asked = f"{format_question(question['question'], question['options'])}\n{material.say('letter_only')}"
    turns = [
        user_message(asked),
        assistant_message(_choice_only(question, material.mode)),
        user_message(material.say("why")),
        material.shaped(question["rationale"]),
    ]
    return turns, _expect(question["rationale"]) | _reasons(question)


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
    option = question["options"][letter].rstrip(".")
    named = f'"{option}"' if material.rng.random() < 0.5 else letter
    asked = f"{format_question(question['question'], question['options'])}\n{material.say('letter_only')}"
    turns = [
        user_message(asked),
        assistant_message(_choice_only(question, material.mode)),
        user_message(material.say("why_not", option=named)),
        material.shaped(spoken_of[letter]),
    ]
    return turns, _expect(spoken_of[letter]) | _reasons(question)


def recap(material: Material) -> Built | None:
    """Two questions, then the first answer again in one sentence, where one sentence can hold it."""
    other = next(iter(material.related), None)
    first = key_sentence(material.question["answer"])
    whole = first == material.question["answer"].strip()
    if other is None or (not whole and _TWO_PART.search(material.question["question"].lower())):
        return None
    turns = [
        user_message(material.question["question"]),
        material.shaped(material.question["answer"]),
        user_message(material.say("next", question=other["question"])),
        material.shaped(other["answer"]),
        user_message(material.say("recap")),
        material.shaped(first),
    ]
    return turns, _expect(first) | {"second": other["id"]}


def missing_options(material: Material) -> Built | None:
    """A stem without its options: the model asks for them before it chooses."""
    question = material.question
    if question["kind"] != "mcq":
        return None
    options, rationale = question["options"], question.get("rationale", "").strip()
    check = check_for(rationale or options[question["answer"]], material.rng)
    answer = shape_mcq(question["answer"], options[question["answer"]], rationale, material.mode, check)
    turns = [
        user_message(f"{question['question']} {material.say('no_options')}"),
        assistant_message(material.say("ask_options")),
        user_message(f"{material.say('give_options')}\n{format_options(options)}"),
        assistant_message(answer),
    ]
    expect = _expect(rationale or options[question["answer"]]) | {"letter": question["answer"]}
    return turns, expect | _reasons(question)


def related(material: Material) -> Built | None:
    """Two questions that belong together, one after the other."""
    other = next(iter(material.related), None)
    if other is None:
        return None
    turns = [
        user_message(material.question["question"]),
        material.shaped(material.question["answer"]),
        user_message(material.say("next", question=other["question"])),
        material.shaped(other["answer"]),
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
    return f"{CHOICE} {question['options'][letter].rstrip('.')}."


def _sentences_about(option: str, question: Question) -> str:
    """The rationale's sentences that speak of ``option`` rather than of the key, after those they lean on."""
    wanted = set(content_stems(option)) - set(content_stems(question["options"][question["answer"]]))
    if not wanted:
        return ""
    reasons = sentences(question.get("rationale", ""))
    found: list[str] = []
    for before, sentence in zip(["", *reasons], reasons, strict=False):
        if len(wanted & set(content_stems(sentence))) >= max(1, 0.6 * len(wanted)):
            if before and before not in found and _LEANS.search(sentence):
                found.append(before)
            found.append(sentence)
    return " ".join(found)


def _expect(reference: str) -> dict[str, Any]:
    return {"reference": reference, "key_facts": sentences(reference)}


def _reasons(question: Question) -> dict[str, Any]:
    """The question's own rationale, where it has one."""
    rationale = question.get("rationale", "").strip()
    return {"rationale": rationale} if rationale else {}
