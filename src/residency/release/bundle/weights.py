"""The weights: an adapter with its base model's public name, or a whole model; by choice merged weights beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from residency.core.files import read_json, write_json
from residency.generation.merging import merged
from residency.generation.models import ADAPTER_CONFIG, load_model
from residency.generation.settings import ModelSettings

EMBEDDED_NAME = "HuggingFaceTB/SmolLM2-135M-Instruct"
MERGED = "merged"
WEIGHTS = ("*.safetensors", "*.safetensors.index.json")
SETTINGS = (ADAPTER_CONFIG, "config.json")
"""What stands beside the weights and tells their shape; what a trainer left there besides is no part of a bundle."""


def write_weights(tuned: Path, bundle: Path, base_model: str, settings_alone: bool = False) -> bool:
    """Copies what was trained; returns whether it is an adapter.

    Args:
        tuned: the folder of the adapter or of the whole model.
        bundle: where to.
        base_model: the base model's public name, which the adapter's settings are to name.
        settings_alone: copy what tells of the weights, and not them.
    """
    bundle.mkdir(parents=True)
    kept = SETTINGS if settings_alone else (*WEIGHTS, *SETTINGS)
    for path in sorted({path for pattern in kept for path in tuned.glob(pattern)}):
        shutil.copyfile(path, bundle / path.name)  # without the owner's rights
    if not (bundle / ADAPTER_CONFIG).exists():
        return False
    write_json(bundle / ADAPTER_CONFIG, read_json(bundle / ADAPTER_CONFIG) | {"base_model_name_or_path": base_model})
    return True


def write_merged(settings: ModelSettings, tuned: Path, folder: Path, shard: str) -> None:
    """The adapter in its base model's weights, as sharded safetensors. An adapter that was trained on 4-bit weights is
    merged into those in 16 bits.

    Args:
        settings: of the base model.
        tuned: the adapter's folder.
        folder: where to.
        shard: the largest file, as ``5GB``.
    """
    whole = merged(load_model(settings.model_copy(update={"quantization": "none"}), tuned))
    whole.save_pretrained(str(folder), safe_serialization=True, max_shard_size=shard)


def base_name(settings: ModelSettings) -> str:
    """The base model's name for readers elsewhere: its hub id, or a folder's name without this machine's path."""
    if settings.name == "embedded":
        return EMBEDDED_NAME
    folder = Path(settings.name).expanduser()
    return folder.resolve().name if folder.is_dir() else settings.name
