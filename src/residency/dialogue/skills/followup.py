"""Follow-ups that cannot be understood without what was said before."""

from __future__ import annotations

import re

from residency.core.prompt import key_sentence
from residency.core.records import Message, Question
from residency.core.text import content_stems, sentences
from residency.dialogue.library import answer_of
from residency.dialogue.material import Builder, Draft, Material, turns
from residency.domain.surgery.referents import Referent, aspect, elliptical, inside, tidy

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
CHAIN = 3  # questions about one thing at most
# The first sentence of an answer to such a question is half of it.
_TWO_PART = re.compile(
    r"\b(?:compare|differ\w*|separate|both|two|three)\b|\band (?:what|which|how|when|where|who|why|does|is)\b"
)
# Such a sentence may not be understood without the one before it.
_LEANS = re.compile(
    r"\b(?:its?|they|them|this|these|those|such|that (?:fails|is|has)|either|both|the (?:other|latter|former)|same)\b",
    re.IGNORECASE,
)


def subject(material: Material) -> Draft | None:
    """Two or three questions about the same thing, which only the first names."""
    # Of another topic it is another matter: antibiotics for one infection are not "these" for another.
    topic = material.question["topic"].lower()
    pairs = [
        (own, (other, named))
        for own, (other, named) in material.library.same_subject(material.question, material.rng)
        if other["topic"].lower() == topic and _question_on(other, named)
    ]
    if not pairs:
        return None
    own = material.rng.choice(pairs)[0][1]
    others = [other for (_, mine), other in pairs if mine == own]
    chosen = material.rng.sample(others, min(len(others), material.rng.choice((1, 1, 2))))
    first = tidy(material.question["question"])
    said = turns(first, material.answered())
    last: Question = material.question
    for question, referent in chosen[: CHAIN - 1]:
        said += turns(_followed_up(material, question, referent), material.answered(question, case=""))
        last = question
    return Draft(
        "subject",
        said,
        answer_of(last),
        _check(len(said) - 2, own.text),
        [question for question, _ in chosen],
    )


def population(material: Material) -> Draft | None:
    """The same question for another patient or situation, named by that alone: "And in pregnancy?"."""
    found = material.library.general_form(material.question)
    if found is None:
        return None
    general, change = found
    said = [
        *material.exchange(general),
        *turns(material.say("population", change=change), material.answered(case="")),
    ]
    return Draft("population", said, answer_of(material.question), _check(2, tidy(general["question"])), [general])


def explain(material: Material) -> Draft | None:
    """The choice first, then the reasons when asked for them."""
    question = material.question
    rationale = question.get("rationale", "").strip()
    if question["kind"] != "mcq" or not rationale:
        return None
    said = [*_chosen(material), *turns(material.say("why"), material.shaped(rationale))]
    return Draft("explain", said, rationale, _check(2, _key(question)), rationale=rationale)


def why_not(material: Material) -> Draft | None:
    """The choice, then why another option, named by its place, is wrong, where the rationale speaks of it."""
    spoken_of = sentences_by_option(material.question)
    if not spoken_of:
        return None
    question = material.question
    letter = material.rng.choice(sorted(spoken_of))
    place = list(question["options"]).index(letter)
    ordinal = material.rng.choice(
        (f"the {ORDINALS[place]} option", f"the {ORDINALS[place]} one", f"option {letter}", letter)
    )
    said = [*_chosen(material), *turns(material.say("why_not", ordinal=ordinal), material.shaped(spoken_of[letter]))]
    return Draft(
        "why_not",
        said,
        spoken_of[letter],
        _check(2, question["options"][letter].rstrip(".")),
        rationale=question.get("rationale", "").strip(),
    )


def recap(material: Material) -> Draft | None:
    """Two questions, then the first answer again in one sentence, where one sentence can hold it."""
    question = material.question
    others = material.library.related(question)
    first = key_sentence(answer_of(question))
    if question["kind"] == "mcq" or not others or not _shortens(question, first):
        return None
    other = material.rng.choice(others)
    said = [
        *material.exchange(question),
        *turns(material.asked_next(other), material.answered(other)),
        *turns(material.say("recap"), material.shaped(first)),
    ]
    return Draft("recap", said, first, _check(4, tidy(question["question"])), [other], lead=False)


def shorten(material: Material) -> Draft | None:
    """The same answer in one sentence, where one sentence can hold it."""
    question = material.question
    first = key_sentence(answer_of(question))
    if question["kind"] == "mcq" or not _shortens(question, first):
        return None
    asked = [*material.exchange(question), *turns(material.say("shorten"), material.shaped(first))]
    return Draft("shorten", asked, first, _check(2, tidy(question["question"])))


BUILDERS: dict[Builder, float] = {population: 8.0, subject: 6.0, why_not: 2.0, explain: 1.0, recap: 0.7, shorten: 0.1}


def sentences_by_option(question: Question) -> dict[str, str]:
    """For each wrong option of which an MCQ's rationale speaks, its sentences about it, after those they lean on."""
    if question["kind"] != "mcq":
        return {}
    key = set(content_stems(question["options"][question["answer"]]))
    reasons = sentences(question.get("rationale", ""))
    found: dict[str, str] = {}
    for letter, option in question["options"].items():
        wanted = set(content_stems(option)) - key
        if letter == question["answer"] or not wanted:
            continue
        chosen: list[str] = []
        for before, sentence in zip(["", *reasons], reasons, strict=False):
            if len(wanted & set(content_stems(sentence))) >= max(1, 0.6 * len(wanted)):
                if before and before not in chosen and _LEANS.search(sentence):
                    chosen.append(before)
                chosen.append(sentence)
        if chosen:
            found[letter] = " ".join(chosen)
    return found


def _shortens(question: Question, first: str) -> bool:
    """Whether the first sentence of an answer is less than all of it, no half of it, and speaks of what was asked."""
    asked = question["question"]
    return (
        first != answer_of(question).strip()
        and not _TWO_PART.search(asked.lower())
        and bool(set(content_stems(first)) & set(content_stems(asked)))
    )


def _chosen(material: Material) -> list[Message]:
    return turns(f"{material.asked()}\n{material.say('letter_only')}", material.choice_only())


def _key(question: Question) -> str:
    return question["options"][question["answer"]].rstrip(".")


def _check(turn: int, referent: str) -> dict[str, object]:
    return {"skill": "followup", "critical": turn + 1, "turn": turn, "referent": referent}


def _question_on(question: Question, referent: Referent) -> bool:
    return elliptical(tidy(question["question"]), referent) is not None


def _followed_up(material: Material, question: Question, referent: Referent) -> str:
    text = tidy(question["question"])
    asked_for = aspect(text, referent)
    if asked_for and material.rng.random() < 0.5:
        return material.say("aspect", aspect=asked_for)
    short = elliptical(text, referent) or text
    return material.say("ellipsis", question=inside(short), capital=short[0].upper() + short[1:])
