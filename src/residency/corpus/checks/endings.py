"""How a text ends: whether it breaks off in the middle of a sentence."""

from __future__ import annotations

import re

from residency.corpus.checks.base import Sure

SENTENCE_WORDS = 10  # a lone sentence of so many words without a full stop is more likely cut than written so
LEAST_WORDS = 4
TITLE_WORDS = 3
WINDOW = 400  # characters at the end that are looked at

_ENDS = (".", "!", "?", "…")
_TAIL = " \t\n\"'”’»)]}*_"
# What may follow the last full stop: citation marks, footnote numbers, a reference in brackets.
_MARKS = re.compile(
    r"(?<=[^\d\s][.!?…])(?:\s*(?:\[[^\[\]]{1,40}\]|\([^()]{1,60}\)|\d{1,2}(?!\d)))+$|(?:\s*\[\d{1,3}\])+$"
)
_MARK_ENDS = (")", "]", *"0123456789")
_OPEN = ",([{/&+–—:"
_FUNCTION = frozenset(
    """the a an of and or to with by for from at into than because if when while which whose as is are was were be been
    has have had its their his her our your nor between during per via such in on that""".split()
)
_NUMBERED = re.compile(r"(?:^|\s)\(?(?:\d{1,2}|[a-z])[.)]\s|^[-•*·▪◦–]\s")
_BULLETS = (" - ", " – ", "• ", " * ", "· ", "▪", "◦", "; ", ": ", "\n-", "\n*")
_REFERENCE = re.compile(
    r"https?:|www\.|\.(?:com|org|gov|net)\b|\bet al\b|\bdoi\b|\bpp?\.?\s?\d|\b\d{4}\)?$", re.IGNORECASE
)
_TITLE = re.compile(r"(?:(?:[A-Z&][\w'’.-]*|of|for|and|the|in|on)(?:,?\s+|$))+")  # a name, as of an institute
_GLUED = re.compile(r"[a-z]{2}\.?[A-Z][a-z]{2}")  # scans lose spaces and stops; their endings tell nothing
_KEY = re.compile(r"^\W*ans(?:wer)?\W*[A-Ha-h]\W+", re.IGNORECASE)
_STOP = re.compile(r"[.!?…][\"'”’)\]]*\s+(?=\S)|\n+")


def breaks_off(text: str) -> tuple[str, Sure] | None:
    """What shows that a text was cut, and how surely; None for a text that ends, a phrase or a list."""
    if text[-1:] in _ENDS:
        return None
    text = _KEY.sub("", text)
    bare = (_MARKS.sub("", text) if text[-1:] in _MARK_ENDS else text).rstrip(_TAIL)
    if not bare or bare[-1] in _ENDS:
        return None
    last = bare.rsplit(maxsplit=1)[-1]
    if bare[-1] in _OPEN and not _REFERENCE.search(last) and "__" not in last:
        return f"it ends with {bare[-1]!r}", "likely"
    if bare[-1] == "-":
        return (f"it ends with {bare[-12:]!r}", "likely") if bare[-4:-1].isalpha() and bare[-4:-1].islower() else None
    if last in _FUNCTION and bare.count(" ") >= LEAST_WORDS - 1:
        return f"it ends with {last!r}", "likely"
    return _without_stop(bare)


def _without_stop(text: str) -> tuple[str, Sure] | None:
    """A last sentence without a full stop, when the sentences before have theirs or when it is long."""
    text = text[-WINDOW:]
    stops = list(_STOP.finditer(text))
    sentence = text[stops[-1].end() :] if stops else text
    words = sentence.count(" ") + 1
    if not sentence[:1].isupper() or _is_list(sentence) or _REFERENCE.search(sentence) or _GLUED.search(text):
        return None
    if words >= TITLE_WORDS and _TITLE.fullmatch(sentence):
        return None
    after_line = bool(stops) and "\n" in stops[-1].group()
    if after_line and text[: stops[-1].start()].rstrip(_TAIL)[-1:] not in (*_ENDS, ""):
        return None  # the line before has none either: items of a list
    others_have = bool(stops) and not after_line and not _is_list(text)
    if others_have or words >= SENTENCE_WORDS:
        return f"its last sentence, of {words} words, has no full stop", "possible"
    return None


def _is_list(text: str) -> bool:
    return any(bullet in text for bullet in _BULLETS) or bool(_NUMBERED.search(text))
