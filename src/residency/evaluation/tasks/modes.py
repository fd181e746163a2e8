"""Whether an answer has its mode's form by the checks, and its style by a classifier; graded wherever a mode is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from residency.core.files import read_json, write_json
from residency.core.prompt import MODES, Mode
from residency.evaluation.item import Metrics, Result
from residency.evaluation.sources import Sources
from residency.evaluation.table import Cell, Table
from residency.evaluation.tasks.mode_style import ModeStyle, style_of, train_style
from residency.evaluation.tasks.telling_apart import difference
from residency.judging.answers import obeys_mode
from residency.judging.kappa import cohen
from residency.judging.statistics import Estimate, estimate

STYLE_FILE = "mode-style.json"
CLASSIFIED = "mode.classified"


def mode_metrics(output: str, mode: Mode, *, mcq: bool = False, unseen_tag: bool = False) -> Metrics:
    """The mode's metrics of one answer by the checks; ``unseen_tag`` where the mode was told in a wording that training
    never shows."""
    obeyed = float(obeys_mode(output, mode, mcq=mcq))
    unseen: Metrics = {"mode.unseen_tag_obeyed": obeyed} if unseen_tag else {}
    return {"mode.obeyed": obeyed, f"mode.{mode.lower()}_obeyed": obeyed} | unseen


def write_style(sources: Sources, folder: Path) -> ModeStyle:
    """Trains the classifier on the sources' gold answers and keeps it, for this grading and any later one."""
    style = train_style(sources.trained, sources.questions, sources.random("mode style"))
    write_json(folder / STYLE_FILE, style.as_row())
    return style


def read_style(folder: Path) -> ModeStyle | None:
    """The classifier that an evaluation's folder keeps; None where it keeps none."""
    path = folder / STYLE_FILE
    return style_of(read_json(path)) if path.is_file() else None


def classified(results: Sequence[Result], style: ModeStyle | None) -> list[Result]:
    """The results, with whether the answer's style is that of the mode asked for wherever the checks were made; None
    where that is undecided, and nothing without a classifier."""
    if style is None:
        return list(results)
    return [
        {**row, "metrics": {**row["metrics"], CLASSIFIED: _verdict(row, style)}}
        if "mode.obeyed" in row["metrics"]
        else row
        for row in results
    ]


def mode_tables(results: Mapping[str, Sequence[Result]], style: ModeStyle | None) -> list[Table]:
    """Both verdicts on the mode side by side, and whether the mode makes a difference at all; none where no answer has
    a verdict."""
    rows: list[list[Cell]] = []
    apart: list[list[Cell]] = []
    for name, found in results.items():
        apart += _apart(name, found)
        for mode in MODES:
            some = [row for row in found if row["mode"] == mode and "mode.obeyed" in row["metrics"]]
            if some:
                rows.append([name, mode, *_figures(some)])
    if not rows:
        return []
    columns = ("model", "mode", "n", "by checks", "low", "high", "by style", "low", "high", "undecided", "kappa")
    heads = ("model", "by", "clinical where asked", "n", "clinical where not", "n", "difference", "low", "high")
    return [
        Table("modes", "mode", "Is the mode obeyed?", columns, rows, told(style)),
        Table("modes_apart", "mode", "Does the mode make a difference?", heads, apart, _APART),
    ]


def told(style: ModeStyle | None) -> str:
    """How far the classifier can be trusted, in words for the report."""
    if style is None or style.accuracy is None or style.low is None or style.high is None:
        return "Style was not judged: there were too few gold answers to train a classifier on or to test it with."
    shown = (
        f"The classifier, which never sees the markers, tells the modes of held-out gold answers apart with an "
        f"accuracy of {style.accuracy:.3f} ({style.low:.3f} to {style.high:.3f}, n = {style.n}, trained on "
        f"{style.trained_on}; chance is 0.5)"
    )
    if not style.works:
        return f"{shown}: not clearly above chance, so its verdicts are undecided."
    return (
        f"{shown}. It says which of the two styles an answer is nearer to: one of neither style is mostly called EXAM, "
        "the plainer one, so that a model shows its obedience only in the difference between the modes."
    )


_APART = (
    "Share of answers in the CLINICAL form or style where CLINICAL is asked for, and where EXAM is. The difference is "
    "0 for a model that writes alike in both modes, and 1 for one that obeys them; its 95% interval is Newcombe's."
)


def _apart(name: str, rows: Sequence[Result]) -> list[list[Cell]]:
    """By the checks and by the style, how much oftener an answer is clinical where that is asked for."""
    graded = [row for row in rows if "mode.obeyed" in row["metrics"]]
    ways: dict[str, Callable[[Result], float | None]] = {"checks": _in_clinical_form, "style": _in_clinical_style}
    found: list[list[Cell]] = []
    for title, clinical in ways.items():
        yes, no = (_share_of(clinical, [row for row in graded if row["mode"] == mode]) for mode in ("CLINICAL", "EXAM"))
        if yes.value is not None and no.value is not None:
            found.append([name, title, yes.value, yes.n, no.value, no.n, *difference(yes, no)])
    return found


def _share_of(clinical: Callable[[Result], float | None], rows: Sequence[Result]) -> Estimate:
    return estimate([clinical(row) for row in rows], [row["cluster"] for row in rows])


def _in_clinical_form(row: Result) -> float | None:
    return None if row["metrics"]["mode.obeyed"] is None else float(obeys_mode(row["output"], "CLINICAL"))


def _in_clinical_style(row: Result) -> float | None:
    right = row["metrics"].get(CLASSIFIED)
    return None if right is None else float(bool(right) == (row["mode"] == "CLINICAL"))


def _verdict(row: Result, style: ModeStyle) -> float | None:
    found = style.mode_of(row["output"])
    return None if found is None else float(found == row["mode"])


def _figures(rows: Sequence[Result]) -> list[Cell]:
    """n, the share obeyed by checks and by style, each with its interval, how many are undecided, and their kappa."""
    clusters = [row["cluster"] for row in rows]
    checks = [row["metrics"].get("mode.obeyed") for row in rows]
    styles = [row["metrics"].get(CLASSIFIED) for row in rows]
    by_check, by_style = estimate(checks, clusters), estimate(styles, clusters)
    both = [(str(a), str(b)) for a, b in zip(checks, styles, strict=True) if a is not None and b is not None]
    kappa = cohen([a for a, _ in both], [b for _, b in both]).value if both else None
    cells = [by_check.value, by_check.low, by_check.high, by_style.value, by_style.low, by_style.high]
    return [len(rows), *cells, by_style.missing, kappa]
