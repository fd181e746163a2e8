"""Writing, judging and publishing the release of a finished run, without running anything before it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from residency.core.errors import InputError, UsageError
from residency.core.files import file_digest, read_json, write_text
from residency.core.stage import Progress, Silent
from residency.flow import manifest as mf
from residency.flow.recipe import LoadedRecipe, recipe_of_run
from residency.flow.runner import Watcher, context_of, run_alone, why_run
from residency.flow.stages import STAGES
from residency.flow.status import run_status
from residency.release.gating import parse_overrides

STAGE = "release"
DRY_RUN = "release-dry-run"
BUNDLE, STANDING, VERIFICATION = "bundle", "standing.json", "verify.json"
CARD, SUMS = "README.md", "SHA256SUMS"


def release_run(
    run_folder: Path,
    *,
    changes: Sequence[str] = (),
    overrides: Sequence[str] = (),
    dry_run: bool = False,
    rewrite: bool = False,
    watcher: Watcher | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write a run's bundle, or leave it where it stands, and say how far it is a release.

    Args:
        run_folder: ``runs/NAME``, whose stages before the release are done.
        changes: ``release.key=value`` texts that replace values of the recipe, and stay replaced in the run.
        overrides: ``NAME:REASON`` texts of requirements that are passed over, beside those of the recipe; without a
            reason one of these is taken back.
        dry_run: write all but the weights to a folder of its own, and leave the release as it is.
        rewrite: write the bundle anew although its card was edited.
        watcher: told as the stage begins and ends.
        progress: told what a dry run does.

    Returns:
        ``folder``, ``bundle``, ``status`` (``ran``, ``skipped``, ``edited`` or ``dry run``) with its ``reason``,
        ``draft``, ``refused``, ``requirements``, ``files`` (bytes by name) and ``edited`` (files of the bundle that a
        person changed).

    Raises:
        InputError: a stage that the release reads is not done.
        UsageError: an edited card would be lost.
    """
    loaded = _loaded(run_folder, changes, overrides)
    _check_stages(run_folder, loaded)
    if dry_run:
        return _dry_run(loaded, progress or Silent())
    folder = run_folder / STAGE
    edited = edited_files(folder)
    reason = why_run(loaded, STAGE)
    if edited and not rewrite:
        if others := [name for name in edited if name not in (f"{BUNDLE}/{CARD}", f"{BUNDLE}/{SUMS}")]:
            fix = "Add --rewrite to write the bundle anew"
            raise UsageError("this file was changed after it was written", str(folder / others[0]), fix)
        if reason != mf.output_fault(folder, read_json(folder / mf.MANIFEST)):
            fix = "Move your card elsewhere, and add --rewrite"
            raise UsageError(f"this card was edited, and is out of date: {reason}", str(folder / edited[0]), fix)
        return _told(folder, "edited", reason, edited)
    result = run_alone(loaded, STAGE, watcher)
    return _told(folder, result.status, result.reason, [])


def push_release(
    run_folder: Path, repository: str, private: bool | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """Publish a run's bundle as it stands on the hub. A card that was edited is held against the run's records first.

    Args:
        run_folder: ``runs/NAME``.
        repository: ``OWNER/NAME``.
        private: whether only its owners see it; see :func:`~residency.release.push.push`.
        progress: told what is done.

    Returns:
        What :class:`~residency.release.push.Pushed` holds.

    Raises:
        InputError: the bundle does not go out: see ``push``; or an edited card says what no record supports.
    """
    from residency.release.push import push

    folder = run_folder / STAGE
    if edited_files(folder):
        _take_edited_card(folder / BUNDLE, run_folder)
    draft = read_json(folder / STANDING)["draft"]
    verification = read_json(folder / VERIFICATION) if (folder / VERIFICATION).is_file() else None
    return push(folder, repository, draft, private, verification, progress).as_dict()


def edited_files(folder: Path) -> list[str]:
    """Files of a finished release that are there and not as its manifest has them."""
    done = mf.read_manifest(folder)
    if done is None:
        return []
    return [
        name
        for name, entry in done["outputs"].items()
        if (folder / name).is_file()
        and ((folder / name).stat().st_size != entry["bytes"] or file_digest(folder / name) != entry["sha256"])
    ]


def _take_edited_card(bundle: Path, run_folder: Path) -> None:
    """Let an edited card into the list of digests, where it claims nothing that no record supports."""
    from residency.release.checking import check_folder
    from residency.release.push import read_sums

    if found := list(check_folder(bundle, run_folder).lines(bundle)):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise InputError(f"{found[0]}{more}", "", f"Type: residency card check {run_folder}")
    digests = read_sums((bundle / SUMS).read_text(encoding="utf-8")) | {CARD: file_digest(bundle / CARD)}
    write_text(bundle / SUMS, "".join(f"{digest}  {name}\n" for name, digest in digests.items()))


def _loaded(run_folder: Path, changes: Sequence[str], overrides: Sequence[str]) -> LoadedRecipe:
    if overrides:
        kept = dict(recipe_of_run(run_folder).recipe.release.overrides) | parse_overrides(overrides)
        # JSON's texts are TOML's, but for half surrogates, which no command line holds.
        table = ", ".join(
            f"{json.dumps(name)} = {json.dumps(why, ensure_ascii=False)}" for name, why in kept.items() if why
        )
        changes = [*changes, f"release.overrides={{{table}}}"]
    return recipe_of_run(run_folder, changes)


def _check_stages(run_folder: Path, loaded: LoadedRecipe) -> None:
    """That what the release reads is done, of one run, and of the settings that the release is told of."""
    states = {state.name: state for state in run_status(run_folder)}
    fix = "Type: residency run RECIPE"
    (release,) = (entry for entry in STAGES if entry.name == STAGE)
    for entry in STAGES:
        state = states[entry.name]
        if entry.name != STAGE and state.state != "done":
            why = f" ({state.why})" if state.why else ""
            raise InputError(f"the stage {entry.name} is {state.state}{why}", str(run_folder), fix)
    for name in release.reads:
        kept: Mapping[str, Any] = read_json(run_folder / name / mf.MANIFEST)["parts"]["settings"]
        for section, values in kept.items():
            if section not in release.settings:
                continue
            now = getattr(loaded.recipe, section).fingerprint_values()
            changed = next((key for key, value in now.items() if values.get(key, value) != value), "")
            if changed:
                raise InputError(f"{section}.{changed} has changed since the stage {name} ran", str(run_folder), fix)


def _dry_run(loaded: LoadedRecipe, progress: Progress) -> dict[str, Any]:
    from dataclasses import replace

    from residency.release.stage import write

    folder = loaded.run_folder / DRY_RUN
    shutil.rmtree(folder, ignore_errors=True)
    (entry,) = (entry for entry in STAGES if entry.name == STAGE)
    write(replace(context_of(loaded, entry, progress), out=folder), weights=False)
    return _told(folder, "dry run", why_run(loaded, STAGE) or "nothing changed", [])


def _told(folder: Path, status: str, reason: str, edited: Sequence[str]) -> dict[str, Any]:
    bundle = folder / BUNDLE
    files = {str(path.relative_to(bundle)): path.stat().st_size for path in sorted(bundle.rglob("*")) if path.is_file()}
    told = {"folder": str(folder), "bundle": str(bundle), "status": status, "reason": reason}
    return {**told, **read_json(folder / STANDING), "files": files, "edited": list(edited)}
