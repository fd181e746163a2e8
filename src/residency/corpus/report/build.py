"""The data report: what came in, what was kept, why the rest was not, and what to look at, as data.

Its form is :class:`residency.corpus.report.types.Report`; ``page`` shows it, ``summary`` tells it in a terminal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from residency.core.records import HELD_OUT, licence_named
from residency.corpus.decide import Decided
from residency.corpus.gather import Gathered
from residency.corpus.intake import Plan
from residency.corpus.meaning import Meaning
from residency.corpus.reading.damage import Readings
from residency.corpus.report.advice import first_steps, fitness, warnings
from residency.corpus.report.found import evidence
from residency.corpus.report.same import Noticed
from residency.corpus.report.tallies import counted, tally
from residency.corpus.review import DROP, KEEP, REPLACE, Decisions
from residency.corpus.rows import rank
from residency.corpus.settings import CorpusSettings
from residency.corpus.split import shares

NAMED = 5
LENGTHS = (0, 5, 10, 20, 40, 80, 160, 320, 640)


@dataclass(frozen=True)
class Came:
    """What came of the ``files``, by their names: their readings, those that were left ``aside``, and how many
    rows were not drawn."""

    readings: Readings
    files: Sequence[str]
    aside: Sequence[str]
    not_sampled: int

    @property
    def empty(self) -> list[str]:
        """The files that hold no row."""
        return self.readings.empty(self.files)


def build(
    gathered: Gathered,
    decided: Decided,
    plan: Plan,
    meaning: Meaning | None,
    came: Came,
    told: Sequence[str],
    seed: int,
) -> tuple[dict[str, Any], list[Noticed]]:
    """The whole report, and all that a person may want to decide on.

    Args:
        gathered: every whole row, and those that are not.
        decided: what became of the whole ones.
        plan: the settings and the evaluation items.
        meaning: what vectors of the questions tell; None where they were not compared.
        came: what came of the files.
        told: warnings of reading.
        seed: of the samples that the checks of the bank draw.
    """
    kept = gathered.table.with_columns(
        split=decided.split, cluster=pl.Series(decided.cluster), seen=decided.seen
    ).filter(pl.Series(decided.stay))
    found, noticed = evidence(gathered, decided, plan, meaning, seed)
    reasons = [*gathered.rejected["reason"].to_list(), *(fault.reason for fault in decided.faults.values())]
    report: dict[str, Any] = {
        "rows": {
            "read": sum(gathered.read.values()),
            "kept": kept.height,
            "rejected": len(reasons),
            "not_sampled": came.not_sampled,
        },
        "files": _files(gathered, came.empty),
        "files_left_aside": list(came.aside),
        "broken_files": [
            {"name": one.file, "number": one.number, "rows_read": one.read, "says": str(one)}
            for one in came.readings.damaged()
        ],
        "empty_files": came.empty,
        "rejected_by_reason": tally(reasons),
        "kinds": counted(kept["kind"]),
        "topics": counted(kept["topic"]),
        "notes": counted(kept.explode("notes")["notes"]),
        **found,
        "splits": _splits(kept, plan.settings),
        "clusters": _clusters(kept, gathered, decided),
        "provenance": _provenance(kept),
        "passage_seen": {
            "test_rows_with_a_passage_linked_from_train": int((kept["seen"] == True).sum()),  # noqa: E712
            "test_rows_without": int((kept["seen"] == False).sum()),  # noqa: E712
        },
        "lengths": {name: _lengths(kept[f"{name}_words"]) for name in ("question", "answer")},
    }
    if plan.settings.decisions:
        report["decisions"] = _decisions(gathered, plan.decisions)
    report["warnings"] = warnings(report, kept, plan.settings, told)
    report["fit"] = fitness(report, plan.settings)
    report["first"] = first_steps(report, plan.settings)
    return report, noticed


def _decisions(gathered: Gathered, decisions: Decisions) -> dict[str, int]:
    """How many decisions there are, how many of each kind were applied, and how many match no row."""
    applied = [verdict for key, one in decisions.items() if key in gathered.decided for verdict in one.verdicts]
    read = sum(len(one.verdicts) for one in decisions.values())
    kinds = {verdict: applied.count(verdict) for verdict in (KEEP, DROP, REPLACE)}
    return {"read": read, "applied": len(applied), **kinds, "unmatched": read - len(applied)}


def _files(gathered: Gathered, empty: Sequence[str]) -> list[dict[str, Any]]:
    shapes = pl.concat([gathered.table.select("file", "shape"), gathered.rejected.select("file", "shape")])
    by_file = shapes.drop_nulls().group_by("file", "shape").len().sort(["len", "shape"], descending=[True, False])
    return [
        {
            "name": name,
            "rows": rows,
            "shapes": {shape: n for file, shape, n in by_file.iter_rows() if file == name},
        }
        for name, rows in (gathered.read | dict.fromkeys(empty, 0)).items()
    ]


def _splits(kept: pl.DataFrame, settings: CorpusSettings) -> dict[str, Any]:
    declared = shares(settings)
    sizes = counted(kept["split"])
    rest = sum(sizes.get(split, 0) for split in declared)
    found: dict[str, Any] = {}
    for split in ("train", "dev", "test", "test_topic"):
        rows = kept.filter(pl.col("split") == split)
        found[split] = {"rows": rows.height, "clusters": rows["cluster"].n_unique(), "kinds": counted(rows["kind"])}
        if split in declared:
            share = round(rows.height / max(rest, 1), 4)
            found[split] |= {"share": share, "declared": round(declared[split], 4)}
    return {
        "splits": found,
        "by_topic": _by(kept, "topic"),
        "by_source": _by(kept, "source"),
        "held_out_topics": list(settings.held_out_topics),
        "human_test": _human_test(kept),
    }


def _by(kept: pl.DataFrame, column: str) -> dict[str, dict[str, int]]:
    counts = kept.group_by(column, "split").len().sort("split")
    table: dict[str, dict[str, int]] = {name: {} for name in counted(kept[column])}
    for name, split, rows in counts.iter_rows():
        table[name][split] = rows
    return table


def _human_test(kept: pl.DataFrame) -> dict[str, Any]:
    """The rows of the test splits that people wrote: a test set of its own, taken from the others."""
    human = kept.filter(pl.col("source").is_in([name for name in kept["source"].unique() if rank(name) == 0]))
    rows = human.filter(pl.col("split").is_in(sorted(HELD_OUT)))
    entry: dict[str, Any] = {"rows": rows.height, "kinds": counted(rows["kind"])}
    if human.is_empty():
        entry["empty"] = "it is empty: no kept row has the source 'human'"
    elif rows.is_empty():
        entry["empty"] = "it is empty: every row with the source 'human' fell to train or dev"
    return entry


def _clusters(kept: pl.DataFrame, gathered: Gathered, decided: Decided) -> dict[str, Any]:
    """How many clusters there are of each size, and the largest with its first question."""
    members = kept.group_by("cluster").len().sort(["len", "cluster"], descending=[True, False])
    sizes = members.group_by("len").agg(pl.len().alias("clusters")).sort("len")
    largest = []
    for place, rows in members.filter(pl.col("len") > 1).head(NAMED).iter_rows():
        row = gathered.lines.row(place)
        name = decided.ids.get(place, row["id"])
        largest.append({"cluster": name, "rows": rows, "question": row["question"][:200]})
    return {
        "count": members.height,
        "rows_by_size": {str(size): count for size, count in sizes.iter_rows()},
        "largest": largest,
    }


def _provenance(kept: pl.DataFrame) -> dict[str, Any]:
    missing = counted(kept.explode("missing")["missing"])
    bare = sum(count for name, count in counted(kept["licence"]).items() if not licence_named(name))
    says = (
        f"{bare} of {kept.height} kept rows have no named licence; those that are trained on keep a release a draft "
        "(release.max_unlicensed). Set corpus.licence for files whose rows share one, or map a column"
        if bare
        else "every kept row names its licence; whether each allows a release is for you to judge"
    )
    return {
        "sources": counted(kept["source"]),
        "licences": counted(kept["licence"]),
        "missing": {name: missing.get(name, 0) for name in ("source", "topic", "licence")},
        "release": {"open": not bare, "says": says},
    }


def _lengths(words: pl.Series) -> dict[str, Any]:
    edges = [*LENGTHS[1:], math.inf]
    counts = [int(((words >= low) & (words < high)).sum()) for low, high in zip(LENGTHS, edges, strict=True)]
    median = words.median()
    return {"edges": [*LENGTHS, None], "counts": counts, "median": median}
