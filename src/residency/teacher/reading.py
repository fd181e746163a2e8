"""Reads a teacher's answer: a list of messages, out of whatever stands around it.

Models put JSON into fences, greet before it, explain after it, think first, forget to escape a quotation mark, or stop
halfway. What can be told for certain is read; the rest is told by its reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from residency.core.records import Message
from residency.generation.said import Said
from residency.teacher.objections import Against

LONGEST = 200_000  # characters of an answer that are looked at
TRIES = 400  # brackets from which JSON is tried, so that an answer of brackets takes no time
FILTERED = ("content_filter", "refusal")
REFUSAL = Against("refusal", "no dialogue was given, but a refusal")
NO_LIST = Against("no_json", "no JSON list of messages could be read from the answer")
CUT = Against("truncated", "the answer ended before its list did")
SHAPE = Against("shape", 'not every entry is an object with "role" and "content", both texts')
EMPTY_TURN = Against("empty_turn", "a message is empty")
UNCHANGED = Against("unchanged", "the dialogue was given back as it is, and nothing was reworded")

_THOUGHT = re.compile(r"<(think|thinking|thought|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_THOUGHT_END = re.compile(r"\A.*</(?:think|thinking|thought|reasoning)>", re.DOTALL | re.IGNORECASE)
_THOUGHT_CUT = re.compile(r"<(?:think|thinking|thought|reasoning)>.*\Z", re.DOTALL | re.IGNORECASE)
_SORRY = re.compile(
    r"\b(?:sorry|apologi[sz]e)\b|\bI\s+(?:can(?:no|['’])t|cannot|won['’]t|will not|must decline|am unable|am not able|"
    r"['’]?m (?:not able|unable))\b|\bas an AI\b",
    re.IGNORECASE,
)
# An entry whose text holds quotation marks that nobody escaped: it ends where the entry does.
_ENTRY = re.compile(
    r'\{\s*"role"\s*:\s*"(?P<role>[a-z]{1,20})"\s*,\s*"content"\s*:\s*"(?P<content>.*?)"\s*\}(?=\s*(?:,\s*\{|,?\s*\]))',
    re.DOTALL,
)
_END = re.compile(r"\s*,?\s*\]")
_BARE_QUOTE = re.compile(r'(?<!\\)((?:\\\\)*)"')
_JSON = json.JSONDecoder(strict=False)  # line ends may stand in texts as they are


def read(said: Said, built: Sequence[Message]) -> list[Message] | Against:
    """The messages of an answer, their roles those of ``built``; or what is wrong with it."""
    text = without_thoughts(said.text[:LONGEST])
    found = _messages(text)
    if found is None:
        if said.finish in FILTERED or _SORRY.search(text[:300]):
            return REFUSAL
        return CUT if said.finish == "length" or _unclosed(text) else NO_LIST
    if not all(_is_message(entry) for entry in found):
        return SHAPE
    if len(found) != len(built):
        return Against("turn_count", f"the list has {len(found)} messages, and must have {len(built)}")
    roles = [entry["role"].strip().lower() for entry in found]
    if roles != [message["role"] for message in built]:
        return Against("roles", f"the roles are {', '.join(roles)}; user and assistant take turns, the user first")
    messages: list[Message] = [
        {"role": old["role"], "content": new["content"].strip()} for old, new in zip(built, found, strict=True)
    ]
    if not all(message["content"] for message in messages):
        return EMPTY_TURN
    same = all(new["content"] == old["content"].strip() for new, old in zip(messages, built, strict=True))
    return UNCHANGED if same else messages


def without_thoughts(text: str) -> str:
    """The text without a thought: between its tags, before a closing one, or after one that nothing closes."""
    text = _THOUGHT.sub(" ", text)
    text = _THOUGHT_END.sub(" ", text)
    return _THOUGHT_CUT.sub(" ", text)


def _messages(text: str) -> list[Any] | None:
    """The last list in the text that looks like messages."""
    found = [messages for value in _values(text) if (messages := _as_messages(value)) is not None]
    return found[-1] if found else _repaired(text)


def _values(text: str) -> Iterator[Any]:
    """The JSON lists and objects of a text, those within others left out."""
    place = 0
    for _ in range(TRIES):
        starts = [at for mark in "[{" if (at := text.find(mark, place)) >= 0]
        if not starts:
            return
        place = min(starts)
        try:
            value, place = _JSON.raw_decode(text, place)
        except (ValueError, RecursionError):
            place += 1
        else:
            yield value


def _as_messages(value: Any) -> list[Any] | None:
    if isinstance(value, dict):
        lists = [inner for inner in value.values() if isinstance(inner, list)]
        value = value.get("messages", lists[0] if len(lists) == 1 else None)
    if not isinstance(value, list) or not value:
        return None
    return (
        value if all(isinstance(entry, dict) for entry in value) and any("role" in entry for entry in value) else None
    )


def _repaired(text: str) -> list[Any] | None:
    """The entries, where quotation marks in their texts are all that keeps them from being JSON."""
    found: list[dict[str, str]] = []
    end = 0
    for match in _ENTRY.finditer(text):
        end = match.end()
        escaped = _BARE_QUOTE.sub(r'\1\\"', match["content"])
        try:
            found.append({"role": match["role"], "content": json.loads(f'"{escaped}"', strict=False)})
        except ValueError:
            return None
    # An entry that was passed over, or is still to come, must not leave the others looking whole.
    whole = len(found) == text.count('"role"') and _END.match(text, end)
    return found if found and whole else None


def _is_message(entry: Any) -> bool:
    return isinstance(entry.get("role"), str) and isinstance(entry.get("content"), str)


def _unclosed(text: str) -> bool:
    """Whether messages begin in the text, and it ends in the middle of them."""
    return '"role"' in text and not text.strip(" \t\r\n`").endswith(("]", "}"))
