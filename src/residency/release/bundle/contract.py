"""The prompt contract as data, for a client that does not have this package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from residency.chat.renderer import Renderer
from residency.core import prompt, tools
from residency.core.records import Passage


def contract() -> dict[str, Any]:
    """What the model reads: who it is, its modes, how passages stand in the prompt, its tools."""
    return {
        "identity": prompt.IDENTITY,
        "modes": {mode: prompt.system_message(mode)["content"] for mode in prompt.MODES},
        "default_mode": prompt.DEFAULT_MODE,
        "context": prompt.user_message("{question}", [])["content"].replace(prompt.NOTHING_FOUND, "{passages}"),
        "context_if_it_helps": prompt.user_message("{question}", [], "if_it_helps")["content"].replace(
            prompt.NOTHING_FOUND, "{passages}"
        ),
        "passage": _passage({"date": "{month}"}),
        "passage_superseded": _passage({"date": "{month}", "superseded_by": "yes"}),
        "passage_undated": _passage({}),
        "nothing_found": prompt.NOTHING_FOUND,
        "tools": list(tools.TOOLS),
        "failures": dict(tools.FAILED),
    }


def tokens(renderer: Renderer) -> dict[str, list[str]]:
    """The tokens that end an answer, and all those that no text may hold."""
    written = [token for token in renderer.encoder.controls if token.strip()]
    return {"stop": list(renderer.family.stops), "control": sorted(written, key=lambda token: (-len(token), token))}


def _passage(fields: Mapping[str, str]) -> str:
    """How a passage stands in the prompt, with its parts as fields."""
    passage = {"title": "{title}", "text": "{text}", "date": "", **fields}
    return f"[{{number}}] {prompt.passage_text(cast(Passage, passage))}"
