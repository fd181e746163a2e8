"""The line through the data gate: read and check, part duplicates, decontaminate, cluster, split, write, report."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from residency.core.errors import InputError
from residency.core.files import read_jsonl, write_json
from residency.core.reading.keys import index_base
from residency.core.reading.read import Block, in_blocks, list_files, read_blocks, read_rows, sample
from residency.core.stage import Counts, StageContext
from residency.corpus.checks import presidio
from residency.corpus.comparing.items import load_guard
from residency.corpus.decide import Decided, decide
from residency.corpus.gather import Gathered, gather
from residency.corpus.intake import Part, Plan, guess_base, parts
from residency.corpus.meaning import understand
from residency.corpus.reading.damage import Readings, readings
from residency.corpus.report.advice import listed
from residency.corpus.report.build import Came, build
from residency.corpus.report.found import reviewable
from residency.corpus.report.page import write_page
from residency.corpus.report.phrasing import agree
from residency.corpus.report.tallies import tally
from residency.corpus.review import read_decisions, write_review
from residency.corpus.settings import CorpusSettings
from residency.corpus.write import write_kept, write_passages, write_rejected
from residency.generation.embeddings import Encoder

KEPT, REJECTED, PASSAGES, REVIEW = "kept.jsonl", "rejected.jsonl", "passages.jsonl", "review.csv"
REPORT, PAGE = "data-report.json", "data-report.html"
WORK = "work"
TOP_REASONS = 5
Files = Sequence[tuple[str, Path]]


def run(context: StageContext) -> Counts:
    """Make ``kept.jsonl``, ``rejected.jsonl``, ``passages.jsonl``, ``data-report.json``, ``data-report.html`` and
    ``review.csv`` from the user's files.

    A kept row is a ``Question``; rows of the test splits also have ``passage_seen`` (bool): whether a train
    row is linked to one of its passages. A rejected row is ``origin``, ``reason``, ``detail`` and ``row``.

    Raises:
        InputError: a file cannot be found or is of no known kind, or no row is left.
        MissingDependencyError: the settings ask for Presidio or for meanings, and the extra for it is not installed.
        UsageError: Presidio's language model is not installed.
    """
    settings = context.section("corpus", CorpusSettings)
    if settings.privacy_engine == "presidio":
        presidio.require(settings.privacy_model)
    files, aside = list_files(settings.files)
    context.progress.start(None, "rows")
    guard, warnings = load_guard(settings.evaluation_files, settings)
    # Made first: where the extra is missing, nothing heavy has been done.
    encoder = Encoder() if settings.semantic_duplicate is not None else None
    plan = Plan(settings, guard, read_decisions(settings.decisions) if settings.decisions else {})
    try:
        gathered, watched, not_sampled = _gathered(plan, files, context)
        decided = decide(gathered, plan, lambda purpose: context.random("corpus", purpose), context.progress.doing)
        context.progress.doing("writing the rows")
        write_rejected(context.out / REJECTED, gathered, decided)
        if not decided.stay.any():
            raise _nothing_kept(gathered, decided, context)
        write_kept(context.out / KEPT, gathered, decided)
        passages = write_passages(context.out / PASSAGES, gathered, decided)
        warnings = [*_idle(plan, gathered), *warnings, *_ambiguous(gathered)]
        meaning = understand(encoder, gathered, decided, plan, context.progress) if encoder else None
        context.progress.doing("looking at the bank as a whole")
        came = Came(watched, [name for name, _ in files], aside, not_sampled)
        report, noticed = build(gathered, decided, plan, meaning, came, warnings, context.seed)
        context.progress.doing("writing the report")
        write_json(context.out / REPORT, report)
        write_page(report, context.out / PAGE)
        write_review(context.out / REVIEW, reviewable(gathered, decided, noticed))
    finally:
        shutil.rmtree(context.out / WORK, ignore_errors=True)
    for warning in [*(damage["says"] for damage in report["broken_files"]), *report["warnings"]]:
        context.progress.note(warning)
    return _counts(report, passages)


def _gathered(plan: Plan, files: Files, context: StageContext) -> tuple[Gathered, Readings, int]:
    """Every row of the files, what came of each file, and how many rows were not drawn.

    A file's numeric keys are taken to count options as its first block tells. Where the whole file then tells
    otherwise, which is rare, all is read once more.
    """
    known: dict[str, int] = {}
    while True:
        folder = context.out / WORK
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        guessed: dict[str, int] = {}
        watched = Readings()
        blocks, not_sampled = _blocks(files, plan.settings, context, watched)
        gathered = gather(_counted(parts(plan, _with_base(blocks, known, guessed, plan.settings)), context), folder)
        told = {file: base for file, keys in gathered.numeric.items() if (base := index_base(keys)) is not None}
        wrong = {file: base for file, base in told.items() if base != guessed[file]}
        if not wrong:
            if plan.settings.limit is None:
                whole = gathered.table.group_by("file").agg(pl.col("number").max()).iter_rows()
                others = gathered.rejected.select("file", "number", "reason", "detail").iter_rows()
                watched = readings(gathered.read, whole, others)
            return gathered, watched, not_sampled
        known |= wrong


def _blocks(
    files: Files, settings: CorpusSettings, context: StageContext, watched: Readings
) -> tuple[Iterable[Block], int]:
    """The files' rows, and how many were not drawn; where some are drawn, ``watched`` notes all of them."""
    if settings.limit is None:
        return read_blocks(files), 0
    rows, left_out = sample(watched.watch(read_rows(files)), settings.limit, context.random("corpus", "sample"))
    return in_blocks(rows), left_out


def _with_base(
    blocks: Iterable[Block], known: Mapping[str, int], guessed: dict[str, int], settings: CorpusSettings
) -> Iterator[Block]:
    for block in blocks:
        if block.file not in guessed:
            guessed[block.file] = known[block.file] if block.file in known else guess_base(block, settings)
        yield replace(block, base=guessed[block.file])


def _counted(found: Iterable[Part], context: StageContext) -> Iterator[Part]:
    for part in found:
        context.progress.advance(part.read)
        yield part


def _idle(plan: Plan, gathered: Gathered) -> list[str]:
    """Decisions that changed nothing: those on rows that are not there, and those on fields that a row lacks."""
    found = []
    lost = {key: one for key, one in plan.decisions.items() if key not in gathered.decided}
    if lost:
        lines = sum(len(one.verdicts) for one in lost.values())
        found.append(
            f"{lines} of {sum(len(one.verdicts) for one in plan.decisions.values())} decisions match no row that was "
            f"read: {listed([one.id or key for key, one in lost.items()])}; the rows have changed since, or a "
            "spreadsheet program has changed the column row: check again and decide anew"
        )
    lacking = {key: fields for key, fields in gathered.decided.items() if fields}
    if lacking:
        rows = [f"{plan.decisions[key].id or key} ({', '.join(fields)})" for key, fields in lacking.items()]
        found.append(f"a field that was to be replaced is missing in {agree(len(lacking), 'row')}: {listed(rows)}")
    return found


def _ambiguous(gathered: Gathered) -> list[str]:
    return [
        f"{file}: nothing tells whether its {len(keys)} numeric keys count options from 0 or from 1; "
        "0 was taken: check a few, or give letters"
        for file, keys in gathered.numeric.items()
        if keys and index_base(keys) is None
    ]


def _nothing_kept(gathered: Gathered, decided: Decided, context: StageContext) -> InputError:
    read = sum(gathered.read.values())
    if not read:
        return InputError("the files hold no rows", "corpus.files", "Name files that hold a question bank")
    reasons = tally([*gathered.rejected["reason"], *(fault.reason for fault in decided.faults.values())])
    why = ", ".join(f"{reason} {count}" for reason, count in list(reasons.items())[:TOP_REASONS])
    first = next(read_jsonl(context.out / REJECTED))
    return InputError(
        f"none of {read} rows could be kept ({why})",
        "corpus.files",
        f"The first: {first['origin']}: {first['detail']}. All are in {context.out / REJECTED}",
    )


def _counts(report: Mapping[str, Any], passages: int) -> Counts:
    """What the manifest and the command line show."""
    splits = {split: entry["rows"] for split, entry in report["splits"]["splits"].items() if entry["rows"]}
    return {
        **report["rows"],
        **report["kinds"],
        **splits,
        "clusters": report["clusters"]["count"],
        "passages": passages,
        "warnings": len(report["warnings"]),
    }
