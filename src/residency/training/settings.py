"""Settings of SFT and preference tuning."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from residency.core.stage import Settings

ONLINE: frozenset[str] = frozenset({"grpo", "rloo"})
"""The methods that sample as they train."""


class LoraSettings(Settings):
    """The adapter."""

    r: int = Field(default=32, ge=1)
    """Rank, on every linear layer."""
    alpha: int = Field(default=64, ge=1)
    """Scale: the update is multiplied by alpha / r."""


class SftSettings(Settings):
    """Supervised fine-tuning."""

    epochs: float = Field(default=2.0, gt=0)
    """Passes over the training rows."""
    max_steps: int | None = Field(default=None, ge=1)
    """Stop after this many optimiser steps; None runs all epochs."""
    learning_rate: float = Field(default=1e-3, gt=0)
    """Peak learning rate (LoRA: about ten times that of full fine-tuning)."""
    warmup: float = Field(default=0.05, ge=0, lt=1)
    """Share of the steps in which the learning rate rises."""
    batching: Literal["length", "packed"] = "length"
    """``length``: rows of like length share a batch, padded; the faster one on a CPU. ``packed``: batches are filled
    with whole rows of any length, without padding; the better one on a GPU whose attention kernels read where a row
    begins (flash). The losses are the same. Packing is refused where the loaded model lets rows reach each other."""
    batch_tokens: int = Field(default=2048, ge=64)
    """Tokens in a batch at most, padding included. No row may be longer where batches are packed."""
    save_steps: int = Field(default=20, ge=1)
    """Steps between checkpoints: what a kill can cost."""
    eval_steps: int = Field(default=0, ge=0)
    """Steps between measurements of the dev loss; 0 measures it at the end only."""
    lora: LoraSettings = LoraSettings()
    """The adapter."""
    report_to: list[str] = []
    """Trackers by name (trackio, tensorboard, wandb)."""


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


class RewardModelSettings(Settings):
    """A reward model, trained on a run's preference pairs."""

    epochs: float = Field(default=1.0, gt=0)
    """Passes over the pairs. More of them learn the pairs by heart."""
    max_steps: int | None = Field(default=None, ge=1)
    """Stop after this many optimiser steps; None runs all epochs."""
    learning_rate: float = Field(default=1e-4, gt=0)
    """Peak learning rate, for LoRA and the score head."""
    batch_pairs: int = Field(default=8, ge=1)
    """Pairs in an optimiser step."""
    held_out: float = Field(default=0.2, gt=0, lt=1)
    """Share of the questions whose pairs measure it and are not trained on."""
    lora: LoraSettings = LoraSettings(r=16, alpha=32)
    """The adapter."""


class PreferenceSettings(Settings):
    """Preference tuning from the SFT model, which is also the reference."""

    method: Literal["dpo", "ipo"] = "dpo"
    """The loss on pairs."""
    beta: float = Field(default=0.1, gt=0)
    """How closely the policy is held to the reference."""
    sft_weight: float = Field(default=0.2, ge=0)
    """Weight of the likelihood of the chosen answer beside the loss on pairs; guards against its fall."""
    epochs: float = Field(default=1.0, gt=0)
    """Passes over the pairs."""
    max_steps: int | None = Field(default=None, ge=1)
    """Stop after this many optimiser steps; None runs all epochs."""
    learning_rate: float = Field(default=1e-4, gt=0)
    """Peak learning rate."""
    warmup: float = Field(default=0.1, ge=0, lt=1)
    """Share of the steps in which the learning rate rises."""
    batch_pairs: int = Field(default=4, ge=1)
    """Pairs in an optimiser step."""
    save_steps: int = Field(default=10, ge=1)
    """Steps between checkpoints."""
    report_to: list[str] = []
    """Trackers by name."""
    online: OnlineSettings = OnlineSettings()
    """GRPO and RLOO alone."""

    def input_files(self) -> list[Path]:
        """The reward model's weights, where one is named."""
        folder = self.online.reward_model
        return (
            [folder / "adapter" / name for name in ("adapter_config.json", "adapter_model.safetensors")]
            if folder
            else []
        )

    def fingerprint_values(self) -> dict[str, Any]:
        """What is set for online tuning counts where that is the method; where the reward model lies never does."""
        values = super().fingerprint_values()
        online = values.pop("online") | {"reward_model": self.online.reward_model is not None}
        return values | ({"online": online} if self.method in ONLINE else {})

    def problems(self) -> list[str]:
        return self.online.problems() if self.method in ONLINE else []
