"""A page to try the model on, for a Space or one's own machine. Not for patients' data, nor for decisions about them.

Set MODEL_REPO to the model's repository (or to a folder that holds the bundle) in the Space's settings.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import client
import gradio as gr

NOTICE = (
    "For qualified clinicians, to try the model. It errs: no answer of it decides anything about a patient, and no "
    "patient's data belong here."
)


@cache
def bundle() -> Path:
    """Where the model's files lie, fetched where they must be."""
    repository = os.environ.get("MODEL_REPO", "")
    if not repository:
        raise gr.Error("Set MODEL_REPO to the model's repository in the Space's settings")
    if Path(repository).is_dir():
        return Path(repository)
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(repository))


@cache
def model() -> client.Local:
    """The model: merged weights where there are any."""
    merged = bundle() / "merged"
    return client.Local(merged if (merged / "config.json").exists() else bundle(), os.environ.get("BASE_MODEL", ""))


@cache
def passages() -> dict[str, dict[str, Any]]:
    """The passages that the bundle holds, by id."""
    path = bundle() / "passages.jsonl"
    lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
    return {row["id"]: row for row in map(json.loads, filter(None, lines))}


def answer(question: str, history: list[dict[str, Any]], mode: str, ids: str) -> str:
    """What the model says, below the turns so far. ``ids`` name passages of the bundle, with commas between them."""
    wanted = [name.strip() for name in ids.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in passages()]:
        return f"The bundle holds no passage called {', '.join(unknown)}."
    turns = [{"role": turn["role"], "content": client.safe(model().contract, _text(turn))} for turn in history]
    given = [passages()[name] for name in wanted] if wanted else None
    thought, said = model().ask(client.build(model().contract, question, mode, given, turns))
    return said or f"(The answer was cut in the model's thought: {thought[-200:]})"


def _text(turn: dict[str, Any]) -> str:
    content = turn["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def page() -> Any:
    """The page."""
    return gr.ChatInterface(
        answer,
        title=os.environ.get("TITLE", "Surgical assistant"),
        description=NOTICE,
        additional_inputs=[
            gr.Radio(["CLINICAL", "EXAM"], value="CLINICAL", label="Mode"),
            gr.Textbox("", label="Passages to answer from (ids, with commas between them)"),
        ],
    )


if __name__ == "__main__":
    page().launch()
