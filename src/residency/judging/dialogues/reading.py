"""Reading turns: their sentences, stems and figures; which of them ask; whether a turn names a fact."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache

from residency.core.text import content_stems, normalise, numbers
from residency.core.text import sentences as split
from residency.judging.dialogues.lexicon import GENERAL, LETTERS, LIST_MARK, NEGATION, TALK, TALK_PHRASES

_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
_REQUEST = re.compile(
    r"^(?:(?:so|first|then|and|please|kindly|but|before [^,]{0,80},|to [^,]{0,60},)[,\s]+)*"
    r"(?:please|tell|give me|let me|send|state|specify|share|paste|list|provide|say|confirm|clarify|remind me|"
    r"i(?:['’]d| would| will|['’]ll)? (?:also |still |first |only )?(?:need|want|like|have|must"
    r"|should) (?:to (?:know|ask|hear|see|have|check)|you to)\b|"
    r"i(?:['’]d| would)? (?:also |still |first )?need\b|what i (?:still |first )?need|(?:it|that|this"
    r"|everything) (?:would )?(?:depends?|hinges?|turns?) on)\b"
)
_INDIRECT = re.compile(
    r"\b(?:could|can|would|will) you (?:please |kindly )?(?:tell|say|give|send|confirm|clarify|let|share|list)\b"
)
_CLAUSE = re.compile(r"[.;:,?!\n]|\b(?:but|and|whereas|while|or|then|yet|although|though|than|to)\b")
_AFFIRMED = re.compile(
    r"\b(?:he|she|they|it|there|you do)\s+(?:now\s+)?(?:is|are|was|were|does|do|did|has|have|had)\s*(?=$|[.,;:?!])"
    r"|\b(?:the opposite|the reverse|otherwise|or not|whether)\b"
)
_DENIED = re.compile(
    r"\b(?:is|are|was|were|does|do|did|has|have|had)(?:\s+not|n['’]t)\s*(?=$|[.,;:?!])|\b(?:the opposite|the reverse"
    r"|otherwise|or not)\b"
)


@lru_cache(maxsize=50_000)
def stems(text: str) -> frozenset[str]:
    """Distinct content stems."""
    return frozenset(content_stems(text))


@lru_cache(maxsize=50_000)
def figures(text: str) -> frozenset[str]:
    """Distinct numbers, the marks of numbered lists left out."""
    return frozenset(numbers("\n".join(LIST_MARK.sub("", line) for line in text.split("\n"))))


@lru_cache(maxsize=20_000)
def pieces(text: str) -> tuple[str, ...]:
    """Sentences without the marks of lists."""
    bare = "\n".join(LIST_MARK.sub("", line) for line in text.split("\n"))
    return tuple(split(bare))


def asks(sentence: str) -> bool:
    """Whether a sentence asks the user for something, with a question mark or without."""
    low = sentence.lower().strip(" *_\"'“”")
    return low.endswith("?") or bool(_REQUEST.match(low)) or bool(_INDIRECT.search(low))


@lru_cache(maxsize=20_000)
def questions(text: str) -> tuple[str, ...]:
    """The sentences that end in a question mark; where there are none, those that ask without one."""
    marked = tuple(piece for piece in pieces(text) if piece.rstrip(" *_\"'”)").endswith("?"))
    return marked or tuple(piece for piece in pieces(text) if asks(piece))


def statements(text: str) -> tuple[str, ...]:
    """The sentences that do not ask."""
    return tuple(piece for piece in pieces(text) if not asks(piece))


@lru_cache(maxsize=50_000)
def claim(sentence: str) -> str:
    """What is left of a sentence without its talk about the conversation; the rest keeps its order."""
    bare = LETTERS.sub(" ", TALK_PHRASES.sub(" ", LIST_MARK.sub("", sentence)))
    return " ".join(_WORD.sub(lambda found: "" if _is_talk(found[0]) else found[0], bare).split())


@lru_cache(maxsize=50_000)
def _is_talk(word: str) -> bool:
    found = content_stems(word)
    return bool(found) and not word.isdigit() and all(stem in TALK for stem in found)


def telling(text: str) -> frozenset[str]:
    """The stems that tell a fact from another; all of them where all are general."""
    return stems(text) - GENERAL or stems(text)


def share(part: Iterable[str], whole: frozenset[str]) -> float:
    """Share of ``part`` that ``whole`` holds; 0 where there is no part."""
    wanted = frozenset(part)
    return len(wanted & whole) / len(wanted) if wanted else 0.0


def same(one: str, other: str) -> bool:
    """Whether two texts are the same but for case and spaces."""
    return normalise(one) == normalise(other)


def names(text: str, value: str, other: str = "") -> bool:
    """Whether ``text`` names the fact ``value`` so that it cannot be taken for ``other``.

    By figures where the two differ in them (half of the value's own must be there), by the stems that only ``value``
    has otherwise (a third of them); where one of the two denies what the other says, by a clause that denies or says
    it.
    """
    own = figures(value) - figures(other)
    if own:
        return 2 * len(own & figures(text)) >= len(own)
    if not telling(value):
        return True
    denied = bool(NEGATION.search(value.lower()))
    if other and denied != bool(NEGATION.search(other.lower())):
        return _names_polar(text.lower(), value, denied)
    marks = telling(value) - telling(other) or stems(value) - stems(other) or telling(value)
    return len(marks & stems(text)) >= math.ceil(len(marks) / 3)


def _names_polar(low: str, value: str, denied: bool) -> bool:
    marks = telling(value) - {"no", "not"}
    if not marks & stems(low):
        return False
    if any(marks & stems(clause) and bool(NEGATION.search(clause)) == denied for clause in _CLAUSE.split(low)):
        return True
    return bool((_DENIED if denied else _AFFIRMED).search(low))


def says_again(text: str) -> bool:
    """Whether a text runs in circles: a sentence of four words or more three times, or very few different words."""
    seen: dict[str, int] = {}
    for piece in pieces(text):
        plain = normalise(piece)
        seen[plain] = seen.get(plain, 0) + 1
        if seen[plain] > 2 and len(plain.split()) > 3:
            return True
    found = text.lower().split()
    return len(found) > 40 and len(set(found)) < 0.25 * len(found)
