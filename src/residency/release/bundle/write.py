"""The bundle but for its card: everything that runs the model, in one folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.core.errors import UsageError
from residency.core.files import read_json, write_json
from residency.core.stage import StageContext
from residency.generation.models import load_tokenizer, tuned_folder
from residency.generation.settings import ModelSettings
from residency.release.base import base_record
from residency.release.bundle.chat import served_template
from residency.release.bundle.contract import contract, tokens
from residency.release.bundle.passages import write_passages
from residency.release.bundle.serving import write_serving
from residency.release.bundle.space import PORTABLE, write_space
from residency.release.bundle.tokens import generation, write_conformance, write_generation, write_tokenizer
from residency.release.bundle.variants import write_variants
from residency.release.bundle.weights import MERGED, base_name, write_merged, write_weights
from residency.release.settings import ReleaseSettings


def write_bundle(
    context: StageContext, serving: Mapping[str, Any], bundle: Path, weights: bool = True
) -> dict[str, Any]:
    """Writes all but the card, the report and the checksums.

    Args:
        context: of the release stage.
        serving: how the model is to be served, as ``release.serving`` gives it.
        bundle: where to; it is not there yet.
        weights: whether with them; variants, which are made of them, are left out too where they are not.

    Returns:
        ``adapter`` (whether it is one), ``base_model``, ``conformance`` (how many examples were proved), ``passages``
        and ``variants``.

    Raises:
        ProofError: the chat template gives other token ids than were trained on.
        UsageError: variants are asked for, and there are no whole weights to make them of.
    """
    settings = context.section("release", ReleaseSettings)
    model = context.section("model", ModelSettings)
    chat = context.section("chat", ChatSettings)
    base_model, tuned = base_name(model), tuned_folder(context.inputs["preference"])
    adapter = write_weights(tuned, bundle, base_model, settings_alone=not weights)
    whole = bundle / MERGED if adapter else bundle
    if settings.variants and adapter and not settings.merge:
        raise UsageError("variants are made of merged weights", "release.variants", "Set release.merge = true too")
    tokenizer = load_tokenizer(model)
    renderer = renderer_of(tokenizer, chat)
    said = read_json(context.inputs["evaluate"] / "models.json")["final"]
    template = served_template(tokenizer, renderer, chat)
    examples = write_tokenizer(tokenizer, template, renderer, bundle)
    write_conformance(examples, bundle)
    write_generation(said, tokenizer, renderer, bundle)
    if adapter and settings.merge:
        context.progress.doing("merging the adapter")
        if weights:
            write_merged(model, tuned, whole, settings.shard_size)
        write_tokenizer(tokenizer, template, renderer, whole)
        write_generation(said, tokenizer, renderer, whole)
    asked = generation(said)
    write_json(bundle / "contract.json", {**contract(), **serving, "tokens": tokens(renderer), "generation": asked})
    shutil.copyfile(PORTABLE / "client.py", bundle / "client.py")
    write_space(settings.title, bundle / "space")
    passages = write_passages(context.inputs["index"], bundle)
    variants = write_variants(whole, settings.variants, bundle) if weights else []
    write_serving(bundle, settings.title, base_record(model), renderer, asked)
    return {
        "adapter": adapter,
        "base_model": base_model,
        "conformance": len(examples),
        "passages": passages,
        "variants": variants,
    }
