"""A plan of an ablation, as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from residency.ablation.plan import AblationPlan, ArmRow, SeenRow


def plan_text(plan: AblationPlan) -> str:
    """The arms with their minutes, the sum, what could be seen on each axis, and what is left out."""
    arms = [
        ("training", "answers", "model", "trained", "minutes" if plan.measured else "about min", "of its own"),
        *(_arm(row) for row in plan.arms),
    ]
    axes = [
        ("question", "metric", "items", "matters from", "seen from", ""),
        *(_axis(row) for row in plan.axes),
    ]
    lines = [*plan.notes, *([""] if plan.notes else []), *_table(arms, right=(3, 4)), "", _sum(plan)]
    if plan.axes:
        lines += ["", *_table(axes, right=(2, 3, 4))]
    if plan.left:
        lines += ["", "Left out:", *(f"  {question} {arm}: {why}" for (question, arm), why in plan.left.items())]
    return "\n".join(line.rstrip() for line in lines)


def span(minutes: float) -> str:
    """Minutes in words: 45 min, 2 h 10 min, 1 d 3 h."""
    whole = round(minutes)
    days, hours, rest = whole // 1440, whole % 1440 // 60, whole % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _arm(row: ArmRow) -> tuple[str, ...]:
    answers: dict[str, list[str]] = {}
    for question, arm in row.serves:
        answers.setdefault(question, []).append(arm)
    served = "; ".join(f"{question}: {', '.join(arms)}" for question, arms in answers.items())
    trained = "-" if row.measures == "base" else str(row.repeats)
    done = f" ({row.finished} done)" if row.finished else ""
    name = row.cell.rpartition("-")[0]
    stages = ", ".join(stage for stage, minutes in row.own.items() if minutes) or "nothing"
    minutes = f"{row.minutes:.0f}" if row.known else "?"
    return name, served, row.measures, f"{trained}{done}", minutes, stages


def _axis(row: SeenRow) -> tuple[str, ...]:
    seen = "-" if row.seen is None else f"{row.seen:.3f}"
    remark = "" if row.enough else "what matters may be missed"
    return row.question, row.metric, str(row.items), f"{row.margin:.3f}", seen, remark


def _sum(plan: AblationPlan) -> str:
    trained = [row for row in plan.arms if row.measures != "base"]
    number = sum(row.repeats for row in trained)
    about = "" if plan.measured else "about "
    text = f"{len(trained)} different trainings, {number} in all: {about}{span(plan.minutes)}"
    text += f", where without shared stages it would be {span(plan.without_sharing)}."
    text += "" if plan.measured else " Nothing is measured yet: half or twice that is no surprise."
    unknown = [row.serves[0][1] for row in plan.arms if not row.known]
    return text + (f" What {', '.join(unknown)} would take is not known beforehand, and not in it." if unknown else "")


def _table(rows: Sequence[tuple[str, ...]], right: tuple[int, ...]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
