"""Tables of the open answers that are no mean over items: scores by tag, and who decided what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from residency.evaluation.table import Cell, Table
from residency.evaluation.tasks.figures import Results, results_of
from residency.judging.healthbench import bootstrap_std, clipped_mean
from residency.judging.raters import over_clusters

RUBRIC = "open.rubric"


def tables(results: Results) -> list[Table]:
    """The rubric's score by tag, and how the rubrics were decided, for each model; none without open answers."""
    own = results_of(results, "open", lambda row: "rubric" in row["details"])
    return [by_tag(own), deciding(own)] if any(own.values()) else []


def by_tag(results: Results) -> Table:
    """For each tag the mean score of the answers that have one, clipped as HealthBench does, with the interval over
    clusters and HealthBench's own bootstrap deviation."""
    found: dict[str, dict[str, list[tuple[float, str]]]] = defaultdict(lambda: defaultdict(list))
    for model, rows in results.items():
        for row in rows:
            for tag, score in row["details"]["tags"].items():
                found[tag][model].append((score, row["cluster"]))
            if row["metrics"].get(RUBRIC) is not None:
                found["all"][model].append((row["metrics"][RUBRIC] or 0.0, row["cluster"]))
    rows_of = [_row(tag, model, found[tag][model]) for tag in _order(found) for model in results if found[tag][model]]
    note = (
        "An answer's score for a tag is that of the criteria with the tag, or of the whole rubric where the question "
        "has it; tags of criteria without points to earn have none. Means are clipped to [0, 1]."
    )
    columns = ("tag", "model", "n", "score", "low", "high", "bootstrap std")
    return Table("open_rubric_by_tag", "open", "Rubric scores by tag", columns, rows_of, note)


def _order(found: Mapping[str, object]) -> list[str]:
    return ["all", *sorted(found.keys() - {"all"})]


def _row(tag: str, model: str, scored: Sequence[tuple[float, str]]) -> list[Cell]:
    scores = np.array([score for score, _ in scored])
    interval = over_clusters(lambda at: clipped_mean(scores[at].tolist()), [cluster for _, cluster in scored])
    return [tag, model, len(scored), interval.value, interval.low, interval.high, bootstrap_std(scores.tolist())]


def deciding(results: Results) -> Table:
    """Who decided the criteria, how many nobody did, and how many answers have no score for it."""
    rows_of: list[list[Cell]] = []
    for model, rows in results.items():
        by = Counter(one["by"] for row in rows for one in row["details"]["rubric"] if one["met"] is not None)
        judges = sorted(by.keys() - {"rules"})
        rows_of.append(
            [
                model,
                len(rows),
                by["rules"],
                sum(by[name] for name in judges),
                ", ".join(judges) or "none",
                sum(row["details"]["left_out"] for row in rows),
                sum(row["details"]["undecided"] for row in rows),
                sum(row["metrics"].get(RUBRIC) is None for row in rows),
            ]
        )
    columns = ("model", "answers", "by rules", "by a judge", "judge", "left out", "judge did not decide", "no score")
    note = (
        "Criteria that only a judge model can decide are left out where none is named. An answer for which a judge was "
        "asked in vain has no score; --rescore asks again."
    )
    return Table("open_grading", "open", "How the rubrics were decided", columns, rows_of, note)
