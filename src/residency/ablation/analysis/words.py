"""Differences in words: hundredths of a metric's range are points."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from residency.judging.statistics import Difference

_FIELD = re.compile(r"\{(\w+)\}")
_MINUS = "\N{MINUS SIGN}"


def points(value: float) -> str:
    """A signed number of points without the word, with a true minus sign: ``+6.0``."""
    return f"{round(100 * value, 1) + 0.0:+.1f}".replace("-", _MINUS)


def size(value: float | None) -> str:
    """Of a difference without a direction: ``5.0 points``. None is one that no items could have shown."""
    return "more than 100 points" if value is None else f"{100 * abs(value):.1f} points"


def with_interval(found: Difference) -> str:
    """``+6.0 points [+2.0, +10.0]``."""
    if found.value is None:
        return "not measured"
    if found.low is None or found.high is None:
        return f"{points(found.value)} points"
    return f"{points(found.value)} points [{points(found.low)}, {points(found.high)}]"


def filled(sentence: str, fields: Mapping[str, str]) -> str:
    """The sentence with its fields, beginning with a capital; braces that name no field stay."""
    text = _FIELD.sub(lambda match: fields.get(match[1], match[0]), sentence)
    return text[:1].upper() + text[1:]


def capital(text: str) -> str:
    """The text with its first letter a capital."""
    return text[:1].upper() + text[1:]


def joined(parts: Sequence[str]) -> str:
    """``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
