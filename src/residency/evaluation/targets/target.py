"""A model that is to be evaluated, and how a command's argument names one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from residency.chat.settings import ChatSettings
from residency.core.errors import InputError, UsageError
from residency.core.files import file_digest, folder_digests, read_json, value_digest
from residency.core.runs import check_run_folder, is_finished, settings_of
from residency.generation.settings import ModelSettings

STAGE_OF = {"sft": "sft", "final": "preference"}
"""The stage that left a model of a run; ``base`` is what it was trained from."""
ADAPTER_CONFIG = "adapter_config.json"
FORMS = (
    "a run's folder (runs/NAME, runs/NAME:base, runs/NAME:sft), a model's or an adapter's folder, a .gguf file, a hub "
    "id, or http://HOST/v1#MODEL"
)
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Target:
    """One model.

    ``label`` is its name in every file and table. A loaded one has its ``model`` settings and, where it was tuned, the
    folder of what was ``tuned``; one of a server the base ``url`` and its ``server_model``
    there (empty for the only one).
    """

    label: str
    model: ModelSettings = field(default_factory=ModelSettings)
    chat: ChatSettings = field(default_factory=ChatSettings)
    tuned: Path | None = None
    url: str = ""
    server_model: str = ""
    run: Path | None = None

    @property
    def says(self) -> dict[str, Any]:
        """What it is, for the manifest: names, revisions and digests, never a key."""
        if self.url:
            return {"server": self.url, "model": self.server_model}
        # Where a folder lies on this machine is nobody else's business, and may change.
        model = self.model.fingerprint_values()
        if self.model.folder is not None:
            model["name"] = self.model.folder.name
        found: dict[str, Any] = {"model": model, "chat": self.chat.fingerprint_values()}
        if self.tuned:
            found["tuned"] = value_digest(folder_digests(self.tuned))
        if (folder := self.model.folder) is not None and folder.suffix == ".gguf" and folder.is_file():
            found["gguf"] = file_digest(folder)
        return found


def targets_of(text: str, chat: ChatSettings | None = None, model: ModelSettings | None = None) -> list[Target]:
    """The models that an argument names, which may begin with a label, as ``mine=runs/surgery:sft``. A run's folder
    alone names its base, its SFT and, where there is one, its final model.

    Raises:
        UsageError: it names none.
        InputError: the run has no such model.
    """
    label, sign, rest = text.partition("=")
    if not sign or not _LABEL.fullmatch(label):
        label, rest = "", text
    if rest.startswith(("http://", "https://")):
        url, _, name = rest.partition("#")
        return [Target(label or _tidy(name or url.split("//")[1]), url=url, server_model=name)]
    place, _, which = rest.rpartition(":") if re.search(r":(base|sft|final)$", rest) else (rest, "", "")
    if (Path(place) / "recipe.json").is_file():
        return _of_run(Path(place), which, label)
    if which:
        raise InputError("there is no run here", place, f"Name {FORMS}")
    if (Path(rest) / ADAPTER_CONFIG).is_file():
        return [_of_adapter(Path(rest), label, chat or ChatSettings())]
    settings = (model or ModelSettings()).model_copy(update={"name": rest, "revision": None})
    if not rest or (problems := settings.problems()):
        raise UsageError(f"no model is named by {rest!r}" + (f" ({problems[0]})" if rest else ""), "", f"Name {FORMS}")
    return [Target(label or _tidy(Path(rest).name or rest), settings, chat or ChatSettings())]


def of_run(run: Path, which: str) -> Target:
    """One model of a run: ``base``, ``sft`` or ``final``."""
    from residency.generation.models import tuned_folder

    stage = STAGE_OF.get(which, "sft")
    if not is_finished(run, stage):
        raise InputError(f"the run has no finished {stage} stage", str(run), "Type: residency run RECIPE")
    model, chat = (
        settings_of(run, stage, "model", ModelSettings),
        settings_of(run, stage, "chat", ChatSettings),
    )
    return Target(which, model, chat, tuned_folder(run / stage) if which in STAGE_OF else None, run=run)


def _of_run(run: Path, which: str, label: str) -> list[Target]:
    check_run_folder(run)
    if which:
        found = of_run(run, which)
        return [Target(label or which, found.model, found.chat, found.tuned, run=run)]
    names = ["base", "sft"] + (["final"] if is_finished(run, "preference") else [])
    prefix = f"{label}-" if label else ""
    targets = [of_run(run, name) for name in names]
    return [Target(prefix + one.label, one.model, one.chat, one.tuned, run=run) for one in targets]


def _of_adapter(folder: Path, label: str, chat: ChatSettings) -> Target:
    """A PEFT adapter, on the base model that its own configuration names."""
    path = folder / ADAPTER_CONFIG
    base = read_json(path).get("base_model_name_or_path")
    if not isinstance(base, str) or not base:
        raise InputError("the adapter names no base model", str(path), "Set base_model_name_or_path in it")
    settings = ModelSettings(name=base)
    if problems := settings.problems():
        raise InputError(f"the adapter's base model is not there ({problems[0]})", str(path))
    name = folder.parent.name if folder.name == "adapter" else folder.name
    return Target(label or _tidy(name), settings, chat, folder)


def _tidy(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:64] or "model"
