"""Settings of the release folder."""

from __future__ import annotations

from residency.core.stage import Settings


class ReleaseSettings(Settings):
    """What the bundle is called and holds."""

    title: str = "Surgical resident"
    """The model's name on its card."""
    merge: bool = False
    """Write merged weights beside the adapter."""
