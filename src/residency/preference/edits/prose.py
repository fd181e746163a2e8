"""What the operators share: the statements of a text and where they stand, and edits that keep the text fluent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from residency.core.text import sentences
from residency.preference.edits.edit import Edit, Severity

_PARTS = re.compile(r"\s{3,}(?:[-*•]\s*)?|\s+[-*•]\s{1,}(?=[A-Z])")
LONGEST = 1200
"""Characters of the longest statement."""
_WORD = re.compile(r"[a-z]+")
_OPENS = re.compile(r"(?:^|[.!?:]\s+|\n\s*)$")
_TABLE = re.compile(r"Signs and Symptoms Approximate number of patients.*?(?:Human Phenotype Ontology|\Z)", re.DOTALL)
_PRINTED = re.compile(
    r"Human Phenotype Ontology|Orphanet|listed as a|frequency of a sign|\b(?:window|web ?site|videos?|click|"
    r"booklets?|brochure|"
    r"fact ?sheet|page|publication|call toll|institutes?|registry|glossary|https?|accessed|archives?|links?|copyright|"
    r"visit|see the|list of)\b|www\.",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?<![\w-])([Aa]n?) $")
_AMERICAN = re.compile(
    r"tumor|anemi|edema|\bhemo|\bhema|esophag|leukemi|color|center|diarrhea|pediatr|anesth|gynecol|orthoped|"
    r"fiber|liter|ischemi|\bcecum|\bfetal|ize[ds]?\b|acetaminophen|epinephrine|appendectomy"
)
_LIST_AFTER = re.compile(
    r"\s*(?:\([^()]{0,40}\)\s*)?(?:,\s*)?(?:and/or|and|or|but not)\b|\s*,\s*(?:\w+[\s,-]+){1,4}(?:and|or)\b|/"
)
_LIST_BEFORE = re.compile(r"(?:\b(?:and/or|and|or|nor)|,|/)\s+(?:(?:the|a|an|your|of|in|to|by|on)\s+)*(?:\w+\s)?$|/$")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, or an item of a list, as it stands at ``start:end`` of a text. ``words`` are its words in lower case,
    by which an operator tells cheaply that it has nothing to look for."""

    start: int
    end: int
    text: str
    words: frozenset[str]


@lru_cache(maxsize=1024)
def statements(text: str) -> tuple[Statement, ...]:
    """The statements of a text in order; items that wide spaces or dashes part are statements of their own.

    Left out is what reference pages print beside their prose (tables of findings, words about the page, titles),
    questions, and what runs on for more than ``LONGEST`` characters and is no sentence.
    """
    found: list[Statement] = []
    tables = [match.span() for match in _TABLE.finditer(text)]
    at = 0
    for sentence in sentences(text):
        at = text.index(sentence, at)
        start = 0
        for gap in _PARTS.finditer(sentence):
            if sentence[start : gap.start()].strip():
                found.append(_statement(at + start, sentence[start : gap.start()]))
            start = gap.end()
        if sentence[start:].strip():
            found.append(_statement(at + start, sentence[start:]))
        at += len(sentence)
    return tuple(
        one
        for one in found
        if len(one.text) <= LONGEST
        and not one.text.endswith("?")
        and not _PRINTED.search(one.text)
        and not any(start <= one.start < end for start, end in tables)
        and not _title(one.text)
    )


def _statement(start: int, said: str) -> Statement:
    return Statement(start, start + len(said), said, frozenset(_WORD.findall(said.lower())))


def first_words(terms: Iterable[str]) -> frozenset[str]:
    """The first word of each term, in lower case: without one of them a statement holds none of the terms."""
    return frozenset(match[0] for term in terms if (match := _WORD.search(term.lower())))


def _title(statement: str) -> bool:
    """Whether most words have a capital, as in a heading."""
    words = statement.split()
    return len(words) > 2 and 2 * sum(word[:1].isupper() for word in words) > len(words) + 1 and statement[-1:] != "."


@lru_cache(maxsize=1024)
def american(text: str) -> bool:
    """Whether a text is spelt as in America."""
    return _AMERICAN.search(text) is not None


def in_list(statement: str, start: int, end: int) -> bool:
    """Whether ``statement[start:end]`` is joined to others by commas, "and" or "or"."""
    return bool(_LIST_AFTER.match(statement, end) or _LIST_BEFORE.search(statement[max(0, start - 40) : start]))


def clause(statement: str, start: int, end: int) -> str:
    """The part of ``statement`` around a place that commas, semicolons and colons bound."""
    before = max(statement.rfind(mark, 0, start) for mark in ",;:")
    after = [at for mark in ",;:" if (at := statement.find(mark, end)) >= 0]
    return statement[before + 1 : min(after, default=len(statement))]


def article(word: str) -> str:
    """The indefinite article that goes before ``word``."""
    first = re.match(r"[\w-]+", word)
    head = first[0] if first else word
    if len(head) > 1 and head[:2].isupper():
        return "an" if head[0] in "AEFHILMNORSX" else "a"
    low = head.lower()
    if re.match(r"(?:uni|eu|ur[ei]|ut[ei]|us[ue]|one\b)", low):
        return "a"
    return "an" if low[:1] in "aeiou" or low.startswith(("hour", "honest", "x-ray")) else "a"


def like(before: str, after: str, opens: bool = False) -> str:
    """``after`` with a capital where ``before`` has one for beginning a sentence; ``opens``: it does begin one."""
    if (
        after[:1].islower()
        and not after[1:2].isupper()
        and before[:1].isupper()
        and (opens or not before[1:2].isupper())
    ):
        return after[0].upper() + after[1:]
    if before[:1].islower() and after[:1].isupper() and after[1:2].islower():
        return after[0].lower() + after[1:]
    return after


def edit(
    kind: str, text: str, span: tuple[int, int], after: str, severity: Severity, why: str, direction: str = ""
) -> Edit:
    """An edit of ``span``, drawn out over the indefinite article before it where that has to change."""
    start, end = span
    after = like(text[start:end], after, _OPENS.search(text[max(0, start - 3) : start]) is not None)
    if after and (match := _ARTICLE.search(text[max(0, start - 4) : start])):
        start -= len(match[1]) + 1
        needed = article(after)
        after = f"{needed.capitalize() if match[1][0] == 'A' else needed} {after}"
        if after.startswith(match[0]):  # the article stays as it is
            start, after = start + len(match[0]), after.removeprefix(match[0])
    return Edit(kind, direction, start, end, text[start:end], after, severity, why)


def alternatives(words: Sequence[str]) -> str:
    """A pattern for any of ``words``, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
