"""The paper's figures, drawn from the evaluation's tables: SVG for pages, PDF for LaTeX, the same bytes each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from residency.core.files import write_text
from residency.drawing.svg import INK, PALETTE, RULE, STYLE, svg
from residency.release.facts import read_table
from residency.release.paper.texts import TITLES

Row = Mapping[str, Any]

MARKS = ("s", "^", "o", "D", "v", "P")  # models are told apart in print and by those who see no colours, too
WIDTH = 6.2  # inches: a line of A4
_STYLE = STYLE | {"pdf.fonttype": 42}  # journals refuse Type 3


def write_figures(report: Path, out: Path) -> list[dict[str, str]]:
    """Draw what the tables allow; ``name``, ``label`` and ``caption`` of each figure, in the order of the paper.

    Args:
        report: ``evaluate/report``.
        out: where ``NAME.svg`` and ``NAME.pdf`` go.
    """
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for name, tables, label, caption, draw in _FIGURES:
        files = [_file(report, table) for table in tables]
        if any(file is None for file in files):
            continue
        rows = [_rows(file) for file in files if file is not None]
        with mpl.rc_context(_STYLE):
            figure = draw(*rows)
            if figure is None:
                continue
            write_text(out / f"{name}.svg", svg(figure, ground="white"))
            figure.savefig(out / f"{name}.pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
        made.append({"name": name, "label": label, "caption": caption})
    return made


def _file(report: Path, table: str) -> Path | None:
    """A table by its name; that of differences is the last model's from the first, which the name ends in."""
    if (report / f"{table}.csv").is_file():
        return report / f"{table}.csv"
    return next(iter(sorted(report.glob(f"{table}_final_vs_base.csv"))), None)


def _rows(file: Path) -> list[dict[str, Any]]:
    """A table's rows; an empty cell is None."""
    return [{name: None if cell == "" else cell for name, cell in row.items()} for row in read_table(file)]


def models_of(row: Row) -> list[str]:
    """The models' columns of a table of scores."""
    return [name.removesuffix(": n") for name in row if name.endswith(": n") and " minus " not in name]


def _axes(rows: Sequence[Row]) -> Figure | None:
    """Each headline score of each model with its interval, axis by axis."""
    if not rows:
        return None
    models = models_of(rows[0])
    figure = Figure(figsize=(WIDTH, 0.7 + 0.65 * len(rows)), layout="constrained")
    axes = figure.subplots()
    step = 0.72 / max(1, len(models))
    for slot, model in enumerate(models):
        places = [place + (slot - (len(models) - 1) / 2) * step for place in range(len(rows))]
        _intervals(
            axes, places, [(row[model], row[f"{model}: low"], row[f"{model}: high"]) for row in rows], slot, model
        )
    axes.set_yticks(range(len(rows)), [f"{row['Axis']}\n{row['Score']}" for row in rows])
    axes.invert_yaxis()
    axes.set_xlim(min(0.0, *(low for row in rows for model in models if (low := row[f"{model}: low"]) is not None)), 1)
    axes.set_xlabel("score, with its interval")
    axes.grid(axis="x")
    figure.legend(loc="outside upper center", ncols=len(models))
    return figure


def _differences(rows: Sequence[Row], axes_rows: Sequence[Row]) -> Figure | None:
    """Paired differences: the headlines, then all other scores whose interval leaves zero out."""
    headlines = [row["Score"] for row in axes_rows]
    first = [row for row in rows if row["Score"] in headlines]
    rest = [row for row in rows if row["Score"] not in headlines and _apart(row)]
    shown = [*first, *rest]
    if not shown:
        return None
    figure = Figure(figsize=(WIDTH, 0.9 + 0.24 * len(shown)), layout="constrained")
    axes = figure.subplots()
    for place, row in enumerate(shown):
        told = _apart(row)
        _whisker(
            axes, place, row["Difference"], row["Difference: low"], row["Difference: high"], INK if told else PALETTE[0]
        )
        colour = PALETTE[2] if place < len(first) else PALETTE[1]
        face = colour if told else "white"
        axes.plot(
            row["Difference"], place, "o", color=colour, markerfacecolor=face, markersize=5, clip_on=False, zorder=3
        )
    axes.axvline(0, color=INK, linewidth=0.8)
    if rest:
        axes.axhline(len(first) - 0.5, color=RULE, linewidth=0.8, linestyle=":")
    axes.set_yticks(range(len(shown)), [row["Score"] for row in shown])
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlabel("difference of the last model from the first, on the same items")
    axes.grid(axis="x")
    return figure


def _calibration(rows: Sequence[Row]) -> Figure | None:
    """Accuracy against confidence, bin by bin."""
    rows = [row for row in rows if row["accuracy"] is not None]
    if not rows:
        return None
    figure = Figure(figsize=(0.62 * WIDTH, 0.62 * WIDTH), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=INK, linewidth=0.8, linestyle="--", label="calibrated")
    for slot, model in enumerate(dict.fromkeys(row["model"] for row in rows)):
        own = sorted((row for row in rows if row["model"] == model), key=lambda row: row["mean confidence"])
        shift = (slot - 1) * 0.004  # whiskers at the same confidence stay apart
        for row in own:
            if row["low"] is not None and row["high"] is not None:
                place = row["mean confidence"] + shift
                axes.plot([place, place], [row["low"], row["high"]], color=PALETTE[slot % 6], linewidth=1)
        axes.plot(
            [row["mean confidence"] + shift for row in own],
            [row["accuracy"] for row in own],
            marker=MARKS[slot % 6],
            color=PALETTE[slot % 6],
            label=TITLES.get(model, model),
        )
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="mean confidence in the option picked", ylabel="share that is right")
    axes.set_aspect("equal")
    axes.grid()
    axes.legend(loc="upper left")
    return figure


def _abstention(rows: Sequence[Row]) -> Figure | None:
    """Rightly against wrongly abstained: up and to the left is better, the diagonal is no telling apart."""
    right = {row["model"]: row for row in rows if str(row["of"]).startswith("without the answer")}
    wrong = {row["model"]: row for row in rows if str(row["of"]).startswith("with the answer")}
    models = [model for model in right if model in wrong and right[model]["share"] is not None]
    models = [model for model in models if wrong[model]["share"] is not None]
    if not models:
        return None
    figure = Figure(figsize=(0.62 * WIDTH, 0.62 * WIDTH), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=INK, linewidth=0.8, linestyle="--", label="does not tell apart")
    for slot, model in enumerate(models):
        x, y, colour = wrong[model], right[model], PALETTE[slot % 6]
        if x["low"] is not None and y["low"] is not None:
            axes.plot([x["low"], x["high"]], [y["share"]] * 2, color=colour, linewidth=1)
            axes.plot([x["share"]] * 2, [y["low"], y["high"]], color=colour, linewidth=1)
        axes.plot(
            x["share"],
            y["share"],
            MARKS[slot % 6],
            color=colour,
            markersize=7,
            label=TITLES.get(model, model),
            clip_on=False,
            zorder=3,
        )
    axes.set(
        xlim=(0, 1),
        ylim=(0, 1),
        xlabel="abstains though the passages hold the answer",
        ylabel="abstains where they do not hold it",
    )
    axes.set_aspect("equal")
    axes.grid()
    axes.legend(loc="lower right")
    return figure


def _selective(rows: Sequence[Row]) -> Figure | None:
    """Accuracy of the surest answers, by the share that is answered."""
    lead, end = "accuracy of the surest ", "%"
    found: dict[str, list[tuple[float, Row]]] = {}
    for row in rows:
        name = str(row["figure"])
        if name.startswith(lead) and row["value"] is not None:
            found.setdefault(row["model"], []).append((float(name.removeprefix(lead).removesuffix(end)), row))
    if not found:
        return None
    figure = Figure(figsize=(WIDTH, 0.5 * WIDTH), layout="constrained")
    axes = figure.subplots()
    for slot, (model, points) in enumerate(found.items()):
        points.sort(key=lambda point: point[0])
        for share, row in points:
            if row["low"] is not None:
                place = share + (slot - (len(found) - 1) / 2) * 1.2
                axes.plot([place] * 2, [row["low"], row["high"]], color=PALETTE[slot % 6], linewidth=1)
        axes.plot(
            [share + (slot - (len(found) - 1) / 2) * 1.2 for share, _ in points],
            [row["value"] for _, row in points],
            marker=MARKS[slot % 6],
            color=PALETTE[slot % 6],
            label=TITLES.get(model, model),
        )
    axes.set(
        ylim=(0, 1),
        xlabel="share of the questions that is answered, the surest first (%)",
        ylabel="share that is right",
    )
    axes.grid(axis="y")
    figure.legend(loc="outside upper center", ncols=len(found))
    return figure


def _intervals(
    axes: Any, places: Sequence[float], found: Sequence[tuple[Any, Any, Any]], slot: int, label: str
) -> None:
    colour = PALETTE[slot % len(PALETTE)]
    for place, (value, low, high) in zip(places, found, strict=True):
        if value is not None:
            _whisker(axes, place, value, low, high, colour)
    kept = [(value, place) for place, (value, _, _) in zip(places, found, strict=True) if value is not None]
    axes.plot(
        [value for value, _ in kept],
        [place for _, place in kept],
        MARKS[slot % len(MARKS)],
        color=colour,
        label=label,
        markersize=6,
        clip_on=False,
        zorder=3,
    )


def _whisker(axes: Any, place: float, value: float, low: float | None, high: float | None, colour: str) -> None:
    if low is not None and high is not None:
        axes.plot([low, high], [place, place], color=colour, linewidth=1.4, solid_capstyle="butt")
        axes.plot([low, high], [place, place], "|", color=colour, markersize=6)


def _apart(row: Row) -> bool:
    low, high = row["Difference: low"], row["Difference: high"]
    return low is not None and high is not None and (low > 0 or high < 0)


_Draw = Callable[..., Figure | None]
_FIGURES: tuple[tuple[str, tuple[str, ...], str, str, _Draw], ...] = (
    (
        "axes",
        ("axes",),
        "The axes side by side",
        "The headline score of each axis for each model, with its interval. The scores are of different kinds and are "
        "not to "
        "be compared between axes.",
        _axes,
    ),
    (
        "differences",
        ("differences", "axes"),
        "Paired differences",
        "Differences of the final model from the base model on the same items, with intervals: the headline scores "
        "(green, "
        "above the dotted line), and the other scores whose interval leaves zero out (blue). Filled where it does; the "
        "others' p is not corrected for their number.",
        _differences,
    ),
    (
        "calibration",
        ("exam_reliability",),
        "Calibration",
        "Exam questions: the share of picks that is right against the mean confidence, in bins of equal size, with "
        "intervals.",
        _calibration,
    ),
    (
        "selective",
        ("exam_selective",),
        "Answering only the surest",
        "Exam questions: the share that is right when only the surest are answered, with intervals.",
        _selective,
    ),
    (
        "abstention",
        ("abstention",),
        "The price of abstaining",
        "Abstaining where the passages do not hold the answer, against abstaining where they do, with intervals. Up "
        "and to "
        "the left is better; on the diagonal a model abstains alike in both.",
        _abstention,
    ),
)
