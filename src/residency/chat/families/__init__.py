"""Families of chat formats, and which of them a model belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any, get_args

from residency.chat.encoder import Encoder
from residency.chat.families.base import Family, Tools
from residency.chat.families.chatml import END, START, ChatML
from residency.chat.families.probes import TOOL, call
from residency.chat.families.qwen3 import Qwen3Hybrid, Qwen3Instruct, Qwen3Thinking
from residency.chat.families.template import Template
from residency.chat.segments import Control, Segment, joined, shown
from residency.chat.settings import FamilyName
from residency.core.errors import ProofError, UsageError
from residency.core.records import Message

NAMES: tuple[str, ...] = get_args(FamilyName)
_KEY = "chat.family"
_HARMONY = ("<|start|>", "<|message|>", "<|channel|>", "<|end|>", "<|call|>", "<|return|>", "<|constrain|>")
_CHATML = (START.token, END.token)
_QWEN3 = (*_CHATML, "<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>")
_NEEDS: Mapping[str, Sequence[str]] = {
    "harmony": _HARMONY,
    "qwen3-thinking": _QWEN3,
    "qwen3": _QWEN3,
    "qwen3-instruct": _QWEN3,
    "chatml": _CHATML,
}
_CALL = call("dose, 3.5 mg")
_ASKED: list[Message] = [{"role": "user", "content": "What now? 3.5 mg [1]\n\nA) – é"}]
_THOUGHTFUL: Message = {"role": "assistant", "content": "Key point: this.", "thinking": "It says so."}
_BARE: Message = {"role": "assistant", "content": "Key point: this."}
_DIALOGUE: list[Message] = [
    {"role": "system", "content": "Be brief.\nMode: EXAM"},
    *_ASKED,
    _THOUGHTFUL,
    {"role": "user", "content": "Why?"},
]
_LOOP: list[Message] = [
    *_DIALOGUE,
    {"role": "assistant", "content": "I look.", "thinking": "Two things.", "tool_calls": [_CALL, _CALL]},
    {"role": "tool", "content": "one"},
    {"role": "tool", "content": "two"},
]
_PROBES: tuple[tuple[list[Message], Tools], ...] = ((_ASKED, ()), (_DIALOGUE, ()), (_ASKED, [TOOL]), (_LOOP, [TOOL]))


def family_of(
    tokenizer: Any, name: str = "auto", effort: str = "medium", date: str = "", encoder: Encoder | None = None
) -> Family:
    """The family of a model, proved to render as the model's own chat template does.

    Harmony is proved by its control tokens alone: the template published for gpt-oss is not Harmony to the byte.

    Args:
        tokenizer: the model's fast tokenizer.
        name: one of ``NAMES``; ``auto`` finds it out.
        effort: how much Harmony's models are told to reason: ``low``, ``medium`` or ``high``.
        date: the date that Harmony and some templates write; empty for none.
        encoder: the tokenizer's, where there is one already; to make it takes a second.

    Raises:
        UsageError: there is no such family, or the model's template cannot be used.
        ProofError: the family that was named does not render as the model's own template does.
    """
    if name not in NAMES:
        near = get_close_matches(name, NAMES, n=1)
        raise UsageError(
            f"there is no family {name!r}", _KEY, f"Did you mean {near[0]!r}?" if near else f"Choose {', '.join(NAMES)}"
        )
    if name == "template":
        return Template(tokenizer, date)
    encoder = encoder or Encoder(tokenizer)
    if name != "auto":
        return _proved(name, tokenizer, encoder, effort, date)
    for each, needs in _NEEDS.items():
        if any(token not in encoder.controls for token in needs) or (each != "harmony" and not tokenizer.chat_template):
            continue
        try:
            family = _proved(each, tokenizer, encoder, effort, date)
        except ProofError:
            continue
        if each == "harmony" or family.tools or not _shows_tools(tokenizer):
            return family
    return Template(tokenizer, date)


def _shows_tools(tokenizer: Any) -> bool:
    try:
        with_one, without = (
            tokenizer.apply_chat_template(_ASKED, tools=tools, add_generation_prompt=True, tokenize=False)
            for tools in ([TOOL], None)
        )
    except Exception:  # a template is a foreign program; one that refuses tools shows none
        return False
    return bool(with_one != without)


def _proved(name: str, tokenizer: Any, encoder: Encoder, effort: str, date: str) -> Family:
    if missing := [token for token in _NEEDS[name] if token not in encoder.controls]:
        raise ProofError(
            f"the tokenizer has no {', '.join(missing)}: it is none of the family {name}", _KEY, _OTHERWISE
        )
    if name == "harmony":
        harmony: Family = import_module("residency.chat.families.harmony").Harmony(effort=effort, date=date)
        return harmony
    made: dict[str, Callable[[], Family]] = {
        "qwen3-thinking": Qwen3Thinking,
        "qwen3": Qwen3Hybrid,
        "qwen3-instruct": Qwen3Instruct,
        "chatml": lambda: ChatML(_default_system(tokenizer)),
    }
    family = made[name]()
    # A folder of one's own may have no template; then the name is all there is to go by.
    if tokenizer.chat_template:
        for messages, tools in _PROBES:
            if family.tools or not tools:
                _prove(family, tokenizer, encoder, messages, tools)
    return family


_OTHERWISE = f"Set {_KEY} to the family that the model belongs to, or to auto"


def _prove(family: Family, tokenizer: Any, encoder: Encoder, messages: Sequence[Message], tools: Tools) -> None:
    """That the prompt is what the template renders, and that the template goes on from it as the target does."""
    for thinking in (True, False) if family.thinks == "by choice" else (family.thinks == "always",):
        answer = _THOUGHTFUL if thinking else _BARE
        prompt = joined([*family.history(messages, tools), *family.header(thinking)])
        whole = joined([*prompt, *family.target(answer, thinking)])
        for ours, given, asks in ((prompt, messages, True), (whole, [*messages, answer], False)):
            theirs, why = "", ""
            try:
                theirs = tokenizer.apply_chat_template(
                    given, tools=tools or None, add_generation_prompt=asks, enable_thinking=thinking, tokenize=False
                )
            except Exception as error:  # a template is a foreign program
                why = f" ({error})"
            expected = tokenizer.encode(theirs, add_special_tokens=False)
            # Templates write something after an answer, a line end for one, which no model says.
            if asks:
                right = theirs == shown(ours) and expected == _ids(ours, encoder)
            else:
                right = theirs.startswith(shown(ours))
            if not right:
                raise ProofError(
                    f"the model's own chat template does not render as the family {family.name}: it gives "
                    f"{theirs!r}{why} where {shown(ours)!r} was expected",
                    _KEY,
                    _OTHERWISE,
                )


def _ids(segments: Iterable[Segment], encoder: Encoder) -> list[int]:
    found: list[int] = []
    for segment in segments:
        found += (
            [encoder.control(segment.token)] if isinstance(segment, Control) else encoder.encode([segment])[0].tolist()
        )
    return found


def _default_system(tokenizer: Any) -> str:
    """The system message that the model's template puts where there is none."""
    if not tokenizer.chat_template:
        return ""
    try:
        text = str(tokenizer.apply_chat_template(_ASKED, add_generation_prompt=True, tokenize=False))
    except Exception:  # whatever it is, the proof will say it
        return ""
    before = text.partition(f"{START}user\n{_ASKED[0]['content']}")[0]
    opening, closing = f"{START}system\n", f"{END}\n"
    return before[len(opening) : -len(closing)] if before.startswith(opening) and before.endswith(closing) else ""
