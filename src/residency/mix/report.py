"""What the mix came to, measured on the rows that are written: shares asked for and got, and what to add."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from residency.chat.estimate import SAYS, estimate_tokens
from residency.core.prompt import MODES, standard_tag
from residency.core.records import Conversation
from residency.core.text import normalise
from residency.mix.compose import Composed
from residency.mix.settings import ANCHOR, DEFAULT_WEIGHTS, MixSettings

NEAR = 0.01  # a share that is met is off by no more
TOPICS = 10
CONTEXTS = ("context", "insufficient", "context_dialogue")
PASSAGES = "name passages under [index]"
LARGER = "name a larger file under mix.anchor, or see why its rows were refused"
HOW: dict[str, str] = {
    "mcq": "add multiple-choice questions to corpus.files",
    "open": "add open questions to corpus.files",
    "dialogue": "raise dialogue.per_question",
    "safety": "raise dialogue.per_question, with safety and scope among dialogue.skills",
    "conversation": "add conversations to corpus.files",
    "context": "add passages under [index], or raise grounding.variants",
    "insufficient": "raise grounding.shares.abstention or grounding.variants",
    "context_dialogue": "raise grounding.variants or grounding.turns",
    "tool": "raise grounding.tools",
    ANCHOR: "name a file under mix.anchor",
}


def mix_report(
    written: Sequence[Conversation], composed: Composed, settings: MixSettings, anchor: Mapping[str, Any]
) -> dict[str, Any]:
    """``report.json`` of the stage.

    Args:
        written: the training rows as they are written.
        composed: what they were drawn from.
        settings: what was asked for.
        anchor: what became of the anchor's rows.
    """
    shares = share_table(written, composed, settings)
    moded = [row for row in written if row["kind"] != ANCHOR]
    stock = [row for kind, share in composed.asked.items() if share for row in composed.stock[kind]]
    return {
        "shares_by": settings.shares_by,
        "tokens": SAYS,
        "examples": len(written),
        "shares": shares,
        "largest_error": max(
            (round(abs(row["got"] - row["aimed"]), 4) for row in shares if row["available"]), default=0.0
        ),
        "unmet": [*(f"{row['kind']}: {row['says']}" for row in shares if row["says"]), *_unknown(settings, composed)],
        "bound": composed.bound,
        "within": composed.within,
        "sources": shifts(stock, moded, "source"),
        "topics": shifts(stock, moded, "topic")[:TOPICS],
        "repeats": _repeats(written),
        "modes": _modes(moded),
        "anchor": dict(anchor),
    }


def share_table(written: Sequence[Conversation], composed: Composed, settings: MixSettings) -> list[dict[str, Any]]:
    """One row a kind: ``asked``, ``aimed`` (after kinds without supply have left their place) and ``got``, in the unit
    of ``shares_by``; ``examples`` and ``tokens`` with their shares; ``available``; ``state`` (``met`` within
    :data:`NEAR`, ``short``, ``over`` where it fills the place of what is short, ``none`` where nothing supplies it);
    and ``says``, what to add for a kind that is short or has none, else empty.

    All shares are of what is not anchor, but for the anchor's own, which is of all tokens.
    """
    examples = Counter(row["kind"] for row in written)
    tokens: Counter[str] = Counter()
    for row in written:
        tokens[row["kind"]] += estimate_tokens(row["messages"], row.get("tools", ()))
    all_tokens = tokens.total()
    of_examples, of_tokens = examples.total() - examples[ANCHOR], all_tokens - tokens[ANCHOR]
    empty = {kind for kind, rows in composed.stock.items() if not rows}
    table: list[dict[str, Any]] = []
    for kind, share in (*composed.asked.items(), (ANCHOR, settings.anchor_share)):
        if kind == ANCHOR and not share:
            continue
        anchor = kind == ANCHOR
        entry = {
            "kind": kind,
            "asked": round(share, 4),
            "aimed": round((0.0 if kind in empty else share) if anchor else composed.aimed[kind], 4),
            "got": 0.0,
            "examples": examples[kind],
            "examples_share": _share(examples[kind], examples.total() if anchor else of_examples),
            "tokens": tokens[kind],
            "tokens_share": _share(tokens[kind], all_tokens if anchor else of_tokens),
            "available": len(composed.stock[kind]),
        }
        by_tokens = anchor or settings.shares_by == "tokens"
        entry["got"] = entry["tokens_share" if by_tokens else "examples_share"]
        size = all_tokens if anchor else of_tokens if by_tokens else of_examples
        entry["state"] = _state(entry)
        how = LARGER if anchor and settings.anchor else HOW[kind]
        if kind in (*CONTEXTS, "tool") and empty >= {*CONTEXTS}:
            how = PASSAGES
        table.append(entry | {"says": _says(entry, by_tokens, size, how)})
    return table


def _unknown(settings: MixSettings, composed: Composed) -> list[str]:
    """Sources that the recipe weighs and no record has, as a misspelt one; those weighed by default are not meant."""
    there = {normalise(row["source"]): row["source"] for kind in composed.asked for row in composed.stock[kind]}
    return [
        f"source_weights: no record has the source {name!r}; there are: {', '.join(sorted(there.values()))}"
        for name in settings.source_weights
        if name not in DEFAULT_WEIGHTS and normalise(name) not in there
    ]


def _state(entry: Mapping[str, Any]) -> str:
    if entry["asked"] and not entry["available"]:
        return "none"
    off = entry["got"] - entry["aimed"]
    return "short" if off < -NEAR else "over" if off > NEAR else "met"


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _says(entry: Mapping[str, Any], by_tokens: bool, size: int, how: str) -> str:
    if entry["state"] == "none":
        return f"nothing supplies it, and the others take its place; {how}"
    if entry["state"] != "short":
        return ""
    have = entry["tokens" if by_tokens else "examples"]
    short = entry["aimed"] * size - have
    if by_tokens and entry["examples"]:
        short /= have / entry["examples"]
    return f"{'about ' if by_tokens else ''}{max(1, math.ceil(short - 1e-6)):,} more are needed; {how}"


def shifts(
    stock: Sequence[Conversation], written: Sequence[Conversation], name: Literal["source", "topic"]
) -> list[dict[str, Any]]:
    """For each source or topic its share of what there is and of what was written, those that shifted most first."""
    before, after = Counter(row[name] for row in stock), Counter(row[name] for row in written)
    rows = [
        {
            name: value,
            "available": before[value],
            "available_share": _share(before[value], before.total()),
            "examples": after[value],
            "got": _share(after[value], after.total()),
        }
        for value in before
    ]
    return sorted(rows, key=lambda row: (-abs(row["got"] - row["available_share"]), str(row[name])))


def _repeats(written: Sequence[Conversation]) -> dict[str, int]:
    """How many records occur once, twice, ...: counts by the number of times."""
    times = Counter(Counter(row["id"] for row in written).values())
    return {str(number): times[number] for number in sorted(times)}


def _modes(moded: Sequence[Conversation]) -> dict[str, Any]:
    """How the modes are told to the model, as shares of the rows that have one."""
    tags = Counter(row.get("tag") for row in moded)
    standard = sum(tags[standard_tag(mode)] for mode in MODES)
    modes = Counter(row["mode"] for row in moded)
    return {
        **{mode: _share(modes[mode], len(moded)) for mode in MODES},
        "tagged": _share(len(moded) - tags[None], len(moded)),
        "standard_tag": _share(standard, len(moded)),
        "wordings": len([tag for tag in tags if tag is not None]),
    }
