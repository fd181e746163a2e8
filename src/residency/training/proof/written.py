"""What a training leaves: the best step's weights, the log, and the proof that they are what they should be."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import torch
from accelerate import PartialState
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file, save_file

from residency.chat.renderer import Renderer
from residency.core.errors import ProofError
from residency.core.files import write_json, write_jsonl
from residency.core.stage import StageContext
from residency.generation.fitting import ROOM, memory
from residency.generation.generate import base_model, generate
from residency.generation.merging import merged
from residency.generation.models import ADAPTER, MODEL, choose_device, choose_dtype, load_model, tuned_folder
from residency.generation.settings import ModelSettings
from residency.generation.shape import model_shape
from residency.training.proof.claims import FILE, Claims
from residency.training.steps.frame import StageTrainer
from residency.training.steps.progress import CHECKPOINTS, LOG, drop_checkpoints, kept_log, sort_targets
from residency.training.watch.keep import Keep

READ = 256
"""Tokens of the text on which models are compared."""
WRITTEN = 8
"""Tokens that a saved model writes."""
CACHED = {torch.float32: 1e-2, torch.bfloat16: 0.5}
"""Nats by which the likeliest token from a cache may be less likely without one: two that are nearly as likely change
places by rounding."""
MERGED = {torch.float32: 1e-3, torch.bfloat16: 0.1}
"""Nats a token within which a model is the same after merging: rounded once more to bfloat16, all weights move a
little. What is lost by it is caught by the other half of the claim, on the weights."""


def write_best(trainer: StageTrainer, keep: Keep, out: Path) -> int:
    """Write the adapter, or the whole model, of the best step, and the log. Returns that step."""
    best = keep.best(trainer.state)
    if trainer.args.should_save:
        model = trainer.accelerator.unwrap_model(trainer.model)
        take(keep.place(best), _place(trainer, out), base_model(model).dtype)
        write_jsonl(out / LOG, kept_log(trainer.state.log_history))
    return best


def write_last(trainer: Any, out: Path) -> list[dict[str, Any]]:
    """Write the adapter, or the whole model, as it is now, and the log, of one of TRL's own trainers; returns the
    log."""
    last = out / CHECKPOINTS / "last"
    trainer.save_model(str(last))
    log = kept_log(trainer.state.log_history)
    if trainer.args.should_save:
        take(last, _place(trainer, out), base_model(trainer.accelerator.unwrap_model(trainer.model)).dtype)
        write_jsonl(out / LOG, log)
    return log


def _place(trainer: Any, out: Path) -> Path:
    """Where :func:`residency.generation.models.tuned_folder` will look for what was trained."""
    model = trainer.accelerator.unwrap_model(trainer.model)
    return out / (ADAPTER if hasattr(model, "peft_config") else MODEL)


def take(found: Path, place: Path, dtype: torch.dtype) -> None:
    """Move saved weights to ``place``, in the precision that the model computes in."""
    place.mkdir(parents=True, exist_ok=True)
    for path in sorted(found.iterdir()):
        if path.suffix == ".safetensors":
            weights = {name: value.to(dtype) for name, value in load_file(path).items()}
            save_file(weights, place / path.name, metadata={"format": "pt"})
        elif path.name.endswith(("config.json", ".safetensors.index.json")):
            shutil.copyfile(path, place / path.name)
    if (place / "adapter_config.json").exists():
        sort_targets(place / "adapter_config.json")


def prove_written(context: StageContext, claims: Claims, text: Sequence[int], renderer: Renderer) -> Claims:
    """All claims, those on the written files included, as they then stand in ``proof.json``; the checkpoints, which
    are no longer needed, are removed. In the process that writes; the others are given the claims of before.

    Args:
        context: the stage's.
        claims: those of the training.
        text: token ids, with a prompt first.
        renderer: of the model.

    Raises:
        ProofError: a claim is false.
    """
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if PartialState().is_main_process:
        settings = context.section("model", ModelSettings)
        claims = claims | prove_saved(where_it_fits(settings), tuned_folder(context.out), text, renderer)
        write_json(context.out / FILE, claims)
        drop_checkpoints(context.out / CHECKPOINTS)
    return claims


def where_it_fits(settings: ModelSettings) -> ModelSettings:
    """The same model on the CPU, slow as it is, where one device does not hold it: weights that a training shared out
    among several are read here into one."""
    device = choose_device(settings.device)
    if device == "cpu" or settings.quantization != "none":
        return settings
    needed = model_shape(settings).parameters * choose_dtype(settings.dtype, device).itemsize
    return settings if needed <= ROOM * memory(device) else settings.model_copy(update={"device": "cpu"})


def prove_saved(settings: ModelSettings, tuned: Path, text: Sequence[int], renderer: Renderer) -> Claims:
    """The claims on what was written: it reloads, differs from its base, says something, and where it is an adapter,
    base + adapter is the same in one piece.

    Args:
        settings: of the base model.
        tuned: the folder of the adapter, or of the whole model.
        text: token ids, with a prompt first.
        renderer: whose stop tokens end an answer.

    Raises:
        ProofError: a claim is false.
    """
    ids = list(text[:READ])
    model = load_model(settings, tuned)
    found = _logprobs(model, ids)
    claims: Claims = {"generates": renderer.decode(prove_writes(model, ids[: max(1, len(ids) // 2)], tuned))}
    if not hasattr(model, "disable_adapter"):
        del model
        moved = float((found - _logprobs(load_model(settings), ids)).abs().mean())
        if not moved > 0:
            raise ProofError("the saved model says what its base says", str(tuned))
        return claims | {"differs_from_base": round(moved, 6)}
    with model.disable_adapter():
        base = _logprobs(model, ids)
    moved = float((found - base).abs().mean())
    if not moved > 0:
        raise ProofError("the saved adapter changes nothing: the model says what its base says", str(tuned))
    dtype = base_model(model).dtype
    if settings.quantization != "none":
        return claims | {"differs_from_base": round(moved, 6), "merges": "not tried: the base is in 4 bits"}
    expected = updated_weights(model)
    off = float((_logprobs(merged(model), ids) - found).abs().mean())
    if not off <= MERGED[dtype]:
        raise ProofError(f"merged, the model is {off:.4f} nats a token off", str(tuned))
    for name, (weight, update) in expected.items():
        # Half of the last place of the larger of the two that were added, and of their sum.
        rounding = torch.finfo(weight.dtype).eps * (update.abs() + weight.float().abs()) + 1e-7
        if not bool(((weight.float() - update).abs() <= rounding).all()):
            raise ProofError(f"merged, {name} is not the base's weight with the adapter's update", str(tuned))
    return claims | {"differs_from_base": round(moved, 6), "merged_gap": round(off, 6), "merged_weights": len(expected)}


def prove_writes(model: Any, prompt: Sequence[int], tuned: Path) -> list[int]:
    """What a model writes next, token by token from its cache, which must be what it gives without one.

    Raises:
        ProofError: a token that was written is less likely than another by more than rounding.
    """
    written = generate(model, [list(prompt)], stop=(), max_new_tokens=WRITTEN)[0]
    given = torch.tensor([[*prompt, *written]], device=next(model.parameters()).device)
    with torch.no_grad():
        logits = model(input_ids=given, use_cache=False, logits_to_keep=len(written) + 1).logits[0, :-1].float()
    short = logits.max(-1).values - logits.gather(1, given[0, len(prompt) :, None])[:, 0]
    if not float(short.max()) <= CACHED[base_model(model).dtype]:
        what = f"the saved model reloads, and writes what it would not say ({float(short.max()):.3f} nats less likely)"
        raise ProofError(what, str(tuned))
    return written


def updated_weights(model: Any) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Of each kind of layer with an adapter (as ``q_proj``, ``experts.down_proj``) the first: its weight, and in fp32
    what it should be when the adapter is merged."""
    found: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}
    for name, layer in model.named_modules():
        if not isinstance(layer, LoraLayer):
            continue
        kind = getattr(layer, "parameter_name", name.rpartition(".")[2])
        if kind in found:
            continue
        weight = getattr(layer.get_base_layer(), getattr(layer, "parameter_name", "weight"))
        held = {part: part.dtype for part in cast(torch.nn.Module, layer).parameters()}
        for part in held:
            part.data = part.data.float()
        update = weight.detach().float() + cast(Any, layer).get_delta_weight("default")
        for part, dtype in held.items():
            part.data = part.data.to(dtype)
        found[kind] = weight, update.detach()
    return found


def _logprobs(model: Any, ids: Sequence[int]) -> torch.Tensor:
    """Of each token but the first, in nats."""
    given = torch.tensor([list(ids)], device=next(model.parameters()).device)
    with torch.no_grad():
        logits = model(input_ids=given, use_cache=False).logits[0, :-1].float()
    found: torch.Tensor = logits.log_softmax(-1).gather(1, given[0, 1:, None])[:, 0]
    return found
