"""The table for a paper: what was judged, how far the judges agree, and what they prefer, by type."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from residency.review.results import Judged, agreement, groups, shares

COLUMNS = (
    "judged",
    "type",
    "items",
    "judgements",
    "items with two or more",
    "agreement",
    "kappa",
    "kappa low",
    "kappa high",
    "kappa of",
    "share",
    "share low",
    "share high",
    "share of",
    "outcomes",
)


def table(items: Sequence[Judged], people: Sequence[str]) -> list[dict[str, Any]]:
    """A row for each type of each kind of item, and one for all of the kind; judged items alone count."""
    rows = []
    for name, members in groups(items).items():
        for share in shares(members):
            mine = [item for item in members if share["type"] in ("all", item.subject.type) and item.votes]
            kappa = agreement(mine, people)
            among = f"{kappa.raters} reviewers" if kappa.value is not None else kappa.method
            values = (
                name,
                share["type"],
                share["n"],
                sum(len(item.votes) for item in mine),
                sum(len(item.votes) > 1 for item in mine),
                *(_rounded(value) for value in (kappa.observed, kappa.value, kappa.low, kappa.high)),
                among,
                *(_rounded(share[key]) for key in ("share", "low", "high")),
                f"majority: {share['target']}",
                ", ".join(f"{key} {count}" for key, count in share["outcomes"].items()),
            )
            rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """The table as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_markdown(rows: Sequence[dict[str, Any]]) -> str:
    """The table as Markdown, intervals behind their values."""
    lines = [
        "| judged | type | items | judgements | agreement | kappa (95% CI) | share (95% CI) | outcomes |",
        "| --- | --- | ---: | ---: | ---: | --- | --- | --- |",
    ]
    for row in rows:
        kappa = _interval(row["kappa"], row["kappa low"], row["kappa high"])
        share = f"{row['share of']} {_interval(row['share'], row['share low'], row['share high'])}"
        cells = (row["judged"], row["type"], row["items"], row["judgements"], row["agreement"])
        lines.append(
            "| " + " | ".join(str(cell).replace("|", "\\|") for cell in (*cells, kappa, share, row["outcomes"])) + " |"
        )
    notes = (
        "",
        "Agreement is the share of agreeing pairs of judgements on items that two or more have judged. Kappa is "
        "Cohen's for two reviewers and Fleiss' for more, its interval a bootstrap by item. The share is of items by "
        "the majority of their reviewers, with Wilson's interval; ties and items without a majority count against it.",
    )
    return "\n".join((*lines, *notes)) + "\n"


def _rounded(value: float | None) -> float | str:
    return "" if value is None else round(value, 3)


def _interval(value: Any, low: Any, high: Any) -> str:
    return "none" if value == "" else f"{value:.2f}" if low == "" else f"{value:.2f} ({low:.2f} to {high:.2f})"
