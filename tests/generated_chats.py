"""Seeded random conversations in every shape that a chat format must hold."""

from __future__ import annotations

import random
from typing import Any

from residency.core.records import Message

_WORDS = (
    "the hernia is reducible; give 5 mg/kg (max. 400 mg) q.d.s. don't A) B. [1][3] 3.5 1,000.50 ½ Ⅷ x² µg ≥3 °C "
    "naïve e\u0301 A\u030a \u1e9b\u0323 中文字符 한국어 العربية हिन्दी ไทย 🩺 👩🏽\u200d⚕️ \u00a0 \u3000 \u2028 "
    "<5 | >5 <b> &amp; {x} \\n \" ' ` "
    "<|not_a_token|> assistant user system /think /no_think <tools> def f(x): \x00 \x07 \x7f \x85"
).split(" ")
_SPACE = ("", "", "", " ", "\n", "\n\n", "\t", "\r\n", " \n ", "   ")
_HUGE = ("word " * 3_000, "\n" * 500, "好" * 2_000, "a" * 5_000, "1" * 999)


def generated(seed: int, thoughts: str = "some", tools: bool = True) -> tuple[list[Message], list[dict[str, Any]]]:
    """A conversation that ends in an assistant's turn, and its tools.

    Args:
        seed: what it is drawn with.
        thoughts: whether ``all``, ``some`` or ``no`` assistant's turns have one.
        tools: whether there may be tools, calls and results.
    """
    rng = random.Random(seed)
    told = [_tool(rng, number) for number in range(rng.randint(1, 3))] if tools and rng.random() < 0.5 else []
    messages: list[Message] = []
    if rng.random() < 0.7:
        messages.append({"role": "system", "content": _text(rng)})
    for _ in range(rng.choice((1, 1, 2, 2, 3, 5))):
        messages.append({"role": "user", "content": _text(rng)})
        for _ in range(rng.choice((0, 1, 1, 3)) if told else 0):
            calls = [_call(rng, rng.choice(told)) for _ in range(rng.choice((1, 1, 2, 3)))]
            said = _assistant(rng, thoughts)
            said["content"] = said["content"] if rng.random() < 0.5 else ""
            messages.append({**said, "tool_calls": calls})
            messages += [{"role": "tool", "content": _text(rng)} for _ in calls]
        messages.append(_assistant(rng, thoughts))
    while rng.random() < 0.15 and len(messages) > 1 and messages[-2]["role"] == "tool":
        messages.pop()  # a loop that is still open
    while messages[-1]["role"] != "assistant":
        messages.pop()
    return messages, told


def _assistant(rng: random.Random, thoughts: str) -> Message:
    found: Message = {"role": "assistant", "content": _text(rng)}
    if thoughts == "all" or (thoughts == "some" and rng.random() < 0.6):
        found["thinking"] = f"{_text(rng)}{rng.choice(_WORDS[:9])}{rng.choice(_SPACE)}"
    return found


def _text(rng: random.Random) -> str:
    if rng.random() < 0.003:
        return rng.choice(_HUGE)
    inner = "".join(
        rng.choice(_WORDS) + rng.choice((" ", " ", " ", *_SPACE)) for _ in range(rng.choice((0, 1, 3, 12, 40)))
    )
    return rng.choice(_SPACE) + inner + rng.choice(_SPACE)


def _value(rng: random.Random, depth: int = 0) -> Any:
    kind = rng.randrange(8 if depth < 3 else 5)
    if kind < 2:
        return _text(rng)
    if kind < 5:
        return rng.choice((None, True, False, 0, -3, 2.5, 1e30, "é"))
    if kind < 6:
        return [_value(rng, depth + 1) for _ in range(rng.randrange(3))]
    return {_text(rng)[:12]: _value(rng, depth + 1) for _ in range(rng.randrange(4))}


def _call(rng: random.Random, tool: dict[str, Any]) -> dict[str, Any]:
    arguments = {name: _value(rng) for name in tool["function"]["parameters"]["properties"]}
    return {"type": "function", "function": {"name": tool["function"]["name"], "arguments": arguments}}


def _tool(rng: random.Random, number: int) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {"name": f"tool_{number}", "description": _text(rng), "parameters": _schema(rng)},
    }


def _schema(rng: random.Random, depth: int = 0) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for name in rng.sample(("q", "dose_mg", "größe", "filter", "tags"), rng.randint(1, 4)):
        kind = rng.randrange(4 if depth < 2 else 2)
        if kind == 0:
            properties[name] = {"type": "string", "description": _text(rng), "enum": ["a", _text(rng)]}
        elif kind == 1:
            properties[name] = {"type": ["number", "null"], "default": _value(rng)}
        elif kind == 2:
            properties[name] = {"type": "array", "items": _schema(rng, depth + 1)}
        else:
            properties[name] = _schema(rng, depth + 1)
    return {"type": "object", "properties": properties, "required": [next(iter(properties))]}
