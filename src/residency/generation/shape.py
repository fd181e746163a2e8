"""How large a model is and what its layers are, from its configuration alone: no weights are read or fetched."""

from __future__ import annotations

from dataclasses import dataclass

from residency.core.errors import InputError, MissingDependencyError
from residency.generation.models import first_line, model_source
from residency.generation.settings import ModelSettings

try:
    import torch
    import transformers
except ImportError as error:
    raise MissingDependencyError(error.name or "torch", "train") from None


@dataclass(frozen=True)
class ModelShape:
    """``parameters`` counts each weight once; ``layers`` names the classes of the blocks that repeat."""

    parameters: int
    layers: tuple[str, ...]


def model_shape(settings: ModelSettings) -> ModelShape:
    """The shape of the recipe's base model.

    Raises:
        InputError: its configuration cannot be had here, or is of an architecture that is not known.
    """
    source = model_source(settings)
    try:
        trusted = settings.trust_remote_code
        config = transformers.AutoConfig.from_pretrained(source, revision=settings.revision, trust_remote_code=trusted)
        if hasattr(config, "quantization_config"):
            del config.quantization_config  # weights are counted as they are trained, not as they are stored
        with torch.device("meta"):
            model = transformers.AutoModelForCausalLM.from_config(config, trust_remote_code=trusted)
    except (OSError, ValueError) as error:
        what = f"the model's size cannot be told ({first_line(error)})"
        raise InputError(what, f"model.name = {settings.name!r}") from error
    parameters = sum(weight.numel() for weight in model.parameters())
    return ModelShape(parameters, tuple(sorted(model._no_split_modules or ())))
