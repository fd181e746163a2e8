"""What a check of one row is, and what it finds. A check never changes a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings

Severity = Literal["blocks", "warns", "informs"]
Sure = Literal["certain", "likely", "possible"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in one row.

    ``detail`` says it in words, with the figures it rests on; ``where`` names the field (``question``,
    ``answer``, ``rationale``, ``option B``, ``context 1``, ``turn 3``) and ``span`` the characters in it, where
    there are any; ``sure`` is how far the finding can be trusted without a look.
    """

    detail: str
    where: str = ""
    span: tuple[int, int] | None = None
    sure: Sure = "certain"


@dataclass(frozen=True)
class Check:
    """A check of one row: ``blocks`` keeps the row out, ``warns`` keeps it and asks for a look, ``informs`` counts.

    ``means`` says in one sentence what such rows do to training or evaluation. ``find`` yields what it finds;
    a blocking check's first finding is the row's reason. ``needs`` are regular expressions, as Rust has them, all of
    which must match the row's texts (``parts.whole``) for the check to find anything; one that begins with ``(?i)``
    is held against their lower case.
    """

    id: str
    severity: Severity
    title: str
    means: str
    find: Callable[[Draft, CorpusSettings], Iterable[Finding]]
    needs: tuple[str, ...] = ()
