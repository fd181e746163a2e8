"""``residency serve-log``: checks, exports and empties the audit log of an assistant."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from residency.cli import show
from residency.cli.options import Debug, Json
from residency.core.errors import InputError, UsageError
from residency.core.files import write_jsonl

serve_log_app = typer.Typer(
    help="The audit log of the assistant: verify it, export what users judged, delete on request.",
    no_args_is_help=True,
)

Place = Annotated[
    Path, typer.Argument(metavar="RUN", help="A run's folder, as runs/demo, or an audit.sqlite.", show_default=False)
]


@serve_log_app.command()
def verify(
    place: Place,
    known: Annotated[
        str,
        typer.Option(metavar="DIGEST", help="A digest that this command printed earlier, which must still be there."),
    ] = "",
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Check that no entry was changed or taken out; ends with 1 where one was."""
    from residency.serving.audit.verify import verify as check

    found = check(_log(place), known)
    if as_json:
        show.emit(asdict(found))
    else:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in found.entries.items()) or "none"
        print(f"entries: {kinds}; deleted on request: {found.deleted:,}; could not be written: {found.lost:,}")
        print(found.fault or f"nothing was changed. Note this digest elsewhere: {found.head}")
    return 1 if found.fault else 0


@serve_log_app.command()
def export(
    place: Place,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where to write; beside the log if left out.")
    ] = None,
    texts: Annotated[
        bool, typer.Option("--texts", help="With the texts that were kept, also in the rows of all answers.")
    ] = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Write each answer's entry, and what users judged as candidate pairs and KTO labels, which people must review."""
    from residency.serving.audit.candidates import held_out_guard, labelled, pairs
    from residency.serving.audit.reading import answers

    log = _log(place)
    kept = place / "corpus" / "kept.jsonl"
    held_out = held_out_guard(kept) if kept.is_file() else None
    folder = out or log.parent / "export"
    found = list(answers(log))
    path = folder / "answers.jsonl"
    rows = write_jsonl(path, (one.as_row(texts) for one in found))
    report: dict[str, Any] = {"answers": {"files": [str(path)], "rows": rows}}
    for name, made in (("pairs", pairs(found, held_out)), ("kto", labelled(found, held_out))):
        path = folder / f"{name}.jsonl"
        left_out = dict(made.left_out.most_common())
        report[name] = {"files": [str(path)], "rows": write_jsonl(path, made.rows), "left_out": left_out}
    report["held_out_known"] = kept.is_file()
    if as_json:
        show.emit(report)
        return
    for name in ("answers", "pairs", "kto"):
        told = report[name]
        print(f"{name}: {told['rows']:,} {'row' if told['rows'] == 1 else 'rows'}, {told['files'][0]}")
        for reason, count in told.get("left_out", {}).items():
            print(f"  left out {count:,}: {reason}")
    if not kept.is_file():
        print("no corpus is known here: whether a candidate asks what a held-out question asks was not looked up")
    if report["pairs"]["rows"]:
        print(f"They are candidates. Have people judge them: residency review RUN --file {report['pairs']['files'][0]}")


@serve_log_app.command()
def delete(
    place: Place,
    answer: Annotated[str, typer.Option(metavar="ID", help="The answer's id.")] = "",
    session: Annotated[
        str, typer.Option(metavar="NAME", help="The conversation, as its page or client names it.")
    ] = "",
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Delete what is kept of an answer or of a conversation, with the feedback on it; a tombstone is left of each."""
    from residency.serving.audit.log import AuditLog
    from residency.serving.audit.store import FILE

    if bool(answer) == bool(session):
        raise UsageError("what is to be deleted is not said", "--answer, --session", "Give one of them")
    path = _log(place)
    if not path.is_file():
        raise InputError("there is no audit log", str(path), f"Give a run's folder, or an {FILE}")
    log = AuditLog(path)
    try:
        count = asyncio.run(log.delete(answer, session))
    finally:
        log.close()
    if as_json:
        show.emit({"deleted": count})
    elif not count:
        print("nothing of that name is in the log")
    else:
        print(f"deleted {count:,} {'entry' if count == 1 else 'entries'}")


def _log(place: Path) -> Path:
    from residency.serving.audit.store import log_path

    return log_path(place) if place.is_dir() else place
