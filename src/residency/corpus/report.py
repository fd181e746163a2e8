"""The data report: what came in, what was kept, why the rest was not, and what to look at, in words."""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from residency.core.records import HELD_OUT, Question, Split
from residency.core.text import normalise
from residency.corpus.read import Fault, Raw
from residency.corpus.settings import CorpusSettings
from residency.corpus.shapes import Draft
from residency.corpus.split import shares

NAMED = 5  # examples in a warning
MANY_REJECTED = 0.1
LARGE_CLUSTER = 0.05


@dataclass(frozen=True)
class Outcome:
    """All that the report counts. ``drafts`` are every row that had a shape; ``warnings`` those of reading."""

    files: Sequence[str]
    aside: Sequence[str]
    raws: Sequence[Raw]
    not_sampled: int
    drafts: Sequence[Draft]
    kept: Sequence[tuple[Draft, Question]]
    seen: Sequence[bool | None]
    rejected: Sequence[tuple[Raw, Fault]]
    warnings: Sequence[str]


def build(outcome: Outcome, settings: CorpusSettings) -> dict[str, Any]:
    """The report, ready to be written as JSON. ``rows.read`` is ``kept`` plus ``rejected``."""
    kept = [question for _, question in outcome.kept]
    missing = tally(name for draft, _ in outcome.kept for name in draft.missing)
    return {
        "rows": {
            "read": len(outcome.raws),
            "kept": len(kept),
            "rejected": len(outcome.rejected),
            "not_sampled": outcome.not_sampled,
        },
        "files": _file_rows(outcome),
        "files_left_aside": list(outcome.aside),
        "shapes": tally(draft.shape for draft in outcome.drafts),
        "rejected_by_reason": tally(fault.reason for _, fault in outcome.rejected),
        "kinds": tally(row["kind"] for row in kept),
        "sources": tally(row["source"] for row in kept),
        "licences": tally(row["licence"] for row in kept),
        "missing": {name: missing.get(name, 0) for name in ("source", "topic", "licence")},
        "notes": tally(note for draft, _ in outcome.kept for note in draft.notes),
        "splits": _splits(kept, settings),
        "topics": _topics(kept),
        "clusters": _clusters(kept),
        "human_test": _human_test(outcome),
        "passage_seen": {
            "test_rows_with_a_passage_linked_from_train": sum(seen is True for seen in outcome.seen),
            "test_rows_without": sum(seen is False for seen in outcome.seen),
        },
        "warnings": _warnings(outcome, settings),
    }


def tally(values: Iterable[str]) -> dict[str, int]:
    """How often each value occurs, most frequent first, then by name."""
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))


def _file_rows(outcome: Outcome) -> dict[str, int]:
    counts = Counter(raw.file for raw in outcome.raws)
    return {name: counts[name] for name in outcome.files}


def _splits(kept: Sequence[Question], settings: CorpusSettings) -> dict[str, Any]:
    """Rows, clusters and kinds of each split; its share of the rows outside held-out topics beside the
    declared one."""
    declared = shares(settings)
    rest = sum(row["split"] in declared for row in kept)
    found = {}
    for split in ("train", "dev", "test", "test_topic"):
        rows = [row for row in kept if row["split"] == split]
        entry: dict[str, Any] = {
            "rows": len(rows),
            "clusters": len({row["cluster"] for row in rows}),
            "kinds": tally(row["kind"] for row in rows),
        }
        if split in declared:
            entry |= {"share": round(len(rows) / max(rest, 1), 4), "declared": round(declared[split], 4)}
        found[split] = entry
    return found


def _topics(kept: Sequence[Question]) -> dict[str, dict[str, int]]:
    """Rows of each topic, in all and by split."""
    counts = Counter((row["topic"], row["split"]) for row in kept)
    return {
        topic: {"rows": rows} | {split: n for split in get_args(Split) if (n := counts[topic, split])}
        for topic, rows in tally(row["topic"] for row in kept).items()
    }


def _clusters(kept: Sequence[Question]) -> dict[str, Any]:
    """How many clusters there are of each size, and the largest with its first question."""
    members = tally(row["cluster"] for row in kept)
    first = {row["id"]: row["question"] for row in kept}
    sizes = Counter(members.values())
    return {
        "count": len(members),
        "rows_by_size": {str(size): sizes[size] for size in sorted(sizes)},
        "largest": [
            {"cluster": name, "rows": rows, "question": first[name][:200]}
            for name, rows in list(members.items())[:NAMED]
            if rows > 1
        ],
    }


def _human_test(outcome: Outcome) -> dict[str, Any]:
    """The rows of the test splits that people wrote: a test set of its own, taken from the others."""
    rows = [question for draft, question in outcome.kept if draft.human and question["split"] in HELD_OUT]
    entry: dict[str, Any] = {"rows": len(rows), "kinds": tally(row["kind"] for row in rows)}
    if not any(draft.human for draft, _ in outcome.kept):
        entry["empty"] = "it is empty: no kept row has the source 'human'"
    elif not rows:
        entry["empty"] = "it is empty: every row with the source 'human' fell to train or dev"
    return entry


def _warnings(outcome: Outcome, settings: CorpusSettings) -> list[str]:
    kept = [question for _, question in outcome.kept]
    found = list(outcome.warnings)
    found += _about_rejected(outcome)
    found += _about_splits(kept, settings)
    found += _about_topics(kept, settings)
    missing = tally(name for draft, _ in outcome.kept for name in draft.missing)
    for name, count in missing.items():
        if name not in settings.model_fields_set:
            default = getattr(settings, name)
            found.append(f"{count} of {len(kept)} kept rows name no {name} and have {default!r}; set corpus.{name}")
    if empty := _human_test(outcome).get("empty"):
        found.append(f"the human-only test: {empty}")
    return found


def _about_rejected(outcome: Outcome) -> list[str]:
    found = []
    if outcome.aside:
        found.append(f"files left aside, since their ending is not known: {listed(outcome.aside)}")
    reasons = tally(fault.reason for _, fault in outcome.rejected)
    if len(outcome.rejected) > MANY_REJECTED * len(outcome.raws):
        top = ", ".join(f"{reason} {count}" for reason, count in list(reasons.items())[:NAMED])
        found.append(f"{len(outcome.rejected)} of {len(outcome.raws)} rows were rejected: {top}")
    if count := reasons.get("duplicate_id"):
        found.append(
            f"{count} rows with a question of their own were rejected because their id is another row's; give "
            "them ids of their own, or leave the field out: ids are then made from the content"
        )
    return found


def _about_splits(kept: Sequence[Question], settings: CorpusSettings) -> list[str]:
    found = []
    declared = shares(settings)
    sizes = Counter(row["split"] for row in kept)
    names = {row["cluster"] for row in kept if row["split"] in declared}
    for split, share in declared.items():
        if share > 0 and not sizes[split]:
            found.append(
                f"the split {split} is empty: {len(names)} clusters outside held-out topics are too few for its share "
                f"of {share:.0%}"
            )
    largest, rows = next(iter(tally(row["cluster"] for row in kept).items()))
    if rows > 1 and rows > LARGE_CLUSTER * len(kept):
        found.append(
            f"the cluster {largest!r} holds {rows} of {len(kept)} kept rows, which go to one split together; "
            "near_duplicate may be too low, or the rows follow a template"
        )
    return found


def _about_topics(kept: Sequence[Question], settings: CorpusSettings) -> list[str]:
    found = []
    topics = tally(row["topic"] for row in kept)
    smallest = min((share for share in shares(settings).values() if share > 0), default=1.0)
    needed = math.ceil(round(1 / smallest, 6))
    few = [topic for topic, rows in topics.items() if rows < needed and topic not in settings.held_out_topics]
    if few:
        found.append(
            f"{len(few)} of {len(topics)} topics have fewer than {needed} rows, too few to have their share in each "
            f"of train, dev and test: {listed(few)}"
        )
    if len(topics) == 1:
        found.append(f"every kept row has the topic {next(iter(topics))!r}, so the splits are not stratified by topic")
    for topic in settings.held_out_topics:
        if topic not in topics:
            near = difflib.get_close_matches(normalise(topic), topics, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            found.append(f"no kept row has the held-out topic {topic!r}{hint}")
    return found


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(repr(name) for name in names[:NAMED]) + more
