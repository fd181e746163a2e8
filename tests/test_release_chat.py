"""The bundle's chat template: by plain transformers it gives the ids that were trained on, in every family."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest

from residency.chat.encoder import Encoder
from residency.chat.families import family_of
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings
from residency.core.errors import ProofError
from residency.release.bundle.chat import conformance, rendered, served_template
from tests.real_tokenizers import chat_template, real_tokenizer

FAMILIES: list[tuple[str, str, dict[str, Any]]] = [
    ("gptoss", "gptoss", {"family": "harmony"}),
    ("gptoss", "gptoss", {"family": "harmony", "effort": "low", "date": "2026-01-31"}),
    ("qwen3", "qwen3_thinking_2507", {"family": "qwen3-thinking"}),
    ("qwen3", "qwen3", {"family": "qwen3"}),
    ("qwen3", "qwen3", {"family": "qwen3", "thinking": False}),
    ("qwen3", "qwen3_instruct_2507", {"family": "qwen3-instruct"}),
    ("qwen3", "qwen3_instruct_2507", {"family": "template"}),
]


@cache
def encoder(name: str) -> Encoder:
    return Encoder(real_tokenizer(name))


def served(name: str, template: str, chat: ChatSettings) -> tuple[Any, Renderer]:
    """The tokenizer with the bundle's template, and the run's renderer."""
    tokenizer = copy.copy(real_tokenizer(name))
    tokenizer.chat_template = chat_template(template)
    family = family_of(tokenizer, chat.family, chat.effort, chat.date, encoder(name))
    renderer = Renderer(family, encoder(name), chat.thinking, chat.thought_tokens)
    bundled = copy.copy(tokenizer)
    bundled.chat_template = served_template(tokenizer, renderer, chat)
    return bundled, renderer


@pytest.mark.parametrize(("name", "template", "chat"), FAMILIES, ids=lambda value: str(value))
def test_plain_transformers_give_the_ids_that_were_trained_on(name: str, template: str, chat: dict[str, Any]) -> None:
    tokenizer, renderer = served(name, template, ChatSettings(**chat))
    examples = conformance(tokenizer, renderer)
    names = {example["name"] for example in examples}
    assert {"EXAM: several turns", "CLINICAL: passages, then a turn"} <= names
    assert ("EXAM: a search before" in names) == renderer.family.tools
    assert all(renderer.prompt(each["messages"], each["tools"]) == each["ids"] for each in examples)


def test_what_a_caller_chooses_overrules_what_the_run_chose() -> None:
    tokenizer, _ = served("gptoss", "gptoss", ChatSettings(family="harmony", effort="low"))
    messages = [{"role": "user", "content": "Hello"}]
    assert "Reasoning: low" in tokenizer.apply_chat_template(messages, tokenize=False)
    assert "Reasoning: high" in tokenizer.apply_chat_template(messages, tokenize=False, reasoning_effort="high")


SCHEMAS: list[dict[str, Any]] = [
    {"type": "object", "properties": {}},
    {
        "type": "object",
        "description": "What is wanted.",
        "properties": {
            "unit": {"type": "string", "enum": ["mg", "g"], "default": "mg"},
            "dose": {"type": "number", "description": "In units.", "title": "Dose", "default": 5},
            "routes": {"type": "array", "items": {"type": "string"}},
            "other": {"type": "array"},
            "patient": {"type": "object", "properties": {"age": {"type": ["integer", "null"]}}, "required": ["age"]},
            "name": {"type": "string", "default": "none"},
            "urgent": {"type": "boolean"},
        },
        "required": ["dose"],
    },
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_hospital_s_own_tools_stand_in_the_prompt_as_harmony_writes_them(schema: dict[str, Any]) -> None:
    tokenizer, renderer = served("gptoss", "gptoss", ChatSettings(family="harmony"))
    tool = {"type": "function", "function": {"name": "give", "description": "Give.\nOnce.", "parameters": schema}}
    example = {"messages": [{"role": "user", "content": "Hello"}], "tools": [tool]}
    assert rendered(tokenizer, example) == renderer.prompt(example["messages"], [tool])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "planted"),
    [("Knowledge cutoff: ", "Knowledge cut-off: "), ("+ said +", "+ ' ' + said +")],
)
def test_a_template_that_differs_by_a_token_is_refused(given: str, planted: str) -> None:
    tokenizer, renderer = served("gptoss", "gptoss", ChatSettings(family="harmony"))
    assert given in tokenizer.chat_template
    tokenizer.chat_template = tokenizer.chat_template.replace(given, planted)
    with pytest.raises(ProofError, match="conformance example"):
        conformance(tokenizer, renderer)


def test_a_template_that_cannot_render_is_refused() -> None:
    tokenizer, renderer = served("qwen3", "qwen3", ChatSettings(family="qwen3"))
    tokenizer.chat_template = "{{ raise_exception('no') }}"
    with pytest.raises(ProofError, match="cannot render it"):
        conformance(tokenizer, renderer)
