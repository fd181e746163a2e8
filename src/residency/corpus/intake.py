"""From files to checked rows, block by block and on every core, in bounded memory.

A block of a file becomes a :class:`Part`: its rows as lines of JSON, and the few figures by which rows are compared
with each other later. Parts come in the order of the files whatever the number of processes, so that the same files
give the same bytes.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from residency.core.comparing.decontaminate import Guard, Hit, exact_keys, in_order, in_order_so_far, look_up
from residency.core.comparing.tokens import Ragged, as_sets, mix, shingles, side_by_side, word_hashes
from residency.core.reading.keys import index_base
from residency.core.reading.read import Block, Fault, rows_of
from residency.core.records import Passage
from residency.corpus.bank.standing import stands_alone
from residency.corpus.checks import findings
from residency.corpus.checks.base import Check, Finding
from residency.corpus.comparing.sketch import Bands, Signatures, bands_for, sketch
from residency.corpus.reading.shapes import Draft, numeric_key, parse, resolve_key
from residency.corpus.review import UNDECIDED, Decision, Decisions, draft_key, replaceable, revised
from residency.corpus.rows import (
    EXCHANGE_WORDS,
    TURN_WORDS,
    Lines,
    as_series,
    asked,
    asked_turns,
    entries,
    entry,
    exchanges,
    line,
    own_passages,
    said,
)
from residency.corpus.settings import CorpusSettings

WAITING = 2  # blocks under way for each process
ALONE = 6 << 20  # bytes, about, below which starting processes costs more than it saves
ROW_BYTES = 1_000
SHINGLE = 3
# Questions decide which rows share a split, so that hardly any pair may be overlooked. Whole records in which every
# seventh word was edited have a similarity of 0.44, at which these bands overlook 2 pairs of 100.
QUESTION_HASHES, QUESTION_MISSED = 64, 0.01
RECORD_HASHES, RECORD_MISSED = 128, 0.16

FOUND: dict[str, Any] = {
    "row": pl.Int64,
    "check": pl.String,
    "where": pl.String,
    "sure": pl.String,
    "detail": pl.String,
    "start": pl.Int64,
    "stop": pl.Int64,
}


@dataclass(frozen=True)
class Plan:
    """What every block is worked through with."""

    settings: CorpusSettings
    guard: Guard | None
    decisions: Decisions

    @property
    def question_bands(self) -> Bands:
        """How the signatures of questions are cut."""
        return bands_for(self.settings.near_duplicate, QUESTION_HASHES, QUESTION_MISSED)

    @property
    def record_bands(self) -> Bands:
        """How the signatures of whole records are cut."""
        return bands_for(self.settings.near_duplicate_record, RECORD_HASHES, RECORD_MISSED)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not kept: where it stood, why, and itself as it was read; ``draft`` where it had a shape."""

    file: str
    number: int
    fault: Fault
    row: Any
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What a block of a file held.

    ``lines``, ``table``, the shingles and the signatures have one entry for each row that is whole; ``found`` and
    ``own_passages`` name rows by their place among these. ``table`` has the columns of ``rows.TABLE`` and of
    ``rows.COMPARED``. ``decided`` are the keys of rows that were decided on, each with the fields that were to be
    replaced and that the row does not have. ``numeric`` holds (key, number of options) of the MCQs whose key is a
    number, which only the file as a whole explains.
    """

    file: str
    read: int
    lines: Lines
    table: pl.DataFrame
    found: pl.DataFrame
    hits: list[Hit]
    rejected: list[Rejected]
    decided: list[tuple[str, list[str]]]
    own_passages: list[tuple[int, Passage]]
    numeric: list[tuple[int, int]]
    questions: Ragged
    records: Ragged
    question_signatures: Signatures
    record_signatures: Signatures


def work(plan: Plan, block: Block) -> Part:
    """One block: read, shaped, checked, and reduced to what later steps compare."""
    read = 0
    drafts: list[Draft] = []
    rejected: list[Rejected] = []
    numeric: list[tuple[int, int]] = []
    kept: list[tuple[Draft, list[tuple[Check, Finding]]]] = []
    for raw in rows_of(block):
        read += 1
        parsed = parse(raw, plan.settings)
        if isinstance(parsed, Fault):
            rejected.append(Rejected(raw.file, raw.number, parsed, raw.text if raw.row is None else raw.row))
            continue
        if key := numeric_key(parsed):
            numeric.append(key)
        drafts.append(resolve_key(parsed, block.base))
    decided: list[tuple[Draft, Decision]] = []
    matched: list[tuple[str, list[str]]] = []
    for draft in drafts:
        decision = UNDECIDED
        if plan.decisions and (row := draft_key(draft)) in plan.decisions:
            decision = plan.decisions[row]
            matched.append((row, sorted(decision.texts.keys() - replaceable(draft))))
        if decision.dropped is None:
            decided.append((revised(draft, decision), decision))
        else:
            rejected.append(_refused(draft, Fault("dropped_in_review", decision.dropped)))
    found_in = findings([draft for draft, _ in decided], plan.settings)
    for (draft, decision), found in zip(decided, found_in, strict=True):
        noticed = [one for one in found if one[0].id not in decision.kept]
        fault = next(
            (Fault(check.id, finding.detail) for check, finding in noticed if check.severity == "blocks"), None
        )
        if fault is None:
            kept.append((draft, noticed))
        else:
            rejected.append(_refused(draft, fault))
    rejected.sort(key=lambda entry: entry.number)
    return _part(plan, block.file, read, kept, rejected, matched, numeric)


def _refused(draft: Draft, fault: Fault) -> Rejected:
    return Rejected(draft.raw.file, draft.raw.number, fault, draft.raw.row, draft)


def _part(
    plan: Plan,
    file: str,
    read: int,
    kept: Sequence[tuple[Draft, list[tuple[Check, Finding]]]],
    rejected: list[Rejected],
    matched: list[tuple[str, list[str]]],
    numeric: list[tuple[int, int]],
) -> Part:
    drafts = [draft for draft, _ in kept]
    options = [list(draft.options.values()) for draft in drafts]
    own = [own_passages(draft) for draft in drafts]
    stems = word_hashes([asked(draft) for draft in drafts])
    answers = word_hashes([said(draft) for draft in drafts])
    texts = side_by_side(stems, answers)
    questions, records = shingles(stems, SHINGLE), shingles(texts, SHINGLE)
    table = entries([entry(*pair) for pair in zip(drafts, own, strict=True)])
    exact = exact_keys(stems, options)
    talks = np.asarray([draft.kind == "conversation" for draft in drafts], np.bool_)
    exact[talks] = mix(exact[talks])  # a conversation is no duplicate of one question with the same words
    turns = [asked_turns(draft) for draft in drafts]
    noticed = [
        (place, check.id, one.where, one.sure, one.detail, *(one.span or (None, None)))
        for place, (_, found) in enumerate(kept)
        for check, one in found
    ]
    return Part(
        file=file,
        read=read,
        lines=Lines.of([line(*pair) for pair in zip(drafts, own, strict=True)]),
        table=table.with_columns(
            question_words=pl.Series(stems.lengths.astype(np.int32)),
            answer_words=pl.Series(answers.lengths.astype(np.int32)),
            stem=pl.Series(in_order(stems)),
            exact=pl.Series(exact),
            said=pl.Series(in_order(answers)),
            turns=_keys(turns, TURN_WORDS),
            exchanges=_keys([exchanges(draft) for draft in drafts], EXCHANGE_WORDS),
            **_asked_keys(turns),
        ),
        found=pl.DataFrame(noticed, schema=FOUND, orient="row"),
        hits=look_up(plan.guard, stems, options, texts, turns) if plan.guard else [],
        rejected=rejected,
        decided=matched,
        own_passages=[(place, passage) for place, passages in enumerate(own) for passage in passages],
        numeric=numeric,
        questions=as_sets(questions),
        records=as_sets(records),
        question_signatures=sketch(questions, plan.question_bands.hashes),
        record_signatures=sketch(records, plan.record_bands.hashes),
    )


def _keys(texts: Sequence[Sequence[str]], least: int) -> pl.Series:
    """A key for each of a row's texts that has ``least`` words, as a column of lists."""
    words = word_hashes([text for row in texts for text in row])
    telling = words.lengths >= least
    row = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), np.int64, len(texts)))
    ends = np.searchsorted(row[telling], np.arange(len(texts) + 1)).astype(np.int32)
    return as_series(pa.ListArray.from_arrays(ends, pa.array(in_order(words)[telling])))


def _asked_keys(turns: Sequence[Sequence[str]]) -> dict[str, pl.Series]:
    """The columns ``so_far`` and ``alone``."""
    words = word_hashes([turn for row in turns for turn in row])
    counts = [len(row) for row in turns]
    ends = np.cumsum([0, *counts]).astype(np.int32)
    alone = [place > 0 and stands_alone(turn) for row in turns for place, turn in enumerate(row)]
    columns = {
        "so_far": pa.array(in_order_so_far(words, counts), mask=words.lengths == 0),
        "alone": pa.array(in_order(words), mask=~np.asarray(alone, np.bool_)),
    }
    return {name: as_series(pa.ListArray.from_arrays(ends, keys)) for name, keys in columns.items()}


def parts(plan: Plan, blocks: Iterable[Block], processes: int | None = None) -> Iterator[Part]:
    """Work through blocks on ``processes`` cores (None: all) and give their parts in order; a few blocks are held at
    a time."""
    waiting = iter(blocks)
    first, size = [], 0
    while size < ALONE and (block := next(waiting, None)):
        first.append(block)
        size += len(block.data) + ROW_BYTES * len(block.rows)
    count = processes or os.cpu_count() or 1
    if size < ALONE or count == 1:
        yield from (work(plan, block) for block in chain(first, waiting))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, initializer=_take, initargs=(plan,)) as pool:
        under_way: deque[Future[Part]] = deque()
        for block in chain(first, waiting):
            under_way.append(pool.submit(_work, block))
            if len(under_way) >= WAITING * count:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


_plan: list[Plan] = []


def _take(plan: Plan) -> None:
    """Keep the plan in a process of the pool: it is sent once, not with each block. Python looks for reference cycles
    whenever so many objects are new; among the rows of a block there are none, and it takes a fifth of the time."""
    _plan[:] = [plan]
    gc.freeze()
    gc.disable()


def _work(block: Block) -> Part:
    part = work(_plan[0], block)
    gc.collect()
    return part


def guess_base(block: Block, settings: CorpusSettings) -> int:
    """Whether a file's numeric keys seem to call the first option 0 or 1, by one block of it."""
    drafts = (parse(raw, settings) for raw in rows_of(block))
    return index_base(key for draft in drafts if isinstance(draft, Draft) and (key := numeric_key(draft))) or 0
