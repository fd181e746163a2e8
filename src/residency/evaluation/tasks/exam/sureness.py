"""Tables of calibration and of selective accuracy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from residency.evaluation.item import Result
from residency.evaluation.table import Cell, Table
from residency.evaluation.tasks.exam.calibration import (
    Array,
    bin_count,
    bins,
    calibration_error,
    error_if_calibrated,
    intervals,
    selective,
)
from residency.evaluation.tasks.figures import Results, draw_limits
from residency.judging.statistics import estimate

COVERAGES = (0.2, 0.4, 0.6, 0.8, 1.0)
NONE: list[tuple[float | None, float | None]] = [(None, None)]
LEAST = 20  # items below which nothing is said of calibration


class Sure(NamedTuple):
    """The picks of one model whose confidence is known, and what that is taken from."""

    confidence: Array
    right: Array
    clusters: list[str]
    source: str


def sureness(results: Results) -> list[Table]:
    """Calibration, the reliability plot's data, and selective accuracy, of the models of which confidence is known."""
    known = {name: sure for name, rows in results.items() if (sure := _sure(rows)) is not None}
    if not known:
        return []
    return [_calibration(known), _reliability(known), _selective(known)]


def _sure(rows: Sequence[Result]) -> Sure | None:
    told = [row for row in rows if row["details"].get("confidence") is not None]
    if len(told) < LEAST:
        return None
    return Sure(
        np.array([row["details"]["confidence"] for row in told], float),
        np.array([row["details"]["right"] for row in told], float),
        [row["cluster"] for row in told],
        ", ".join(sorted({row["details"]["confidence_from"] for row in told})),
    )


def _calibration(known: Mapping[str, Sure]) -> Table:
    rows: list[list[Cell]] = []
    for name, (confidence, right, clusters, source) in known.items():
        count = bin_count(len(right))

        def error(one: Array, other: Array, count: int = count) -> list[float]:
            return [calibration_error(one, other, count)]

        low, high = (intervals(error, confidence, right, clusters) or NONE)[0]
        rows.append(
            [
                name,
                source,
                len(right),
                float(confidence.mean()),
                float(right.mean()),
                *error(confidence, right),
                low,
                high,
                error_if_calibrated(confidence, count),
                len(bins(confidence, right, count)),
            ]
        )
    return Table(
        "exam_calibration",
        "exam",
        "Calibration of exam answers",
        [
            "model",
            "confidence from",
            "n",
            "mean confidence",
            "accuracy",
            "ECE",
            "low",
            "high",
            "ECE if calibrated",
            "bins",
        ],
        rows,
        "ECE is the expected calibration error over bins of equal numbers of items (items of one confidence share a "
        "bin), with a 95% bootstrap interval over clusters. At few items it is never 0: beside it stands what a "
        "calibrated model with these confidences would be given on average, and resampling moves the interval upwards "
        "for the same reason. Confidence is the likeliest letter's share of the probability of all letters, or of "
        "several written answers the share that choose the same.",
    )


def _reliability(known: Mapping[str, Sure]) -> Table:
    rows: list[list[Cell]] = []
    for name, (confidence, right, clusters, _) in known.items():
        for number, one in enumerate(bins(confidence, right, bin_count(len(right))), 1):
            told = estimate([float(right[place]) for place in one.places], [clusters[place] for place in one.places])
            rows.append([name, number, len(one.places), one.confidence, one.accuracy, told.low, told.high])

    def plot(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="calibrated")
        for name in known:
            own = [row for row in rows if row[0] == name]
            draw_limits(axes, [row[3] for row in own], [row[4:] for row in own], name)
        axes.set(xlabel="confidence", ylabel="share right", xlim=(0, 1), ylim=(0, 1))
        axes.legend()

    return Table(
        "exam_reliability",
        "exam",
        "Reliability: how often the model is right at each confidence",
        ["model", "bin", "n", "mean confidence", "accuracy", "low", "high"],
        rows,
        "Below the diagonal a model is surer than it is right.",
        plot,
    )


def _figures(confidence: Array, right: Array) -> list[float]:
    return selective(confidence, right, COVERAGES)


def _selective(known: Mapping[str, Sure]) -> Table:
    rows: list[list[Cell]] = []
    for name, (confidence, right, clusters, _) in known.items():
        told = intervals(_figures, confidence, right, clusters) or NONE * (len(COVERAGES) + 1)
        names = [*(f"accuracy of the surest {coverage:.0%}" for coverage in COVERAGES), "AURC (lower is better)"]
        counts = [round(coverage * len(right)) for coverage in (*COVERAGES, 1.0)]
        for what, n, value, (low, high) in zip(names, counts, _figures(confidence, right), told, strict=True):
            rows.append([name, what, n, value, low, high])

    def plot(axes: Any) -> None:
        for name in known:
            own = [row for row in rows if row[0] == name][: len(COVERAGES)]
            draw_limits(axes, COVERAGES, [row[3:] for row in own], name)
        axes.set(xlabel="share of the items answered, the surest first", ylabel="accuracy", xlim=(0, 1), ylim=(0, 1))
        axes.legend()

    return Table(
        "exam_selective",
        "exam",
        "Selective accuracy: answering only what the model is surest of",
        ["model", "figure", "n", "value", "low", "high"],
        rows,
        "A model whose confidence is worth something gains accuracy where it answers less. AURC is the area under the "
        "curve of the error rate over the share answered.",
        plot,
    )
