"""What people read on stdout, and the JSON object that programs read there instead."""

from __future__ import annotations

import json
import math
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from residency.cli.watch import main_counts
from residency.core.tools import spelt
from residency.flow.progress import duration
from residency.flow.recipe import LoadedRecipe, leaves
from residency.flow.runner import StageResult
from residency.flow.status import StageState, held_out_questions

if TYPE_CHECKING:
    from residency.chat.rows import Comparison, RowView

WIDTH = 132  # where stdout is no terminal
NOT_CLINICAL = "Not for clinical use: check every answer against its source and a qualified colleague."
VERDICTS = {"pass": "green", "fail": "red", "undecided": "yellow"}
STATES = {"done": "green", "running": "cyan", "not run": "dim"}
LEARNT = ("⟦", "⟧")
MODES_TO_TRY = ("exam", "clinical")


def console() -> Console:
    """stdout, for people."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)


def emit(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line; figures that are not finite become null, as JSON has none."""
    print(json.dumps(_finite(value), ensure_ascii=False, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def show_plan(results: Sequence[StageResult]) -> None:
    """What a dry run found: which stages would run, and why."""
    table = new_table("stage", "what would happen", "why", "what it does")
    for result in results:
        table.add_row(result.name, result.status, escape(result.reason), escape(result.does))
    console().print(table)


def check_outcome(report: Mapping[str, Any]) -> dict[str, Any]:
    """What a check came to, for programs: counts by check, and what to do first."""
    counts = {check["id"]: {"severity": check["severity"], "rows": check["count"]} for check in report["checks"]}
    kept = (
        "rows",
        "broken_files",
        "empty_files",
        "decisions",
        "rejected_by_reason",
        "bank",
        "warnings",
        "first",
        "fit",
    )
    return {name: report[name] for name in kept if name in report} | {"checks": counts}


def show_check(folder: Path, report: Mapping[str, Any], written: Sequence[str]) -> None:
    """What a check came to, in words, and where the whole report lies."""
    from residency.corpus.report.summary import summary_lines

    lines = [*summary_lines(report), "", f"report: {folder / 'data-report.html'}"]
    lines += [f"to decide on: {folder / 'review.csv'}", f"rejected rows: {folder / 'rejected.jsonl'}"]
    lines += [f"written: {path}" for path in written]
    lines += ["", "fit to train on" if report["fit"]["passes"] else f"not fit to train on: {report['fit']['says']}"]
    console().print(escape("\n".join(lines)), soft_wrap=True)


def show_status(folder: Path, states: Sequence[StageState]) -> None:
    """The stages of a run, with times and main counts."""
    table = new_table("stage", "state", "finished (UTC)", "took", "counts")
    for state in states:
        colour = STATES.get(state.state, "yellow")
        took = "" if state.seconds is None else duration(state.seconds)
        counts = ", ".join(main_counts(state.counts))
        said = f"{counts}{'; ' if counts and state.why else ''}{state.why}"
        finished = (state.finished or "")[:16].replace("T", " ")
        table.add_row(state.name, f"[{colour}]{state.state}[/{colour}]", finished, took, escape(said))
    out = console()
    out.print(f"run folder {folder}", markup=False)
    out.print(table)


def show_recipe(loaded: LoadedRecipe) -> None:
    """Every value of a recipe with where it came from."""
    table = new_table("key", "value", "from")
    for key, value in recipe_values(loaded).items():
        origin = loaded.origins[key]
        style = "dim" if origin == "default" else None
        table.add_row(key, escape(json.dumps(value, ensure_ascii=False)), origin, style=style)
    console().print(table)


def recipe_values(loaded: LoadedRecipe) -> dict[str, Any]:
    """Every value of a recipe by its dotted key."""
    dumped = loaded.recipe.model_dump(mode="json")
    found = {}
    for key in leaves(dumped):
        value: Any = dumped
        for part in key.split("."):
            value = value[part]
        found[key] = value
    return found


def show_evaluation(run_folder: Path, summary: Mapping[str, Any], released: Mapping[str, Any] | None = None) -> None:
    """The evaluation's table and gates, what stands against a release, where the report lies, and what to type next."""
    out = console()
    for heading, headline in (("The four axes", True), ("Behind them", False)):
        table = new_table("axis", "metric", "base", "SFT", "final", "n")
        table.title, table.title_justify = heading, "left"
        for row in summary["table"]:
            if row.get("headline", True) is headline:
                models = row["models"]
                cells = [interval(models.get(name)) for name in ("base", "sft", "final")]
                table.add_row(row["axis"], escape(row["title"]), *cells, items(models))
        if table.row_count:
            out.print(table)
            out.print()
    for gate in summary["gates"]:
        colour = VERDICTS.get(gate["verdict"], "yellow")
        out.print(f"  [{colour}]{gate['verdict']:<9}[/{colour}] {escape(gate['says'])}", soft_wrap=True)
    if released:
        out.print(
            f"\nbundle{', a draft' if released['draft'] else ''}: {run_folder / 'release' / 'bundle'}", markup=False
        )
        for reason in released["refused"]:
            out.print(f"  {reason}", markup=False, soft_wrap=True)
    out.print(f"\nreport: {run_folder / 'evaluate' / summary['report']}", markup=False, soft_wrap=True)
    out.print("ask it, for example what it was never shown:", markup=False)
    questions = held_out_questions(run_folder, len(MODES_TO_TRY)) or ["..."]
    for mode, question in zip(MODES_TO_TRY, [*questions, questions[0]], strict=False):
        command = shlex.join(["residency", "ask", str(run_folder), "--mode", mode, question])
        out.print(f"  {command}", markup=False, soft_wrap=True)


def interval(cell: Mapping[str, Any] | None) -> str:
    """A score with its interval, as ``0.42 [0.35, 0.49]``; a dash where there is none."""
    if cell is None or cell.get("value") is None:
        return "-"
    if cell.get("low") is None or cell.get("high") is None:
        return f"{cell['value']:.2f}"
    return escape(f"{cell['value']:.2f} [{cell['low']:.2f}, {cell['high']:.2f}]")


def items(models: Mapping[str, Mapping[str, Any]]) -> str:
    """How many items a row's scores rest on, and how many could not be scored."""
    counts = [str(cell.get("n", 0)) for cell in models.values()]
    missing = sum(cell.get("missing") or 0 for cell in models.values())
    shown = "/".join(counts if len(set(counts)) > 1 else counts[:1])
    return f"{shown} ({missing} not scored)" if missing else shown


def show_answer(answer: Mapping[str, Any]) -> None:
    """An answer, the passages it cites, what no cited passage supports, and that it is not for clinical use."""
    cited = [passage for passage in answer["passages"] if passage["cited"]]
    lines = [answer["text"], ""]
    if cited:
        lines.append("Cited:")
    elif answer["passages"]:
        lines.append(f"None of the {len(answer['passages'])} passages found is cited.")
    for passage in cited:
        verdict = "supports what cites it" if passage["supported"] else "does not support what cites it"
        title = f"{passage['title']}. " if passage["title"] else ""
        lines.append(f"  [{passage['number']}] {title}{passage['text']} ({passage['id']}; {verdict})")
    if answer["unsupported"]:
        lines += ["Not supported by a cited passage:", *(f"  - {sentence}" for sentence in answer["unsupported"])]
    lines += [f"Mode {answer['mode']}, model {answer['model']}.", NOT_CLINICAL]
    console().print("\n".join(lines), markup=False, soft_wrap=True)


def new_table(*headings: str) -> Table:
    """A table without rules, whose cells fold where they do not fit."""
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def show_row(view: RowView) -> None:
    """A compiled row: what it is, what the model sees, and what of that it learns (in colour, or between marks)."""
    out, fields = console(), view.fields
    about = Table(box=None, show_header=False)
    told = {
        "conversation": f"{fields['id']}, row {fields['of_conversation']} of it; {fields['split']} row {fields['row']}",
        "kind": f"{fields['kind']}, mode {fields['mode']}, {fields['source']}, {fields['topic']}",
        "made from": ", ".join(fields["parents"]) or "-",
        "thoughts": fields["thought"] or "none",
        "turns learnt": _turns(fields["turns"]),
        "left out": ", ".join(fields["left_out"]) or "nothing",
        "tokens": f"{view.tokens:,}, of which {view.learnt:,} are learnt",
    }
    for name, value in told.items():
        about.add_row(name, escape(str(value)))
    out.print(about)
    text = Text()
    learnt = False
    for part in view.parts:
        if not out.is_terminal and part.learnt != learnt:
            text.append(LEARNT[0] if part.learnt else LEARNT[1])
        learnt = part.learnt
        text.append(part.text, style="bold green" if part.learnt else "cyan" if part.control else "")
    if learnt and not out.is_terminal:
        text.append(LEARNT[1])
    out.print(text, soft_wrap=True)
    if not out.is_terminal:
        out.print(f"\n{LEARNT[0]} {LEARNT[1]} enclose what the model learns to produce.")
    if view.compared is not None:
        _show_comparison(out, view.compared)


def _turns(places: Sequence[int]) -> str:
    """How many turns of a row are learnt, and which messages of the conversation they are, counted from 1."""
    numbers = ", ".join(str(place + 1) for place in places)
    return f"{len(places)} (message{'s' if len(places) > 1 else ''} {numbers} of the conversation)"


def _show_comparison(out: Console, compared: Comparison) -> None:
    after = "a line end" if compared.after_stop == "\n" else repr(compared.after_stop)
    also = f"the template also writes {after} after the stop token" if compared.after_stop else ""
    first = compared.first
    if first is None:
        out.print(
            "\nThe model's own chat template gives the same tokens" + (f"; {also}." if also else "."), markup=False
        )
        return
    out.print(
        f"\nThe model's own chat template gives {compared.theirs:,} tokens where the row has {compared.ours:,}; "
        f"from token {first.place:,} on they differ:"
    )
    out.print(f"  ours    ...{first.ours!r}", markup=False, soft_wrap=True)
    out.print(f"  theirs  ...{first.theirs!r}", markup=False, soft_wrap=True)
    if also:
        out.print(f"Not counted among them: {also}.", markup=False)


def show_conversations(page: Path, drawn: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Conversations by skill, turn by turn, with where each comes from; the turn that shows the skill is marked."""
    out = console()
    for skill, rows in drawn.items():
        for row in rows:
            out.print(
                f"\n[bold]{skill}[/bold], mode {row['mode']}: {escape(row['id'])}, {escape(row['topic'])}",
                soft_wrap=True,
            )
            out.print(f"from {', '.join(row['parents'])}", style="dim", markup=False, soft_wrap=True)
            critical = row["expect"].get("check", {}).get("critical")
            for place, message in enumerate(row["messages"]):
                mark = "* " if place == critical else "  "
                text = Text(
                    f"{mark}{message['role']:<9} ", style="bold cyan" if message["role"] == "user" else "bold green"
                )
                said = [message.get("thinking", ""), message["content"]]
                said += [spelt(call) for call in message.get("tool_calls") or ()]
                text.append("\n".join(filter(None, said)).replace("\n", "\n" + 12 * " "), style="")
                out.print(text, soft_wrap=True)
    if any("critical" in row["expect"].get("check", {}) for rows in drawn.values() for row in rows):
        out.print("\n* marks the turn in which a dialogue shows its skill.")
    out.print(f"more of them, to read: {page}", markup=False, soft_wrap=True)


def show_lengths(report: Mapping[str, Any]) -> None:
    """How long compiled rows are, and what became of those that were too long."""
    out = console()
    out.print(f"family {report['family']}")
    for split in ("train", "dev"):
        entry = report[split]
        out.print(
            f"\n[bold]{split}[/bold]: {entry['rows']:,} rows of {entry['conversations']:,} conversations and "
            f"{entry['turns']:,} turns; {entry['tokens']:,} tokens, {entry['labelled']:,} of them learnt"
        )
        if entry["rows"]:
            _show_histogram(out, entry["lengths"])
        for name, reasons in (("left out", entry["left_out"]), ("refused", entry["refused"])):
            for reason, count in reasons.items():
                out.print(f"  {name}: {reason}: {count:,}")


def _show_histogram(out: Console, found: Mapping[str, Any]) -> None:
    shares = ", ".join(f"{name[1:]}% up to {found[name]:,}" for name in found if name[0] == "p")
    out.print(f"  tokens a row: {shares}, the longest {found['longest']:,}")
    most = max(found["counts"])
    highs = [*(edge - 1 for edge in found["edges"][1:]), found["longest"]]
    for low, high, count in zip(found["edges"], highs, found["counts"], strict=True):
        out.print(f"  {low:>6,} to {high:>6,}  {count:>8,}  {'█' * round(40 * count / most)}")
