"""``residency index``: builds an index of one's own, searches any, and says what is in it."""

from __future__ import annotations

import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.markup import escape

from residency.cli import show
from residency.cli.options import Debug, Json
from residency.core.errors import InputError, MissingDependencyError, UsageError
from residency.flow.progress import ConsoleProgress, duration

if TYPE_CHECKING:
    from residency.retrieval.index import Index

STAGE, RUN, HEAD = "index", "recipe.json", "index.json"
LINES = 20  # of what was skipped, where people read
EXCERPT = 320  # characters of a passage that are shown
INDENT = "   "

index_app = typer.Typer(help="The passages that can be retrieved and cited.", no_args_is_help=True)

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="An index's folder, or a run's, as runs/demo.", show_default=False)
]


@index_app.command()
def build(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to write.", show_default=False)],
    files: Annotated[list[Path], typer.Argument(metavar="FILES...", help="Documents and passages, files or folders.")],
    embeddings: Annotated[
        str, typer.Option(metavar="MODEL", help='"none" for words alone, or a model of sentence-transformers.')
    ] = "minilm",
    rerank: Annotated[str, typer.Option(metavar="MODEL", help="A cross-encoder of sentence-transformers.")] = "",
    licence: Annotated[str, typer.Option(help="Of what names none.")] = "unknown",
    source: Annotated[str, typer.Option(help="Of what names none.")] = "unknown",
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Build an index over documents and passages, in place of one that is there."""
    from residency.retrieval.index import build_index
    from residency.retrieval.passages import read_passages
    from residency.retrieval.settings import IndexSettings

    if (folder / RUN).is_file():
        raise UsageError(
            "this is a run's folder, and its index is built by the run", str(folder), "Type: residency run RECIPE"
        )
    if not embeddings:
        raise UsageError("no model is named", "--embeddings", 'Name one, or "none" for words alone')
    settings = IndexSettings(files=files, embeddings=embeddings, rerank=rerank, licence=licence, source=source)
    progress = ConsoleProgress("index")
    begun = time.perf_counter()
    try:
        reading = read_passages(files, settings, progress)
        read = time.perf_counter() - begun
        if not reading.passages:
            reasons = "; ".join(str(one) for one in reading.skipped[:3])
            raise InputError(f"no passage was found in these files{f' ({reasons})' if reasons else ''}", str(files[0]))
        index = build_index(folder, reading.passages, settings, progress)
    finally:
        progress.finish()
    seconds = {"reading": read, **index.seconds}
    skipped = [str(one) for one in (*reading.skipped, *reading.notes)]
    told = [str(one) for one in (*reading.skipped, *reading.notes) if not one.is_duplicate]
    if as_json:
        rounded = {part: round(spent, 2) for part, spent in seconds.items()}
        show.emit({"folder": str(folder), **_figures(index), "seconds": rounded, "skipped": skipped})
        return
    out = show.console()
    for line in told[:LINES]:
        out.print(line, markup=False, soft_wrap=True)
    if len(told) > LINES:
        out.print(f"and {len(told) - LINES:,} lines like these, which --json shows", markup=False)
    if twice := len(skipped) - len(told):
        said = "1 passage was" if twice == 1 else f"{twice:,} passages were"
        out.print(f"{said} left out: the same text stands elsewhere, as --json shows", markup=False)
    _show_figures(folder, index)
    spent = ", ".join(f"{part} {duration(value)}" for part, value in seconds.items())
    out.print(f"took {duration(sum(seconds.values()))}: {spent}", markup=False, soft_wrap=True)


@index_app.command()
def search(
    folder: Folder,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="In quotation marks.", show_default=False)],
    count: Annotated[int, typer.Option(min=1, help="How many passages.")] = 5,
    how: Annotated[
        str | None, typer.Option(metavar="hybrid|lexical|embeddings", help="Hybrid if the index has vectors.")
    ] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only from this source. May be repeated.")] = None,
    since: Annotated[str, typer.Option(metavar="DATE", help="Only what is dated then or later, as 2024-05.")] = "",
    until: Annotated[str, typer.Option(metavar="DATE", help="Only what is dated then or earlier.")] = "",
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Show the passages that an index finds for a query."""
    from residency.retrieval.index.search import How

    index = _opened(folder)
    unknown = [name for name in source or () if name.strip().casefold() not in index.sources]
    if unknown:
        known = ", ".join(index.sources[:10])
        raise UsageError(f"no passage is from the source {unknown[0]!r}", "--source", f"There are: {known}")
    try:
        found = index.search(query, count, how=cast(How | None, how), sources=source or (), since=since, until=until)
    except MissingDependencyError as error:
        if index.head["settings"]["rerank"]:
            raise
        raise MissingDependencyError(error.package, error.extra, "or search by words alone: --how lexical") from None
    undated = len(index.passages) - index.head["counts"]["dated"] if since or until else 0
    if as_json:
        rows = [{"rank": rank, "score": score, **passage} for rank, (passage, score) in enumerate(found, 1)]
        show.emit({"query": query, "found": rows, "undated_left_out": undated})
        return
    out = show.console()
    for rank, (passage, score) in enumerate(found, 1):
        out.print(f"[bold]{rank}.[/bold] {_heading(passage)}", soft_wrap=True)
        out.print(f"[dim]   {escape(_origin(passage))}, score {score:.4f}[/dim]", soft_wrap=True)
        excerpt = textwrap.shorten(passage["text"], EXCERPT, placeholder=" ...")
        indented = textwrap.fill(excerpt, out.width - 1, initial_indent=INDENT, subsequent_indent=INDENT)
        out.print(indented, markup=False, soft_wrap=True)
    if not found:
        out.print("nothing was found: no passage shares a word with the query, or the filters let none through")
    if undated:
        out.print(f"{undated:,} passages without a date were left out", markup=False)


@index_app.command()
def stats(folder: Folder, as_json: Json = False, debug: Debug = False) -> None:
    """Say what an index holds, after verifying its files."""
    index = _opened(folder)
    if as_json:
        show.emit({"folder": str(folder), **_figures(index)})
    else:
        _show_figures(folder, index)


def _opened(folder: Path) -> Index:
    from residency.retrieval.index import open_index

    return open_index(folder / STAGE if (folder / RUN).is_file() else folder)


def _figures(index: Index) -> dict[str, Any]:
    head = index.head
    sizes = {name: entry["bytes"] for name, entry in head["files"].items()}
    return {
        "passages": head["passages"],
        **head["counts"],
        "sources": index.source_counts(),
        "model": head["model"],
        "settings": head["settings"],
        "content": head["content"],
        "bytes": sum(sizes.values()),
    }


def _show_figures(folder: Path, index: Index) -> None:
    figures = _figures(index)
    sources = sorted(figures["sources"].items(), key=lambda item: -item[1])
    named = ", ".join(f"{name or 'no name'} {count:,}" for name, count in sources[:8])
    meaning = f" and by vectors of {figures['model']['name']}" if figures["model"] else " alone"
    lines = [
        f"index {folder}: {figures['passages']:,} passages, {figures['bytes'] / 1e6:,.1f} MB",
        f"  dated {figures['dated']:,}, superseded {figures['superseded']:,}",
        f"  sources: {named or 'none'}{f' and {len(sources) - 8} more' if len(sources) > 8 else ''}",
        f"  searched by words{meaning}",
        f"  content {figures['content'][:16]}",
    ]
    show.console().print("\n".join(lines), markup=False, soft_wrap=True)


def _heading(passage: Any) -> str:
    parts = [part for part in (passage["title"], passage["section"]) if part]
    mark = ""
    if newer := passage.get("superseded_by"):
        mark = f"  [yellow]superseded{'' if newer == 'yes' else f' by {escape(newer)}'}[/yellow]"
    return f"{escape(' > '.join(parts) or passage['id'])}{mark}"


def _origin(passage: Any) -> str:
    edition = f"version {passage['version']}" if passage.get("version") else ""
    return ", ".join(part for part in (passage["id"], passage["source"], passage["date"] or "no date", edition) if part)
