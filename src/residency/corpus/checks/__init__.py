"""Checks of one row, as data: each is a :class:`~residency.corpus.checks.base.Check` of one of the modules here.

``conversations`` says what is wrong with the order of turns, and ``fields`` what is missing or unusable; the others may
assume a row that both leave alone. A new check is one more entry in its module's ``CHECKS``, and planted faults in
the tests.
"""

from __future__ import annotations

from residency.corpus.checks import answers, clinical, conversations, fields, mcq, privacy
from residency.corpus.checks.base import Check, Finding
from residency.corpus.reading.read import Fault
from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings

CHECKS: tuple[Check, ...] = (
    *conversations.CHECKS,
    *fields.CHECKS,
    *mcq.CHECKS,
    *answers.CHECKS,
    *clinical.CHECKS,
    *privacy.CHECKS,
)
_LATER = CHECKS[len(conversations.CHECKS) + len(fields.CHECKS) :]
_BLOCKING = tuple(check for check in CHECKS if check.severity == "blocks")


def findings(draft: Draft, settings: CorpusSettings) -> list[tuple[Check, Finding]]:
    """What all checks find in a row: at most one finding for each check and field, in the order of the checks.

    When a blocking check of ``conversations`` finds something, no further check is asked; when one of ``fields`` does,
    none after ``fields``.
    """
    found = _found(conversations.CHECKS, draft, settings) if draft.turns else []
    for checks in (fields.CHECKS, _LATER):
        if any(check.severity == "blocks" for check, _ in found):
            break
        found += _found(checks, draft, settings)
    return found


def first_fault(draft: Draft, settings: CorpusSettings) -> Fault | None:
    """The first finding of a blocking check, as the reason for which the row is kept out; None when it passes."""
    for check in _BLOCKING:
        for finding in check.find(draft, settings):
            return Fault(check.id, finding.detail)
    return None


def _found(checks: tuple[Check, ...], draft: Draft, settings: CorpusSettings) -> list[tuple[Check, Finding]]:
    found: list[tuple[Check, Finding]] = []
    for check in checks:
        fields_seen: set[str] = set()
        for finding in check.find(draft, settings):
            if finding.where not in fields_seen:
                fields_seen.add(finding.where)
                found.append((check, finding))
    return found
