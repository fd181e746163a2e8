"""Which model is served: what a run trained, a folder, a hub id; and what tells one state of it from another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from residency.chat.settings import ChatSettings
from residency.core.errors import InputError
from residency.core.files import read_json, value_digest
from residency.core.runs import MANIFEST, check_run_folder, is_finished, is_made_of, settings_of
from residency.generation.models import model_source, tuned_folder
from residency.generation.settings import ModelSettings
from residency.serving.upstream.states import file_state

TRAINED = {"preference": "preference", "sft": "compile"}
"""The stages that train, the last one first; each with the stage whose manifest holds the chat format."""
HERE = ("device", "dtype", "attention")
"""What of a run's model may be set anew where it is served."""
ANSWERING = ("*.json", "*.jinja", "*.safetensors", "*.gguf", "*.model", "*.txt")


@dataclass(frozen=True)
class Found:
    """A model that can be loaded: its ``settings``, the folder of what was ``tuned`` of it, its chat format, the name
    that it is told by, and the digest of its files."""

    name: str
    settings: ModelSettings
    chat: ChatSettings
    tuned: Path | None = None
    digest: str = ""


def is_run(folder: Path) -> bool:
    """Whether a folder is that of a run."""
    return (folder / "recipe.json").is_file()


def of_run(run_folder: Path, here: ModelSettings | None = None) -> Found:
    """What a run trained: the preference-tuned model, else that of SFT; in the chat format that it was trained in,
    whatever the recipe says by now.

    Args:
        run_folder: ``runs/NAME``.
        here: on which device, in which precision and with which attention it is to be loaded; None: as it was trained.

    Raises:
        InputError: this is no run folder, or nothing in it is trained.
    """
    check_run_folder(run_folder)
    stage = next((name for name in TRAINED if is_finished(run_folder, name)), None)
    fix = "Finish it with: residency run RECIPE"
    if stage is None:
        raise InputError("no trained adapter in this run folder", str(run_folder), fix)
    if stage == "sft" and not is_made_of(run_folder, "sft", "compile"):
        what = "the rows were compiled anew since this adapter was trained, perhaps in another chat format"
        raise InputError(what, str(run_folder), fix)
    settings = settings_of(run_folder, stage, "model", ModelSettings)
    if here is not None:
        settings = settings.model_copy(update={name: getattr(here, name) for name in HERE})
    outputs = read_json(run_folder / stage / MANIFEST)["outputs"]
    digest = value_digest(
        {
            "base": digest_of(settings),
            "trained": {name: entry["sha256"] for name, entry in outputs.items()},
        }
    )
    return Found(
        f"{run_folder.resolve().name}-{stage}",
        settings,
        settings_of(run_folder, TRAINED[stage], "chat", ChatSettings),
        tuned_folder(run_folder / stage),
        digest,
    )


def of_model(settings: ModelSettings, chat: ChatSettings | None = None) -> Found:
    """A model as it is.

    Raises:
        InputError: there is none of this name.
    """
    if problems := settings.problems():
        raise InputError(problems[0], f"model.name = {settings.name!r}")
    folder = settings.folder
    name = settings.name if folder is None else folder.resolve().name
    return Found(name, settings, chat or ChatSettings(), None, digest_of(settings))


def digest_of(settings: ModelSettings) -> str:
    """The digest of a model's files; that of its name and revision where they lie in the hub's cache."""
    if settings.name != "embedded" and settings.folder is None:
        return value_digest({"hub": settings.name, "revision": settings.revision or ""})
    if settings.gguf and settings.folder is not None:
        return file_state(settings.folder)
    folder = Path(model_source(settings))
    files = sorted({path for pattern in ANSWERING for path in folder.glob(pattern) if path.is_file()})
    return value_digest({path.name: file_state(path) for path in files})
