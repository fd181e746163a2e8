"""Settings of SFT and preference tuning."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from residency.core.stage import Settings
from residency.training.online.settings import OnlineSettings

Tune = Literal["lora", "full"]
Method = Literal["dpo", "ipo", "kto", "orpo", "cpo", "simpo", "apo_zero", "apo_down", "grpo", "rloo"]
GuardName = Literal["likelihood", "length", "margin", "abstention", "easy"]
ONLINE: frozenset[str] = frozenset({"grpo", "rloo"})
"""The methods that sample as they train."""
TRACKERS: dict[str, str] = {
    "azure_ml": "azureml",
    "clearml": "clearml",
    "codecarbon": "codecarbon",
    "comet_ml": "comet_ml",
    "dagshub": "dagshub",
    "dvclive": "dvclive",
    "flyte": "flytekit",
    "kubeflow": "kubeflow",
    "mlflow": "mlflow",
    "neptune": "neptune",
    "swanlab": "swanlab",
    "tensorboard": "tensorboard",
    "trackio": "trackio",
    "wandb": "wandb",
}
"""The trackers that transformers knows, each with the package that must be there."""
ASIDE = ("save_steps", "gradient_checkpointing", "report_to")
"""Settings of a training that change what it costs and who is told of it, and nothing else."""


class LoraSettings(Settings):
    """The adapter."""

    r: int = Field(default=32, ge=1)
    """Rank, on every linear layer; on experts it is divided by the number of those that work on a token."""
    alpha: int = Field(default=32, ge=1)
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


class GuardSettings(Settings):
    """What a preference tuning is watched for, each time dev is measured; the model before the first step is what it is
    compared with."""

    off: list[GuardName] = []
    """Guards that are not heard: ``likelihood``, ``length``, ``margin``, ``abstention``, ``easy``."""
    likelihood_fall: float = Field(default=0.05, gt=0)
    """Nats a token by which the chosen held-out answers may become less likely. Alone this is no alarm, since a small
    fall is common in a healthy training; it is one together with ``loss_rise``. 0.05 is a token that has become 5% less
    likely, ten times what bfloat16 moves a mean by."""
    loss_rise: float = Field(default=0.05, gt=0)
    """Nats a token by which the dev loss may rise; 0.05 is a perplexity that is 5% higher. Alone it is no alarm
    either: it is the price of learning something else."""
    length_growth: float = Field(default=1.5, gt=1)
    """How many times as long generated dev answers may be. Pairs whose chosen answers are longer teach length, and
    half as long again is more than a handful of prompts moves by chance."""
    margin_kept: float = Field(default=0.5, ge=0, le=1)
    """The part of its highest gain that the margin on held-out pairs must keep. Falls within twice its standard error
    are no alarm."""
    chance: float = Field(default=0.05, gt=0, lt=1)
    """How likely, by chance alone, a rise of false abstentions, or of answers without an end, may be before it is an
    alarm (one-sided exact test). Of 12 prompts, with none before, it takes 4."""


class PartGuardSettings(Settings):
    """What SFT is watched for beside the dev loss itself: one mode or kind that gets worse while the whole gets better.
    It is told and stops nothing."""

    off: bool = False
    """Whether it is not heard."""
    rise: float = Field(default=0.05, gt=0)
    """Nats a token by which the loss of a mode or kind may rise above its lowest."""
    rows: int = Field(default=20, ge=1)
    """Dev rows that a mode or kind must have to be judged; below this a few rows decide."""


class Schedule(Settings):
    """What SFT and preference tuning have in common: how long, how fast, how often it is looked at."""

    epochs: float = Field(default=1.0, gt=0)
    """Passes over the training data."""
    max_steps: int | None = Field(default=None, ge=1)
    """Stop after this many optimiser steps; None runs all epochs."""
    learning_rate: float | None = Field(default=None, gt=0)
    """Peak learning rate; None takes that of the architecture's table, for LoRA about ten times that of full
    fine-tuning."""
    warmup: float = Field(default=0.05, ge=0, lt=1)
    """Share of the steps in which the learning rate rises."""
    save_steps: int = Field(default=20, ge=1)
    """Steps between checkpoints: what a kill can cost."""
    evaluations: int = Field(default=8, ge=1)
    """How often dev is measured during the training, at equal distances, the last time at its end; beside once before
    it begins."""
    patience: int = Field(default=2, ge=0)
    """Evaluations in a row that may be worse than the best one, or against which a guard speaks, before the training is
    stopped; 0 never stops. What is kept is the best one, however long the training was."""
    gradient_checkpointing: Literal["auto", "on", "off"] = "auto"
    """Whether activations are computed a second time in the backward pass, which saves memory and costs about a third
    more time; ``auto`` does so on a GPU."""
    report_to: list[str] = []
    """Trackers by name (trackio, tensorboard, wandb)."""

    def fingerprint_values(self) -> dict[str, Any]:
        """What decides neither which steps are taken nor what they learn may change in the middle of a training, which
        then goes on from its last checkpoint."""
        values = super().fingerprint_values()
        return {name: value for name, value in values.items() if name not in ASIDE}

    def problems(self) -> list[str]:
        unknown = [name for name in self.report_to if name not in TRACKERS]
        return [f"report_to: {name} is no tracker; known are {', '.join(TRACKERS)}" for name in unknown]


class SftSettings(Schedule):
    """Supervised fine-tuning."""

    epochs: float = Field(default=2.0, gt=0)
    """Passes over the training rows; more than two seldom help and often harm."""
    batching: Literal["auto", "packed", "length"] = "auto"
    """``packed``: a batch is filled with whole rows of any length, one after the other, without padding. ``length``:
    rows of like length share a batch, padded. The losses are the same. ``auto`` packs where it is proved on the loaded
    model that rows do not reach each other; ``packed`` ends where it is not."""
    batch_tokens: int = Field(default=1024, ge=64)
    """Tokens in a batch at most, padding included: what a device computes at once. A longer row is a batch of its
    own."""
    batches_per_step: int = Field(default=2, ge=1)
    """Batches in an optimiser step, those of all processes together. It may not be smaller than the number of
    processes, and does not change with it."""
    dev_rows: int = Field(default=1000, ge=1)
    """Dev rows that are measured, at most."""
    best: str = "loss"
    """The dev figure by which the best step is chosen: ``loss``, or the loss of one part, as ``loss/mode/EXAM``,
    ``loss/kind/context``, ``loss/topic/hernia`` or ``loss/source/human``."""
    guards: PartGuardSettings = PartGuardSettings()
    """What a training is watched for."""
    tune: Tune = "lora"
    """``lora`` trains an adapter; ``full`` all weights, for small models: 16 bytes a weight."""
    lora: LoraSettings = LoraSettings()
    """The adapter."""


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


class PreferenceSettings(Schedule):
    """Preference tuning from the SFT model, which is also the reference."""

    method: Method = "dpo"
    """The loss on pairs."""
    losses: dict[Method, float] = {}
    """Several losses with their weights, in place of ``method``."""
    beta: float | None = Field(default=None, gt=0)
    """How closely the policy is held to the reference; for ORPO the weight of the odds (its lambda), for SimPO and CPO
    a scale. None takes the method's own: 2 for SimPO, else 0.1."""
    gamma: float = Field(default=1.0, ge=0)
    """SimPO's margin."""
    sft_weight: float = Field(default=0.2, ge=0)
    """Weight of the likelihood of the chosen answer beside the loss on pairs; guards against its fall. ORPO and CPO
    have such a term of their own."""
    start: Literal["sft", "base"] = "sft"
    """Which model is tuned: that of the SFT stage, or the base model with a fresh adapter, as for ORPO in a single
    stage."""
    warmup: float = Field(default=0.1, ge=0, lt=1)
    """Share of the steps in which the learning rate rises."""
    lora: LoraSettings = LoraSettings()
    """The adapter of a training that starts from the base model; from the SFT model its own adapter goes on."""
    batch_pairs: int = Field(default=4, ge=1)
    """Pairs in an optimiser step, those of all processes together."""
    batch_tokens: int = Field(default=2048, ge=64)
    """Tokens that a device computes at once; a longer pair is computed by itself."""
    share_prompts: Literal["auto", "always", "never"] = "auto"
    """Whether a prompt is computed once for both answers; ``auto`` does so where it is proved on the loaded model that
    the answers stay apart."""
    dev_share: float = Field(default=0.05, ge=0, lt=0.5)
    """Share of the pairs that are held out and measured, and at least 20 of them or a fifth; none where there are
    fewer than 40 pairs, or at 0."""
    save_steps: int = Field(default=10, ge=1)
    """Steps between checkpoints."""
    dev_rows: int = Field(default=100, ge=0)
    """Dev rows whose loss is measured, at most."""
    dev_prompts: int = Field(default=12, ge=0)
    """Dev questions whose passages hold the answer, which are answered at each evaluation, and a third as many whose
    passages do not; 0 answers none, and the guards of length and abstention have nothing to judge."""
    dev_answer_tokens: int = Field(default=48, ge=1)
    """Tokens of such an answer at most. Whether it abstains shows in its first two sentences."""
    dev_thought_tokens: int = Field(default=128, ge=1)
    """Tokens after which the thought before such an answer is closed, where the model thinks."""
    guards: GuardSettings = GuardSettings()
    """What a training is watched for."""
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
        found = super().problems()
        for name in self.losses:
            if name in ONLINE:
                found.append(f"losses.{name}: it samples as it trains, and is no loss on pairs; name it as method")
            elif not self.losses[name] > 0:
                found.append(f"losses.{name} = {self.losses[name]:g}: a weight above 0 was expected")
        if self.method in ONLINE and self.losses:
            found.append(f"method = {self.method} knows no losses on pairs: leave out the one or the other")
        if self.method in ONLINE:
            found += [
                f"{name} is for losses on pairs; of {self.method} it is online.{other}: set that one"
                for name, other in (("max_steps", "steps"), ("learning_rate", "learning_rate"))
                if getattr(self, name) is not None
            ]
        return found + (self.online.problems() if self.method in ONLINE else [])
