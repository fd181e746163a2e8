"""The model as a training begins with it, and the learning rate that suits it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from residency.core.stage import StageContext
from residency.generation.architectures import learning_rate
from residency.generation.fitting import is_sharded
from residency.generation.generate import base_model
from residency.generation.models import ADAPTER_CONFIG, choose_device, load_model, tuned_folder
from residency.generation.settings import ModelSettings
from residency.training.model.adapter import add_adapter, hold_in_fp32, prepare_full
from residency.training.model.placement import check_placed
from residency.training.model.rowwise import allow_rows, plain_name
from residency.training.model.scoring import make_scorable
from residency.training.settings import LoraSettings, PreferenceSettings, Schedule, Tune

PREFERENCE_RATE = 0.1
"""Preference tuning goes on from a model that is nearly right, at about a tenth of the rate of its SFT."""


def fresh(settings: ModelSettings, tune: Tune, lora: LoraSettings, tell: Callable[[str], None]) -> Any:
    """The base model with a fresh adapter, or with all weights to be trained."""
    model = load_model(settings, trainable=True, tell=tell)
    return add_adapter(model, lora) if tune == "lora" else prepare_full(model, tell)


def going_on(settings: ModelSettings, tuned: Path, tell: Callable[[str], None]) -> tuple[Any, Tune]:
    """The model that an earlier stage trained, to be trained further as it was: its adapter, or all weights."""
    model = load_model(settings, tuned, trainable=True, tell=tell)
    if not (tuned / ADAPTER_CONFIG).exists():
        return prepare_full(model, tell), "full"
    check_placed(model, bool(model.peft_config["default"].target_parameters))
    hold_in_fp32(model)
    return model, "lora"


def begin(settings: PreferenceSettings, model_settings: ModelSettings, context: StageContext) -> tuple[Any, Tune]:
    """The model that is tuned, and whether by an adapter."""
    tell = context.progress.note
    if settings.start == "sft":
        model, tune = going_on(model_settings, tuned_folder(context.inputs["sft"]), tell)
    else:
        model, tune = fresh(model_settings, "lora", settings.lora, tell), "lora"
    return model, tune


def ready(model: Any, schedule: Schedule, settings: ModelSettings) -> None:
    """Let a model score tokens, and compute its activations twice where that is asked for."""
    make_scorable(model)
    allow_rows(model)
    without_card(model)
    if computes_twice(schedule, settings):
        base_model(model).gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})


def computes_twice(schedule: Schedule, settings: ModelSettings) -> bool:
    """Whether activations are computed a second time in the backward pass."""
    twice = schedule.gradient_checkpointing
    return twice == "on" or (twice == "auto" and choose_device(settings.device) != "cpu")


def without_card(model: Any) -> None:
    """Have PEFT write no README.md beside an adapter. It is drawn anew at each checkpoint, which takes longer than to
    write the weights, and none is kept: the release has a card of its own."""
    if hasattr(model, "create_or_update_model_card"):
        model.create_or_update_model_card = lambda output_dir: None


def rate_of(model: Any, schedule: Schedule, tune: Tune, share: float = 1.0) -> float:
    """The peak learning rate: that of the recipe, else ``share`` of the one that suits the architecture and the
    adapter that is on the model, whichever settings it was made by."""
    if schedule.learning_rate is not None:
        return schedule.learning_rate
    config = base_model(model).config.get_text_config()
    return share * learning_rate(config.model_type, config.hidden_size, tune, _strength(model))


def _strength(model: Any) -> float:
    """The scale times the rank of a model's adapter; of a model without one that of the default adapter."""
    if not hasattr(model, "peft_config"):
        return LoraSettings().strength
    made = model.peft_config["default"]
    return LoraSettings(r=made.r, alpha=made.lora_alpha, rslora=made.use_rslora).strength


def like(model: Any) -> Any:
    """A model on which the code that a training runs through can be tried: the model itself, or, where its weights will
    be shared out among processes and are not all here, a random one of the same architecture with two layers."""
    if not is_sharded():
        return model
    base = base_model(model)
    config = type(base.config).from_dict(base.config.to_dict())
    config.num_hidden_layers = 2
    if getattr(config, "layer_types", None):
        # Of each type at least one.
        config.layer_types = [*dict.fromkeys(config.layer_types), config.layer_types[0]][:2]
    config._attn_implementation = plain_name(base)
    with torch.random.fork_rng(), torch.device(choose_device("auto")):
        torch.manual_seed(0)
        # In its precision from the beginning: in fp32, two layers of experts may not fit.
        small = type(base)._from_config(config, dtype=base.dtype)
    make_scorable(small)
    allow_rows(small)
    return small
