"""Tables of the later turns: the score by the number of the turn, skills on both histories, MT-Bench by category."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from residency.evaluation.item import Result
from residency.evaluation.table import Cell, Table
from residency.evaluation.tasks.figures import Results, cells, draw_limits, mean_of, results_of
from residency.evaluation.tasks.followup.mt_bench import METRICS as MT_BENCH
from residency.judging.model_judge.ratings import MOST
from residency.judging.statistics import estimate

_HISTORIES = {"ideal": "ideal", "real": "its own"}
_INTERVAL = ("Score", "Low", "High", "n", "Missing")


def tables(results: Results) -> list[Table]:
    """The tables for which there are items."""
    own = results_of(results, "followup")
    made = [by_turn(own), by_skill(own), by_category(own)]
    return [table for table in made if table.rows]


def by_turn(results: Results) -> Table:
    """The mean score of each turn, by its number, after ideal histories and after the model's own."""
    rows: list[list[Cell]] = []
    for name, found in results.items():
        for history, shown in _HISTORIES.items():
            numbers = sorted({int(turn) for row in found for turn in _turns(row, history)})
            for number in numbers:
                held = [row for row in found if str(number) in _turns(row, history)]
                values = [_turns(row, history)[str(number)] for row in held]
                rows.append([name, shown, number, *cells(estimate(values, [row["cluster"] for row in held]))])
    return Table(
        "followup-by-turn",
        "followup",
        "Follow-ups: score by the number of the turn",
        ("Model", "History", "Turn", *_INTERVAL),
        rows,
        "95% intervals, clustered by question. Turns differ in what they ask: compare models within a turn, and the "
        "two histories of a model.",
        plot=_plot(rows),
    )


def by_skill(results: Results) -> Table:
    """Where the skill is shown, the share of its turns in which it is, on both histories."""
    rows: list[list[Cell]] = []
    for name, found in results.items():
        skills = sorted({metric for row in found for metric in row["metrics"] if _is_skill(metric)})
        for metric in skills:
            held = [row for row in found if metric in row["metrics"]]
            for key, shown in ((metric, "ideal"), ("skill.shown_real", "its own")):
                if any(key in row["metrics"] for row in held):
                    rows.append([name, metric.removeprefix("skill."), shown, *cells(mean_of(held, key))])
    return Table(
        "followup-by-skill",
        "followup",
        "Follow-ups: skills shown, by history",
        ("Model", "Skill", "History", *_INTERVAL),
        rows,
        "The share of dialogues whose turn of the skill passes its rules. 95% intervals, clustered by question.",
    )


def by_category(results: Results) -> Table:
    """MT-Bench's ratings on its own scale, from 1 to 10, of each turn and category."""
    rows: list[list[Cell]] = []
    graders: set[str] = set()
    cut = 0
    for name, found in results.items():
        asked = [row for row in found if MT_BENCH[0] in row["metrics"]]
        cut += sum(len(row["details"].get("cut", ())) for row in asked)
        graders |= {str(row["details"]["grader"]) for row in asked if "grader" in row["details"]}
        for category in ("all", *sorted({row["topic"] for row in asked})):
            held = [row for row in asked if category in ("all", row["topic"])]
            for turn, metric in enumerate(MT_BENCH, 1):
                if held:
                    rows.append([name, category, turn, *cells(mean_of(held, metric), MOST)])
    grader = ", ".join(sorted(graders)) or "nobody: no judge model is named"
    return Table(
        "mt-bench",
        "followup",
        "MT-Bench's shape: ratings from 1 to 10",
        ("Model", "Category", "Turn", *_INTERVAL),
        rows,
        f"Rated by {grader}; the second turn after the model's own first answer. Judges differ by points. "
        f"Answers cut at the limit of tokens (evaluate.max_new_tokens): {cut}.",
    )


def _turns(row: Result, history: str) -> Mapping[str, float | None]:
    found: Mapping[str, float | None] = row["details"].get("turns", {}).get(history, {})
    return found


def _is_skill(metric: str) -> bool:
    return metric.startswith("skill.") and not metric.startswith("skill.shown")


def _plot(rows: Sequence[Sequence[Any]]) -> Callable[[Any], None]:
    """Draws the score by turn, a line for each model and history, with its intervals."""

    def draw(axes: Any) -> None:
        lines: dict[tuple[str, str], list[Sequence[Any]]] = {}
        for row in rows:
            if row[3] is not None and row[4] is not None:
                lines.setdefault((row[0], row[1]), []).append(row)
        for place, ((model, history), points) in enumerate(lines.items()):
            turns = [float(row[2] or 0) + 0.04 * (place - (len(lines) - 1) / 2) for row in points]
            values = [(row[3], row[4], row[5]) for row in points]
            draw_limits(axes, turns, values, f"{model}, {history} history", "-" if history == "ideal" else "--")
        axes.set_xticks(sorted({int(row[2] or 0) for row in rows}))
        axes.set_xlabel("Turn")
        axes.set_ylabel("Score")
        axes.set_ylim(0, 1)
        axes.legend()

    return draw
