"""What every dialogue must satisfy, whatever its skill.

Reasons: ``roles``, ``turn_count``, ``empty``, ``repeats``, ``control_text``, ``reference``, ``letter``, ``form``; for a
single turn also ``rambles``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from residency.core.prompt import CHOICE, Mode, body
from residency.core.records import Conversation
from residency.core.text import normalise
from residency.judging.answers import obeys_mode, parse_letter
from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.reading import same, says_again, share, stems
from residency.judging.dialogues.view import View
from residency.judging.overlap import key_fact_recall

TURNS = (4, 6, 8)
RECALL = 0.6
_CONTROL = re.compile(
    r"<[|｜][^<>\n]{0,80}[|｜]>|</?(?:think|thinking|thought|analysis|tool_calls?|tool_response|s|bos|eos"
    r"|endoftext)\s*>"
    r"|\[/?(?:INST|SYSTEM_PROMPT|TOOL_CALLS)\]|<</?SYS>>|^\s*(?:\*\*)?(?:user|assistant|human|system)(?:\*\*)?\s*:",
    re.IGNORECASE | re.MULTILINE,
)


def roles(row: Conversation) -> list[Fault]:
    """Faults of the frame: who speaks when, and how often. With one of these the places of the check mean nothing."""
    found = [message["role"] for message in row["messages"]]
    if len(found) not in TURNS:
        return [Fault("turn_count", f"{len(found)} messages; 4, 6 or 8 are wanted")]
    if found != ["user", "assistant"] * (len(found) // 2):
        return [Fault("roles", "user and assistant do not take turns, user first and assistant last")]
    return []


def texts(row: Conversation) -> Iterator[Fault]:
    """Faults of single messages: empty, said before by the same speaker, or with control text."""
    seen: set[tuple[str, str]] = set()
    for place, message in enumerate(row["messages"]):
        text = str(message["content"])
        plain = (message["role"], normalise(text))
        if not plain[1]:
            yield Fault("empty", f"message {place} is empty")
        elif plain in seen:
            yield Fault("repeats", f"message {place} repeats an earlier one of the same speaker")
        seen.add(plain)
        if control := _CONTROL.search(text):
            yield Fault("control_text", f"message {place} holds {control[0]!r}")


def last_answer(dialogue: View) -> Iterator[Fault]:
    """The last answer states the reference, gives the letter and has its mode's form."""
    answer = dialogue.said[-1]
    if not states(answer, dialogue.reference, str(dialogue.expect.get("reference") or "")):
        yield Fault("reference", "the last answer does not state the reference")
    letter = dialogue.expect.get("letter")
    if isinstance(letter, str) and not chooses(answer, letter, dialogue.options):
        yield Fault("letter", f"the last answer does not choose {letter}")
    if not _formless(dialogue):
        mode = mode_at(dialogue, dialogue.last)
        if not obeys_mode(answer, mode, mcq=isinstance(letter, str) and bool(dialogue.options)):
            yield Fault("form", f"the last answer has not the form of {mode}")


def states(answer: str, facts: tuple[str, ...], reference: str = "", least: float = RECALL) -> bool:
    """Whether an answer states enough of the facts, or holds the reference's text. Without a fact nothing is asked."""
    if reference.strip() and normalise(reference) in normalise(answer):
        return True
    recall = key_fact_recall(answer, facts)
    return recall is None or recall >= least


def chooses(answer: str, letter: str, options: dict[str, str]) -> bool:
    """Whether an answer chooses the option: by its letter, or in words where it names no letter."""
    read = parse_letter(answer, options or "ABCDEFGH")
    if read is not None or letter not in options:
        return read == letter
    chosen = [line.partition(CHOICE)[2] for line in answer.splitlines() if CHOICE in line]
    text = stems(chosen[0] if chosen else body(answer))
    right = share(stems(options[letter]), text)
    others = [share(stems(option), text) for name, option in options.items() if name != letter]
    return right >= RECALL and (not chosen or right >= max(others, default=0.0))


def mode_at(dialogue: View, place: int) -> Mode:
    """The mode in which the assistant speaks at a place: a switch holds from its critical turn on."""
    if dialogue.skill == "switch" and place >= dialogue.critical:
        return "EXAM" if dialogue.check["mode"] == "EXAM" else "CLINICAL"
    return dialogue.mode


def _formless(dialogue: View) -> bool:
    escalates = dialogue.check.get("urgent") is True or dialogue.check.get("refuse") is True
    return escalates and dialogue.critical == dialogue.last


def turn(dialogue: View) -> Iterator[Fault]:
    """What any model's answer may have: nothing in it, an earlier turn again, circles, control text."""
    answer = dialogue.answer
    if not re.search(r"[^\W_]", answer):
        yield Fault("empty", "the answer is empty")
        return
    if any(same(answer, earlier) for earlier in dialogue.said[: dialogue.critical]):
        yield Fault("repeats", "the answer is an earlier message, word for word")
    if says_again(answer):
        yield Fault("rambles", "the answer says the same again and again")
    if control := _CONTROL.search(answer):
        yield Fault("control_text", f"the answer holds {control[0]!r}")
