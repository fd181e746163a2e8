"""Loading models and tokenizers: the embedded default, a folder or a hub id; safetensors only."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from residency.core.errors import InputError, MissingDependencyError
from residency.generation.embedded import embedded_model_folder
from residency.generation.settings import ModelSettings

try:
    import torch
    import transformers
    from safetensors import SafetensorError
except ImportError as error:
    raise MissingDependencyError(error.name or "torch", "train") from None

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
# These libraries warn of each other's deprecations, about which a user can do nothing.
warnings.filterwarnings("ignore", category=FutureWarning, module="transformers|trl|peft")


OTHERWISE = "Set model.name to embedded, to a model's folder or to a hub id"


def model_source(settings: ModelSettings) -> str:
    """What transformers loads from: a folder's path or a hub id.

    Raises:
        InputError: the name is that of a folder, and no model lies there.
    """
    if settings.name == "embedded":
        return str(embedded_model_folder())
    if settings.folder is None:
        return settings.name
    if not settings.folder.is_dir():
        raise InputError("there is no such folder", _where(settings), OTHERWISE)
    if not (settings.folder / "config.json").exists():
        raise InputError("there is no model in this folder (no config.json)", _where(settings), OTHERWISE)
    return str(settings.folder)


def load_tokenizer(settings: ModelSettings) -> Any:
    """The model's fast tokenizer."""
    return _load(transformers.AutoTokenizer, settings)


def load_model(settings: ModelSettings, adapter: Path | None = None, trainable: bool = False) -> Any:
    """The base model, with an adapter when one is given.

    Args:
        settings: which model, in which precision, where.
        adapter: a PEFT adapter's folder.
        trainable: whether the adapter's weights are to be trained further.

    Raises:
        InputError: there is no such model or device, or its weights are missing, incomplete or damaged.
    """
    device = choose_device(settings.device)
    model, report = _load(
        transformers.AutoModelForCausalLM,
        settings,
        dtype=choose_dtype(settings.dtype, device),
        use_safetensors=True,
        output_loading_info=True,
    )
    if missing := sorted(report["missing_keys"]):
        # transformers fills them with random numbers and goes on.
        raise InputError(f"the model's files lack {len(missing)} weights, such as {missing[0]}", _where(settings))
    model.to(device)
    if adapter is not None:
        import peft

        # Adapters stay in the model's own precision: PEFT's default of fp32 costs 40% of the speed.
        model = peft.PeftModel.from_pretrained(
            model, str(adapter), is_trainable=trainable, autocast_adapter_dtype=False
        )
    return model if trainable else model.eval()


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
    try:
        return loader.from_pretrained(source, revision=settings.revision, trust_remote_code=False, **options)
    except (OSError, ValueError) as error:
        raise InputError(f"the model cannot be loaded ({_first_line(error)})", _where(settings), OTHERWISE) from error
    except (SafetensorError, RuntimeError) as error:
        what = f"the model's weights are damaged or do not fit its config.json ({_first_line(error)})"
        raise InputError(what, _where(settings), "Fetch the model again") from error


def _where(settings: ModelSettings) -> str:
    return f"model.name = {settings.name!r}"


def _first_line(error: Exception) -> str:
    """The beginning of an error's text, for one line of ours."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".: ")
