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
    overrides: dict[str, str] = {}
    """Requirements of a final release that are passed over, each with the reason: by the metric of one of the
    evaluation's gates, or ``data``, ``questions``, ``passages``, ``licence``, ``verification``. The card and the
    manifest tell of them."""
    licence: str = ""
    """Licence of what is published, by the hub's name for it (`apache-2.0`, `cc-by-nc-4.0`). Empty: the card says that
    none is named, and the bundle stays a draft."""
    authors: list[str] = []
    """Who answers for the model, as the cards name them."""
    contact: str = ""
    """Where harm and faults are to be reported: an address that is read."""
    publish: list[str] = []
    """Licences under which questions that were trained on are published, in `data/questions.jsonl`, as the question
    bank names them. Those that a privacy check flagged stay out. Empty: no question is published."""
    data_version: str = Field(default="1.0.0", pattern=r"^\d+\.\d+\.\d+$")
    """Version of the data that is published, as Croissant gives it."""
    hardware: str = ""
    """What the run ran on, as the cards name it."""
    watts: float | None = Field(default=None, gt=0)
    """Mean power drawn while stages ran, all devices and the host together, as measured. None: the cards say that the
    energy is not known."""
    grams_per_kwh: float | None = Field(default=None, ge=0)
    """Grams of CO2 that a kilowatt-hour cost where the run ran."""
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
    paper: bool = True
    """Write ``paper/``: methods, results, figures, checklists, the summary of training content, how to reproduce it."""
    statements: dict[str, str] = {}
    """What only a person can say of the study, by name, as ``ethics`` (docs/paper.md): it goes into the paper and
    the cards."""

    def problems(self) -> list[str]:
        found = []
        for name in self.statements:
            if name not in STATEMENTS:
                near = get_close_matches(name, STATEMENTS, 1)
                known = f'did you mean "{near[0]}"?' if near else "docs/paper.md lists the names"
                found.append(f'statements: nothing is called "{name}"; {known}')
        return found
