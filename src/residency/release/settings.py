"""Settings of the release folder."""

from __future__ import annotations

from difflib import get_close_matches

from pydantic import Field

from residency.core.stage import Settings
from residency.release.paper.statements import STATEMENTS


class ReleaseSettings(Settings):
    """What the bundle is called and holds."""

    title: str = "Surgical resident"
    """The model's name on its card."""
    max_unlicensed: float = Field(default=0.0, ge=0, le=1)
    """Share of the questions trained on, and of the passages in the bundle, that may name no licence; above it the
    bundle stays a draft."""
    merge: bool = False
    """Write merged weights beside the adapter."""
    paper: bool = True
    """Write ``paper/``: methods, results, figures, checklists, the summary of training content, how to reproduce it."""
    statements: dict[str, str] = {}
    """What only a person can say of the study, by name (docs/paper.md), as ``ethics``: it goes into the paper's texts."""

    def problems(self) -> list[str]:
        found = []
        for name in self.statements:
            if name not in STATEMENTS:
                near = get_close_matches(name, STATEMENTS, 1)
                known = f'did you mean "{near[0]}"?' if near else "docs/paper.md lists the names"
                found.append(f'statements: nothing is called "{name}"; {known}')
        return found
