"""The mix stage: declared shares, modes and tags; train and dev conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from residency.core.errors import InputError
from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.records import TRAINED_ON, Conversation, Question, in_splits
from residency.core.stage import Counts, StageContext
from residency.mix.anchor import AnchorRows, asked_of, read_anchor
from residency.mix.compose import compose
from residency.mix.draw import Drawn
from residency.mix.modes import single_turns
from residency.mix.report import mix_report
from residency.mix.settings import ANCHOR, OWN, MixSettings
from residency.mix.tagging import with_system
from residency.mix.unknown import keep, read_knowledge, unknown_report, unmet

INPUTS = ("teacher", "grounding")


@dataclass(frozen=True)
class Mix:
    """What the stage writes."""

    train: list[Conversation]
    dev: list[Conversation]
    report: dict[str, Any]


def run(context: StageContext) -> Counts:
    """Reads the questions of ``kept.jsonl``, both ``conversations.jsonl``, what the base model knows of them
    (``known.jsonl``) and the anchor's files; writes
    ``train.jsonl``, ``dev.jsonl`` and ``report.json``, which holds what was asked for and got."""
    mix = make_mix(context)
    write_jsonl(context.out / "train.jsonl", mix.train)
    write_jsonl(context.out / "dev.jsonl", mix.dev)
    write_json(context.out / "report.json", mix.report)
    for line in mix.report["unmet"]:
        context.progress.note(line)
    reworded = Counter(row["teacher"]["model"] for row in mix.train if "teacher" in row)
    kinds = Counter(row["kind"] for row in mix.train)
    return {"train": len(mix.train), "dev": len(mix.dev), "kinds": dict(kinds), "reworded": dict(reworded)}


def make_mix(context: StageContext) -> Mix:
    """The mix, of which nothing is written."""
    settings = context.section("mix", MixSettings)
    questions = [cast(Question, row) for row in read_jsonl(context.inputs["corpus"] / "kept.jsonl")]
    pool: list[Conversation] = []
    for question in questions:
        if question["split"] in ("train", "dev") and question["kind"] != OWN:
            pool += single_turns(question, context.random("mode", question["id"]))
    for name in INPUTS:
        pool += [cast(Conversation, row) for row in read_jsonl(context.inputs[name] / "conversations.jsonl")]
    anchor = _anchor(questions, settings, context)
    knowledge = read_knowledge(context.inputs.get("knowledge"))
    kept = keep(in_splits(pool, TRAINED_ON), knowledge, settings)
    composed = compose([*kept.rows, *anchor.rows], settings, context, kept.factors, kept.first)
    if not any(one.row["kind"] != ANCHOR for one in composed.drawn):
        named = ", ".join(kind for kind, share in composed.asked.items() if share)
        raise InputError(
            f"no training example could be made: nothing supplies any kind that has a share ({named})",
            str(context.inputs["corpus"]),
            "Add questions (or passages, for kinds with context), lower the test share, or name others in mix.shares",
        )
    train = with_system(composed.drawn, settings, context)
    dev = with_system(_dev(in_splits(pool, ["dev"]), settings.dev_examples, context), settings, context)
    report = mix_report(train, composed, settings, anchor.report())
    report["unmet"] += unmet(knowledge, settings)
    return Mix(train, dev, report | {"unknown": unknown_report(train, knowledge, kept, settings)})


def _dev(rows: Sequence[Conversation], most: int, context: StageContext) -> list[Drawn]:
    """At most so many dev conversations: each as likely as any other, whatever the shares and weights are."""
    keyed = sorted(rows, key=lambda row: (context.random("dev", row["kind"], row["id"]).random(), row["id"]))
    return [Drawn(row, 0) for row in keyed[:most]]


def _anchor(questions: Sequence[Question], settings: MixSettings, context: StageContext) -> AnchorRows:
    """The anchor's conversations, none of which asks what the bank holds out; what was refused is said in a line."""
    if not settings.anchor:
        return AnchorRows()
    found = read_anchor(settings, asked_of(row for row in questions if row["split"] not in TRAINED_ON))
    for reason, places in found.places.items():
        context.progress.note(f"anchor: {found.refused[reason]} of {found.read} refused as {reason}: {places[0]}")
    return found
