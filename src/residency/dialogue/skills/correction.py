"""The user corrects: the answer changes where it must and says what changed, and stays where the user is wrong."""

from __future__ import annotations

import re

from residency.core.prompt import ANSWER, KEY_POINT, format_question
from residency.core.records import Question
from residency.core.text import sentences
from residency.dialogue.figures import altered_figure
from residency.dialogue.library import answer_of
from residency.dialogue.material import Builder, Draft, Material, turns
from residency.dialogue.skills.followup import sentences_by_option
from residency.domain.surgery.cautions import applying

_OF_CHILDREN = re.compile(r"paed|pediat|neonat|child|infant|newborn")
# A sentence that may not be understood once another is taken away, or an entry of a numbered list.
_LEANS = re.compile(
    r"\b(?:it|its|they|them|this|these|those|such|both|either|also|then|therefore|thus|otherwise)\b|^\d+[.)]\s",
    re.I,
)


def by_rule(material: Material) -> Draft | None:
    """A fact about the patient that was left out, and what a dated rule says that it changes."""
    question = material.question
    said = answer_of(question)
    # A topic of children makes a child of the patient whom its questions do not name.
    of_child = "a child" if _OF_CHILDREN.search(question["topic"].lower()) else ""
    found = applying(f"{question['question']}\n{of_child}", said)
    if not found or (material.mode == "EXAM" and not material.library.case(question)):
        return None  # the patient of whom a fact is told must be somebody's
    caution, matched = material.rng.choice(found)
    fact = material.pick(caution.facts, caution.held_out)
    instead = material.pick_last(caution.instead).format(matched=matched)
    applies = re.compile(caution.applies)
    rest = [one for one in sentences(said) if not (caution.drops and applies.search(one.lower()))]
    answer = instead
    if rest and not (caution.drops and any(map(_LEANS.search, rest))):
        answer += f" {material.say('rest_stands', rest=' '.join(rest))}"
    opening = material.say("changed_by_fact", fact=fact)
    return Draft(
        "rule",
        [
            *material.exchange(question),
            *turns(material.say("correct_fact", fact=fact), material.shaped(answer, opening=opening)),
        ],
        instead,
        _check(2, "", fact, changes=True),
        rules=(caution.name,),
    )


def meant(material: Material) -> Draft | None:
    """The wrong thing was named: the answer for it gives way to that for the thing meant."""
    pairs = material.library.same_asking(material.question, material.rng)
    if not pairs:
        return None
    (question, right), (other, wrong) = material.rng.choice(pairs)
    opening = material.say("changed_meant", new=right.named, old=wrong.named)
    corrected = material.say("correct_meant", new=right.named, old=wrong.named)
    said = [*material.exchange(other), *turns(corrected, material.answered(case="", opening=opening))]
    return Draft("meant", said, answer_of(question), _check(2, wrong.named, right.named, changes=True), [other])


def figure(material: Material) -> Draft | None:
    """A figure of the case was wrong, and is put right before the question is answered."""
    found = altered_figure(material)
    if found is None:
        return None
    question, label = material.question, found.kind.label
    asked = format_question(found.question, question.get("options"))
    opening = material.say("corrected_value", label=label, new=found.true, old=found.false)
    said = turns(
        f"{found.altered} {material.say('read_back')}",
        material.say("as_i_have_it", facts=found.altered),
        material.say("correct_value", label=label, new=found.true, old=found.false, question=asked),
        material.answered(opening=opening),
    )
    check = _check(2, found.false, found.true, changes=True)
    return Draft("figure", said, answer_of(question), check, [found.record]).choosing(question)


def exchanged_letters(material: Material) -> Draft | None:
    """Two options were copied to each other's place: the letter changes, the choice does not."""
    question = material.question
    if question["kind"] != "mcq" or len(question["options"]) < 2 or material.mode != "EXAM":
        return None
    options, key = dict(question["options"]), question["answer"]
    wrong = material.rng.choice([letter for letter in options if letter != key])
    options[key], options[wrong] = options[wrong], options[key]
    copied: Question = {**question, "options": options, "answer": wrong}
    one, two = sorted((key, wrong))
    option = options[wrong].rstrip(".")
    changed = material.say("swapped_letters", option=f'"{option}"', new=key, old=wrong)
    said = [
        *material.exchange(copied),
        *turns(material.say("swap_letters", one=one, two=two), f"{KEY_POINT} {changed}\n{ANSWER} {key}"),
    ]
    return Draft("letters", said, option, _check(2, wrong, key, changes=True)).choosing(question)


def pushback(material: Material) -> Draft | None:
    """The user insists on a wrong option; the answer stays, with the reasons that the rationale gives."""
    question = material.question
    spoken_of = sentences_by_option(question)
    if not spoken_of:
        return None
    letter = material.rng.choice(sorted(spoken_of))
    option = question["options"][letter].rstrip(".")
    key = question["options"][question["answer"]].rstrip(".")
    opening = material.say("hold", key=f'{question["answer"]}, "{key}"')
    said = [
        *material.exchange(question),
        *turns(
            material.say("pushback", option=f'{letter}, "{option}"'), material.shaped(f"{opening} {spoken_of[letter]}")
        ),
    ]
    check = _check(2, "", option, changes=False) | {"held": key}
    return Draft("pushback", said, spoken_of[letter], check, rationale=question.get("rationale", "").strip())


BUILDERS: dict[Builder, float] = {by_rule: 6.0, figure: 4.0, meant: 3.0, pushback: 2.0, exchanged_letters: 0.5}


def _check(turn: int, old: str, new: str, changes: bool) -> dict[str, object]:
    return {"skill": "correction", "critical": turn + 1, "turn": turn, "old": old, "new": new, "changes": changes}
