"""``residency pairs``: says of any preference file whether answers alone tell chosen from rejected."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from residency.cli import show
from residency.cli.options import Debug, Json
from residency.flow.progress import ConsoleProgress

pairs_app = typer.Typer(help="Preference pairs: one's own, or anyone's.", no_args_is_help=True)
MODELS = {"own": "own model", "all": "model of all pairs"}
LINES = 12  # of reasons and of types


@pairs_app.callback()
def _group() -> None:
    """Keeps ``audit`` a command of its own name while it is the only one."""


@pairs_app.command()
def audit(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Pairs as Residency, TRL or UltraFeedback write them.", show_default=False),
    ],
    by: Annotated[str, typer.Option(metavar="FIELD", help="The field that holds a pair's type.")] = "",
    embeddings: Annotated[bool, typer.Option("--embeddings", help="Also judge by embeddings, which is slow.")] = False,
    most: Annotated[int, typer.Option(min=1, help="Of a larger file draw so many pairs.")] = 20_000,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also write audit.json and audit.html to this folder.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the draw, the folds and the intervals.")] = 17,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Say whether chosen can be told from rejected without medicine; exits 1 unless the set passes."""
    from residency.flow.auditing import audit_file

    progress = ConsoleProgress("audit")
    try:
        found = audit_file(file, by=by, meaning=embeddings, most=most, seed=seed, out=out, progress=progress)
    finally:
        progress.finish()
    if as_json:
        show.emit(found)
    else:
        show_audit(found)
    return 0 if found["verdict"]["verdict"] == "pass" else 1


def show_audit(found: Mapping[str, Any]) -> None:
    """The audit for people: its table, what tells, and the verdict last."""
    out = show.console()
    shapes = "; ".join(f"{shape} ({count:,})" for shape, count in found["shapes"].items())
    drawn = f" drawn from {found['drawn_from']:,}" if found["drawn_from"] != found["pairs"] else ""
    out.print(f"{found['file']}: {found['pairs']:,} pairs{drawn} in {found['clusters']:,} clusters", markup=False)
    out.print(f"read as {shapes}", markup=False, soft_wrap=True)
    for reason, one in list(found["refused"].items())[:LINES]:
        out.print(f"  no pair, {one['rows']:,}: {reason} ({', '.join(one['places'])})", markup=False, soft_wrap=True)
    if len(found["refused"]) > LINES:
        out.print(f"  and {len(found['refused']) - LINES} more reasons, which --json shows")
    out.print()
    out.print(_table(found))
    out.print(
        "The share of held-out pairs in which the chosen answer scores higher, by answers alone, with its 95% "
        "interval; 0.50 is a coin. A cell's first line is the type's own model, its second that of all pairs. Ratio is "
        "chosen over rejected length, edits the median of words changed.",
    )
    _show_tell_tales(out, found)
    out.print()
    for name, counts in found["directions"].items():
        out.print(f"the side that {name}: chosen in {counts['chosen']:,}, rejected in {counts['rejected']:,} pairs")
    double = found["duplicates"]
    out.print(
        f"duplicates: {double['same_prompt_and_answers']:,} of prompt and answers, "
        f"{double['same_answers']:,} of answers"
    )
    for warning in found["warnings"]:
        out.print(f"note: {warning}", markup=False, soft_wrap=True)
    for path in found["written"]:
        out.print(f"written: {path}", markup=False, soft_wrap=True)
    name = found["verdict"]["verdict"]
    out.print()
    out.print(f"[{show.VERDICTS[name]}]{name}[/]: {escape(found['verdict']['says'])}", soft_wrap=True)


def _table(found: Mapping[str, Any]) -> Any:
    gates = {(gate["type"], gate["reader"], gate["model"]): gate["verdict"] for gate in found["verdict"]["gates"]}
    titles = {"words": "words", "length": "length, marks", "grams": "characters", "meaning": "embeddings"}
    table = show.new_table("type", "pairs", *(titles[name] for name in found["readers"]), "ratio", "edits", "")
    cells = [_figure(found["overall"][name], gates.get(("", name, "all"))) for name in found["readers"]]
    alone = next(iter(found["types"].values())) if len(found["types"]) == 1 else None
    sizes = _sizes(alone) if alone else ("", "")
    table.add_row("all pairs", f"{found['pairs']:,}", *cells, *sizes, _worst(gates, ""))
    for kind, one in found["types"].items():
        if alone:
            break
        cells = [
            "\n".join(_figure(one[model][name], gates.get((kind, name, model))) for model in MODELS)
            for name in found["readers"]
        ]
        table.add_row(escape(kind), f"{one['pairs']:,}", *cells, *_sizes(one), _worst(gates, kind))
    return table


def _sizes(one: Mapping[str, Any]) -> tuple[str, str]:
    """The length ratio and the edit distance of a type."""
    return f"{one['lengths']['ratio']:.2f}", f"{one['edit_distance']['median']:.0f}"


def _figure(figure: Mapping[str, Any], verdict: str | None) -> str:
    if figure["auc"] is None:
        return "[dim]too few[/dim]"
    between = "" if figure["low"] is None else f" [dim]{figure['low']:.2f}-{figure['high']:.2f}[/dim]"
    colour = show.VERDICTS.get(verdict or "")
    value = f"{figure['auc']:.2f}"
    return f"[{colour}]{value}[/{colour}]{between}" if colour else f"{value}{between}"


def _worst(gates: Mapping[tuple[str, str, str], str], kind: str) -> str:
    own = [verdict for (type_, _, _), verdict in gates.items() if type_ == kind]
    name = next((name for name in ("fail", "undecided", "not judged") if name in own), "pass")
    colour = show.VERDICTS.get(name, "dim")
    return f"[{colour}]{name}[/{colour}]"


def _show_tell_tales(out: Console, found: Mapping[str, Any]) -> None:
    told = {
        kind: [
            *((f"“{tale['feature']}”", tale) for tale in one["tell_tales"]["words"]),
            *((tale["feature"], tale) for tale in one["tell_tales"]["length"]),
        ]
        for kind, one in found["types"].items()
    }
    told = {kind: tales for kind, tales in told.items() if tales}
    if not told:
        out.print("\nNo word and no length leans to one side beyond chance.")
        return
    out.print("\nWhat tells, with the pairs in which chosen, and rejected, has more of it:")
    for kind in list(told)[:LINES]:
        tales = (f"{name} {tale['more_in_chosen']:,}/{tale['more_in_rejected']:,}" for name, tale in told[kind])
        out.print(f"  {kind}: {', '.join(tales)}", markup=False, soft_wrap=True)
    if len(told) > LINES:
        out.print(f"  and {len(told) - LINES} more types, which --json shows")
