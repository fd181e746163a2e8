"""The thoughts stage: each assistant's turn gets its thought, or stays without one, and each row says which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, cast

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.core.errors import InputError
from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.records import Conversation
from residency.core.stage import Counts, StageContext
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings
from residency.reasoning.clean import Cleaner
from residency.reasoning.give import Given, give
from residency.reasoning.policy import SHORTENS, plan_for
from residency.reasoning.rows import with_thoughts
from residency.reasoning.settings import ThoughtsSettings
from residency.reasoning.thinker import LocalThinker, ServerThinker, Thinker

SPLITS = ("train", "dev")
DROPPED = "dropped"


def run(
    context: StageContext,
    thinker: Thinker | None = None,
) -> Counts:
    """Reads ``train.jsonl`` and ``dev.jsonl`` of the mix; writes both with their thoughts, ``report.json``, and where
    the model thinks ``dropped.jsonl`` and what it wrote (``drafts-*.jsonl``).

    Args:
        context: what every stage is given.
        thinker: asked for thoughts in place of the one that the recipe names.

    Raises:
        UsageError: the recipe asks for rows without thoughts, and the family does not allow them.
        InputError: no training row is left.
        ServerError: the server that the recipe names cannot be asked.
    """
    settings = context.section("thoughts", ThoughtsSettings)
    model = context.section("model", ModelSettings)
    renderer = renderer_of(load_tokenizer(model), context.section("chat", ChatSettings))
    family = renderer.family
    plan = plan_for(settings, family, renderer.thinking or family.thinks == "never")
    for told in plan.consequences:
        context.progress.note(told)
    about = {"family": family.name, "thinks": renderer.thinking, "every": plan.every, "effort": family.effort}
    about |= {"shares": plan.shares}
    if not renderer.thinking:
        return _pass_on(context, about | {"consequences": list(plan.consequences)})
    rows = {split: list(_rows(context, split)) for split in SPLITS}
    cleaner = Cleaner(renderer.encoder, settings.max_tokens)
    if thinker is None and settings.server:
        thinker = ServerThinker(renderer, settings, context.progress)
    given = give(rows, plan, settings, cleaner, thinker or LocalThinker(model, renderer, settings), context)
    return _write(context, given, about, list(plan.consequences))


def _rows(context: StageContext, split: str) -> Iterable[Conversation]:
    return (cast(Conversation, row) for row in read_jsonl(context.inputs["mix"] / f"{split}.jsonl"))


def _pass_on(context: StageContext, report: dict[str, Any]) -> Counts:
    """All rows without thoughts, one at a time."""
    counts: Counts = {}
    for split in SPLITS:
        rows = (with_thoughts(row, {}, "none") for row in _rows(context, split))
        counts[split] = write_jsonl(context.out / f"{split}.jsonl", rows)
    write_json(context.out / "report.json", report | {split: {"rows": counts[split]} for split in SPLITS})
    return counts | {"thoughts": {"none": counts["train"]}}


def _write(context: StageContext, given: Sequence[Given], about: dict[str, Any], consequences: list[str]) -> Counts:
    kept = {split: [each.row for each in given if each.split == split and each.row] for split in SPLITS}
    dropped = [each for each in given if each.row is None]
    if not kept["train"]:
        raise InputError(
            f"no training row got a thought ({_counted(dropped)})",
            "thoughts",
            "Choose another policy, or lower thoughts.agreement",
        )
    lent = sum(each.thought == "rationale" for each in given)
    if lent and SHORTENS not in consequences:
        consequences.append(f"{lent} rows have their rationale as a thought: {SHORTENS}")
        context.progress.note(consequences[-1])
    if written := sum(each.thought == "written" for each in given):
        consequences.append(
            f"{written} rows of tool calls keep the thoughts that they were written with, of a sentence or two"
        )
    if dropped:
        lost = Counter(each.split for each in dropped)
        context.progress.note(
            f"{lost['train']} train and {lost['dev']} dev rows were dropped ({_counted(dropped)}); dropped.jsonl names "
            "them, and thoughts.policy and thoughts.otherwise say what such rows get"
        )
    for split in SPLITS:
        write_jsonl(context.out / f"{split}.jsonl", kept[split])
    write_jsonl(
        context.out / "dropped.jsonl",
        ({"id": each.id, "split": each.split, "kind": each.kind, "reasons": each.reasons} for each in dropped),
    )
    report = {split: _summary([each for each in given if each.split == split]) for split in SPLITS}
    about |= {"consequences": consequences, "sources": _sources(given)}
    write_json(context.out / "report.json", about | report)
    return {
        "train": len(kept["train"]),
        "dev": len(kept["dev"]),
        "dropped": len(dropped),
        **report["train"]["thoughts"],
        "thoughts": report["train"]["thoughts"],
        "refused": report["train"]["refused"],
    }


def _summary(given: Sequence[Given]) -> dict[str, Any]:
    """What the rows of one split got, by policy, by kind and by reason."""
    kinds: dict[str, Counter[str]] = {}
    refused: dict[str, Counter[str]] = {}
    for each in given:
        kinds.setdefault(each.kind, Counter())[each.thought or DROPPED] += 1
        for policy, reason in each.reasons:
            refused.setdefault(policy, Counter())[reason] += 1
    lengths = sorted(length for each in given for length in each.tokens)
    at = {f"p{share}": lengths[min(len(lengths) - 1, len(lengths) * share // 100)] for share in (50, 90, 99) if lengths}
    return {
        "rows": len(given),
        "asked": dict(Counter(each.policy for each in given)),
        "thoughts": dict(Counter(each.thought or DROPPED for each in given)),
        "kinds": {kind: dict(counts) for kind, counts in kinds.items()},
        "refused": {policy: dict(counts) for policy, counts in refused.items()},
        "thought_tokens": at,
    }


def _sources(given: Sequence[Given]) -> list[dict[str, Any]]:
    """Who thought about the rows' turns, each with how many."""
    turns = Counter(tuple(source.items()) for each in given for source in each.sources)
    return [dict(source) | {"turns": number} for source, number in turns.items()]


def _counted(dropped: Sequence[Given]) -> str:
    last = Counter(each.reasons[-1][1] for each in dropped)
    return "; ".join(f"{reason}: {number}" for reason, number in last.most_common())
