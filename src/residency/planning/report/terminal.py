"""The plan in a terminal, readable at 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from residency.planning.choice import Choice
from residency.planning.plan import Plan
from residency.planning.report import words
from residency.planning.report.tables import by_device, by_model, ends

COLOURS = {"fits": "green", "tight": "yellow", "no": "red"}
ROWS = 18


def show(plan: Plan, out: Console) -> None:
    """Print it: words first."""
    _heading(out, "Can I do it?")
    _lines(out, [words.can(plan)])
    if plan.advice is not None:
        _heading(out, "How long, how much?")
        _stages(out, plan.advice.choice)
        _lines(out, [words.room(plan), words.energy(plan)])
        _heading(out, f"What {plan.advice.choice.model.title} means for you")
        _lines(out, words.means(plan))
    _heading(out, "With what? The cheapest devices for each model and method")
    out.print(_choices(by_model(plan)[:ROWS], "model"))
    if plan.advice is not None and (others := by_device(plan)[1:]):
        _heading(out, f"{plan.advice.choice.model.title} on other devices")
        out.print(_choices(others[:ROWS], ""))
    _heading(out, "What it is reckoned from")
    _lines(out, words.data(plan))
    if plan.advice is not None:
        _heading(out, "What could go wrong")
        _lines(out, plan.advice.risks)
        _heading(out, "What would change it")
        _lines(out, plan.advice.changes)


def _heading(out: Console, text: str) -> None:
    out.print(f"\n[bold]{escape(text)}[/bold]")


def _lines(out: Console, texts: Iterable[str]) -> None:
    for text in texts:
        out.print(text, markup=False)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _stages(out: Console, choice: Choice) -> None:
    table = _table("stage", "what it does", "hours", "USD", f"GB of {choice.hardware.usable / 1e9:.0f}")
    for stage in choice.stages:
        colour = COLOURS[stage.fit]
        table.add_row(
            stage.stage,
            words.stage_name(stage),
            ends(stage.seconds * (1 / 3600)),
            ends(stage.usd),
            f"[{colour}]{ends(stage.memory.total * 1e-9)}[/{colour}]",
        )
    table.add_row("all", "", ends(choice.hours), ends(choice.usd), "", style="bold")
    out.print(table)


def _choices(rows: Sequence[Choice], named: str) -> Table:
    columns = ("model", "method", "on", "hours", "USD", "fits")
    table = _table(*(columns if named else columns[1:]))
    for one in rows:
        colour = COLOURS[one.fit]
        cells = [one.method.name, one.on, ends(one.hours), ends(one.usd), f"[{colour}]{words.FITS[one.fit]}[/{colour}]"]
        table.add_row(*([escape(one.model.title), *cells] if named else cells))
    return table
