"""Instructions about how many: words, sentences, paragraphs, items of a list, letters, uses of a word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from residency.core.text import sentences

Parameters = Mapping[str, Any]

_WORD = re.compile(r"[^\W_]+(?:[.,'’\-/][^\W_]+)*")
_BULLET = re.compile(r"^[ \t]*[-*•+][ \t]+(?P<text>\S.*)$", re.MULTILINE)
_NUMBERED = re.compile(r"^[ \t]*(?P<number>\d{1,3})[.)][ \t]+(?P<text>\S.*)$", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*$", re.MULTILINE)
_BOLD = re.compile(r"\*\*(?!\s)[^*\n]+?(?<!\s)\*\*")
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]+\]")
_CAPITALS = re.compile(r"(?<![^\W_])[^\W\d_a-z]{2,}(?![^\W_])")


def within(found: int, asked: Parameters) -> bool:
    """Whether a number is what ``exactly``, ``least`` and ``most`` ask for."""
    exactly = asked.get("exactly")
    if exactly is not None:
        return bool(found == exactly)
    return bool(asked.get("least", 0) <= found <= asked.get("most", found))


def bullets(answer: str) -> list[str]:
    """The texts of a list's items that begin with a dash, a star, a plus or a dot; a rule of dashes is none."""
    return [match["text"].strip() for match in _BULLET.finditer(_RULE.sub("", answer))]


def numbered(answer: str) -> list[str]:
    """The texts of the numbered items; empty where their numbers do not run from 1."""
    found = list(_NUMBERED.finditer(answer))
    in_order = [int(match["number"]) for match in found] == [*range(1, len(found) + 1)]
    return [match["text"].strip() for match in found] if in_order else []


def listed(answer: str) -> list[str]:
    """The items of the answer's list: its bullets, else its numbered items, else its lines."""
    return bullets(answer) or numbered(answer) or lines(answer)


def lines(answer: str) -> list[str]:
    """The lines that hold anything."""
    return [line.strip() for line in answer.splitlines() if line.strip()]


def paragraphs(answer: str) -> list[str]:
    """The blocks between empty lines."""
    return [block.strip() for block in re.split(r"\n[ \t]*\n", answer.strip()) if block.strip()]


def count_words(answer: str, asked: Parameters) -> bool:
    """Words, a number or a hyphenated compound being one."""
    return within(len(_WORD.findall(answer)), asked)


def count_sentences(answer: str, asked: Parameters) -> bool:
    """Sentences with a word in them; where all is in lower case, a sentence need not begin with a capital."""
    text = answer.upper() if answer.islower() else answer
    return within(sum(bool(_WORD.search(piece)) for piece in sentences(text)), asked)


def count_paragraphs(answer: str, asked: Parameters) -> bool:
    """Paragraphs, with an empty line between them."""
    return within(len(paragraphs(answer)), asked)


def count_lines(answer: str, asked: Parameters) -> bool:
    """Lines that are not empty."""
    return within(len(lines(answer)), asked)


def count_bullets(answer: str, asked: Parameters) -> bool:
    """Bullet points."""
    return within(len(bullets(answer)), asked)


def count_numbered(answer: str, asked: Parameters) -> bool:
    """Items numbered from 1 without a gap."""
    return within(len(numbered(answer)), asked)


def count_bold(answer: str, asked: Parameters) -> bool:
    """Passages in markdown's bold."""
    return within(len(_BOLD.findall(answer)), asked)


def count_placeholders(answer: str, asked: Parameters) -> bool:
    """Placeholders in square brackets, such as [name]."""
    return within(len(_PLACEHOLDER.findall(answer)), asked)


def count_capitals(answer: str, asked: Parameters) -> bool:
    """Words of two letters and more that are all in capitals."""
    return within(len(_CAPITALS.findall(answer)), asked)


def count_questions(answer: str, asked: Parameters) -> bool:
    """Question marks."""
    return within(len(re.findall(r"\?+", answer)), asked)


def count_keyword(answer: str, asked: Parameters) -> bool:
    """How often one word or phrase stands in the answer, in any case."""
    return within(uses(answer, asked["word"]), asked)


def count_letter(answer: str, asked: Parameters) -> bool:
    """How often a letter stands in the answer, in any case."""
    return within(answer.lower().count(asked["letter"].lower()), asked)


def words_each(answer: str, asked: Parameters) -> bool:
    """The words of every item of the list."""
    items = listed(answer)
    return bool(items) and all(within(len(_WORD.findall(item)), asked) for item in items)


def uses(answer: str, phrase: str) -> int:
    """How often a phrase stands in a text as whole words, in any case and over line ends."""
    pattern = r"\s+".join(map(re.escape, phrase.split()))
    return len(re.findall(rf"(?<!\w){pattern}(?!\w)", answer, re.IGNORECASE))
