"""The base models that a plan compares, as data, and the config of any other: from a folder, a file or the hub.

The table is ``models.json``: figures of each model's own ``config.json``, and what its licence, its format and its size
mean for whoever publishes a medical model on it.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from residency.core.errors import InputError
from residency.generation.settings import ModelSettings
from residency.planning.job import Weights
from residency.planning.shape import Shape, shape_of

TABLE = Path(__file__).with_name("models.json")
CONFIG = "config.json"
PATIENCE = 10
"""Seconds for the hub to answer."""


class Candidate(BaseModel):
    """A base model that may be chosen. Sentences are for readers."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: str
    """What ``model.name`` in a recipe says: a hub id, or ``embedded``."""
    title: str
    family: Literal["harmony", "qwen3-thinking", "qwen3", "chatml"]
    """What ``chat.family`` in a recipe says."""
    licence: str
    """Its SPDX identifier."""
    licence_means: str
    """What it means for a medical model that is published."""
    licence_note: str = ""
    thinks: str
    """When it thinks before it answers."""
    format: str
    """What its chat format costs whoever trains it."""
    context_note: str
    published_as: Weights
    """How its makers hold the bulk of the weights."""
    published_gb: float = Field(gt=0)
    """The published weights in units of 1e9 bytes."""
    trains_in: tuple[Weights, ...] = Field(min_length=1)
    """How this package can hold its weights while adapters are trained on them (docs/models.md)."""
    serving: str
    """What serving takes, as published and once it is tuned."""
    active_counts_embedding: bool
    """Whether its makers count the embedding among the active parameters."""
    active_published: str
    """The active parameters as its makers state them."""
    read: str
    """When all this was read: a month."""
    source: str
    config: Mapping[str, Any]
    """The figures of its ``config.json``."""

    @property
    def shape(self) -> Shape:
        """What it is made of."""
        return shape_of(self.config, self.name)

    @property
    def active(self) -> int:
        """Its active parameters, counted as its makers count."""
        shape = self.shape
        return shape.active_with_embedding if self.active_counts_embedding else shape.active


@cache
def _table() -> Mapping[str, Candidate]:
    data = json.loads(TABLE.read_text(encoding="utf-8"))
    shared = {"read": data["read"]}
    rows = [{"licence_means": data["licences"][row["licence"]], **shared, **row} for row in data["models"]]
    return {row["name"]: Candidate.model_validate(row) for row in rows}


def candidates() -> dict[str, Candidate]:
    """The known models by name, the largest of interest first."""
    return dict(_table())


def shape_named(name: str, revision: str | None = None) -> Shape:
    """The shape of a model by the name that a recipe gives it.

    Args:
        name: ``embedded``, a known hub id, a model's folder, the path of a ``config.json``, or any other hub id.
        revision: the commit of a hub id; the config of known models is in the table and does not change.

    Raises:
        InputError: there is no such config, it cannot be read, or nothing is known of the architecture.
    """
    config, where = config_named(name, revision)
    return shape_of(config, where)


def config_named(name: str, revision: str | None = None) -> tuple[Mapping[str, Any], str]:
    """The config of a model, and where it was found: see :func:`shape_named`."""
    settings = ModelSettings(name=name)
    path = Path(name).expanduser()
    if path.is_file() or settings.folder is not None:
        return _from_disk(settings.folder or path)
    if name in _table():
        return _table()[name].config, name
    return _from_hub(name, revision)


def _from_disk(path: Path) -> tuple[Mapping[str, Any], str]:
    file = path / CONFIG if path.is_dir() else path
    fix = "Name a model's folder, its config.json, or a hub id"
    if file.suffix == ".gguf":
        raise InputError("a GGUF file holds no config.json", str(file), "Name the hub id of the model that it is of")
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"there is no config to plan with ({error.strerror})", str(file), fix) from None
    except ValueError:
        raise InputError("this is no JSON", str(file), fix) from None
    if not isinstance(config, dict):
        raise InputError("this is no model's config", str(file), fix)
    return config, str(file)


def _from_hub(name: str, revision: str | None) -> tuple[Mapping[str, Any], str]:
    known = difflib.get_close_matches(name, _table(), 1, 0.8) or sorted(_table())
    other = f"Name its folder or its config.json, or take a known model: {', '.join(known)}"
    try:
        import huggingface_hub as hub
        from huggingface_hub.utils import build_hf_headers, hf_raise_for_status
    except ImportError:
        what = "this model is in no table, and its config can be fetched only with huggingface_hub"
        raise InputError(what, name, f'{other}; or type: pip install "residency[train]"') from None
    try:
        if isinstance(file := hub.try_to_load_from_cache(name, CONFIG, revision=revision), str):
            return _from_disk(Path(file))[0], name
        if hub.is_offline_mode():
            raise OSError("offline mode is on")
        # hf_hub_download would try for half a minute to reach a hub that is not there.
        address = hub.hf_hub_url(name, CONFIG, revision=revision)
        answer = hub.get_session().get(address, headers=build_hf_headers(), timeout=PATIENCE, follow_redirects=True)
        hf_raise_for_status(answer)
        config = answer.json()
    except Exception as error:
        # Which errors a connection ends in depends on the version of the hub's client.
        said = str(error).strip().partition("\n")[0][:200] or type(error).__name__
        what = f"this model is in no table, and the hub does not give its config ({said})"
        raise InputError(what, name, other) from None
    if not isinstance(config, dict):
        raise InputError("what the hub gives is no model's config", name, other)
    return config, name
