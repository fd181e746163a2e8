"""The training mix for people: what was asked for against what was got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from residency.cli.show import console, new_table

STATES = {
    "met": "[green]met[/green]",
    "over": "fills a place",
    "short": "[yellow]short[/yellow]",
    "none": "[yellow]nothing there[/yellow]",
}
TIMES = {"1": "once", "2": "twice"}


def show_mix(report: Mapping[str, Any]) -> None:
    """The table of shares, what to add, sources, topics, repeats, modes and the anchor's refusals."""
    out = console()
    table = new_table("kind", "asked", "aimed", "got", "examples", "of all", "tokens", "of all", "available", "")
    for row in report["shares"]:
        table.add_row(
            row["kind"],
            *(_percent(row[name]) for name in ("asked", "aimed", "got")),
            f"{row['examples']:,}",
            _percent(row["examples_share"]),
            f"{row['tokens']:,}",
            _percent(row["tokens_share"]),
            f"{row['available']:,}",
            STATES[row["state"]],
        )
    out.print(table)
    out.print(
        f"{report['examples']:,} examples. Shares count {report['shares_by']}, the anchor's tokens; aimed is asked "
        f"once kinds that nothing supplies have left their place. Tokens are {report['tokens']}.",
        soft_wrap=True,
    )
    for line in report["unmet"]:
        out.print(f"  {escape(line)}", soft_wrap=True)
    if report["unmet"] and not report["bound"] and report["within"]:
        out.print(f"  Shares that there is something for are met up to mix.examples = {report['within']}.")
    if report["bound"]:
        out.print(f"  It is as large as {report['bound']} allows; for more, add of that, or set mix.examples.")
    _show_shifts(out, "source", report["sources"])
    _show_shifts(out, "topic", report["topics"])
    times = ", ".join(
        f"{count:,} {TIMES.get(number, number + ' times')}" for number, count in report["repeats"].items()
    )
    out.print(f"\nRecords that occur: {times}.")
    modes = report["modes"]
    out.print(
        f"Modes: {_percent(modes['EXAM'])} EXAM, {_percent(modes['CLINICAL'])} CLINICAL; {_percent(modes['tagged'])} "
        f"tagged, {_percent(modes['standard_tag'])} as it is served, in {modes['wordings']} wordings.",
        soft_wrap=True,
    )
    _show_unknown(out, report["unknown"])
    _show_anchor(out, report["anchor"])


def _show_shifts(out: Console, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Sources or topics, each with its share of what there is and of the mix."""
    table = new_table(name, "available", "of all", "in the mix", "of all")
    for row in rows:
        table.add_row(
            escape(str(row[name])),
            f"{row['available']:,}",
            _percent(row["available_share"]),
            f"{row['examples']:,}",
            _percent(row["got"]),
        )
    out.print()
    out.print(table)


def _show_unknown(out: Console, unknown: Mapping[str, Any]) -> None:
    """Facts that the base model does not know: what was asked of the mix, and where they stand in it."""
    if not unknown["categories"]:
        return
    asked, facts = sum(unknown["categories"].values()), unknown["categories"].get("unknown", 0)
    held = unknown["written"]
    out.print(
        f"The base model was asked {asked:,} train questions and does not know {facts:,} facts (mix.unknown = "
        f'"{unknown["policy"]}"): {unknown["left_out"]:,} of their {unknown["closed_book"]:,} closed-book examples '
        f"were left out; the mix holds {held['closed_book']:,} of the facts closed book, "
        f"{held['in_context_alone']:,} over passages alone and {held['not_at_all']:,} not at all.",
        soft_wrap=True,
    )


def _show_anchor(out: Console, anchor: Mapping[str, Any]) -> None:
    if not anchor["read"]:
        return
    out.print(f"Anchor: {anchor['kept']:,} of {anchor['read']:,} conversations can be used.")
    for reason, count in anchor["refused"].items():
        out.print(f"  {reason}: {count:,} ({anchor['places'][reason][0]})", markup=False, soft_wrap=True)
    for note, count in anchor["notes"].items():
        if count:
            out.print(f"  {note}: {count:,}", markup=False)


def _percent(share: float) -> str:
    return f"{share:.1%}"
