"""Doubt taken out of what is doubtful, and put into what is certain, in the words of one table."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.domain.surgery.hedges import DENIED, DOUBTFUL, OPEN, PAIRS, SURE
from residency.preference.edits.edit import Edit, Operator, Refusal, Severity
from residency.preference.edits.prose import edit, first_words, statements

KIND = "certainty"
_I = re.IGNORECASE
_OVER, _UNDER = "unsafe overconfidence", "needless hedging"
_SURER: dict[str, list[str]] = {}
_DOUBTED: dict[str, list[str]] = {}
for _doubt, _sure in PAIRS:
    _SURER.setdefault(_doubt, []).append(_sure)
    _DOUBTED.setdefault(_sure, []).append(_doubt)


def _pattern(places: dict[str, str]) -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w-])(?P<word>"
        + "|".join(f"{word}\\b(?:{places[word]})" for word in sorted(places, key=len, reverse=True))
        + ")",
        _I,
    )


_DOUBTFUL, _SURE = _pattern(DOUBTFUL), _pattern(SURE)
_FIRST_DOUBTFUL, _FIRST_SURE = first_words(DOUBTFUL), first_words(SURE)
_OPEN, _DENIED = re.compile(OPEN, _I), re.compile(DENIED, _I)
_ORDERS = re.compile(r"\b(?:be|wait|have|get|see|call|seek|precede|avoid)\b", _I)
_GIVEN = re.compile(
    r" (?:be )?(?:given|used|considered|offered|added|needed|required|necessary|done|tried|left|started)\b", _I
)
_HARM = re.compile(
    r"\b(?:must|never|immediate\w*|emergenc\w+|at once|fatal|death|bleed\w*|contraindicat\w+|cancer|ischaem\w+|"
    r"perforat\w+|sepsis|shock|exclude\w*)\b",
    _I,
)


def wrong_certainty(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """More certainty than holds, or less."""
    for statement in statements(text):
        for direction, pattern, others, firsts in (
            (_OVER, _DOUBTFUL, _SURER, _FIRST_DOUBTFUL),
            (_UNDER, _SURE, _DOUBTED, _FIRST_SURE),
        ):
            if statement.words.isdisjoint(firsts):
                continue
            for match in pattern.finditer(statement.text):
                word = match["word"].lower()
                if _OPEN.search(statement.text):
                    yield Refusal(KIND, "the statement leaves it open")
                    continue
                if direction == _OVER and _DENIED.search(statement.text):
                    yield Refusal(KIND, "a doubt beside a denial")
                    continue
                severity: Severity = "dangerous" if _HARM.search(statement.text) else "major"
                span = (statement.start + match.start("word"), statement.start + match.end("word"))
                for other in others[word]:
                    if not _fits(statement.text, match, word, other):
                        yield Refusal(KIND, "the other word does not fit the sentence")
                    elif re.search(rf"\b{other}\b", statement.text, _I) and other not in ("is", "are", "may", "may be"):
                        yield Refusal(KIND, "the other word is in the statement too")
                    else:
                        yield edit(KIND, text, span, other, severity, _why(direction, word, other), direction)


def _fits(said: str, match: re.Match[str], word: str, other: str) -> bool:
    """Whether ``other`` agrees with what stands around the match, and makes the mistake that its direction means."""
    before, after = said[: match.start()], said[match.end() :]
    if word == "may be":
        noun = re.search(r"([\w-]+) $", before)
        if noun is None or noun[1].lower() in ("that", "which", "who", "it", "there", "they", "and", "also", "you"):
            return noun is not None and noun[1].lower() == "it" and other == "is"
        plural = noun[1].lower().endswith("s") and not noun[1].lower().endswith(("ss", "is", "us"))
        return plural == (other == "are") and " and " not in before[-40:]
    if word == "may" and other in ("must", "should"):
        return bool(_GIVEN.match(after))
    if word == "may":
        return not _GIVEN.match(after)
    if word == "will":
        return other == "may"
    if (word, other) in (("is", "may be"), ("are", "may be")):
        return bool(re.search(r"[\w)] $", before)) and not re.search(
            r"\b(?:there|it|this|that|which|who|what) $", before, _I
        )
    if word in ("is", "are"):
        return other.startswith(f"{word} ")
    if word == "always":
        return other in ("usually", "often", "sometimes")
    if word == "never":
        return other in ("rarely", "seldom")
    if word == "all":
        return other in ("most", "some", "many")
    return True


def _why(direction: str, word: str, other: str) -> str:
    if direction == _OVER:
        return f'"{word}" is as much as can be said here; "{other}" claims a certainty that does not exist.'
    return f'"{word}" is certain or required here; "{other}" casts a doubt on it that is not warranted.'


TEXT_OPERATORS: dict[str, Operator] = {KIND: wrong_certainty}
