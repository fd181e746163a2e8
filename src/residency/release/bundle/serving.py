"""How the bundle is served: commands for common servers and a Modelfile, as they are right for the family."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from residency.chat.renderer import Renderer
from residency.core.files import read_json, write_text
from residency.generation.models import ADAPTER_CONFIG

TEMPLATES = Path(__file__).parent / "templates"
RANKS: Sequence[int] = (8, 16, 32, 64, 128, 256, 320, 512)
"""What vLLM's ``--max-lora-rank`` may be, by its documentation of 2026."""
TOOL_PARSERS = {"qwen3": "hermes", "qwen3-thinking": "hermes", "qwen3-instruct": "hermes", "harmony": "openai"}
REASONING_PARSERS = {"qwen3": "qwen3", "qwen3-thinking": "deepseek_r1"}


def write_serving(
    bundle: Path, title: str, base: Mapping[str, Any], renderer: Renderer, generation: Mapping[str, Any]
) -> None:
    """Writes ``SERVING.md``, and a ``Modelfile`` where Ollama's templates can say what the family's prompts need.

    Args:
        bundle: whose weights are there already.
        title: the model's name.
        base: the base model and its weights, as ``release.base`` tells of them.
        renderer: of the run.
        generation: what a server is asked with.
    """
    family = renderer.family
    adapter = (bundle / ADAPTER_CONFIG).exists()
    modelfile = _modelfile(renderer, generation)
    flags = ""
    if family.name in REASONING_PARSERS and renderer.thinking:
        flags += f" --reasoning-parser {REASONING_PARSERS[family.name]}"
    if family.name in TOOL_PARSERS:
        flags += f" --enable-auto-tool-choice --tool-call-parser {TOOL_PARSERS[family.name]}"
    environment = jinja2.Environment(  # noqa: S701 - Markdown
        loader=jinja2.FileSystemLoader(TEMPLATES), trim_blocks=True, undefined=jinja2.StrictUndefined
    )
    text = environment.get_template("SERVING.md.j2").render(
        adapter=adapter,
        merged=(bundle / "merged").is_dir(),
        base=base["name"],
        converted=base if base["kind"] == "converted" else None,
        quantised=base["quantization"] != "none",
        rank=_rank(bundle) if adapter else 0,
        name=re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "model",
        flags=flags,
        harmony=family.name == "harmony",
        whole="merged" if adapter else ".",
        llama_sampling="".join(
            f" --{name} {generation[key]}"
            for key, name in (("temperature", "temp"), ("top_p", "top-p"))
            if key in generation
        ),
        modelfile=bool(modelfile),
    )
    write_text(bundle / "SERVING.md", text)
    if modelfile:
        write_text(bundle / "Modelfile", modelfile)


def _rank(bundle: Path) -> int:
    """The least rank that vLLM can be told that holds all of the adapter's."""
    config = read_json(bundle / ADAPTER_CONFIG)
    largest = max([config["r"], *config.get("rank_pattern", {}).values()])
    return next((rank for rank in RANKS if rank >= largest), largest)


def _modelfile(renderer: Renderer, generation: Mapping[str, Any]) -> str:
    """For families of ChatML's form; empty for others."""
    family = renderer.family
    if family.name != "chatml" and not family.name.startswith("qwen3"):
        return ""
    header = "".join(map(str, family.header(renderer.thinking)))
    lines = [
        "FROM ./model-f16.gguf",
        'TEMPLATE """{{- range .Messages }}<|im_start|>{{ .Role }}',
        "{{ .Content }}<|im_end|>",
        f'{{{{ end }}}}{header}"""',
        *(f'PARAMETER stop "{stop}"' for stop in family.stops),
        f"PARAMETER num_predict {generation['max_tokens']}",
        *(f"PARAMETER {name} {generation[name]}" for name in ("temperature", "top_p") if name in generation),
    ]
    return "\n".join(lines) + "\n"
