"""What is looked for in a user's own words before any model reads them: danger, and who somebody is.

Neither asks a model, so neither can be talked out of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from residency.core.records import Message
from residency.domain.surgery.observations import alarming
from residency.domain.surgery.red_flags import red_flags_in
from residency.judging.personal.find import find_personal
from residency.serving.contract import Flagged, Span

LONGEST = 4000
"""Characters that are looked through for red flags at once; a longer text goes in parts."""
OVERLAP = 1000

UNSTABLE = "unstable observations"
_WHY = "This is urgent whatever the diagnosis, for these figures are beyond an adult's limits:"
_FIRST = (
    "Have the patient seen now: airway, breathing, circulation, consciousness, and the observations measured again."
)
_CALL = "Call your senior now, and the emergency or outreach team as your hospital's criteria say."

_ONE = (
    r"(?:patient|man|woman|boy|girl|baby|child|infant|toddler|neonate|teenager|lady|gentleman|student|male|female|"
    r"smoker|diabetic|alcoholic|primip|driver|motorcyclist|cyclist|pedestrian)"
)
# Notes name nobody: "Toddler with a scald", "Cirrhotic patient bringing up blood", "Day 8 after a hip replacement,".
_TERSE = re.compile(
    rf"(?:\A|[.!?:\n] *)(?:(?:[\w-]+ ){{0,3}}{_ONE}\b(?! (?:safety|positioning|selection|information))|"
    r"(?:POD|(?:post[- ]?op )?day) ?\d+\b)[^?]*(?:[.!]|\Z)",
    re.IGNORECASE,
)
_WORDS: tuple[tuple[str, str], ...] = (
    (r"\bcan['’]?t\b", "cannot"),
    (r"\bwon['’]t\b", "will not"),
    (r"(?<=[a-z])n['’]t\b", " not"),
    (r"\b(?:do|does|did|have|has|had) not (?:have|had|got)(?: any\b| an?\b)?", "has no"),
    (r"\b[Pp]t\b\.?", "patient"),
    (r"\b(?:BM|CBG|BGL|[Bb]lood sugar)(?= (?:is |of )?\d)", "glucose"),
    (r"\bsux\b", "suxamethonium"),
    (r"\b(?:desats|desatting|desaturating)\b", "desaturated"),
    (r"\bSBP\b", "systolic pressure"),
    (r"\bfitting\b", "seizure"),
)
"""What people type for words that the patterns know."""
_WORD_PATTERNS = tuple((re.compile(pattern), meant) for pattern, meant in _WORDS)


def flags(text: str) -> tuple[Flagged, ...]:
    """The red flags of a patient of whom ``text`` tells, in the table's order; what it denies is none. Where there is
    none, but observations are alarming whatever the diagnosis, one flag says so.

    They are those of :mod:`residency.domain.surgery.red_flags` and no others, and of wordings that nobody foresaw some
    are missed (``python -m benchmarks.red_flags`` counts them): without one, a patient may still be in danger. A text
    beyond ``LONGEST`` characters is looked through in parts that overlap, so that what makes a flag together is only
    found where it stands within one of them.
    """
    full = _in_full(text)
    found = {flag.name: flag for part in _parts(full) for flag in red_flags_in(part)}
    if not found and (figures := alarming(full)):
        return (Flagged(UNSTABLE, f"{_WHY} {', '.join(figures)}.", _FIRST, _CALL),)
    return tuple(Flagged(flag.name, flag.why[0], flag.first[0], flag.call[0]) for flag in found.values())


def personal(text: str) -> tuple[Span, ...]:
    """Where ``text`` may say who somebody is, in order. What is not found may be personal all the same."""
    return tuple(Span(one.start, one.end, one.kind, one.text) for one in find_personal(text))


def _in_full(text: str) -> str:
    """The text as the patterns expect it: contractions and a ward's abbreviations in words, and a patient named as one
    where a note leaves that out."""
    for pattern, meant in _WORD_PATTERNS:
        text = pattern.sub(meant, text)
    return f"My patient. {text}" if _TERSE.search(text) else text


def first_look(messages: Sequence[Message], question: str) -> tuple[list[Flagged], tuple[Span, ...]]:
    """The red flags that the user's last turn, ``question``, raises by itself or with those before it, and its personal
    data. What an earlier turn raised by itself is not raised again."""
    asked = [message["content"] for message in messages if message["role"] == "user"]
    raised = list(flags(question))
    if len(asked) > 1:
        before = {flag.name for flag in flags("\n".join(asked[:-1]))} | {flag.name for flag in raised}
        raised += [flag for flag in flags("\n".join(asked)) if flag.name not in before]
    return raised, personal(question)


def _parts(text: str) -> list[str]:
    return [text[start : start + LONGEST] for start in range(0, max(1, len(text) - OVERLAP), LONGEST - OVERLAP)]
