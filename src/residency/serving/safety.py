"""What is looked for in a user's own words before any model reads them: danger, and who somebody is.

Neither asks a model, so neither can be talked out of it.
"""

from __future__ import annotations

from residency.domain.surgery.red_flags import red_flags_in
from residency.judging.personal import find_personal
from residency.serving.contract import Flagged, Span

LONGEST = 4000
"""Characters that are looked through for red flags at once; a longer text goes in parts."""
OVERLAP = 1000


def flags(text: str) -> tuple[Flagged, ...]:
    """The red flags of a patient of whom ``text`` tells, in the table's order; what it denies is none.

    They are those of :mod:`residency.domain.surgery.red_flags` and no others: without one, a patient may still be in
    danger. A text beyond ``LONGEST`` characters is looked through in parts that overlap, so that what makes a flag
    together is only found where it stands within one of them.
    """
    found = {flag.name: flag for part in _parts(text) for flag in red_flags_in(part)}
    return tuple(Flagged(flag.name, flag.why[0], flag.first[0], flag.call[0]) for flag in found.values())


def personal(text: str) -> tuple[Span, ...]:
    """Where ``text`` may say who somebody is, in order. What is not found may be personal all the same."""
    return tuple(Span(one.start, one.end, one.kind, one.text) for one in find_personal(text))


def _parts(text: str) -> list[str]:
    return [text[start : start + LONGEST] for start in range(0, max(1, len(text) - OVERLAP), LONGEST - OVERLAP)]
