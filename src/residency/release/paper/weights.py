"""How many parameters the base model has, read from the heads of its weight files without loading it."""

from __future__ import annotations

import json
import math
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

from residency.generation.models import model_source
from residency.generation.settings import ModelSettings

_FLOATS = frozenset({"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})


def base_folder(settings: ModelSettings) -> Path | None:
    """The folder of the base model's files on this machine; None where they are not there. Nothing is fetched."""
    source = model_source(settings)
    if Path(source).is_dir():
        return Path(source)
    try:
        return Path(snapshot_download(source, revision=settings.revision, local_files_only=True))
    except (LocalEntryNotFoundError, HfHubHTTPError, ValueError, OSError):
        return None


def parameters(folder: Path | None) -> int | None:
    """Numbers in a folder's safetensors files, from their headers (a length in eight bytes, then JSON; the format of
    safetensors). None where there are none, or where weights are packed and a count would say something else."""
    if folder is None:
        return None
    total = 0
    for path in sorted(folder.glob("*.safetensors")):
        with path.open("rb") as handle:
            header = json.loads(handle.read(int.from_bytes(handle.read(8), "little")))
        for name, tensor in header.items():
            if name == "__metadata__":
                continue
            if tensor["dtype"] not in _FLOATS:
                return None
            total += math.prod(tensor["shape"])
    return total or None
