"""The index stage: the recipe's documents and the passages that came with the question bank, made searchable."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from residency.core.errors import InputError
from residency.core.files import read_jsonl, write_jsonl
from residency.core.records import Passage
from residency.core.stage import Counts, StageContext
from residency.core.text import normalise
from residency.retrieval.index import build_index
from residency.retrieval.passages import Reading, read_passages
from residency.retrieval.settings import IndexSettings

SKIPPED = "skipped.jsonl"
_SHOWN = 20  # lines of each kind on the screen; all stand in the file


def run(context: StageContext) -> Counts:
    """Reads ``IndexSettings.files`` and the corpus stage's ``passages.jsonl``; writes the index folder, and
    ``skipped.jsonl`` with a line for each file, row or value that could not be used as it is."""
    settings = context.section("index", IndexSettings)
    reading = read_passages(settings.files, settings, context.progress)
    passages = {passage["id"]: passage for passage in reading.passages}
    own = context.inputs["corpus"] / "passages.jsonl"
    for row in read_jsonl(own):
        passage = cast(Passage, row)
        there = passages.get(passage["id"])
        if there and normalise(there["text"]) != normalise(passage["text"]):
            raise InputError(f"two passages have the id {passage['id']!r}", str(own), "Give each its own id")
        passages.setdefault(passage["id"], passage)
    if not passages:
        context.progress.note("no passages: grounding will build nothing")
    _say(context, reading)
    index = build_index(context.out, list(passages.values()), settings, context.progress)
    seconds = {part: round(spent, 1) for part, spent in index.seconds.items()}
    return {**reading.counts, "passages": len(passages), "files": len(settings.files), "seconds": seconds}


def _say(context: StageContext, reading: Reading) -> None:
    """Write the lines to ``skipped.jsonl``, and say the first of them."""
    lines = [
        {**asdict(one), "kept": kept} for kept in (False, True) for one in (reading.notes if kept else reading.skipped)
    ]
    write_jsonl(context.out / SKIPPED, lines)
    told = [*(one for one in reading.skipped if not one.is_duplicate), *reading.notes]
    for one in told[:_SHOWN]:
        context.progress.note(str(one))
    if len(told) > _SHOWN:
        context.progress.note(f"{len(told) - _SHOWN} more lines like these are in {SKIPPED}")
