"""What a finished stage of a run folder was made with. The recipe beside it may have changed since."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from residency.core.errors import InputError
from residency.core.files import read_json, value_digest
from residency.core.stage import Settings

MANIFEST = "manifest.json"
S = TypeVar("S", bound=Settings)


def check_run_folder(run_folder: Path) -> None:
    """That this is the folder of a run.

    Raises:
        InputError: it is not.
    """
    if not (run_folder / "recipe.json").is_file():
        raise InputError("not a run folder", str(run_folder), "Name a folder such as runs/surgery")


def is_finished(run_folder: Path, stage: str) -> bool:
    """Whether the stage has a manifest, which is written last."""
    return (run_folder / stage / MANIFEST).is_file()


def values_of(run_folder: Path, stage: str, section: str) -> dict[str, Any]:
    """A section of the recipe as a finished stage had it.

    Raises:
        InputError: the stage has not finished, or was made by a version that did not keep this section.
    """
    path = run_folder / stage / MANIFEST
    kept: dict[str, Any] | None = read_json(path)["parts"]["settings"].get(section)
    if kept is None:
        what = f"the stage {stage} was made by a version that kept no [{section}] with it"
        raise InputError(what, str(path), "Run the recipe again")
    return kept


def settings_of(run_folder: Path, stage: str, section: str, kind: type[S]) -> S:
    """:func:`values_of` as settings; what else a fingerprint holds beside them is passed over."""
    kept = values_of(run_folder, stage, section)
    return kind.model_validate({name: value for name, value in kept.items() if name in kind.model_fields})


def is_made_of(run_folder: Path, stage: str, earlier: str) -> bool:
    """Whether a finished stage read what the earlier one holds now, and not what it held before it ran anew."""
    if not is_finished(run_folder, earlier):
        return False
    outputs = read_json(run_folder / earlier / MANIFEST)["outputs"]
    now = value_digest({name: entry["sha256"] for name, entry in outputs.items()})
    return bool(read_json(run_folder / stage / MANIFEST)["parts"]["stages"].get(earlier) == now)
