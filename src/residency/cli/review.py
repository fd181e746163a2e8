"""``residency review``: serves a page on which people judge blind, and exports what they said."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from residency.cli import show
from residency.cli.options import Debug, Json
from residency.core.errors import UsageError
from residency.core.files import write_jsonl, write_text

SAMPLE = 50
SHARED = 5  # one in so many is seen by all
PORT = 8765
TARGETS = ("pairs", "kto", "sft", "table", "labels")


class ServesUnlessTold(TyperGroup):
    """``residency review RUN`` is short for ``residency review serve RUN``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("--help", "--json", "--debug"):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


review_app = typer.Typer(
    cls=ServesUnlessTold,
    help="People judge blind on a local page: residency review RUN. Then: residency review export RUN.",
    no_args_is_help=True,
)

Folder = Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder, as runs/demo.", show_default=False)]


@review_app.command()
def serve(
    run_folder: Folder,
    of: Annotated[
        str | None, typer.Option("--of", metavar="pairs|dialogues|answers", help="What is judged.", show_default=False)
    ] = None,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Judge a preference file (prompt, chosen, rejected) instead.")
    ] = None,
    reviewers: Annotated[str | None, typer.Option(metavar='"NAME, NAME"', help="Who judges.")] = None,
    sample: Annotated[
        int | None, typer.Option(metavar="N", help=f"How many items, over all types; {SAMPLE} if left out.")
    ] = None,
    overlap: Annotated[
        int | None, typer.Option(metavar="K", help="How many of them all see, for agreement; a fifth if left out.")
    ] = None,
    models: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="With --of answers: one of base, sft and final, or two side by side."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed draws others.")] = 0,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = PORT,
    host: Annotated[
        str, typer.Option(help="The address to listen at; others than this machine's are warned of.")
    ] = "127.0.0.1",
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Serve the page on which people judge; the same command goes on where it stood."""
    from residency.core.listening import is_local, listening
    from residency.review.plan import names_of
    from residency.review.serve import alone, links_of
    from residency.review.serve import serve as answer
    from residency.review.store import FILE, Store

    if of and file:
        raise UsageError("--of and --file do not go together", "--file", "Give one of them")
    if not of and not file:
        if sample is not None or overlap is not None or models is not None:
            raise UsageError(
                "what is to be judged is not said", "--of", f"Type: residency review {run_folder} --of pairs"
            )
        if not (run_folder / "review" / FILE).is_file():
            fix = f'Type: residency review {run_folder} --of pairs --reviewers "Ana, Ben"'
            raise UsageError("what is to be judged is not said", "--of", fix)
    names = names_of(reviewers) if reviewers is not None else []
    found = _found(run_folder, of, file, models) if of or file else None
    store = Store.create(run_folder)
    with alone(run_folder):
        bound = listening(host, port)
        report = _planned(store, found, names, sample, overlap, seed)
        links = links_of(store, host, bound.getsockname()[1])
        if as_json:
            show.emit({"organiser": links.organiser, "reviewers": links.reviewers, **report})
            sys.stdout.flush()
        else:
            _show_links(links, report, is_local(host))
        answer(store, bound)


@review_app.command()
def export(
    run_folder: Folder,
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="|".join(TARGETS), help="May be repeated; all if left out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where to write; RUN/review/export if left out.")
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="Name the reviewers in the records.")] = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Write what people judged as pairs, KTO labels, corrected SFT rows, single labels and a table."""
    from residency.review import export as exports
    from residency.review.results import judged_items, people_of
    from residency.review.store import Store
    from residency.review.table import as_csv, as_markdown, table

    wanted = list(dict.fromkeys(to or TARGETS))
    if unknown := [name for name in wanted if name not in TARGETS]:
        raise UsageError(f"{unknown[0]!r} is no export", "--to", f"Choose {', '.join(TARGETS)}")
    with Store.existing(run_folder).reading() as db:
        items, people = judged_items(db), people_of(db)
    folder = out or run_folder / "review" / "export"
    makers: dict[str, Callable[[], exports.Exported]] = {
        "pairs": lambda: exports.pairs(items, names),
        "kto": lambda: exports.kto(items, names),
        "sft": lambda: exports.sft(items, names),
        "labels": lambda: exports.labels(items, people, names),
    }
    report: dict[str, Any] = {}
    for name in wanted:
        if name == "table":
            lines = table(items, people)
            write_text(folder / "table.csv", as_csv(lines))
            write_text(folder / "table.md", as_markdown(lines))
            report[name] = {"files": [str(folder / "table.csv"), str(folder / "table.md")], "rows": len(lines)}
        else:
            made = makers[name]()
            path = folder / f"{name}.jsonl"
            written = write_jsonl(path, made.rows)
            report[name] = {"files": [str(path)], "rows": written, "left_out": dict(made.left_out.most_common())}
    if as_json:
        show.emit(report)
        return
    for name, told in report.items():
        rows = f"{told['rows']:,} {'row' if told['rows'] == 1 else 'rows'}"
        print(f"{name}: {rows}, {' and '.join(told['files'])}")
        for reason, count in told.get("left_out", {}).items():
            print(f"  left out {count:,}: {reason}")


def _found(run_folder: Path, of: str | None, file: Path | None, models: str | None) -> Any:
    from residency.review.files import subjects_of_file
    from residency.review.subjects import subjects_of

    if file:
        return subjects_of_file(file)
    chosen = [name.strip() for name in (models or "").split(",") if name.strip()]
    found = subjects_of(run_folder, str(of), chosen)
    if not found.subjects:
        reasons = "; ".join(f"{reason}: {count}" for reason, count in found.left_out.items()) or "it is empty"
        raise UsageError(f"the run holds nothing of this to judge ({reasons})", str(run_folder))
    return found


def _planned(
    store: Any, found: Any, names: list[str], sample: int | None, overlap: int | None, seed: int
) -> dict[str, Any]:
    """Grow the plan as asked; what it holds then."""
    from residency.review.plan import add_reviewers, grow, share_out

    with store.writing() as db:
        add_reviewers(db, names)
        if found is None:
            share_out(db, seed)
            return {}
        number = min(SAMPLE if sample is None else sample, len(found.subjects))
        several = db.execute("SELECT COUNT(*) FROM reviewers").fetchone()[0] > 1
        shared = (number // SHARED) * several if overlap is None else min(overlap, number)
        plan = grow(db, found.subjects, number, shared, seed)
    told = {"items": plan.items, "seen_by_all": plan.everyone, "of": len(found.subjects)}
    told |= {"changed_since": plan.changed, "repeated": plan.repeated}
    return told | {"left_out": dict(found.left_out.most_common())}


def _show_links(links: Any, report: dict[str, Any], local: bool) -> None:
    if report:
        shared = f", {report['seen_by_all']:,} of them by everyone" if report["seen_by_all"] else ""
        print(f"{report['items']:,} of {report['of']:,} are under review{shared}")
        for reason, count in report["left_out"].items():
            print(f"  not to be judged {count:,}: {reason}")
        if report["changed_since"]:
            print(f"  {report['changed_since']:,} under review no longer stand so in the run, which was made anew")
        if report["repeated"]:
            print(f"  {report['repeated']:,} share their question with another, which may show what its gold answer is")
    if not local:
        print(
            "warning: whoever reaches this machine and has a link can judge with it, and what is sent is not "
            "encrypted. Use it in a network that you trust."
        )
    width = max((len(name) for name in links.reviewers), default=0)
    print("Give each reviewer their own link:")
    for name, link in links.reviewers.items():
        print(f"  {name:<{width}}  {link}")
    print(f"Progress and agreement, for you alone:\n  {links.organiser}")
    print("Leave this running while they judge; Ctrl-C ends it, and the same command goes on from there.", flush=True)
