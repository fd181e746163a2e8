"""How many tokens a conversation has, as an estimate: the mix is made before any tokenizer is loaded, and a plan may
name models whose tokenizers are not at hand.

Held against three real tokenizers, each with its family's marks around messages, over the mixes of the example corpus
and of 2,000 rows of MedQuAD with an anchor of doctor-patient talks, the sum over the rows of a kind is off by

    SmolLM2  -9% to +7%     Qwen3  -9% to +6%     gpt-oss  -5% to +9%

and a kind's share of all tokens by at most 0.8, 0.6 and 0.5 points. A single conversation is off by 3 to 10% on
average. Other languages than English have more tokens for the same characters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from residency.core.records import Message

CHARACTERS = 4.4  # to a token
MESSAGE = 4  # tokens around each message
SAYS = f"estimated as characters / {CHARACTERS} and {MESSAGE} for each message"


def estimate_tokens(messages: Iterable[Message], tools: Sequence[Mapping[str, Any]] = ()) -> int:
    """The tokens of these messages and of the functions told with them, about; functions and their calls count as their
    JSON."""
    total = sum(len(json.dumps(tool, ensure_ascii=False)) for tool in tools) / CHARACTERS
    for message in messages:
        characters = len(message["content"]) + len(message.get("thinking", ""))
        if calls := message.get("tool_calls"):
            characters += len(json.dumps(calls, ensure_ascii=False))
        total += characters / CHARACTERS + MESSAGE
    return round(total)
