"""Settings of the evaluation and its gates."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Literal

from pydantic import Field

from residency.core.stage import Settings
from residency.evaluation.metrics import METRICS

COMPARING = frozenset({"better", "not_worse"})  # the rules that hold one model against another


class Gate(Settings):
    """One condition for release, decided on an interval: pass, fail or undecided."""

    metric: str
    """The metric's name as in the report, such as ``faithfulness.abstention_recall``."""
    rule: Literal["better", "not_worse", "at_least", "at_most"]
    """``better``/``not_worse`` compare with ``against`` on the same items; the others with ``value``."""
    model: Literal["sft", "final"] = "final"
    """The model that must meet it."""
    against: Literal["base", "sft"] = "base"
    """The model it is compared with."""
    margin: float = Field(default=0.0, ge=0)
    """``not_worse``: how much worse is still accepted; ``better``: how much better is demanded."""
    value: float | None = None
    """The bound for ``at_least`` and ``at_most``."""

    def faults(self) -> list[str]:
        """An unknown metric, a key that the rule lacks, a key that it ignores."""
        faults = []
        if self.metric not in METRICS:
            near = difflib.get_close_matches(self.metric, METRICS, n=1)
            faults.append(f"unknown metric {self.metric!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        if self.rule not in COMPARING:
            if self.value is None or not 0 <= self.value <= 1:
                faults.append(f"{self.rule} needs a value from 0 to 1")
            if self.margin:
                faults.append(f"{self.rule} takes a value and no margin")
            return faults
        if self.value is not None:
            faults.append(f"{self.rule} takes a margin and no value")
        if self.model == self.against:
            faults.append(f"it compares the {self.model} model with itself")
        return faults


class EvaluateSettings(Settings):
    """How much is measured, and what must hold."""

    max_items: int | None = Field(default=None, ge=4)
    """Items of each axis at most, drawn by seed; None takes all of the test split."""
    followups: list[Path] = []
    """Files of written multi-turn items (``messages``, ``reference``), beside the built dialogues."""
    dialogues: list[Path] = []
    """Files of written dialogues whose turns are judged by their skill's rules, beside the built ones."""
    max_new_tokens: int = Field(default=160, ge=16)
    """Tokens that an answer may have."""
    batch_size: int = Field(default=32, ge=1)
    """Answers generated at once."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Level of every interval."""
    gates: list[Gate] = []
    """The conditions for release."""

    def input_files(self) -> list[Path]:
        return [*self.followups, *self.dialogues]

    def problems(self) -> list[str]:
        return [f"gate {place}: {fault}" for place, gate in enumerate(self.gates, 1) for fault in gate.faults()]
