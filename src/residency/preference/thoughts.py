"""The thoughts of pairs, for a model that thinks: both answers of a pair follow the same one, so that the preference is
about the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from residency.core.files import read_json, read_jsonl
from residency.core.records import Conversation, Message, Pair

MISSING = "no thought for its question"


def with_thoughts(pairs: Sequence[Pair], folder: Path) -> tuple[list[Pair], Counter[str]]:
    """Pairs with the thoughts that the thoughts stage has for the same question in the same mode, and how many had
    to go.

    A pair that has thoughts of its own keeps them. Where no turn may go without a thought (``every`` in the stage's
    report), a pair without one would teach the model to leave it out, and is left out itself; where it may, as in
    gpt-oss at low effort, both answers stay without.

    Args:
        pairs: with prompts that hold a system message and turns.
        folder: the thoughts stage's, with ``train.jsonl`` and ``report.json``.
    """
    report = read_json(folder / "report.json")
    if not report["thinks"]:
        return list(pairs), Counter()
    known = dict(_thoughts(cast(Iterable[Conversation], read_jsonl(folder / "train.jsonl"))))
    found: list[Pair] = []
    refused: Counter[str] = Counter()
    for pair in pairs:
        thought = known.get((pair["mode"], *_asked(pair["prompt"])))
        if "chosen_thinking" in pair:
            found.append(pair)
        elif thought:
            found.append(cast(Pair, {**pair, "chosen_thinking": thought, "rejected_thinking": thought}))
        elif report["every"]:
            refused[f"{pair['kind']}: {MISSING}"] += 1
        else:
            found.append(pair)
    return found, refused


def _thoughts(rows: Iterable[Conversation]) -> Iterable[tuple[tuple[str, ...], str]]:
    """The thought before each turn, by the mode and all turns before it."""
    for row in rows:
        for place, message in enumerate(row["messages"]):
            if message["role"] == "assistant" and (thought := message.get("thinking", "")):
                yield (row["mode"], *_asked(row["messages"][:place])), thought


def _asked(messages: Sequence[Message]) -> tuple[str, ...]:
    return tuple(message["content"] for message in messages if message["role"] != "system")
