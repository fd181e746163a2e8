"""What is known of each architecture, in one table with reasons. Data; needs no torch.

An architecture that is not in the table is taken as it is found: its attention as transformers chooses it, its
experts and routers by the shapes of its weights (``residency.training.model.placement``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LORA_RATE, REFERENCE_HIDDEN, REFERENCE_STRENGTH = 5e-4, 2000, 32.0
LORA_OVER_FULL = 10.0
"""LoRA learns best at about ten times the learning rate of full fine-tuning ("LoRA Without Regret", 2025)."""


@dataclass(frozen=True)
class Architecture:
    """One row: the names are those of the parts of a model as transformers 5 loads it."""

    reasons: str
    """Why the row says what it says."""
    routers: tuple[str, ...] = ()
    """Modules that choose the experts, by the end of their names: never trained."""
    active: str = "num_experts_per_tok"
    """The key of the config that says how many experts work on a token."""
    cuda_training_attention: str | None = None
    """The attention to train with on a CUDA device; None leaves it to transformers."""
    flash_training: bool = True
    """Whether flash kernels give right gradients."""
    rate_power: float = 0.0
    """The learning rate falls with this power of the hidden size."""


DENSE = Architecture(
    "Attention and MLP are linear layers, and attention goes through SDPA. Nobody has published how the rate goes with "
    "the size of an architecture that is not in this table: it does not change."
)
ARCHITECTURES: dict[str, Architecture] = {
    "gpt_oss": Architecture(
        "Experts lie in two parameters of three dimensions, (experts, in, out), with biases beside them: PEFT's "
        "all-linear passes them over. The router is a module of its own, no linear layer. Attention has sinks, one "
        "more logit in each softmax, which SDPA cannot express: eager on a CPU; on CUDA flex attention, which hands on "
        "the gradient of the log-sum-exp that the sinks need. FA3 kernels that know sinks compute them forward only. "
        "No rate by size is published for it: it is held to that of Qwen3, whose hidden sizes are alike.",
        routers=("router",),
        cuda_training_attention="flex_attention",
        flash_training=False,
        rate_power=0.0775,
    ),
    "qwen3_moe": Architecture(
        "Experts lie in two parameters of three dimensions, (experts, out, in), without biases: PEFT's "
        "all-linear reaches them at twice the rank, and trains the routers with them. Attention as in dense models. "
        "The rate hardly depends on the size.",
        routers=("mlp.gate",),
        rate_power=0.0775,
    ),
    "qwen3": Architecture("Dense. The rate hardly depends on the size.", rate_power=0.0775),
    "llama": Architecture(
        "Dense (SmolLM2, the embedded model, is one). Small models bear a higher rate.", rate_power=0.781
    ),
}


def architecture_of(model_type: str) -> Architecture:
    """The row of a config's ``model_type``; that of dense models where there is none."""
    return ARCHITECTURES.get(model_type, DENSE)


def learning_rate(
    model_type: str, hidden_size: int, tune: Literal["lora", "full"] = "lora", strength: float = REFERENCE_STRENGTH
) -> float:
    """A peak learning rate to start from: 5e-4 x (2000 / hidden size)^power for LoRA at alpha 32, a tenth for full.

    Args:
        model_type: that of the model's config.
        hidden_size: the width of the model.
        tune: what is trained.
        strength: the adapter's scale times its rank (alpha; with rsLoRA alpha x sqrt(r)). A first step moves the
            weights in proportion to it, whatever the rank, so that the rate goes with its inverse.
    """
    rate: float = LORA_RATE * (REFERENCE_HIDDEN / hidden_size) ** architecture_of(model_type).rate_power
    return rate * REFERENCE_STRENGTH / strength if tune == "lora" else rate / LORA_OVER_FULL


def attention_for(model_type: str, device: str, trainable: bool) -> str | None:
    """What ``attention = "auto"`` means; None is what transformers chooses itself: SDPA where the model has it, else
    eager."""
    return architecture_of(model_type).cuda_training_attention if trainable and device == "cuda" else None
