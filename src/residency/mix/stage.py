"""The mix stage: declared shares, modes and tags; train and dev conversations."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from residency.core.errors import InputError
from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.prompt import conversation
from residency.core.records import Conversation, Question, in_splits
from residency.core.stage import Counts, StageContext
from residency.mix.modes import choose_tag, single_turns
from residency.mix.settings import OWN, OWN_SHARE, MixSettings

INPUTS = ("teacher", "grounding")


def run(context: StageContext) -> Counts:
    """Reads the questions of ``kept.jsonl`` and both ``conversations.jsonl``; writes ``train.jsonl``, ``dev.jsonl``
    and ``report.json`` with the shares asked for and got."""
    settings = context.section("mix", MixSettings)
    pool: list[Conversation] = []
    for row in read_jsonl(context.inputs["corpus"] / "kept.jsonl"):
        question = cast(Question, row)
        if question["split"] in ("train", "dev") and question["kind"] != OWN:
            pool += single_turns(question, context.random("mode", question["id"]))
    for name in INPUTS:
        pool += [cast(Conversation, row) for row in read_jsonl(context.inputs[name] / "conversations.jsonl")]
    train, table = compose(in_splits(pool, ["train"]), settings, context)
    dev = in_splits(pool, ["dev"])
    dev = context.random("dev").sample(dev, min(len(dev), settings.dev_examples))
    if not train:
        raise InputError(
            "no training example could be made", str(context.inputs["corpus"]), "Add questions or lower the test share"
        )
    write_jsonl(context.out / "train.jsonl", with_system(train, settings, context))
    write_jsonl(context.out / "dev.jsonl", with_system(dev, settings, context))
    write_json(context.out / "report.json", {"shares": table})
    unmet = [row for row in table if abs(row["got"] - row["asked"]) > 0.01]
    for row in unmet:
        context.progress.note(
            f"{row['kind']}: {row['asked']:.0%} asked for, {row['got']:.0%} got ({row['available']} available)"
        )
    return {"train": len(train), "dev": len(dev), "kinds": dict(Counter(row["kind"] for row in train))}


def compose(
    pool: Sequence[Conversation], settings: MixSettings, context: StageContext
) -> tuple[list[Conversation], list[dict[str, Any]]]:
    """Draw the training examples and tell, for each kind, the share asked for and got.

    A kind that runs short gives all it has, ``max_repeats`` times where a number of examples was asked for, and
    the others fill its place in proportion to their shares.
    """
    repeats = settings.max_repeats if settings.examples is not None else 1
    limits = {kind: sum(row["kind"] == kind for row in pool) * repeats for kind in (*settings.shares, OWN)}
    shares = with_own(settings, limits)
    stock = {kind: [row for row in pool if row["kind"] == kind] for kind in shares}
    numbers = allot(shares, limits, settings.examples)
    if (used := numbers.get(OWN, 0)) < limits[OWN] and (OWN not in shares or not settings.names_shares):
        own = limits[OWN] // repeats
        context.progress.note(
            f"{used} of the bank's own {own} conversations are used; to set their share, name the shares of all kinds "
            f"in mix.shares, {OWN} among them"
        )
    chosen: list[Conversation] = []
    for kind, number in numbers.items():
        rows = list(stock[kind])
        context.random("draw", kind).shuffle(rows)
        chosen += (rows * repeats)[:number]
    context.random("order").shuffle(chosen)
    total = max(1, len(chosen))
    table = [
        {
            "kind": kind,
            "asked": round(share, 4),
            "got": round(numbers[kind] / total, 4),
            "examples": numbers[kind],
            "available": len(stock[kind]),
        }
        for kind, share in shares.items()
    ]
    return chosen, table


def with_own(settings: MixSettings, limits: Mapping[str, int]) -> dict[str, float]:
    """The shares, with one for the bank's own conversations where it holds some and no shares are named: a tenth of
    the mix, or all of them where they are fewer, so that a few do not make the whole mix small.

    Args:
        settings: the shares asked for.
        limits: the most that each kind can give, by kind.
    """
    shares, own = settings.shares, limits[OWN]
    if settings.names_shares or not own:
        return shares
    others = sum(allot(shares, limits, settings.examples).values())
    if not others:
        return dict.fromkeys(shares, 0.0) | {OWN: 1.0}
    part = min(OWN_SHARE, own / (own + others))
    # Kinds that have nothing to give leave their shares to the others, which makes a share larger than it says.
    weight = sum(share for kind, share in shares.items() if limits[kind])
    share = part * weight / (1 - part + part * weight)
    return {kind: other * (1 - share) for kind, other in shares.items()} | {OWN: share}


def allot(shares: Mapping[str, float], limits: Mapping[str, int], total: int | None) -> dict[str, int]:
    """How many examples each kind gives.

    Args:
        shares: the share asked for, by kind; they add up to 1.
        limits: the most that each kind can give.
        total: examples in all; None is the largest number at which every kind that has anything to give
            meets its share.
    """
    # Lists, not sets: the order of a sum of fractions may change its last digit, and with it the mix.
    open_kinds = [kind for kind in shares if shares[kind] > 0 and limits[kind] > 0]
    if not open_kinds:
        return dict.fromkeys(shares, 0)
    if total is None:
        weight = sum(shares[kind] for kind in open_kinds)
        # A little more, since the quotient of two such sums may be 99.99...
        total = math.floor(min(limits[kind] * weight / shares[kind] for kind in open_kinds) + 1e-6)
    numbers = dict.fromkeys(shares, 0)
    left = min(total, sum(limits[kind] for kind in open_kinds))
    while left > 0 and open_kinds:
        weight = sum(shares[kind] for kind in open_kinds)
        quotas = {kind: left * shares[kind] / weight for kind in open_kinds}
        # Largest remainders, so that the parts add up to what is left.
        parts = {kind: math.floor(quota) for kind, quota in quotas.items()}
        for kind in sorted(quotas, key=lambda k: parts[k] - quotas[k])[: left - sum(parts.values())]:
            parts[kind] += 1
        for kind, part in parts.items():
            given = min(part, limits[kind] - numbers[kind])
            numbers[kind] += given
            left -= given
        open_kinds = [kind for kind in open_kinds if numbers[kind] < limits[kind]]
    return numbers


def with_system(rows: Sequence[Conversation], settings: MixSettings, context: StageContext) -> list[Conversation]:
    """The conversations with their system message: the mode tag in varied wording, or none."""
    clinical = sum(row["mode"] == "CLINICAL" for row in rows) / max(1, len(rows))
    untagged = min(1.0, (1 - settings.tagged) / clinical) if clinical else 0.0
    done: list[Conversation] = []
    for position, row in enumerate(rows):
        tag = choose_tag(row["mode"], untagged, context.random("tag", position, row["id"]))
        done.append({**row, "messages": conversation(row["mode"], row["messages"], tag), "tag": tag})
    return done
