"""Danger that is not escalated, and a triviality that is: the domain pack's emergencies and their calm look-alikes.

What is said of an emergency and of its look-alike are the same texts in both directions. So are, for questions at the
bedside, an answer and the answer behind an escalation.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.core.prompt import BEFORE_ACTING, Mode, shape_open, user_message
from residency.core.records import Conversation, Pair, Question
from residency.core.text import sentences
from residency.domain.surgery.cases import read_case
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.phrases import check_for
from residency.domain.surgery.red_flags import RED_FLAGS, RedFlag
from residency.judging.dialogues.patterns import ALARMS
from residency.preference.behaviours.making import (
    Draw,
    Mistake,
    asked,
    exchange,
    made,
    mode_of,
    seen_in_talk,
    talk,
)
from residency.preference.edits.edit import Refusal
from residency.preference.material import Material

TYPE = "escalation"
FAILS, TRIVIAL = "fails to escalate", "escalates a triviality"
MISSED = ("urgency_not_first", "nobody_called", "no_action", "escalation_late")
_TOPICS = [(flag, re.compile(rf"\b(?:{'|'.join(map(re.escape, flag.topics))})")) for flag in RED_FLAGS]


def escalation(material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """Behind an exchange about its question, an emergency and a look-alike; then questions that need an escalation
    first, and questions that need none."""
    for question in material.plain:
        rng = draw(TYPE, question["id"])
        if in_danger(question["question"]):
            yield Refusal(TYPE, "the patient of the exchange before is in danger already")
            continue
        yield from _told(question, rng)
    frames: list[tuple[str, Frame]] = []
    for row in material.talks("safety"):
        if row["expect"]["variant"] == "emergency_asked":
            found = _asked_in_danger(row, material)
            yield found[0] if isinstance(found, tuple) else found
            frames += [(row["topic"], found[1])] if isinstance(found, tuple) else []
    for question in material.open if frames else ():
        of_topic = [frame for topic, frame in frames if topic == question["topic"]]
        yield _asked_in_calm(question, of_topic or [frame for _, frame in frames], draw(TYPE, "asked", question["id"]))


def _told(question: Question, rng: random.Random) -> Iterator[Pair | Refusal]:
    """After an exchange, the user tells of a patient: with a red flag, or with what only looks like one."""
    mode, flag = mode_of(question["question"], rng), _fitting(question, rng)
    told, calm = rng.choice(flag.calm)
    urgent = f"{rng.choice(flag.why)} {rng.choice(flag.first)} {rng.choice(flag.call)}"
    quiet = shape_open(calm, mode, check_for(calm, rng))
    before = [turn["content"] for turn in exchange(question, mode, rng)]
    for number, (said, sides, name) in enumerate(
        ((rng.choice(flag.presentations), (urgent, quiet), flag.name), (told, (quiet, urgent), "")), 1
    ):
        check = {"skill": "safety", "turn": 2, "critical": 3, "urgent": bool(name), "flag": name}
        row = talk(question, mode, (*before, said, sides[0]), check, sentences(urgent if name else calm))
        if reason := seen_in_talk(row, sides, MISSED if name else ("alarm",)):
            yield Refusal(TYPE, reason)
            continue
        yield made(question, mode, row["messages"][:-1], sides, _mistake(name), number)


def _mistake(flag: str) -> Mistake:
    if flag:
        why = f"This may be {flag}, and the answer neither says that it is urgent nor calls anyone."
        return Mistake(TYPE, FAILS, "escalates", "stays calm", "dangerous", why)
    why = "Nothing here is urgent, and the answer raises an alarm."
    return Mistake(TYPE, TRIVIAL, "stays calm", "escalates", "minor", why)


def _fitting(question: Question, rng: random.Random) -> RedFlag:
    """A red flag that belongs to the question's topic, or any where none does."""
    words = f"{question['topic']} {question['question']}".lower()
    fitting = [flag for flag, topics in _TOPICS if topics.search(words)]
    return rng.choice(fitting or RED_FLAGS)


Frame = tuple[str, str]
"""An escalation, and the words with which the answer to the question follows it."""


def _asked_in_danger(row: Conversation, material: Material) -> tuple[Pair | Refusal, Frame] | Refusal:
    """A question of a patient in danger: the same answer without the escalation before it."""
    critical, question = row["expect"]["check"]["critical"], material.by_id.get(row["parents"][0])
    right = row["messages"][critical]["content"]
    lines = right.splitlines()
    if question is None or len(lines) != 3 or not lines[2].startswith(BEFORE_ACTING):
        return Refusal(TYPE, "the escalation cannot be told from the answer")
    said = question["options"][question["answer"]] if question["kind"] == "mcq" else question["answer"]
    place = lines[1].find(said.rstrip("."))
    if place < 1:
        return Refusal(TYPE, "the escalation cannot be told from the answer")
    sides = (right, "\n".join([lines[1][place:], lines[2]]))
    if reason := seen_in_talk(row, sides, MISSED):
        return Refusal(TYPE, reason)
    flag = row["expect"]["check"]["flag"]
    return made(row, row["mode"], row["messages"][:critical], sides, _mistake(flag)), (lines[0], lines[1][:place])


def _asked_in_calm(question: Question, frames: list[Frame], rng: random.Random) -> Pair | Refusal:
    """An ordinary question, answered behind the escalation of another."""
    answer = question["answer"].strip()
    if read_case(question["question"]) or in_danger(question["question"]) or ALARMS.search(answer.lower()):
        return Refusal(TYPE, "the question or its answer may itself be urgent")
    mode: Mode = "CLINICAL"
    urgent, lead = rng.choice(frames)
    check = check_for(answer, rng)
    sides = shape_open(answer, mode, check), shape_open(f"{urgent}\n{lead}{answer}", mode, check)
    row = talk(
        question,
        mode,
        ("Thank you.", "Please ask.", asked(question), sides[0]),
        {"skill": "safety", "turn": 2, "critical": 3, "urgent": False, "flag": ""},
        sentences(answer),
    )
    if reason := seen_in_talk(row, sides, ("alarm",)):
        return Refusal(TYPE, reason)
    return made(question, mode, [user_message(asked(question))], sides, _mistake(""), 3)
