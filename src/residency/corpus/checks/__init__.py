"""Checks of one row, as data: each is a :class:`~residency.corpus.checks.base.Check` of one of the modules here.

``conversations`` says what is wrong with the order of turns, and ``fields`` what is missing or unusable; the others may
assume a row that both leave alone. A new check is one more entry in its module's ``CHECKS``, and planted faults in
the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from residency.corpus.checks import answers, clinical, conversations, fields, mcq, presidio, privacy
from residency.corpus.checks.base import Check, Finding
from residency.corpus.checks.parts import whole
from residency.corpus.checks.quick import may_find
from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings

Found = tuple[Check, Finding]
Asked = Sequence[tuple[Check, Sequence[bool] | None]]  # each check with the rows that it is asked about; None: all

CHECKS: tuple[Check, ...] = (
    *conversations.CHECKS,
    *fields.CHECKS,
    *mcq.CHECKS,
    *answers.CHECKS,
    *clinical.CHECKS,
    *privacy.CHECKS,
)
"""The checks that always run."""


def checks_of(settings: CorpusSettings) -> tuple[Check, ...]:
    """The checks that the settings ask for, in their order."""
    return (*CHECKS, presidio.CHECK) if settings.privacy_engine == "presidio" else CHECKS


def findings(drafts: Sequence[Draft], settings: CorpusSettings) -> list[list[Found]]:
    """What all checks find in each row: at most one finding for each check and field, in the order of the checks.

    When a blocking check of ``conversations`` finds something, no further check is asked; when one of ``fields`` does,
    none after ``fields``.
    """
    texts = [whole(draft) for draft in drafts]
    asked = [list(zip(checks, may_find(checks, texts), strict=True)) for checks in (fields.CHECKS, _later(settings))]
    with_options = [bool(draft.options) for draft in drafts]
    asked[1] = [(check, with_options if check in mcq.CHECKS else rows) for check, rows in asked[1]]
    return [_findings(place, draft, settings, asked) for place, draft in enumerate(drafts)]


def _later(settings: CorpusSettings) -> tuple[Check, ...]:
    return checks_of(settings)[len(conversations.CHECKS) + len(fields.CHECKS) :]


def _findings(place: int, draft: Draft, settings: CorpusSettings, asked: Iterable[Asked]) -> list[Found]:
    found = _found(conversations.CHECKS, draft, settings) if draft.turns else []
    for checks in asked:
        if any(check.severity == "blocks" for check, _ in found):
            break
        found += _found([check for check, rows in checks if rows is None or rows[place]], draft, settings)
    return found


def _found(checks: Iterable[Check], draft: Draft, settings: CorpusSettings) -> list[Found]:
    found: list[Found] = []
    for check in checks:
        for finding in check.find(draft, settings):
            if not any(one is check and seen.where == finding.where for one, seen in found):
                found.append((check, finding))
    return found
