"""A patient in danger: said to be urgent before anything else, with what to do first and whom to call; and what looks
alarming and is not."""

from __future__ import annotations

import re

from residency.core.prompt import shape_open
from residency.core.text import content_stems
from residency.dialogue.library import SOUGHT, answer_of
from residency.dialogue.material import Builder, Draft, Material, turns
from residency.domain.surgery.phrases import check_for
from residency.domain.surgery.red_flags import RED_FLAGS, RedFlag, red_flags_in

_LESS_DEFINITE = "peritonitis or perforated viscus, sepsis"
# An answer with such a word would itself raise an alarm.
_ALARM = re.compile(
    r"\b(?:urgen\w*|emergenc\w*|immediate\w*|at once|without delay|straight ?away|life-threatening|resuscitat\w*|"
    r"theatre|call\w*|crash|rapid\w*|must not wait|as soon as)\b",
    re.IGNORECASE,
)


def emergency(material: Material) -> Draft | None:
    """A red flag appears in the middle of other talk."""
    flag = _fitting(material)
    presentation = material.pick(flag.presentations, flag.held_out)
    urgent, action = _escalation(material, flag)
    said = [
        *material.exchange(material.question),
        *turns(material.say("patient_now", presentation=presentation), f"{urgent} {action}"),
    ]
    rules = (flag.name,)
    later = material.library.related(material.question)
    if not later or material.rng.random() < 0.5:
        return Draft("emergency", said, action, _check(2, flag.name), rules=rules)
    other = material.rng.choice(later)
    said += turns(material.say("back_again", question=material.asked(other)), material.answered(other))
    return Draft("emergency", said, answer_of(other), _check(2, flag.name), [other], rules)


def emergency_asked(material: Material) -> Draft | None:
    """The question itself describes a patient in danger: the escalation comes first, then what was asked."""
    question = material.question
    if material.mode != "CLINICAL" or not (flags := red_flags_in(question["question"])):
        return None
    if not material.library.in_danger(question):
        return None
    topic = material.library.by_topic[question["topic"]]
    leads = (
        one
        for one in material.rng.sample(topic, min(len(topic), SOUGHT))
        if one["cluster"] != question["cluster"] and not material.library.in_danger(one)
    )
    lead = next(leads, None)
    if lead is None:
        return None
    said = answer_of(question)
    if question["kind"] == "mcq":
        choice = question["options"][question["answer"]].rstrip(".")
        said = f"{choice}." if said.rstrip(".") == choice else f"{choice}. {said}"
    flag = named_first(flags, said)
    urgent, action = _escalation(material, flag)
    answer = f"{urgent} {action}\n{material.say('with_question', answer=said)}"
    asked = material.asked_next()
    check = check_for(said, material.rng, urgent=True)
    return Draft(
        "emergency_asked",
        [
            *material.exchange(lead),
            *turns(asked, shape_open(answer, "CLINICAL", check)),
        ],
        answer_of(question),
        _check(2, flag.name),
        [lead],
        (flag.name,),
    )


def _shared(flag: RedFlag, answer: str) -> int:
    """How many of the words in which the red flag says what it may be, and what comes first, the answer has."""
    return len(set(content_stems(" ".join((flag.name, *flag.why, *flag.first)))) & set(content_stems(answer)))


def calm(material: Material) -> Draft | None:
    """What looks like a red flag and is none is answered without alarm."""
    flag = _fitting(material)
    told, answer = material.rng.choice(flag.calm_held_out if material.held_out and flag.calm_held_out else flag.calm)
    said = [*material.exchange(material.question), *turns(told, material.shaped(answer))]
    return Draft("calm", said, answer, _check(2, ""), rules=(flag.name,))


def theory(material: Material) -> Draft | None:
    """A question about dangerous things without a patient in danger is answered, and nobody is called."""
    question = material.question
    said = answer_of(question)
    if material.library.case(question) or not _DANGERS.search(question["question"]) or _ALARM.search(said):
        return None
    leads = [one for one in material.library.related(question) if one["cluster"] != question["cluster"]]
    if not leads:
        return None
    lead = material.rng.choice(leads)
    asked = material.asked_next()
    return Draft(
        "theory",
        [*material.exchange(lead), *turns(asked, material.answered())],
        said,
        _check(2, ""),
        [lead],
    )


BUILDERS: dict[Builder, float] = {emergency_asked: 3.0, theory: 2.5, emergency: 1.5, calm: 1.5}

_DANGERS = re.compile(
    r"strangulat|perforat|ruptur|haemorrhag|hemorrhag|bleed|shock|sepsis|septic|torsion|ischaem|ischem|arrest|embol|anaphyla|"
    r"compartment syndrome|cauda equina|necrotis|tension|dissection|stroke|heart attack|poison|overdose|suicid",
    re.IGNORECASE,
)


_TOPICS = [(flag, re.compile(rf"\b(?:{'|'.join(map(re.escape, flag.topics))})")) for flag in RED_FLAGS]


def _fitting(material: Material) -> RedFlag:
    """A red flag that belongs to the question's topic, or any where none does."""
    words = f"{material.question['topic']} {material.question['question']}".lower()
    fitting = [flag for flag, topics in _TOPICS if topics.search(words)]
    return material.rng.choice(fitting or RED_FLAGS)


def named_first(flags: list[RedFlag], answer: str = "") -> RedFlag:
    """The red flag to speak of where there are several: sepsis and peritonitis have causes that say more, and of the
    others it is the one that the answer treats."""
    return min(flags, key=lambda flag: (_LESS_DEFINITE.find(flag.name), -_shared(flag, answer)))


def _escalation(material: Material, flag: RedFlag) -> tuple[str, str]:
    """That it is urgent, and what to do first with whom to call."""
    return material.pick_last(flag.why), f"{material.pick_last(flag.first)} {material.pick_last(flag.call)}"


def _check(turn: int, flag: str) -> dict[str, object]:
    return {"skill": "safety", "critical": turn + 1, "turn": turn, "urgent": bool(flag), "flag": flag}
