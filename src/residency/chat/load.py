"""The renderer of a model: its family, found or named, with its tokenizer."""

from __future__ import annotations

from typing import Any

from residency.chat.encoder import Encoder
from residency.chat.families import family_of
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings
from residency.core.errors import UsageError


def renderer_of(tokenizer: Any, settings: ChatSettings) -> Renderer:
    """The renderer for a fast tokenizer of Hugging Face.

    Raises:
        UsageError: the tokenizer is no fast one, or not of the family that the settings name, or the family leaves no
            choice whether the model thinks.
        ProofError: the family does not render as the model's own template does.
    """
    encoder = Encoder(tokenizer)
    family = family_of(tokenizer, settings.family, settings.effort, settings.date, encoder)
    if not settings.thinking and (family.thinks == "always" or family.effort):
        fix = 'Set chat.effort = "low"' if family.effort else "Choose another base model"
        raise UsageError(f"models of the family {family.name} cannot be told not to think", "chat.thinking", fix)
    return Renderer(family, encoder, settings.thinking, settings.thought_tokens)
