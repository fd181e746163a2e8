"""Settings of the evaluation and its gates."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from residency.core.stage import Settings
from residency.evaluation.metrics import METRICS
from residency.evaluation.tasks.exam.settings import ExamSettings
from residency.evaluation.tasks.faithfulness.settings import FaithfulnessSettings
from residency.evaluation.tasks.followup.settings import FollowupSettings
from residency.evaluation.tasks.mode_tags.settings import ModesSettings
from residency.evaluation.tasks.open.settings import OpenSettings
from residency.evaluation.tasks.retention.settings import RetentionSettings
from residency.evaluation.tasks.safety.settings import SafetySettings
from residency.evaluation.tasks.tools.settings import ToolSettings
from residency.generation.settings import KeyVariable
from residency.judging.settings import JudgeSettings

COMPARING = frozenset({"better", "not_worse"})  # the rules that hold one model against another


class Gate(Settings):
    """One condition for release, decided on an interval: pass, fail or undecided."""

    metric: str
    """The metric's name as in the report, such as ``faithfulness.abstention_recall``."""
    rule: Literal["better", "not_worse", "at_least", "at_most"]
    """``better``/``not_worse`` compare with ``against`` on the same items; the others with ``value``."""
    model: str = "final"
    """The model that must meet it, by its name: ``sft`` and ``final`` are those of a run."""
    against: str = "base"
    """The model it is compared with: ``base`` and ``sft`` are those of a run."""
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
    """Tokens that an answer may have; a model that thinks has ``chat.thought_tokens`` beside them."""
    temperature: float | None = Field(default=None, ge=0)
    """Sampling temperature; None takes the likeliest token each time, and of a model that thinks what its makers
    recommend. A server's model is then asked as the server is set up."""
    batch_size: int = Field(default=32, ge=1)
    """Answers generated at once; a kill loses one such batch at most."""
    server_key: KeyVariable = "OPENAI_API_KEY"
    """Name of the environment variable that holds the API key of an evaluated server."""
    server_parallel: int = Field(default=16, ge=1, le=1024)
    """Prompts asked of an evaluated server at once."""
    server_thought_tokens: int = Field(default=0, ge=0)
    """Tokens that the thought of an evaluated server's model may take; 0 where it does not think."""
    timeout: float = Field(default=300, gt=0)
    """Seconds to wait for an evaluated server's answer."""
    exam: ExamSettings = ExamSettings()
    """The exam questions: sets from files, orders of the options, samples."""
    followup: FollowupSettings = FollowupSettings()
    """Later turns: how dialogues are asked, and what is asked beside them."""
    retention: RetentionSettings = RetentionSettings()
    """What the model must not have forgotten."""
    open: OpenSettings = OpenSettings()
    """The open questions."""
    safety: SafetySettings = SafetySettings()
    """The probes of safety."""
    modes: ModesSettings = ModesSettings()
    """Mode tags that are swapped or missing."""
    judge: JudgeSettings = JudgeSettings()
    """The model that judges what rules cannot; its name stands beside every figure that it gave."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Level of every interval."""
    faithfulness: FaithfulnessSettings = FaithfulnessSettings()
    """Questions over a context, in further ways: without it, with noise, with an error in it, two at once."""
    tools: ToolSettings = ToolSettings()
    """Conversations that may call functions."""
    gates: list[Gate] = []
    """The conditions for release."""

    def input_files(self) -> list[Path]:
        files = [*self.followups, *self.dialogues]
        return [*files, *(file for section in self._sections() for file in section.input_files())]

    def fingerprint_values(self) -> dict[str, Any]:
        values = super().fingerprint_values()
        of_servers = {"server_key", "server_parallel", "timeout"}
        found = {name: value for name, value in values.items() if name not in of_servers}
        sections = {name: value.fingerprint_values() for name, value in self if isinstance(value, Settings)}
        return found | sections

    def problems(self) -> list[str]:
        found = [f"gate {place}: {fault}" for place, gate in enumerate(self.gates, 1) for fault in gate.faults()]
        return found + [problem for section in self._sections() for problem in section.problems()]

    def _sections(self) -> list[Settings]:
        """The tasks' own sections, and the judge's."""
        return [value for _, value in self if isinstance(value, Settings)]
