"""Settings of the tool task."""

from __future__ import annotations

from pydantic import Field

from residency.core.stage import Settings


class ToolSettings(Settings):
    """How models that may call functions are asked."""

    max_items: int | None = Field(default=None, ge=1)
    """Conversations at most, as many of each kind of situation as there can be; None takes all."""
    max_steps: int = Field(default=6, ge=2, le=20)
    """Turns of the model at most in one conversation, its answer among them."""
