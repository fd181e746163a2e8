"""Settings of who may ask, from where, how much and how often."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from residency.core.stage import Settings


class AccessSettings(Settings):
    """The doors of the assistant. What is refused is refused with a reason, and before anything is read of it."""

    token: Literal["auto", "always", "never"] = "auto"  # noqa: S105 - not one itself
    """Whether a token is asked for: ``auto`` where one is given, or where others than this machine reach the server."""
    token_env: str = "RESIDENCY_TOKEN"  # noqa: S105 - not one itself
    """The environment variable that holds the token. Without one, and without a file, a token is made at the start."""
    token_file: Path | None = None
    """A file that holds the token, in place of the variable."""
    login_hours: float = Field(default=24.0, gt=0, le=24 * 90)
    """How long a browser stays logged in."""
    hosts: list[str] = []
    """Names by which browsers reach the server, beside this machine's own, as ``assistant.hospital.example``."""
    per_minute: float = Field(default=240.0, gt=0)
    """Requests of one client in a minute, on average."""
    burst: int = Field(default=60, ge=1)
    """Requests that one client may make at once."""
    per_minute_in_all: float = Field(default=2400.0, gt=0)
    """Requests of all clients in a minute, on average."""
    burst_in_all: int = Field(default=600, ge=1)
    """Requests that all clients may make at once."""
    body_bytes: int = Field(default=1_000_000, ge=1000)
    """Bytes of a request's body at most."""
    body_seconds: float = Field(default=20.0, gt=0)
    """How long a client may take to send a body."""
    messages: int = Field(default=200, ge=1)
    """Messages of a conversation at most."""
    characters: int = Field(default=200_000, ge=100)
    """Characters of a conversation's messages at most, all together."""
    max_tokens: int = Field(default=4096, ge=1)
    """Tokens of an answer that a client may ask for."""
    tools: int = Field(default=64, ge=0)
    """Functions that a client may offer."""
