"""Checks of one row, as data: each is a :class:`~residency.corpus.checks.base.Check` of one of the modules here.

``conversations`` says what is wrong with the order of turns, and ``fields`` what is missing or unusable; the others may
assume a row that both leave alone. A new check is one more entry in its module's ``CHECKS``, and planted faults in
the tests.
"""

from __future__ import annotations

from residency.corpus.checks import answers, clinical, conversations, fields, mcq, presidio, privacy
from residency.corpus.checks.base import Check, Finding
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
"""The checks that always run."""
_FIRST = len(conversations.CHECKS) + len(fields.CHECKS)  # those that come before all others


def checks_of(settings: CorpusSettings) -> tuple[Check, ...]:
    """The checks that the settings ask for, in their order."""
    return (*CHECKS, presidio.CHECK) if settings.privacy_engine == "presidio" else CHECKS


def findings(draft: Draft, settings: CorpusSettings) -> list[tuple[Check, Finding]]:
    """What all checks find in a row: at most one finding for each check and field, in the order of the checks.

    When a blocking check of ``conversations`` finds something, no further check is asked; when one of ``fields`` does,
    none after ``fields``.
    """
    found = _found(conversations.CHECKS, draft, settings) if draft.turns else []
    for checks in (fields.CHECKS, checks_of(settings)[_FIRST:]):
        if any(check.severity == "blocks" for check, _ in found):
            break
        found += _found(checks, draft, settings)
    return found


def _found(checks: tuple[Check, ...], draft: Draft, settings: CorpusSettings) -> list[tuple[Check, Finding]]:
    found: list[tuple[Check, Finding]] = []
    for check in checks:
        fields_seen: set[str] = set()
        for finding in check.find(draft, settings):
            if finding.where not in fields_seen:
                fields_seen.add(finding.where)
                found.append((check, finding))
    return found
