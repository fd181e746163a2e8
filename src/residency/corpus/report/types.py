"""What ``data-report.json`` holds: read by ``page`` and ``summary``.

Every part may be left out, and every list and table may be empty: what is absent was not measured, and the page says
so. Counts are of rows unless said otherwise; shares run from 0 to 1. A ``Tally`` is ``[count, of]``.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

Tally = list[int]
"""``[count, of]``: in how many rows something was found, of how many it could apply to."""


class Rows(TypedDict):
    """``read`` is ``kept`` plus ``rejected``; ``not_sampled`` were left unread by the setting ``limit``."""

    read: int
    kept: int
    rejected: int
    not_sampled: int


class File(TypedDict):
    """A file that was read: its rows, and how many of them have each shape (``mcq``, ``sharegpt``, ...)."""

    name: str
    rows: int
    shapes: dict[str, int]


class BrokenFile(TypedDict):
    """A file that could not be read from line (of a table: row) ``number`` on, and how many rows of it were."""

    name: str
    number: int
    rows_read: int
    says: str


class Decided(TypedDict):
    """Lines of the review table with a decision: how many were ``read``, ``applied`` (these by kind), and match no row
    (``unmatched``). Absent where no table is named."""

    read: int
    applied: int
    keep: int
    drop: int
    replace: int
    unmatched: int


class Fit(TypedDict):
    """Whether the bank is fit to train on, and what is not so, in words."""

    passes: bool
    says: str


class Example(TypedDict):
    """One finding. ``text`` is the field that ``where`` names, whole or cut; ``span`` are characters of ``text``.
    ``other`` is a second row that it is about."""

    origin: str
    id: str
    where: str
    detail: str
    text: str
    span: NotRequired[list[int] | None]
    other: NotRequired[Other]


class Other(TypedDict):
    """The second row of an example."""

    origin: str
    text: str


class CheckReport(TypedDict):
    """One check: ``count`` of ``of`` rows have at least one finding. ``severity`` is ``blocks`` (the row is kept out),
    ``warns`` (kept, to be looked at) or ``informs``; ``sure`` counts findings that are ``certain``, ``likely`` or
    ``possible``."""

    id: str
    severity: str
    title: str
    means: str
    count: int
    of: int
    by_source: dict[str, Tally]
    by_topic: dict[str, Tally]
    sure: dict[str, int]
    examples: list[Example]


class Pair(TypedDict):
    """Two rows that say the same, ``origins`` and ``texts`` in one order; ``jaccard`` of words, or ``similarity`` of
    meanings."""

    origins: list[str]
    texts: list[str]
    jaccard: NotRequired[float | None]
    similarity: NotRequired[float | None]


class Duplicates(TypedDict):
    """One kind of duplicates: ``count`` of ``of`` rows, the ``threshold`` where there is one, what became of them
    (``done``, in words). ``count`` None: not looked for; ``done`` then says why."""

    count: int | None
    of: int
    threshold: NotRequired[float | None]
    done: str
    examples: list[Pair]


class Match(TypedDict):
    """A row of the bank (``origin``, ``text``) and the evaluation item that it holds (``item``, ``item_text``), with
    the ``evidence`` in words."""

    origin: str
    text: str
    item: str
    item_text: str
    evidence: str


class Tier(TypedDict):
    """One way of matching evaluation items: ``rows`` of the bank matched ``items`` of them, and are ``kept_out`` or
    left for a person to look at."""

    id: str
    title: str
    means: str
    rows: int
    items: int
    kept_out: bool
    examples: list[Match]


class Decontamination(TypedDict):
    """``files`` hold evaluation items that must not be trained on; ``notes`` say what else to know (templates that were
    stripped, items too short to find)."""

    files: list[ItemFile]
    tiers: list[Tier]
    notes: list[str]


class ItemFile(TypedDict):
    """A file of evaluation items."""

    name: str
    items: int


class BankReport(TypedDict):
    """``KeyPositions`` and ``Baseline`` of ``bank.shortcuts``, as dictionaries (``dataclasses.asdict``)."""

    key_positions: NotRequired[dict[str, Any]]
    longest_option: NotRequired[dict[str, Any]]
    choices_only: NotRequired[dict[str, Any]]


class SplitReport(TypedDict):
    """One split; ``share`` is what it got and ``declared`` what was asked, both of the rows outside held-out topics
    (None for splits that have no declared share)."""

    rows: int
    clusters: int
    share: NotRequired[float | None]
    declared: NotRequired[float | None]


class HumanTest(TypedDict):
    """The test rows that people wrote; ``empty`` says why there are none."""

    rows: int
    empty: NotRequired[str]


class Splits(TypedDict):
    """Splits by name (``train``, ``dev``, ``test``, ``test_topic``); ``by_topic`` and ``by_source`` count the rows of
    each in each split."""

    splits: dict[str, SplitReport]
    by_topic: dict[str, dict[str, int]]
    by_source: dict[str, dict[str, int]]
    held_out_topics: list[str]
    human_test: HumanTest


class Release(TypedDict):
    """Whether the bank's licences leave a release open, and why (not), in words."""

    open: bool
    says: str


class Provenance(TypedDict):
    """Kept rows by source and licence, and how many name no ``source``, ``licence`` or ``topic`` of their own."""

    sources: dict[str, int]
    licences: dict[str, int]
    missing: dict[str, int]
    release: NotRequired[Release]


class Lengths(TypedDict):
    """A histogram of words: ``counts[i]`` texts have from ``edges[i]`` up to below ``edges[i + 1]`` words; the last bin
    holds all longer ones when ``edges[-1]`` is None."""

    edges: list[float | None]
    counts: list[int]
    median: float | None


class Report(TypedDict, total=False):
    """The whole report. ``first`` says what to do, most harmful first; ``kinds`` (``mcq``, ``open``, ``conversation``),
    ``topics`` and ``notes`` (what was left out of rows) count kept rows."""

    name: str
    rows: Rows
    files: list[File]
    files_left_aside: list[str]
    broken_files: list[BrokenFile]
    empty_files: list[str]
    decisions: Decided
    rejected_by_reason: dict[str, int]
    kinds: dict[str, int]
    topics: dict[str, int]
    notes: dict[str, int]
    checks: list[CheckReport]
    duplicates: dict[str, Duplicates]
    """By kind: ``exact``, ``near``, ``same_stem_other_options``, ``semantic``."""
    decontamination: Decontamination
    bank: BankReport
    splits: Splits
    provenance: Provenance
    lengths: dict[str, Lengths]
    """``question`` and ``answer``; of a conversation all turns of the user, and all of the assistant."""
    warnings: list[str]
    first: list[str]
    fit: Fit
