"""Settings of the compilation to tokens."""

from __future__ import annotations

from pydantic import Field

from residency.core.stage import Settings


class CompileSettings(Settings):
    """How conversations become tokens and labels."""

    max_length: int = Field(default=1024, ge=64)
    """Tokens in a row at most; a longer row is refused and counted, never cut."""
