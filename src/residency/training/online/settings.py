"""Settings of online tuning."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from residency.core.stage import Settings


class RewardWeights(Settings):
    """How much each part of the reward counts. The reward is the weighted mean of the parts that apply to a prompt."""

    mcq: float = Field(default=2.0, ge=0)
    """The right option."""
    citation_recall: float = Field(default=0.5, ge=0)
    """Sentences that their citations support."""
    citation_precision: float = Field(default=0.5, ge=0)
    """Citations that their sentence needs."""
    abstention: float = Field(default=1.0, ge=0)
    """Abstaining where the context does not hold the answer, and nowhere else."""
    context: float = Field(default=1.0, ge=0)
    """No fault by the verifier of the prompt's skill."""
    facts: float = Field(default=0.5, ge=0)
    """Key facts stated (of an MCQ, its reasons), in no more words than they need."""
    form: float = Field(default=0.5, ge=0)
    """Ended, thought closed, no control token, citations that exist."""
    mode: float = Field(default=0.25, ge=0)
    """The form of the mode."""
    reward_model: float = Field(default=0.0, ge=0)
    """The reward model of ``reward_model``, as the chance that it gives the answer over an average one."""


class OnlineSettings(Settings):
    """GRPO and RLOO: the model answers, verifiers grade, and what earned more than its siblings becomes likelier."""

    prompts: int = Field(default=512, ge=1)
    """Prompts at most, drawn by seed, as many of each kind as there can be."""
    prompts_per_step: int = Field(default=4, ge=1)
    """Prompts in an optimiser step."""
    generations: int = Field(default=8, ge=2)
    """Answers to each prompt, which are compared with each other."""
    max_new_tokens: int = Field(default=256, ge=16)
    """Tokens that an answer may have, beside those of its thought (``chat.thought_tokens``)."""
    temperature: float = Field(default=1.0, gt=0)
    """Of the sampling. Answers that are all alike teach nothing."""
    beta: float = Field(default=0.04, ge=0)
    """How closely the policy is held to the model that it starts from; 0 holds it not at all and keeps no reference."""
    learning_rate: float = Field(default=1e-5, gt=0)
    """Peak learning rate, for LoRA."""
    warmup: float = Field(default=0.05, ge=0, lt=1)
    """Share of the steps in which the learning rate rises."""
    steps: int = Field(default=200, ge=1)
    """Optimiser steps."""
    save_steps: int = Field(default=10, ge=1)
    """Steps between checkpoints: what a kill can cost."""
    weights: RewardWeights = RewardWeights()
    """The parts of the reward."""
    reward_model: Path | None = None
    """The folder of a reward model that ``residency reward-model`` trained on the same base model."""

    def problems(self) -> list[str]:
        weights = self.weights
        if self.reward_model is None and weights.reward_model:
            return ["online.weights.reward_model is set and no reward model is named: set online.reward_model"]
        if self.reward_model is not None and not weights.reward_model:
            return ["online.reward_model is named and has no weight: set online.weights.reward_model"]
        return [] if any(value for _, value in weights) else ["online.weights are all 0: give a part of the reward one"]
