"""The tokenizer with the template that serves, how answers are drawn and where they end."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import transformers

from residency.chat.renderer import Renderer
from residency.core.files import write_json
from residency.release.bundle.chat import conformance

CONFORMANCE = "conformance.json"


def write_tokenizer(tokenizer: Any, template: str, renderer: Renderer, folder: Path) -> list[dict[str, Any]]:
    """Writes the tokenizer with the template that serves, reads it back, and proves it; returns the examples that did.

    Raises:
        ProofError: the template in the folder gives other ids than were trained on.
    """
    served = copy.copy(tokenizer)  # the renderer may render by the template of its own
    served.chat_template = template
    served.save_pretrained(str(folder))
    return conformance(transformers.AutoTokenizer.from_pretrained(str(folder)), renderer)


def write_conformance(examples: list[dict[str, Any]], folder: Path) -> None:
    """The examples beside the model: whoever serves it in another way holds that against them."""
    about = "For each example the chat template must give these ids with add_generation_prompt."
    write_json(folder / CONFORMANCE, {"about": about, "examples": examples})


def generation(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a server is asked with: as the evaluation asked.

    Args:
        said: the final model's entry of the evaluation's ``models.json``.
    """
    drawn = said["sampling"]
    found: dict[str, Any] = {"max_tokens": said["answer_tokens"] + said["thought_tokens"]}
    found["temperature"] = drawn["temperature"]
    return found | ({"top_p": drawn["top_p"]} if drawn["temperature"] else {})


def write_generation(said: Mapping[str, Any], tokenizer: Any, renderer: Renderer, folder: Path) -> None:
    """``generation_config.json``: the sampling that was evaluated, and every token that ends an answer."""
    drawn = said["sampling"]
    options: dict[str, Any] = {"do_sample": False}
    if drawn["temperature"]:
        options = {"do_sample": True, **{name: drawn[name] for name in ("temperature", "top_p", "top_k")}}
    pad = tokenizer.pad_token_id
    transformers.GenerationConfig(
        eos_token_id=list(renderer.stops),
        pad_token_id=renderer.stops[0] if pad is None else pad,
        bos_token_id=tokenizer.bos_token_id,
        max_new_tokens=said["answer_tokens"] + said["thought_tokens"],
        **options,
    ).save_pretrained(str(folder))
