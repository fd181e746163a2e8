"""Whether a question describes a patient in danger, who at the bedside is escalated before anything is answered.

Reviewed 2026-11; not for clinical use.
"""

from __future__ import annotations

import re

from residency.domain.surgery.cases import read_case
from residency.domain.surgery.red_flags import red_flags_in
from residency.domain.surgery.shorthand import describes, spelled_out

# Adults' limits: systolic pressure below 90 mmHg, saturation below 90%. A small child's pressure is lower.
_UNSTABLE = re.compile(
    r"\b(?:blood pressure|systolic(?: blood)?(?: pressure)?)(?: (?:is|was|of|has|at|now)){0,2} (?:[3-8]\d)\b(?!/min)|"
    r"\bsaturation(?: (?:is|was|of|at|now)){0,2} [5-8]\d\b"
)
_SMALL_CHILD = re.compile(r"\b(?:\w+-(?:day|week|month)|[1-9]-year)-old\b|\b(?:infant|newborn|neonate|toddler|baby)\b")


def in_danger(text: str) -> bool:
    """Whether a case, in sentences or in shorthand, has a red flag or an adult's observations of shock or hypoxia."""
    if read_case(text) is None and not describes(text):
        return False
    return bool(red_flags_in(text)) or _unstable(text)


def _unstable(text: str) -> bool:
    lower = spelled_out(text).lower()
    return _UNSTABLE.search(lower) is not None and not _SMALL_CHILD.search(lower)
