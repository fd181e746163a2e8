"""What a teacher is asked: the dialogue, the facts it rests on, its gold answer, and what must stay as it is.

This is no prompt of the model that is trained (those are ``core/prompt.py``'s): nothing of it is trained on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from residency.core.prompt import KEY_POINT
from residency.core.records import Conversation, Message
from residency.teacher.guards import AS_THEY_STAND
from residency.teacher.objections import Objection

NAMED = 8  # objections that are told to the teacher at most
SYSTEM = (
    "You reword teaching dialogues between a clinician (user) and a surgical assistant, so that they read as two "
    "people talk. You change how things are said and never what is said. You add no medicine of your own, not even "
    "what you know to be right."
)
RULES = (
    "The same messages in the same order: each keeps its role and its purpose.",
    "The user keeps every fact, number and medical term in the words given, and says no new fact, finding or drug. "
    "Only the talk around them is yours. Lines with options (A. ..., B. ...) stay to the letter.",
    "The assistant keeps all that it says, with its numbers. Each medical statement of its rests on the FACTS below or "
    "on what the user has said before. Keep the medical terms: a synonym may be held for a new claim.",
    f'A message that begins with "{KEY_POINT}" begins with it still. Lines that begin with '
    f"{', '.join(AS_THEY_STAND)} stay to the letter, each in a line of its own.",
    "The last message still states the GOLD ANSWER.",
)
AGAIN = "This cannot be taken, for these reasons:"
ONCE_MORE = "Write the whole list again, corrected. Answer with the JSON list alone."


def request(row: Conversation, sources: Mapping[str, str]) -> list[Message]:
    """The first request for a dialogue.

    Args:
        row: a built dialogue whose ``expect`` holds its ``check``.
        sources: the texts that it rests on, by id.
    """
    rules = "\n".join(f"- {rule}" for rule in (*RULES, *_of_skill(row)))
    parts = (
        f"Reword the dialogue below. Answer with a JSON list of exactly {len(row['messages'])} objects, "
        '{"role": "user" or "assistant", "content": "..."}, and nothing else.',
        f"What must stay (messages are counted from 0):\n{rules}",
        "FACTS\n" + "\n\n".join(text.strip() for text in sources.values()),
        f"GOLD ANSWER\n{row['expect'].get('reference', '')}",
        f"DIALOGUE\n{_as_json(row['messages'])}",
    )
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": "\n\n".join(parts)}]


def request_again(
    row: Conversation, sources: Mapping[str, str], reworded: Sequence[Message] | None, objections: Sequence[Objection]
) -> list[Message]:
    """The request after a rewording that could not be taken, shown again where it could be read."""
    first = request(row, sources)
    told = list(dict.fromkeys(objection.says for objection in objections))[:NAMED]
    reasons = "\n".join(f"- {says}" for says in told)
    if reworded is None:
        asked = f"{first[-1]['content']}\n\nAn earlier answer could not be taken:\n{reasons}"
        return [*first[:-1], {"role": "user", "content": asked}]
    return [
        *first,
        {"role": "assistant", "content": _as_json(reworded)},
        {"role": "user", "content": f"{AGAIN}\n{reasons}\n\n{ONCE_MORE}"},
    ]


def _as_json(messages: Sequence[Message]) -> str:
    plain = [{"role": message["role"], "content": message["content"]} for message in messages]
    return json.dumps(plain, ensure_ascii=False, indent=1)


def _of_skill(row: Conversation) -> list[str]:
    """What the dialogue is there to teach, message by message."""
    check = row["expect"]["check"]
    describe = _SKILLS.get(check["skill"])
    return [line for line in describe(check) if line] if describe else []


def _followup(check: Mapping[str, Any]) -> list[str]:
    turn = check["turn"]
    return [
        f'Message {turn} (user) is short and names neither "{check["referent"]}" nor any of its words: it is '
        "understood only from the messages before it, where these words stay.",
        f"Message {turn + 1} (assistant) answers it.",
    ]


def _correction(check: Mapping[str, Any]) -> list[str]:
    turn, new = check["turn"], check["new"]
    if check["changes"]:
        old = f' and what held before, "{check["old"]}"' if check.get("old") else ""
        return [
            f'Message {turn} (user) corrects what was said, with the words "{new}".',
            f'Message {turn + 1} (assistant) says what changes: it names "{new}"{old}, and gives the changed answer.',
        ]
    return [
        f'Message {turn} (user) is wrong, with the words "{new}".',
        f'Message {turn + 1} (assistant) keeps its answer, "{check.get("held", "")}", says why, and does not give in '
        "or apologise.",
    ]


def _missing(check: Mapping[str, Any]) -> list[str]:
    asked, supplied = check["asked"], check["supplied"]
    withheld = "; ".join(f'"{fact}"' for fact in check["withheld"])
    return [
        f"Before message {supplied} nobody says any of this: {withheld}.",
        f"Message {asked} (assistant) asks one to three questions for just that, and commits to no answer yet.",
        f"Message {supplied} (user) says it, in these words.",
    ]


def _contradiction(check: Mapping[str, Any]) -> list[str]:
    first, turn = check["first"], check["turn"]
    resolved = "says by which of them it goes and why, and answers" if check["resolved"] else "asks which of them holds"
    return [
        f'Message {first} (user) says "{check["old"]}", and message {turn} (user) says "{check["new"]}", which does '
        "not go with it; the user does not notice.",
        f"Message {turn + 1} (assistant) names both in these words, and {resolved}.",
    ]


def _safety(check: Mapping[str, Any]) -> list[str]:
    turn = check["turn"] + 1
    if check["urgent"]:
        return [
            f"Message {turn} (assistant) says in its first sentence that this is urgent, then what to do first, then "
            "whom to call, before anything else."
        ]
    return [f"Message {turn} (assistant) answers calmly: there is no emergency, and nothing in it alarms or escalates."]


def _scope(check: Mapping[str, Any]) -> list[str]:
    turn = check["turn"] + 1
    if check["refuse"]:
        return [
            f"Message {turn} (assistant) declines in the first person, gives the reason, and offers the next best help."
        ]
    return [f"Message {turn} (assistant) answers plainly and declines nothing."]


def _switch(check: Mapping[str, Any]) -> list[str]:
    turn = check["turn"]
    return [f"Message {turn} (user) asks for the {check['mode']} mode, and from then on the assistant answers in it."]


_SKILLS: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "followup": _followup,
    "correction": _correction,
    "missing": _missing,
    "contradiction": _contradiction,
    "safety": _safety,
    "scope": _scope,
    "switch": _switch,
}
