"""What decides the answer is not said: the assistant asks for it, gets it, and then answers."""

from __future__ import annotations

import re

from residency.core.prompt import format_options, format_question
from residency.core.text import content_stems
from residency.dialogue.library import answer_of
from residency.dialogue.material import Builder, Draft, Material, turns
from residency.domain.surgery.case_facts import FactKind, kinds_stated
from residency.domain.surgery.referents import elliptical, tidy, without_referent

MOST_QUESTIONS = 3
# What follows such a beginning leans on the fact before it.
_LEANS = re.compile(
    r"^(?:it|this|these|that|they|there|both|after|then|the (?:same|other|scan|result))\b", re.IGNORECASE
)
_POINTS = re.compile(r"\b(?:this|that|these|those|such)\b", re.IGNORECASE)
_OPINION = re.compile(
    r"\b(?:risks?|thinks?|fears?|says?|asks?|wants?|declines?|agrees?|needs?|prefers?|refuses?|chooses?|knows?|plan(?:s|ned)?|"
    r"booked|due|wishes)\b"
)
_WHICH = re.compile(r"\bwhich\b[^.]*\?$", re.IGNORECASE)  # a stem that asks for one of several already
OPTIONS_ASKED, REFERENT_ASKED = r"option|choice|choos", r"\b(?:which|what|name)\b"


def fact(material: Material) -> Draft | None:
    """A case without the statement on which its answer turns most."""
    question, case = material.question, material.library.case(material.question)
    if case is None or len(case.facts) < 2 or _POINTS.search(case.question):
        return None
    answer = set(content_stems(answer_of(question)))
    candidates: list[tuple[int, int, list[FactKind]]] = []
    for place, statement in enumerate(case.facts[1:], 1):
        kinds = kinds_stated(statement)
        following = case.facts[place + 1] if place + 1 < len(case.facts) else ""
        if _OPINION.search(statement):
            continue
        if kinds and len(kinds) <= MOST_QUESTIONS and not (following and _LEANS.match(following)):
            new = set(content_stems(statement)) - set(content_stems(" ".join(case.facts[:place])))
            if new & answer:  # or else the answer does not turn on it
                candidates.append((len(new & answer), place, kinds))
    if not candidates:
        return None
    most = max(score for score, _, _ in candidates)
    _, place, kinds = material.rng.choice([one for one in candidates if one[0] == most])
    withheld = case.facts[place]
    left = " ".join([*case.facts[:place], *case.facts[place + 1 :], case.question])
    asked = " ".join(material.pick(kind.asks, kind.held_out) for kind in kinds)
    said = turns(
        format_question(left, question.get("options")),
        material.say("ask_facts", questions=asked),
        material.say("supply", facts=withheld),
        material.answered(),
    )
    asks = [kind.asked_by for kind in kinds]
    return Draft("fact", said, answer_of(question), _check([withheld], asks)).choosing(question)


def subject(material: Material) -> Draft | None:
    """A question that does not say what it is about."""
    question = material.question
    text = tidy(question["question"])
    found = []
    for referent in material.library.referents.get(question["id"], ()):
        # A name stands elsewhere too; what does not may be half a clause.
        known = len(material.library.about[referent.key]) > 1 or referent.text.lower() in question["answer"].lower()
        if not known:
            continue
        short = without_referent(text, referent) or elliptical(text, referent)
        if short and len(content_stems(short)) <= 3:
            found.append((short, referent))
    if not found:
        return None
    short, referent = material.rng.choice(found)
    said = turns(
        short[0].upper() + short[1:],
        material.say("ask_referent"),
        material.say("supply_referent", referent=referent.named),
        material.answered(case=""),
    )
    return Draft("subject", said, answer_of(question), _check([referent.text], [REFERENT_ASKED]), lead=False)


def options(material: Material) -> Draft | None:
    """A stem without its options, which the assistant asks for before it chooses."""
    question = material.question
    if question["kind"] != "mcq":
        return None
    stem, listed = tidy(question["question"]), format_options(question["options"])
    said = turns(
        stem if _WHICH.search(stem) else f"{stem} {material.say('no_options')}",
        material.say("ask_options"),
        f"{material.say('give_options')}\n{listed}",
        material.answered(),
    )
    withheld = [text for text in question["options"].values() if _new(text, question["question"])]
    if not withheld:
        return None
    return Draft("options", said, answer_of(question), _check(withheld, [OPTIONS_ASKED])).choosing(question)


BUILDERS: dict[Builder, float] = {fact: 10.0, subject: 2.0, options: 0.7}


def _new(option: str, question: str) -> bool:
    return bool(set(content_stems(option)) - set(content_stems(question)))


def _check(withheld: list[str], asks: list[str]) -> dict[str, object]:
    return {"skill": "missing", "critical": 1, "asked": 1, "supplied": 2, "withheld": withheld, "asks": asks}
