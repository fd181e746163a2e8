"""The bank's own conversations, put into a mode's form: the same turns, none invented.

Each answer of the assistant gets the form of the mode, as open answers do everywhere. Turns that only ask back or are
polite stay as they are, and those of them that follow the last answer are left out: nothing in them could be checked.
"""

from __future__ import annotations

import random
import re
from itertools import pairwise
from typing import cast

from residency.core.prompt import (
    ANSWER,
    BEFORE_ACTING,
    KEY_POINT,
    MODES,
    Mode,
    assistant_message,
    body,
    shape_open,
    user_message,
)
from residency.core.records import HELD_OUT, Conversation, Message, Question, trace
from residency.core.text import content_stems, sentences
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.phrases import check_for

KIND, SKILL = "conversation", "own"
MUCH = 6  # content words from which a turn states much
NO_ANSWER = "no turn of the assistant answers anything"
NO_HISTORY = "held out, and only its first turn answers anything"
_COURTESY = (
    r"(?:ok(?:ay)?|i see|i understand|all ?right|great|good|fine|sure|perfect|excellent|wonderful|oh|well|hi|hello|"
    r"thanks?(?: you)?(?: (?:so|very) much)?(?: for (?:asking|telling me|that))?|"
    r"you(?:[’']re| are) (?:very |most )?welcome|my pleasure|no problem|of course|certainly|"
    r"(?:that(?:[’']s| is) )?(?:an? )?(?:great|good|excellent) question|"
    r"(?:good)?bye|see you\b.*|take care\b.*|good luck\b.*|have a (?:good|nice|great)\b.*|"
    r"(?:i[’']m |i am )?(?:glad|happy) (?:to|i could|that|you)\b.*|"
    r"(?:please )?(?:feel free|let me know|do not hesitate|don[’']t hesitate)\b.*|"
    r"if you have (?:any )?(?:more|other|further) questions\b.*|i hope (?:this|that) helps)"
)
_POLITE = re.compile(rf"{_COURTESY}(?:[\s,.!;…–-]+{_COURTESY})*\W*", re.IGNORECASE)


def own_conversation(row: Question, rng: random.Random) -> Conversation | str:
    """A kept conversation as one for training or evaluation, in one of the modes by chance; or why it cannot be one."""
    turns, mode = row["messages"], rng.choice(MODES)
    if any(in_danger(turn["content"]) for turn in turns if turn["role"] == "user"):
        mode = "EXAM"  # at the bedside an escalation would come first, which the user's own turns may not hold
    told: dict[int, list[str]] = {}
    for place, (asked, said) in enumerate(pairwise(turns), 1):
        if said["role"] == "assistant" and (stated := answer(asked["content"], said["content"])):
            told[place] = stated
    last = max(told, default=0)
    if not last:
        return NO_ANSWER
    if last == 1 and row["split"] in HELD_OUT:
        return NO_HISTORY
    messages: list[Message] = []
    for place, turn in enumerate(turns[: last + 1]):
        if turn["role"] == "user":
            messages.append(user_message(turn["content"]))
        else:
            text = _shaped(turn["content"], told[place], mode, rng) if place in told else turn["content"]
            messages.append(assistant_message(text))
    reference = _from(turns[last]["content"], told[last])
    return cast(
        Conversation,
        {
            "id": f"{row['id']}/{SKILL}",
            "kind": KIND,
            "skill": SKILL,
            "mode": mode,
            "split": row["split"],
            **trace(row),
            "passages": [],
            "messages": messages,
            "expect": {"reference": reference, "key_facts": told[last]},
        },
    )


def answer(asked: str, said: str) -> list[str]:
    """The statements of a turn that answers the turn before it; none where it only asks back or is polite.

    What follows a question answers it, unless it ends in a question itself and states little; what follows something
    else answers it when it states much and does not end in a question.
    """
    stated = [
        sentence for sentence in sentences(body(said)) if not sentence.endswith("?") and not _POLITE.fullmatch(sentence)
    ]
    much = len(content_stems(" ".join(stated))) >= MUCH
    reasons = ("?" in asked) + much + (not said.rstrip().endswith("?"))
    return stated if reasons > 1 else []


def _shaped(text: str, stated: list[str], mode: Mode, rng: random.Random) -> str:
    text = _from(text, stated) if mode == "EXAM" else _bare(text)  # the key point is no "Certainly!"
    return shape_open(text, mode, check_for(text, rng))


def _from(text: str, stated: list[str]) -> str:
    """The text from its first statement on."""
    text = _bare(text)
    return text[text.index(stated[0]) :]


def _bare(text: str) -> str:
    """The text without a form that it has already."""
    return body(text) if any(mark in text for mark in (KEY_POINT, BEFORE_ACTING, ANSWER)) else text
