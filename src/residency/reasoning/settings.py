"""Settings of the reasoning policy."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from residency.core.stage import Settings
from residency.generation.settings import KeyVariable, ServerAddress, however_reached

Policy = Literal["distil", "rationale", "none"]
POLICIES: tuple[Policy, ...] = ("distil", "rationale", "none")


class ThoughtsSettings(Settings):
    """What a model that thinks is trained to think before it answers."""

    policy: Literal["auto", "distil", "rationale", "none"] = "auto"
    """``distil``: the base model's own thoughts, where they lead to the gold answer. ``rationale``: an MCQ's rationale,
    which shortens reasoning. ``none``: no thoughts, which teaches bare answers. ``auto``: distil, and none for models
    that never think."""
    shares: dict[Policy, float] = {}
    """Policies combined, in place of ``policy``: the share of the rows for each, which add up to 1. Rows without a
    rationale are given to the others."""
    otherwise: Literal["rationale", "none", "drop"] = "rationale"
    """What becomes of a row that got no thought by its policy: its rationale (dropped where it has none), no thought,
    or it is dropped."""
    agreement: float = Field(default=0.5, gt=0, le=1)
    """Share of an open gold answer's statements that the model's own answer must hold for its thought to be kept."""
    hint: bool = True
    """Whether a thought that led elsewhere is asked for once more with the gold answer shown."""
    max_tokens: int = Field(default=2048, ge=16)
    """Tokens of a thought at most; a longer one is refused and counted, never cut."""
    max_answer_tokens: int = Field(default=512, ge=16)
    """Tokens of the answer that the model gives after its thought, by which the thought is judged."""
    temperature: float = Field(default=0.6, ge=0)
    """Sampling temperature of thoughts; 0 takes the likeliest token each time."""
    batch_size: int = Field(default=16, ge=1)
    """Thoughts generated at once by a model that is loaded here, and kept on disk at once."""
    server: ServerAddress = ""
    """Base URL of an OpenAI-compatible server that is asked for thoughts, such as http://localhost:8000/v1; empty: the
    base model is loaded here. It must serve the base model."""
    server_model: str = ""
    """The model's name on the server; empty for the only one that it has."""
    server_key: KeyVariable = "OPENAI_API_KEY"
    """Name of the environment variable that holds the server's API key."""
    server_parallel: int = Field(default=16, ge=1, le=1024)
    """Thoughts asked of the server at once."""
    timeout: float = Field(default=600, gt=0)
    """Seconds to wait for the server's answer."""

    def fingerprint_values(self) -> dict[str, Any]:
        return however_reached(super().fingerprint_values())

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        if not self.shares:
            return self
        faults = [
            f"shares.{name} is {share}; a share lies between 0 and 1"
            for name, share in self.shares.items()
            if not 0 <= share <= 1
        ]
        total = sum(self.shares.values())
        if not faults and abs(total - 1) > 0.001:
            faults.append(f"the shares add up to {total:.3f}; make them add up to 1")
        if self.policy != "auto":
            faults.append(f"policy = {self.policy!r} and shares both say what rows get; leave one of them out")
        if faults:
            raise ValueError("; ".join(faults))
        return self
