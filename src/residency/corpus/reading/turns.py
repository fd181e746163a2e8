"""Lists of turns, as ``messages`` and ShareGPT rows hold them, in one form.

A turn is an object with ``role`` (or ``from``) and ``content`` (or ``value``), which is text or a list of parts with
``text``. Nothing is judged here but which turns are whose: ``checks/conversations.py`` says what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from residency.core.reading.keys import decoded, plain_text
from residency.core.records import Message
from residency.corpus.reading.greetings import only_greets

Turn = Mapping[str, Any]
ROLES = {
    **dict.fromkeys(("human", "prompter"), "user"),
    **dict.fromkeys(("gpt", "chatgpt", "bot", "model", "ai"), "assistant"),
    **dict.fromkeys(("function", "observation"), "tool"),
}
KNOWN_ROLES = ("system", "developer", "user", "assistant", "tool")
INSTRUCTS = ("system", "developer")
THOUGHTS = ("thinking", "reasoning_content", "reasoning")
SYSTEM_LEFT = "a system message was left out"
GREETING_LEFT = "an assistant's greeting before the first question was left out"
THOUGHTS_LEFT = "thoughts beside an answer were left out"
LAST_LEFT = "a last turn without an answer was left out"


def read_turns(value: Any) -> list[dict[str, Any]] | None:
    """A row's turns with their ``role`` in lower case, by its common name, and their ``content`` as the file has it;
    None when the value is no list of objects."""
    value = decoded(value)
    if not isinstance(value, list) or not all(isinstance(turn, Mapping) for turn in value):
        return None
    return [{**turn, "role": role_of(turn), "content": turn.get("content", turn.get("value"))} for turn in value]


def role_of(turn: Turn) -> str:
    """A turn's role by its common name: ``human`` is ``user``."""
    name = str(turn.get("role", turn.get("from", ""))).strip().lower()
    return ROLES.get(name, name)


def turn_text(turn: Turn) -> str | None:
    """What a turn says, its parts on lines of their own; empty when it says nothing, None when a part is no text."""
    content = turn.get("content")
    texts = [_part(part) for part in content] if isinstance(content, list) else [_part(content)]
    return None if None in texts else "\n".join(text for text in texts if text)


def _part(part: Any) -> str | None:
    return "" if part is None else plain_text(part.get("text") if isinstance(part, Mapping) else part)


def beginning(turns: Sequence[Turn]) -> tuple[int, int]:
    """Where what stands before a conversation ends: the place after the system messages at its beginning, and the place
    after the assistant's greetings that follow them. Roles may have any of their names."""
    roles = [role_of(turn) for turn in turns]
    told = next((place for place, role in enumerate(roles) if role not in INSTRUCTS), len(turns))
    greeted = told
    while greeted < len(turns) and roles[greeted] == "assistant" and only_greets(turn_text(turns[greeted]) or ""):
        greeted += 1
    return told, greeted


def turn_fields(turns: Sequence[Turn]) -> dict[str, Any]:
    """The fields of a row of turns: an open question for one question with its answer, else a conversation.

    System messages at its beginning are kept apart (``system``), since the mode's stands in their place in training,
    and so are the assistant's greetings after them (``greeting``), which answer nothing. User turns at its end, which
    nothing answers, are left out. ``question`` is the first user turn and ``answer`` the last turn of the assistant.
    """
    told, first = beginning(turns)
    end = len(turns)
    while end > first and turns[end - 1]["role"] == "user":
        end -= 1
    said = turns[first:end]
    asked = [turn for turn in turns[first:] if turn["role"] == "user"]
    answers = [turn for turn in said if turn["role"] == "assistant"]
    single = [turn["role"] for turn in said] in ([], ["user", "assistant"])
    left_out = {
        SYSTEM_LEFT: told > 0,
        GREETING_LEFT: first > told,
        LAST_LEFT: end < len(turns) and end > first,
        THOUGHTS_LEFT: any(turn.get(name) for turn in said for name in THOUGHTS),
    }
    fields = {} if single else {"rationale": "", "explanation": ""}  # these belong to one question
    return fields | {
        "kind": "open" if single else "conversation",
        "question": turn_text(asked[0]) if asked else None,
        "answer": turn_text(answers[-1]) if answers else None,
        "turns": list(turns),
        "messages": [] if single else [_message(turn) for turn in said],
        "system": [turn_text(turn) or "" for turn in turns[:told]],
        "greeting": [turn_text(turn) or "" for turn in turns[told:first]],
        "notes": tuple(note for note, is_so in left_out.items() if is_so),
    }


def _message(turn: Turn) -> Message:
    return {"role": turn["role"], "content": turn_text(turn) or ""}
