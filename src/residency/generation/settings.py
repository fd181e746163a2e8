"""Settings of the model that is trained and run."""

from __future__ import annotations

from typing import Literal

from residency.core.stage import Settings


class ModelSettings(Settings):
    """The base model and how it is loaded."""

    name: str = "embedded"
    """``embedded`` (SmolLM2-135M-Instruct from the package registry), a folder, or a hub id."""
    revision: str | None = None
    """A commit of the hub id; pin it for a run that is to be published."""
    dtype: Literal["auto", "bfloat16", "float32"] = "auto"
    """Weights' precision; ``auto`` takes bfloat16 where the processor is fast in it, else float32."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where the model runs."""
