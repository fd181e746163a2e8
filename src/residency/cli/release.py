"""``residency release``: writes a run's bundle, says how far it is a release, and publishes it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from residency.cli import show
from residency.cli.options import Debug, Json, RunFolder
from residency.cli.watch import ConsoleWatcher
from residency.core.errors import UsageError
from residency.flow.progress import ConsoleProgress

LARGEST = 5  # files that are told one by one
CARD = "README.md"
VERIFICATION, LICENCE = "verification", "licence"  # requirements of which more is told than their verdicts


def release(
    run_folder: RunFolder,
    final: Annotated[
        bool, typer.Option("--final", help="Exit 1, and push nothing, unless the bundle is no draft.")
    ] = False,
    override: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME:REASON",
            help="Pass over a requirement that is not met; the card says so, and why. Without a reason: no longer.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write all but the weights, to RUN/release-dry-run.")
    ] = False,
    merge: Annotated[bool | None, typer.Option("--merge/--no-merge", help="Merged weights beside the adapter.")] = None,
    variants: Annotated[
        str | None,
        typer.Option(
            metavar="TYPE,...", help="GGUF variants of the merged weights, as Q4_K_M,f16.", show_default=False
        ),
    ] = None,
    verify: Annotated[
        bool | None,
        typer.Option("--verify/--no-verify", help="Open the bundle as a stranger would.", show_default=False),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Replace a value of the recipe's release section."),
    ] = None,
    rewrite: Annotated[
        bool, typer.Option("--rewrite", help="Write the bundle anew where a file of it was edited.")
    ] = False,
    push: Annotated[
        str | None, typer.Option(metavar="OWNER/NAME", help="Publish it on the Hugging Face hub; drafts privately.")
    ] = None,
    private: Annotated[
        bool | None, typer.Option("--private/--public", help="Who sees a repository that is made.", show_default=False)
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Write a finished run's bundle for the hub; it is a draft unless all that a release needs is there."""
    from residency.flow.releasing import push_release, release_run

    if push is not None and dry_run:
        raise UsageError("--dry-run publishes nothing", "--push", "Leave one of them out")
    if private is not None and push is None:
        raise UsageError("nothing is pushed", "--private" if private else "--public", "Add --push OWNER/NAME")
    changes = [f"release.{text}" for text in overrides or ()]
    changes += [
        f"release.{name}={str(value).lower()}"
        for name, value in (("merge", merge), ("verify", verify))
        if value is not None
    ]
    if variants is not None:
        changes.append(f"release.variants={json.dumps([name.strip() for name in variants.split(',') if name.strip()])}")
    watcher, progress = ConsoleWatcher(), ConsoleProgress("release")
    try:
        found = release_run(
            run_folder,
            changes=changes,
            overrides=override or (),
            dry_run=dry_run,
            rewrite=rewrite,
            watcher=watcher,
            progress=progress,
        )
        stopped = final and found["draft"]
        pushed = None if push is None or stopped else push_release(run_folder, push, private, progress)
    finally:
        watcher.close()
        progress.finish()
    if as_json:
        show.emit({"run_folder": str(run_folder), **found, "pushed": pushed})
    else:
        show_release(run_folder, found, pushed, stopped and push is not None)
    return 1 if stopped else 0


def show_release(
    run_folder: Path, found: Mapping[str, Any], pushed: Mapping[str, Any] | None, held_back: bool = False
) -> None:
    """What a release needs and has, what is in the bundle, and what to type next."""
    out = show.console()
    out.print("what a final release needs:", markup=False)
    for one in found["requirements"]:
        colour = show.VERDICTS[one["verdict"]]
        name = "" if one["says"].startswith(one["name"]) else f"{one['name']}: "  # a gate says its metric first
        out.print(f"  [{colour}]{one['verdict']:<9}[/{colour}] {name}{escape(one['says'])}", soft_wrap=True)
        if one["override"] and one["verdict"] != "pass":
            out.print(f"            [bold]passed over[/bold]: {escape(one['override'])}", soft_wrap=True)
        elif one["override"]:
            out.print("            its override is not needed", soft_wrap=True)
    if found["status"] == "dry run" and all(one["name"] != VERIFICATION for one in found["requirements"]):
        out.print(f"  later     {VERIFICATION}: the bundle is opened once it is written with its weights", markup=False)
    files: Mapping[str, int] = found["files"]
    passed_over = sum(one["verdict"] != "pass" and one["met"] for one in found["requirements"])
    what = "a draft" if found["draft"] else f"final, {passed_over} passed over" if passed_over else "final"
    if found["status"] == "dry run":
        out.print(f"\nwould be {what}; a dry run, without weights: {found['bundle']}", markup=False, soft_wrap=True)
    else:
        out.print(f"\nbundle, {what}: {found['bundle']}", markup=False, soft_wrap=True)
    largest = sorted(files, key=lambda name: -files[name])[:LARGEST]
    told = ", ".join(f"{name} {size(files[name])}" for name in largest)
    out.print(f"{len(files)} files, {size(sum(files.values()))}: {told}", markup=False, soft_wrap=True)
    out.print(f"its card, to read: {Path(found['bundle']) / CARD}", markup=False, soft_wrap=True)
    for name in found["edited"]:
        out.print(f"edited, and left as it is: {name}", markup=False, soft_wrap=True)
    if pushed is not None:
        _show_pushed(pushed)
    else:
        _show_next(run_folder, found, held_back)


def size(count: int) -> str:
    """Bytes as ``19.6 MB``."""
    for unit, power in (("GB", 3), ("MB", 2), ("kB", 1)):
        if count >= 1000**power:
            return f"{count / 1000**power:.1f} {unit}"
    return f"{count} B"


def _show_pushed(pushed: Mapping[str, Any]) -> None:
    out = show.console()
    who = "private" if pushed["private"] else "public"
    out.print(f"published, {who}: {pushed['url']} at {pushed['commit']}", markup=False, soft_wrap=True)
    if pushed["removed"]:
        out.print(f"taken out there: {', '.join(pushed['removed'])}", markup=False, soft_wrap=True)
    if pushed["others"]:
        out.print(f"left there: {pushed['others']} files that no bundle put there", markup=False, soft_wrap=True)


def _show_next(run_folder: Path, found: Mapping[str, Any], held_back: bool) -> None:
    out = show.console()
    command = ["residency", "release", str(run_folder)]
    if found["draft"]:
        if held_back:
            out.print("not published: it is a draft, and --final was asked for", soft_wrap=True)
        unmet = [one["name"] for one in found["requirements"] if not one["met"]]
        out.print(f"not met: {', '.join(unmet)}. Mend what the lines above name, and type the same again", markup=False)
        if LICENCE in unmet:
            out.print("to name the licence under which it goes out:", markup=False)
            out.print(f"  {shlex.join([*command, '--set', 'licence=apache-2.0'])}", markup=False, soft_wrap=True)
        out.print("to pass over one that stays, in your own words, which the card will tell:", markup=False)
        out.print(f"  {shlex.join([*command, '--override', f'{unmet[0]}:WHY'])}", markup=False, soft_wrap=True)
    if found["status"] == "dry run":
        out.print(f"to write it with its weights:\n  {shlex.join(command)}", markup=False, soft_wrap=True)
    elif not found["draft"]:
        out.print(f"to publish it:\n  {shlex.join([*command, '--final', '--push'])} OWNER/NAME", markup=False)
