"""Loading models and tokenizers: the embedded default, a folder or a hub id; safetensors only."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from residency.core.errors import InputError, MissingDependencyError
from residency.generation.architectures import architecture_of, attention_for
from residency.generation.embedded import embedded_model_folder
from residency.generation.settings import ModelSettings

try:
    import torch
    import transformers
    from safetensors import SafetensorError
except ImportError as error:
    raise MissingDependencyError(error.name or "torch", "train") from None

from residency.generation import fitting, quantisation

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
# These libraries warn of each other's deprecations, about which a user can do nothing.
warnings.filterwarnings("ignore", category=FutureWarning, module="transformers|trl|peft")

ADAPTER, MODEL = "adapter", "model"
ADAPTER_CONFIG = "adapter_config.json"
OTHERWISE = "Set model.name to embedded, to a model's folder or to a hub id"


def model_source(settings: ModelSettings) -> str:
    """What transformers loads from: a folder's path (that of a GGUF file's folder) or a hub id.

    Raises:
        InputError: the name is that of a folder, and no model lies there.
    """
    if settings.name == "embedded":
        return str(embedded_model_folder())
    if settings.folder is None:
        return settings.name
    if settings.gguf:
        return str(settings.folder.parent)
    if not settings.folder.is_dir():
        raise InputError("there is no such folder", _where(settings), OTHERWISE)
    if not (settings.folder / "config.json").exists():
        raise InputError("there is no model in this folder (no config.json)", _where(settings), OTHERWISE)
    return str(settings.folder)


def load_tokenizer(settings: ModelSettings) -> Any:
    """The model's fast tokenizer."""
    return _load(transformers.AutoTokenizer, settings)


def load_generation_config(settings: ModelSettings) -> Any:
    """How the model's makers would have it write; None where its files do not say."""
    try:
        return transformers.GenerationConfig.from_pretrained(
            model_source(settings), revision=settings.revision or "main"
        )
    except OSError:
        return None


def load_model(
    settings: ModelSettings,
    tuned: Path | None = None,
    trainable: bool = False,
    tell: Callable[[str], None] = lambda line: None,
    scores: bool = False,
) -> Any:
    """The base model, or what became of it.

    Args:
        settings: which model, in which precision, where.
        tuned: the folder of an adapter, which is put onto the base model, or that of a whole model, which takes
            its place: see :func:`tuned_folder`.
        trainable: whether the model, or its adapter, is to be trained.
        tell: is given a line where the weights hardly fit.
        scores: whether it has a score head, of random weights, in place of its output head.

    Raises:
        InputError: there is no such model or device, its weights are missing, incomplete, damaged or too large, or it
            can't be loaded with the attention or the quantisation that is asked for.
    """
    device = choose_device(settings.device)
    is_adapter = tuned is not None and (tuned / ADAPTER_CONFIG).exists()
    if tuned is not None and not is_adapter:
        settings = settings.model_copy(update={"name": str(tuned.absolute()), "revision": None})
    dtype = choose_dtype(settings.dtype, device)
    config = _load(transformers.AutoConfig, settings)
    if trainable:
        _refuse_forward_only(settings, config.model_type)
    attention = settings.attention
    chosen = attention_for(config.model_type, device, trainable) if attention == "auto" else attention
    quantised = quantisation.options(settings, config, dtype, trainable)
    skeleton = _skeleton(settings, config, dtype, chosen)
    if settings.quantization == "4bit":
        quantisation.check_4bit(skeleton, settings)
    needed = fitting.weights_size(skeleton, dtype, settings.quantization)
    spread = {} if trainable else fitting.spread_over_devices(needed, device)
    if trainable:
        fitting.check_fits(needed, device, _where(settings), "the model's weights", tell)
    model, report = _load(
        transformers.AutoModelForSequenceClassification if scores else transformers.AutoModelForCausalLM,
        settings,
        dtype=dtype,
        attn_implementation=chosen,
        use_safetensors=True,
        output_loading_info=True,
        **quantised,
        **spread,
        **({"num_labels": 1} if scores else {}),
    )
    if missing := sorted(set(report["missing_keys"]) - ({"score.weight"} if scores else set())):
        # transformers fills them with random numbers and goes on.
        raise InputError(f"the model's files lack {len(missing)} weights, such as {missing[0]}", _where(settings))
    if settings.quantization == "4bit":
        quantisation.check_4bit(model, settings)
        quantisation.keep_differentiable(model)
    if not spread and not (trainable and fitting.is_sharded()):
        model.to(device)
    if is_adapter:
        import peft

        with warnings.catch_warnings():
            # It does not know that a pattern may be meant for a parameter.
            warnings.filterwarnings("ignore", message="The following rank_pattern keys")
            # Adapters stay in the model's own precision: PEFT's default of fp32 costs 40% of the speed.
            model = peft.PeftModel.from_pretrained(
                model, str(tuned), is_trainable=trainable, autocast_adapter_dtype=False
            )
    return model if trainable else model.eval()


def tuned_folder(stage_folder: Path) -> Path:
    """Where a training stage left what it trained: ``adapter/`` below its folder, or after full fine-tuning ``model/``.

    Raises:
        InputError: neither is there.
    """
    for name, file in ((ADAPTER, ADAPTER_CONFIG), (MODEL, "config.json")):
        if (stage_folder / name / file).exists():
            return stage_folder / name
    raise InputError("there is neither an adapter nor a model", str(stage_folder), "Type: residency run RECIPE")


def _refuse_forward_only(settings: ModelSettings, model_type: str) -> None:
    if "flash" in settings.attention and not architecture_of(model_type).flash_training:
        what = f"flash kernels compute no gradient through the attention sinks of {model_type}"
        raise InputError(what, f"model.attention = {settings.attention!r}", "Set it to auto, or train with eager")


def _skeleton(settings: ModelSettings, config: Any, dtype: torch.dtype, attention: str | None) -> Any:
    """The model without weights, for what can be known before they are read."""
    try:
        with torch.device("meta"):
            return transformers.AutoModelForCausalLM.from_config(
                config, dtype=dtype, attn_implementation=attention, trust_remote_code=settings.trust_remote_code
            )
    except (ImportError, ValueError) as error:
        if attention is None:
            raise InputError(
                f"the model cannot be loaded ({first_line(error)})", _where(settings), OTHERWISE
            ) from error
        what = f"the model cannot be loaded with this attention ({first_line(error)})"
        raise InputError(what, f"model.attention = {settings.attention!r}", "Set it to auto or eager") from error


def choose_device(name: str) -> str:
    """``auto`` resolved to what is there; a device that is named and not there is an InputError."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return next(device for device, found in there.items() if found)
    if not there[name]:
        raise InputError("this machine has no such device", f"model.device = {name!r}", "Set it to auto")
    return name


def choose_dtype(name: str, device: str) -> torch.dtype:
    """``auto`` resolved: bfloat16 on an accelerator or a processor with bfloat16 units, else float32."""
    if name != "auto":
        return torch.bfloat16 if name == "bfloat16" else torch.float32
    if device != "cpu":
        return torch.bfloat16
    fast = any(
        getattr(torch.cpu, probe, lambda: False)() for probe in ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    )
    return torch.bfloat16 if fast else torch.float32


def _load(loader: Any, settings: ModelSettings, **options: Any) -> Any:
    source = model_source(settings)
    if settings.gguf:
        options = {name: value for name, value in options.items() if name != "use_safetensors"}
        options |= {"gguf_file": settings.gguf}
    try:
        return loader.from_pretrained(
            source, revision=settings.revision, trust_remote_code=settings.trust_remote_code, **options
        )
    except (OSError, ValueError) as error:
        raise InputError(f"the model cannot be loaded ({first_line(error)})", _where(settings), OTHERWISE) from error
    except (SafetensorError, RuntimeError) as error:
        what = f"the model's weights are damaged or do not fit its config.json ({first_line(error)})"
        raise InputError(what, _where(settings), "Fetch the model again") from error


def _where(settings: ModelSettings) -> str:
    return f"model.name = {settings.name!r}"


def first_line(error: Exception) -> str:
    """The beginning of an error's text, for one line of ours."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].split(". ")[0].rstrip(".: ")
