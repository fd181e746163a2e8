"""The checks of what a row says about treatment: doses, sides, claims without exception and old guidance.

None of them knows medicine. Each finds what a careful reader would stop at, says why, and leaves the judgement
to a person.
"""

from __future__ import annotations

from residency.corpus.checks import claims, doses, laterality
from residency.corpus.checks.base import Check

CHECKS: tuple[Check, ...] = (*doses.CHECKS, *laterality.CHECKS, *claims.CHECKS)
