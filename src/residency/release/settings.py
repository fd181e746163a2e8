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
    overrides: dict[str, str] = {}
    """Requirements of a final release that are passed over, each with the reason: by the metric of one of the
    evaluation's gates, or ``data``, ``questions``, ``passages``, ``verification``. The card and the manifest tell of
    them."""
