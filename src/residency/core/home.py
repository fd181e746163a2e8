"""Where this machine keeps what is fetched or computed once for all runs."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """``$RESIDENCY_HOME``, or ``~/.cache/residency``; it need not exist yet."""
    chosen = os.environ.get("RESIDENCY_HOME")
    return Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "residency"
