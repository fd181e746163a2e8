"""Settings of SFT and preference tuning."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from residency.core.stage import Settings


class LoraSettings(Settings):
    """The adapter."""

    r: int = Field(default=32, ge=1)
    """Rank, on every linear layer; on experts it is divided by the number of those that work on a token."""
    alpha: int = Field(default=64, ge=1)
    """Scale: the update is multiplied by alpha / r."""
    experts: bool = True
    """Whether experts have adapters too, in models that have experts."""
    rslora: bool = False
    """Scale by alpha / sqrt(r), for ranks beyond about 64; alpha should then be smaller."""
    dora: bool = False
    """Learn the length of each weight vector apart from its direction (DoRA). Slower; not for fused experts."""

    @property
    def strength(self) -> float:
        """Scale times rank: how far a first step of a given learning rate moves the model's weights."""
        return self.alpha * self.r**0.5 if self.rslora else float(self.alpha)


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
