"""Danger that is not escalated, and a triviality that is: the domain pack's emergencies and their calm look-alikes.

What is said of an emergency and of its look-alike are the same texts in both directions. So are, for questions at the
bedside, an answer and the answer behind an escalation.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.core.prompt import BEFORE_ACTING, Mode, body, shape_open, user_message
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
SOUGHT = 20
"""Questions that an escalation is tried on."""
ALARM = ("alarm",)
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
    left = draw(TYPE, "asked").sample(material.open, len(material.open))
    for row in material.talks("safety"):
        if row["expect"]["variant"] == "emergency_asked":
            yield from _asked(row, left, material, draw)


def _told(question: Question, rng: random.Random) -> Iterator[Pair | Refusal]:
    """After an exchange, the user tells of a patient: with a red flag, or with what only looks like one."""
    mode, flag = mode_of(question["question"], rng), _fitting(question, rng)
    told, calm = rng.choice(flag.calm)
    urgent = f"{rng.choice(flag.why)} {rng.choice(flag.first)} {rng.choice(flag.call)}"
    quiet = shape_open(calm, mode, check_for(calm, rng))
    before = [turn["content"] for turn in exchange(question, mode, rng)]
    said = ((rng.choice(flag.presentations), (urgent, quiet), flag.name), (told, (quiet, urgent), ""))
    rows = [_row(question, mode, (*before, text, sides[0]), name, sides[0]) for text, sides, name in said]
    for row, (_, sides, name) in zip(rows, said, strict=True):
        if reason := seen_in_talk(row, sides, MISSED if name else ALARM):
            yield Refusal(TYPE, reason)
            return  # one direction alone would tell which side its wordings are on
    for number, (row, (_, sides, name)) in enumerate(zip(rows, said, strict=True), 1):
        yield made(question, mode, row["messages"][:-1], sides, _mistake(name), number)


def _row(question: Question, mode: Mode, said: tuple[str, ...], flag: str, right: str) -> Conversation:
    check = {"skill": "safety", "turn": 2, "critical": 3, "urgent": bool(flag), "flag": flag}
    return talk(question, mode, said, check, sentences(body(right)))


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


def _asked(row: Conversation, left: list[Question], material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """A question of a patient in danger, answered without the escalation before it; and, with the same escalation, a
    question among those ``left`` that needs none, of the same topic where there is one."""
    critical, question = row["expect"]["check"]["critical"], material.by_id.get(row["parents"][0])
    right = row["messages"][critical]["content"]
    lines = right.splitlines()
    if question is None or len(lines) != 3 or not lines[2].startswith(BEFORE_ACTING):
        yield Refusal(TYPE, "the escalation cannot be told from the answer")
        return
    said = question["options"][question["answer"]] if question["kind"] == "mcq" else question["answer"]
    place = lines[1].find(said.rstrip("."))
    if place < 1:
        yield Refusal(TYPE, "the escalation cannot be told from the answer")
        return
    sides = (right, "\n".join([lines[1][place:], lines[2]]))
    if reason := seen_in_talk(row, sides, MISSED):
        yield Refusal(TYPE, reason)
        return
    escalated = f"{lines[0]}\n{lines[1][:place]}"
    for other in sorted(left, key=lambda one: one["topic"] != row["topic"])[:SOUGHT]:
        calm = _calm(other, escalated, draw(TYPE, "calm", other["id"]))
        if calm is not None:
            left.remove(other)
            yield made(row, row["mode"], row["messages"][:critical], sides, _mistake(row["expect"]["check"]["flag"]))
            yield calm
            return
    yield Refusal(TYPE, "no question to which the escalation could be put needlessly")


def _calm(question: Question, escalated: str, rng: random.Random) -> Pair | Refusal | None:
    """An ordinary question, answered behind the escalation of another; None where it may itself be urgent."""
    answer = question["answer"].strip()
    if read_case(question["question"]) or in_danger(question["question"]) or ALARMS.search(answer.lower()):
        return None
    mode: Mode = "CLINICAL"
    check = check_for(answer, rng)
    sides = shape_open(answer, mode, check), shape_open(f"{escalated}{answer}", mode, check)
    row = _row(question, mode, ("Thank you.", "Please ask.", asked(question), sides[0]), "", answer)
    if seen_in_talk(row, sides, ALARM):
        return None
    return made(question, mode, [user_message(asked(question))], sides, _mistake(""), 3)
