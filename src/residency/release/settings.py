"""Settings of the release folder."""

from __future__ import annotations

from pydantic import Field

from residency.core.stage import Settings


class ReleaseSettings(Settings):
    """What the bundle is called and holds."""

    title: str = "Surgical resident"
    """The model's name on its card."""
    max_unlicensed: float = Field(default=0.0, ge=0, le=1)
    """Share of the questions trained on, and of the passages in the bundle, that may name no licence; above it the
    bundle stays a draft."""
    merge: bool = False
    """Write merged weights beside the adapter."""
    shard_size: str = Field(default="5GB", pattern=r"^[1-9]\d*(KB|MB|GB)$")
    """The largest file of merged weights."""
    variants: list[str] = []
    """GGUF variants of the merged weights, as llama.cpp names their types ("f16", "Q4_K_M"). They are made where its
    tools are on the PATH, and else said to be missing; none was evaluated, and each is marked so."""
    verify: bool = True
    """Open the bundle as a stranger would, without this package, and hold what it says against what was evaluated. What
    fails keeps the bundle a draft."""
    verify_answers: int = Field(default=100, ge=0)
    """Recorded answers of the evaluation that are asked for again, spread over its axes."""
    canaries: list[str] = []
    """Texts that were planted in the training data to see whether they come out again: none may stand in the bundle,
    and the model may complete none of them."""
