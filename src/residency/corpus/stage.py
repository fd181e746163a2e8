"""The line through the data gate: read, shape, check, part duplicates, cluster, split, write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from residency.core.errors import InputError
from residency.core.files import write_json, write_jsonl
from residency.core.records import HELD_OUT, Passage, Question, Split
from residency.core.stage import Counts, StageContext
from residency.corpus.checks import first_fault
from residency.corpus.duplicates import clusters, part_duplicates
from residency.corpus.read import Fault, Raw, list_files, read_rows, sample
from residency.corpus.report import Outcome, build, tally
from residency.corpus.settings import CorpusSettings
from residency.corpus.shapes import Draft, parse, resolve_keys
from residency.corpus.split import assign

KEPT, REJECTED, PASSAGES, REPORT = "kept.jsonl", "rejected.jsonl", "passages.jsonl", "report.json"
TOP_REASONS = 5


def run(context: StageContext) -> Counts:
    """Make ``kept.jsonl``, ``rejected.jsonl``, ``passages.jsonl`` and ``report.json`` from the user's files.

    A kept row is a ``Question``; rows of the test splits also have ``passage_seen`` (bool): whether a train
    row is linked to one of its passages. A rejected row is ``origin``, ``reason``, ``detail`` and ``row``
    (the object as it was read, or the text where it could not be).

    Raises:
        InputError: a file cannot be found or is of no known kind, or no row is left.
    """
    settings = context.section("corpus", CorpusSettings)
    files, aside = list_files(settings.files)
    context.progress.start(None, "rows")
    raws, not_sampled = sample(read_rows(files), settings.limit, context.random("corpus", "sample"))
    drafts, unusable = _shape(raws, settings)
    drafts, warnings = resolve_keys(drafts)
    context.progress.advance(len(raws))
    faults = [(draft, first_fault(draft, settings)) for draft in drafts]
    stay, duplicates, links = part_duplicates([draft for draft, fault in faults if fault is None])
    rejected = unusable + [(draft.raw, fault) for draft, fault in faults if fault]
    rejected += [(draft.raw, fault) for draft, fault in duplicates]
    order = {raw.origin: place for place, raw in enumerate(raws)}
    rejected.sort(key=lambda entry: order[entry[0].origin])
    write_jsonl(context.out / REJECTED, (_rejected_row(raw, fault) for raw, fault in rejected))
    if not stay:
        raise _nothing_kept(raws, rejected, context)
    kept, passages = _split(stay, links, settings, context)
    seen = _passage_seen(kept)
    write_jsonl(context.out / KEPT, (_with_seen(row, flag) for row, flag in zip(kept, seen, strict=True)))
    write_jsonl(context.out / PASSAGES, passages)
    pairs = list(zip(stay, kept, strict=True))
    names = [name for name, _ in files]
    report = build(Outcome(names, aside, raws, not_sampled, drafts, pairs, seen, rejected, warnings), settings)
    write_json(context.out / REPORT, report)
    for warning in report["warnings"]:
        context.progress.note(warning)
    return _counts(report, len(passages))


def _shape(raws: Sequence[Raw], settings: CorpusSettings) -> tuple[list[Draft], list[tuple[Raw, Fault]]]:
    drafts: list[Draft] = []
    unusable: list[tuple[Raw, Fault]] = []
    for raw in raws:
        found = parse(raw, settings)
        if isinstance(found, Fault):
            unusable.append((raw, found))
        else:
            drafts.append(found)
    return drafts, unusable


def _split(
    drafts: Sequence[Draft], links: Sequence[tuple[str, str]], settings: CorpusSettings, context: StageContext
) -> tuple[list[Question], list[Passage]]:
    """The records of the rows that stay, and of the passages inside them."""
    names = clusters(drafts, links, settings.near_duplicate)
    groups: dict[str, list[Draft]] = defaultdict(list)
    for draft, name in zip(drafts, names, strict=True):
        groups[name].append(draft)
    splits = assign(groups, settings, context.random("corpus", "split"))
    passages = {draft.id: _own_passages(draft) for draft in drafts}
    kept = [
        _question(draft, splits[name], name, [passage["id"] for passage in passages[draft.id]])
        for draft, name in zip(drafts, names, strict=True)
    ]
    return kept, [passage for own in passages.values() for passage in own]


def _question(draft: Draft, split: Split, cluster: str, own_passages: Sequence[str]) -> Question:
    row: Question = {
        "id": draft.id,
        "kind": draft.kind,
        "question": draft.question or "",
        "answer": draft.answer or "",
        "source": draft.source,
        "topic": draft.topic,
        "licence": draft.licence,
        "parents": draft.parents,
        "passages": [*draft.passages, *own_passages],
        "split": split,
        "cluster": cluster,
        "origin": draft.raw.origin,
    }
    if draft.kind == "mcq":
        row["options"] = draft.options
    if draft.rationale:
        row["rationale"] = draft.rationale
    return row


def _own_passages(draft: Draft) -> list[Passage]:
    return [
        {
            "id": f"{draft.id}-c{number}",
            "title": "",
            "section": section,
            "date": "",
            "text": text,
            "source": draft.source,
            "topic": draft.topic,
            "licence": draft.licence,
            "parents": [draft.id],
        }
        for number, (section, text) in enumerate(draft.contexts, 1)
    ]


def _passage_seen(kept: Sequence[Question]) -> list[bool | None]:
    """For each row of a test split whether a train row shares a passage with it; None for the others."""
    trained = {passage for row in kept if row["split"] == "train" for passage in row["passages"]}
    return [not trained.isdisjoint(row["passages"]) if row["split"] in HELD_OUT else None for row in kept]


def _with_seen(row: Question, seen: bool | None) -> dict[str, Any]:
    return {**row} if seen is None else {**row, "passage_seen": seen}


def _rejected_row(raw: Raw, fault: Fault) -> dict[str, Any]:
    row = raw.text if raw.row is None else raw.row
    return {"origin": raw.origin, "reason": fault.reason, "detail": fault.detail, "row": row}


def _nothing_kept(raws: Sequence[Raw], rejected: Sequence[tuple[Raw, Fault]], context: StageContext) -> InputError:
    if not raws:
        return InputError("the files hold no rows", "corpus.files", "Name files that hold a question bank")
    reasons = list(tally(fault.reason for _, fault in rejected).items())[:TOP_REASONS]
    why = ", ".join(f"{reason} {count}" for reason, count in reasons)
    raw, fault = rejected[0]
    return InputError(
        f"none of {len(raws)} rows could be kept ({why})",
        "corpus.files",
        f"The first: {raw.origin}: {fault.detail}. All are in {context.out / REJECTED}",
    )


def _counts(report: Mapping[str, Any], passages: int) -> Counts:
    """What the manifest and the command line show."""
    splits = {split: entry["rows"] for split, entry in report["splits"].items() if entry["rows"]}
    return {
        **report["rows"],
        **report["kinds"],
        **splits,
        "clusters": report["clusters"]["count"],
        "passages": passages,
        "warnings": len(report["warnings"]),
    }
