"""Guessing where something essential is missing, and asking for what has been given: the same texts in both directions.

What is missing is a statement of a case on which the answer turns, the options of an MCQ that is answered by a letter,
or the subject of a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from residency.core.prompt import MODES, Mode, format_options, format_question, key_sentence, user_message
from residency.core.records import Pair, Question
from residency.core.text import content_stems
from residency.domain.surgery.case_facts import FactKind, kinds_stated
from residency.domain.surgery.cases import read_case
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.referents import elliptical, referents, tidy, without_referent
from residency.judging.dialogues.lexicon import GENERAL
from residency.preference.behaviours.making import (
    Draw,
    Mistake,
    answered,
    asked,
    made,
    mode_of,
    say,
    seen_in_talk,
    talk,
)
from residency.preference.edits.edit import Refusal
from residency.preference.material import Material

TYPE = "asking"
GUESSES, NEEDLESS = "guesses", "asks needlessly"
MOST_QUESTIONS = 2
TURNS_ON = 2
"""Telling words of a statement that the answer must share for it to turn on that."""
FAULTS = ("commits", "no_question", "withheld_used", "asks_other")
OPTIONS, SUBJECT = r"option|choice|choos", r"\b(?:which|what)\b"
LITTLE = 2
"""Content words of a question up to which it cannot be told what it is about."""
_POINTS = re.compile(r"\b(?:this|that|these|those|such)\b", re.IGNORECASE)
_OTHER_PRESSURE = re.compile(r"\b(?!blood )\w+ pressure\b", re.IGNORECASE)  # asked for as though it were the blood's
_LEANS = re.compile(
    r"^(?:it|this|these|that|they|there|both|after|then|the (?:same|other|scan|result))\b", re.IGNORECASE
)
_OPINION = re.compile(
    r"\b(?:risks?|thinks?|fears?|says?|asks?|wants?|declines?|agrees?|needs?|prefers?|refuses?|chooses?|knows?|"
    r"plan(?:s|ned)?|booked|due|wishes|arranged)\b"
)


@dataclass(frozen=True, slots=True)
class _Gap:
    """A question without something and in full, the turn that asks for it, and what the user then supplies."""

    question: Question
    mode: Mode
    left: str
    full: str
    asking: str
    supplied: str
    withheld: tuple[str, ...]
    asks: tuple[str, ...]
    what: str


def asking(material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """Both directions of each question that something can be kept back of."""
    for question in material.plain:
        gap = _fact(question, draw)
        if isinstance(gap, Refusal):
            gap = (_options if question["kind"] == "mcq" else _subject)(question, draw)
        if isinstance(gap, Refusal):
            yield gap
        else:
            yield from _both(gap, draw)


def _fact(question: Question, draw: Draw) -> _Gap | Refusal:
    """A case without the statement on which its answer turns most."""
    case = read_case(tidy(question["question"]))
    if case is None or len(case.facts) < 2 or _POINTS.search(case.question):
        return Refusal(TYPE, "nothing can be kept back")
    if in_danger(question["question"]):
        return Refusal(TYPE, "a patient in danger is not asked about first")
    answer = {*content_stems(_main(question))} - GENERAL
    found: list[tuple[int, int, list[FactKind]]] = []
    for place, statement in enumerate(case.facts[1:], 1):
        kinds, following = kinds_stated(statement), "".join(case.facts[place + 1 : place + 2])
        rest = " ".join([*case.facts[:place], *case.facts[place + 1 :], case.question])
        new = {*content_stems(statement)} - {*content_stems(rest)}
        unasked = _OPINION.search(statement) or _OTHER_PRESSURE.search(statement)
        if kinds and len(kinds) <= MOST_QUESTIONS and not unasked and not _LEANS.match(following):
            found.append((len(new & answer), place, kinds))
    score, place, kinds = max(found, default=(0, 0, []), key=lambda one: one[0])
    if score < TURNS_ON:
        return Refusal(TYPE, "the answer turns on no statement that can be kept back")
    rng = draw(TYPE, "fact", question["id"])
    left = " ".join([*case.facts[:place], *case.facts[place + 1 :], case.question])
    return _Gap(
        question,
        mode_of(question["question"], rng),
        format_question(left, question.get("options")),
        asked(question),
        say("ask_facts", rng, questions=" ".join(rng.choice(kind.asks) for kind in kinds)),
        case.facts[place],
        (case.facts[place],),
        tuple(kind.asked_by for kind in kinds),
        f"this was not said, and the answer turns on it: {case.facts[place]}",
    )


def _main(question: Question) -> str:
    """What an answer says first, and the option that it chooses."""
    if question["kind"] != "mcq":
        return key_sentence(question["answer"])
    return f"{question['options'][question['answer']]} {key_sentence(question.get('rationale', ''))}"


def _reference(question: Question) -> str:
    if question["kind"] != "mcq":
        return question["answer"]
    return f"{question['options'][question['answer']]} {question.get('rationale', '')}"


def _options(question: Question, draw: Draw) -> _Gap | Refusal:
    """An MCQ of which the user wants the option, without its options: a letter is invented."""
    stem, rng = tidy(question["question"]), draw(TYPE, "options", question["id"])
    if in_danger(stem):
        return Refusal(TYPE, "a patient in danger is not asked about first")
    if not stem.endswith("?"):
        return Refusal(TYPE, "the stem is no whole question")
    new = [text for text in question["options"].values() if {*content_stems(text)} - {*content_stems(stem)}]
    if not new:
        return Refusal(TYPE, "the question holds its options already")
    left = f"{stem} {say('pick', rng)}"
    what = "the option was asked for and no options were sent, so that its letter is invented."
    asks, supplied = say("ask_options", rng), format_options(question["options"])
    return _Gap(question, "EXAM", left, f"{left}\n{supplied}", asks, supplied, tuple(new), (OPTIONS,), what)


def _subject(question: Question, draw: Draw) -> _Gap | Refusal:
    """A question that does not say what it is about, which the answer names."""
    text, rng = tidy(question["question"]), draw(TYPE, "subject", question["id"])
    found = []
    for referent in referents(text, question["topic"]):
        short = without_referent(text, referent) or elliptical(text, referent)
        names = referent.text.lower() in question["answer"].lower()
        if short and names and len(content_stems(short)) <= LITTLE:
            found.append((short[:1].upper() + short[1:], referent))
    if not found:
        return Refusal(TYPE, "nothing can be kept back")
    short, referent = rng.choice(found)
    asks, what = say("ask_subject", rng), "the question does not say what it is about."
    mode = rng.choice(MODES)
    return _Gap(question, mode, short, text, asks, f"{referent.named}.", (referent.text,), (SUBJECT,), what)


def _both(gap: _Gap, draw: Draw) -> Iterator[Pair | Refusal]:
    question, mode = gap.question, gap.mode
    full = answered(question, mode, draw(TYPE, "full", question["id"]))
    told = gap.left if question["kind"] == "open" or OPTIONS not in gap.asks else ""
    guess = answered(question, mode, draw(TYPE, "full", question["id"]), told=told)
    check = {
        "skill": "missing",
        "critical": 1,
        "asked": 1,
        "supplied": 2,
        "withheld": list(gap.withheld),
        "asks": list(gap.asks),
    }
    said = (gap.left, gap.asking, gap.supplied, full)
    row = talk(question, mode, said, check, (_reference(question),))
    if reason := seen_in_talk(row, (gap.asking, guess), FAULTS):
        yield Refusal(TYPE, reason)
        return
    mistake = Mistake(TYPE, GUESSES, "asks", "answers", "major", f"It answers, though {gap.what}")
    yield made(question, mode, [user_message(gap.left)], (gap.asking, guess), mistake)
    why = "It asks for something that was given."
    mistake = Mistake(TYPE, NEEDLESS, "answers", "asks", "minor", why)
    yield made(question, mode, [user_message(gap.full)], (full, gap.asking), mistake, 2)
