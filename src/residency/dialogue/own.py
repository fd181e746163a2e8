"""The bank's own conversations, put into a mode's form: the same turns, none invented.

Each answer of the assistant gets the form of the mode, as open answers do everywhere. Turns that only ask back or are
polite stay as they are, and those of them that follow the last answer are left out: nothing in them could be checked.
"""

from __future__ import annotations

import random
import re
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
from residency.core.records import HELD_OUT, Conversation, Question, trace
from residency.core.text import sentences
from residency.domain.surgery.phrases import check_for

KIND, SKILL = "conversation", "own"
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
    told = [statements(turn["content"]) if turn["role"] == "assistant" else [] for turn in turns]
    last = max((place for place, said in enumerate(told) if said), default=0)
    if not last:
        return NO_ANSWER
    if last == 1 and row["split"] in HELD_OUT:
        return NO_HISTORY
    messages = [
        user_message(turn["content"])
        if turn["role"] == "user"
        else assistant_message(_shaped(turn["content"], said, mode, rng))
        for turn, said in zip(turns[: last + 1], told, strict=False)
    ]
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
            "expect": {"reference": body(turns[last]["content"]), "key_facts": told[last]},
        },
    )


def statements(text: str) -> list[str]:
    """The sentences of a turn that say something: no questions, and no courtesies."""
    return [said for said in sentences(body(text)) if not said.endswith("?") and not _POLITE.fullmatch(said)]


def _shaped(text: str, said: list[str], mode: Mode, rng: random.Random) -> str:
    if not said:
        return text
    if any(mark in text for mark in (KEY_POINT, BEFORE_ACTING, ANSWER)):
        text = body(text)
    if mode == "EXAM":
        text = text[text.index(said[0]) :]  # the key point is no "Certainly!"
    return shape_open(text, mode, check_for(text, rng))
