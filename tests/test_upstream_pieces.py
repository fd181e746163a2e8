"""What is shown of an answer while it is written is what the whole answer says, and is never taken back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.chat.load import renderer_of
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings
from residency.core.records import Message
from residency.core.tools import call
from residency.serving.upstream.pieces import Pieces

HARMONY = ("<|start|>", "<|message|>", "<|channel|>", "<|end|>", "<|call|>", "<|return|>", "<|constrain|>")
FAMILIES = ("chatml", "qwen3-thinking", "qwen3", "qwen3-instruct", "harmony", "template")
CALL = call("search_guidelines", {"query": "naïve “hernia”", "since": "2024"})
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\n é½🩺👩🏽‍⚕️中"), max_size=40)


@pytest.fixture(scope="module")
def renderers(thinking_model: Path, tiny_model: Path) -> dict[str, Renderer]:
    from transformers import AutoTokenizer

    found = {}
    for name in FAMILIES:
        folder = thinking_model if name.startswith("qwen") else tiny_model
        tokenizer: Any = AutoTokenizer.from_pretrained(str(folder))
        if name == "harmony":
            tokenizer.add_tokens(list(HARMONY))
        found[name] = renderer_of(tokenizer, ChatSettings(family=name))
    return found


def answer(renderer: Renderer, text: str, thought: str, calls: bool) -> Message:
    found: Message = {"role": "assistant", "content": text}
    if renderer.thinking:
        found["thinking"] = thought
    if calls:
        found["tool_calls"] = [CALL]
    return found


def shown(renderer: Renderer, ids: Sequence[int], sizes: Sequence[int], stop: Sequence[str] = ()) -> Message:
    """What comes in pieces, of so many ids each by turns."""
    pieces, at, turn = Pieces(renderer, stop), 0, 0
    text = thinking = ""
    while at < len(ids) and not pieces.stopped:
        size = sizes[turn % len(sizes)]
        more = pieces.add(ids[at : at + size])
        text, thinking, at, turn = text + more[0], thinking + more[1], at + size, turn + 1
    rest, thought, calls = pieces.rest()
    found: Message = {"role": "assistant", "content": text + rest, "thinking": thinking + thought}
    return {**found, "tool_calls": list(calls)}


@pytest.mark.parametrize("name", FAMILIES)
@given(text=TEXTS, thought=TEXTS.filter(str.strip), calls=st.booleans(), sizes=st.lists(st.integers(1, 9), min_size=1))
def test_the_pieces_are_the_answer(
    renderers: dict[str, Renderer], name: str, text: str, thought: str, calls: bool, sizes: list[int]
) -> None:
    renderer = renderers[name]
    ids = renderer.target(answer(renderer, text, thought, calls and name not in ("chatml", "template")))[:-1]
    whole = renderer.message(ids)
    given = shown(renderer, ids, sizes)
    assert given["content"] == whole["content"].strip()
    assert given["thinking"] == whole.get("thinking", "").strip()
    assert given["tool_calls"] == whole.get("tool_calls", [])


@pytest.mark.parametrize("name", FAMILIES)
@given(ids=st.lists(st.integers(0, 1210), max_size=40), sizes=st.lists(st.integers(1, 5), min_size=1))
def test_nonsense_is_shown_as_far_as_it_stands(
    renderers: dict[str, Renderer], name: str, ids: list[int], sizes: list[int]
) -> None:
    renderer = renderers[name]
    ids = [number for number in ids if number not in renderer.stops and number < len(renderer.encoder.controls) + 1190]
    pieces = Pieces(renderer)
    for at in range(0, len(ids), sizes[0]):
        text, thinking = pieces.add(ids[at : at + sizes[0]])
        assert not any(token in text + thinking for token in renderer.family.stops)
    pieces.rest()


def test_a_character_comes_whole(renderers: dict[str, Renderer]) -> None:
    renderer = renderers["chatml"]
    ids = renderer.target({"role": "assistant", "content": "a 🩺 b"})[:-1]
    assert len(ids) > 5, "the character is several tokens"
    pieces = Pieces(renderer)
    given = [pieces.add([number])[0] for number in ids]
    assert "".join(given) == "a 🩺 b"
    assert " 🩺" in given


def test_a_call_is_not_shown_while_it_is_written(renderers: dict[str, Renderer]) -> None:
    for name in ("qwen3-thinking", "harmony"):
        renderer, text = renderers[name], "I look."
        ids = renderer.target(answer(renderer, text, "Hm.", True))[:-1]
        pieces = Pieces(renderer)
        given = "".join(pieces.add([number])[0] for number in ids)
        assert given == text


def test_a_call_that_is_broken_is_text_at_the_end(renderers: dict[str, Renderer]) -> None:
    renderer = renderers["qwen3-instruct"]
    ids = renderer.target(answer(renderer, "I look.", "", True))[:-2]
    pieces = Pieces(renderer)
    given = "".join(pieces.add([number])[0] for number in ids)
    assert given == "I look."
    rest, _, calls = pieces.rest()
    assert "search_guidelines" in rest or calls


@pytest.mark.parametrize("size", [1, 3, 50])
@pytest.mark.parametrize(
    ("stop", "wanted"),
    [(["Why"], "One."), (["One"], ""), (["never"], "One. Why? Two."), (["x", "", "wo."], "One. Why? T")],
)
def test_an_answer_ends_before_a_string_to_stop_at(
    renderers: dict[str, Renderer], size: int, stop: list[str], wanted: str
) -> None:
    renderer = renderers["chatml"]
    ids = renderer.target({"role": "assistant", "content": "One. Why? Two."})[:-1]
    assert shown(renderer, ids, [size], stop)["content"] == wanted
