"""Numbers as readers see them: true minus signs, three decimals, an interval beside each score."""

from __future__ import annotations

from collections.abc import Sequence

from residency.judging.statistics import Difference, Estimate


def number(value: float | None, signed: bool = False, digits: int = 3) -> str:
    """With a true minus sign, never ``-0.000``; a dash for None."""
    if value is None:
        return "\N{EN DASH}"
    text = f"{round(value, digits) + 0.0:{'+' if signed else ''}.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}")


def probability(p: float | None) -> str:
    """A p as papers print it."""
    return "< 0.001" if p is not None and p < 0.001 else number(p)


def limits(found: Estimate | Difference) -> str:
    """``0.120 to 0.310``; empty without an interval."""
    if found.low is None or found.high is None:
        return ""
    signed = isinstance(found, Difference)
    return f"{number(found.low, signed)} to {number(found.high, signed)}"


def with_limits(found: Estimate | Difference) -> str:
    """``0.210 (0.120 to 0.310)``."""
    text = number(found.value, isinstance(found, Difference))
    return f"{text} ({between})" if (between := limits(found)) else text


def counted(count: int, noun: str) -> str:
    """``1 item``, ``1,200 items``."""
    return f"{count:,} {noun if count == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Of the nouns that the report counts."""
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def joined(parts: Sequence[str]) -> str:
    """``a, b and c``; empty for nothing."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
