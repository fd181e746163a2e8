"""Settings of the preference pairs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from residency.core.stage import Settings
from residency.judging.settings import JudgeSettings


class PairsSettings(Settings):
    """Which pairs are made from the train questions, and how many."""

    max_pairs: int = Field(default=6000, ge=1)
    """Pairs in all, spread evenly over the types that the text allows."""
    types: list[str] = []
    """The types of mistakes to use; empty for all that there are."""
    corruption: bool = True
    """Whether pairs are made of mistakes made on purpose; without them there are pairs of the models' own samples
    alone (``on_policy``)."""
    on_policy: int = Field(default=0, ge=0)
    """Prompts for which the models' own samples are scored and paired, spread evenly over MCQs, open questions, and
    contexts that hold the answer or do not."""
    samples: int = Field(default=4, ge=2, le=8)
    """Samples of each of these prompts, of each model."""
    temperatures: list[Annotated[float, Field(gt=0, le=2)]] = Field(default=[0.7, 1.0], min_length=1)
    """Sampling temperatures, which take turns."""
    from_base: bool = False
    """Whether the base model is sampled beside the SFT model."""
    sample_tokens: int = Field(default=384, ge=8)
    """Tokens of a sample at most; one that is longer is left out. A model that thinks is given more for its thought."""
    sample_batch: int = Field(default=32, ge=1)
    """Samples written at once."""
    margin: float = Field(default=0.2, ge=0, le=1)
    """Least difference in score between the two samples of a pair, on the rubric's scale from 0 to 1."""
    near: float = Field(default=0.05, ge=0, le=1)
    """Samples within this of the best score, and of the worst, may stand for them: those closest in length do."""
    least: float = Field(default=0.3, ge=0, le=1)
    """Least score of a chosen sample: the better of two bad answers is nothing to learn from."""
    scorer: Literal["rules", "judge"] = "rules"
    """Who scores samples: rules with no model at all, or the judge model that ``pairs.judge`` names. A judge is also
    shown both sides of each pair in both orders, and a pair that it does not confirm is dropped and counted."""
    judge: JudgeSettings = JudgeSettings()
    """The judge model."""

    def fingerprint_values(self) -> dict[str, Any]:
        return super().fingerprint_values() | {"judge": self.judge.fingerprint_values()}

    def problems(self) -> list[str]:
        if not self.corruption and not self.on_policy:
            return ["corruption = false leaves no pair to tune on: set pairs.on_policy to a number of prompts"]
        if self.scorer == "judge" and not self.judge.server:
            return ["scorer is judge and no judge is named: set pairs.judge.server and pairs.judge.server_model"]
        return self.judge.problems()
