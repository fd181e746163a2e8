"""A run's tuned model as a folder that ``model.name`` takes: what one run leaves, another starts from."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Literal

from residency.core.errors import InputError
from residency.core.files import file_digest, folder_digests, read_json, value_digest, write_json
from residency.core.runs import check_run_folder, is_finished, settings_of
from residency.evaluation.targets.target import STAGE_OF
from residency.flow.manifest import input_digests
from residency.generation.settings import MERGED, ModelSettings

Which = Literal["sft", "final"]


def merged_model(run_folder: Path, which: Which, out: Path) -> Path:
    """Write the model that a run's training left, in one piece with its tokenizer; returns ``out``.

    The folder is whole or absent. Where it holds this very model already, nothing is done; where it holds what the run
    left before it was trained anew, or is damaged, it is made again. ``merged.json`` in it says of what it was made,
    with the digest of each file, and is part of the fingerprint of a run that has it as its ``model.name``.

    Args:
        run_folder: of a run whose training has finished.
        which: what SFT left, or what preference tuning left.
        out: the folder to write.

    Raises:
        InputError: there is no such run, its training has not finished, or something else lies in ``out``.
        ProofError: what was written is not the tuned model.
    """
    check_run_folder(run_folder)
    stage = STAGE_OF[which]
    if not is_finished(run_folder, stage):
        raise InputError(f"the run has no finished {stage} stage", str(run_folder), "Type: residency run RECIPE")
    from residency.generation.models import tuned_folder  # what imports torch is imported when it is needed

    settings, tuned = settings_of(run_folder, stage, "model", ModelSettings), tuned_folder(run_folder / stage)
    made_of = {
        "stage": stage,
        "tuned": value_digest(folder_digests(tuned)),
        "base": settings.model_dump(mode="json", exclude={"device"}),
        "base_files": value_digest(input_digests({"model": settings})),
    }
    if out.exists() and any(out.iterdir()) and not (out / MERGED).is_file():
        raise InputError("this folder holds something else", str(out), "Name another")
    if not _is_this(out, made_of):
        _make(settings, tuned, out, made_of)
    return out


def _is_this(out: Path, made_of: dict[str, Any]) -> bool:
    """Whether the folder holds this model, with every file as it was written."""
    if not (out / MERGED).is_file():
        return False
    told: dict[str, Any] = read_json(out / MERGED)
    return bool(told["made_of"] == made_of and folder_digests(out, frozenset({MERGED})) == told["files"])


def _make(settings: ModelSettings, tuned: Path, out: Path, made_of: dict[str, Any]) -> None:
    from residency.generation.whole import write_whole

    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.partial-") as scratch:
        made = Path(scratch) / "model"
        write_whole(settings, tuned, made)
        write_json(
            made / MERGED, {"made_of": made_of, "files": {p.name: file_digest(p) for p in sorted(made.iterdir())}}
        )
        if out.exists():
            out.rename(Path(scratch) / "before")
        made.rename(out)
