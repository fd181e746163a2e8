"""What is asked on each axis: the held-out records as prompts, with what a right answer must satisfy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from residency.core.errors import InputError
from residency.core.files import read_jsonl
from residency.core.prompt import MODES, Mode, conversation, format_question, passage_text, user_message
from residency.core.records import HELD_OUT, Conversation, Message, Passage, Question, in_splits
from residency.core.stage import StageContext
from residency.core.tags import held_out_tags
from residency.core.text import sentences
from residency.evaluation.settings import EvaluateSettings
from residency.judging.dialogues import verify_turn

BOTH_WAYS = frozenset({"cited_answer", "abstention"})
"""Asked of every question: with the passage that answers it, and without."""
OTHER_SKILLS = ("partial", "conflict", "irrelevant", "injected")
LETTER_ONLY = "State the choice and nothing else."


@dataclass(frozen=True)
class Item:
    """One thing asked of a model.

    ``cluster`` groups items that are not independent (they come from one question); ``passages`` are the
    texts given as context, in their printed order. ``unseen_tag`` tells whether the mode is said in a wording that
    training never shows, and not by the tag that is served. ``dialogue`` is the whole conversation where this turn is
    the one in which it shows its skill. ``context`` is the record of a question over passages, and ``shown`` are these.
    """

    id: str
    axis: str
    mode: Mode
    messages: list[Message]
    cluster: str
    topic: str
    reference: str
    key_facts: list[str] = field(default_factory=list)
    letter: str = ""
    letters: str = ""
    abstain: bool = False
    question: str = ""
    passages: list[str] = field(default_factory=list)
    passage_seen: bool | None = None
    letter_prompt: list[Message] = field(default_factory=list)
    unseen_tag: bool = False
    dialogue: Conversation | None = None
    context: Conversation | None = None
    shown: tuple[Passage, ...] = ()


def collect_items(context: StageContext, settings: EvaluateSettings) -> list[Item]:
    """All items of the four axes, at most ``max_items`` questions of each, drawn by seed."""
    corpus, grounding = context.inputs["corpus"], context.inputs["grounding"]
    questions = in_splits((cast(Question, row) for row in read_jsonl(corpus / "kept.jsonl")), HELD_OUT)
    seen = {row["id"]: row.get("passage_seen") for row in cast(list[dict[str, Any]], questions)}
    clusters = {question["id"]: question["cluster"] for question in questions}
    passages = {row["id"]: cast(Passage, row) for row in read_jsonl(context.inputs["index"] / "passages.jsonl")}
    dialogues = _conversations(context.inputs["dialogue"])
    grounded = _conversations(grounding)
    opens = [_open_item(q, context) for q in questions if q["kind"] == "open"]
    contexts = [context_item(row, passages, clusters, seen.get(row["parents"][-1])) for row in grounded if _asks(row)]
    both_ways = _few([i for i in contexts if _skill(i) in BOTH_WAYS], "faithfulness", context, settings)
    followups = [
        *_written_followups(context, settings),
        *(
            item
            for row in [*_written_dialogues(settings), *dialogues]
            for item in dialogue_items(row, clusters, _unseen_tag(context, row["id"], row["mode"]))
        ),
    ]
    return [
        *_few([exam_item(q) for q in questions if q["kind"] == "mcq"], "exam", context, settings),
        *_few(opens, "open", context, settings),
        *_few(followups, "followup", context, settings),
        *both_ways,
        *_even([i for i in contexts if _skill(i) not in BOTH_WAYS], len({i.cluster for i in both_ways}), context),
    ]


def exam_item(question: Question) -> Item:
    """An MCQ in EXAM mode: answered in full by generation, and by letter for the likelihood."""
    asked = format_question(question["question"], question["options"])
    return Item(
        id=f"exam/{question['id']}",
        axis="exam",
        mode="EXAM",
        messages=conversation("EXAM", [user_message(asked)]),
        letter_prompt=conversation("EXAM", [user_message(f"{asked}\n{LETTER_ONLY}")]),
        cluster=question["cluster"],
        topic=question["topic"],
        reference=question.get("rationale") or question["options"][question["answer"]],
        letter=question["answer"],
        letters="".join(question["options"]),
        passage_seen=cast(dict[str, Any], question).get("passage_seen"),
    )


def _open_item(question: Question, context: StageContext) -> Item:
    mode = _mode(context, question["id"])
    return open_item(question, mode, _unseen_tag(context, question["id"], mode))


def open_item(question: Question, mode: Mode, tag: str) -> Item:
    """An open question without context, its mode told by ``tag``, a held-out wording."""
    return Item(
        id=f"open/{question['id']}",
        axis="open",
        mode=mode,
        messages=conversation(mode, [user_message(question["question"])], tag),
        cluster=question["cluster"],
        topic=question["topic"],
        reference=question["answer"],
        key_facts=sentences(question["answer"]),
        passage_seen=cast(dict[str, Any], question).get("passage_seen"),
        unseen_tag=True,
    )


def dialogue_items(row: Conversation, clusters: Mapping[str, str], tag: str) -> list[Item]:
    """What is asked of a dialogue, or of a conversation of the bank's own, each time after its ideal history: the turn
    in which it shows its skill, and the last turn.

    Args:
        row: the conversation.
        clusters: those of the rows of the bank, by id.
        tag: a held-out wording of the mode.
    """
    last = Item(
        id=f"followup/{row['id']}",
        axis="followup",
        mode=row["mode"],
        messages=conversation(row["mode"], row["messages"][:-1], tag),
        cluster=_cluster(row, clusters),
        topic=row["topic"],
        reference=row["expect"]["reference"],
        key_facts=row["expect"].get("key_facts", []),
        unseen_tag=True,
    )
    critical = row["expect"].get("check", {}).get("critical")
    if critical is None:
        return [last]
    if critical == len(row["messages"]) - 1:
        return [replace(last, dialogue=row)]
    shown = row["messages"][critical]["content"]
    turn = replace(
        last,
        id=f"{last.id}/skill",
        messages=conversation(row["mode"], row["messages"][:critical], tag),
        reference=shown,
        key_facts=[],
        dialogue=row,
    )
    return [turn, last]


def context_item(
    row: Conversation, passages: Mapping[str, Passage], clusters: Mapping[str, str], passage_seen: bool | None
) -> Item:
    """A question over passages: those that the row shows, else those of its ids."""
    shown = tuple(row.get("shown") or (passages[name] for name in row["passages"]))
    return Item(
        id=f"faithfulness/{row['id']}",
        axis="faithfulness",
        mode=row["mode"],
        messages=conversation(row["mode"], row["messages"][:-1]),
        cluster=_cluster(row, clusters),
        topic=row["topic"],
        reference=row["expect"]["reference"],
        key_facts=row["expect"].get("key_facts", []),
        abstain=row["expect"]["abstain"],
        question=row["expect"]["question"],
        passages=[*map(passage_text, shown)],
        passage_seen=passage_seen,
        context=row,
        shown=shown,
    )


def _written_dialogues(settings: EvaluateSettings) -> list[Conversation]:
    rows = _written(settings.dialogues, "dialogue", _dialogue_fault)
    return [cast(Conversation, {"topic": "general", "parents": [], "passages": [], **row}) for row in rows]


def _written(paths: Sequence[Path], what: str, fault_of: Callable[[dict[str, Any]], str]) -> Iterator[dict[str, Any]]:
    """The rows of the user's written files, each checked, no two with one id."""
    known: set[str] = set()
    for path in paths:
        for number, row in enumerate(read_jsonl(path), 1):
            fault = fault_of(row)
            if not fault and row["id"] in known:
                fault = f"two written {what}s have the id {row['id']!r}"
            if fault:
                raise InputError(fault, f"{path}: {what} {number}")
            known.add(row["id"])
            yield row


def _dialogue_fault(row: dict[str, Any]) -> str:
    """In words, what a written dialogue lacks; empty when it can be asked and judged."""
    for key in ("id", "skill", "mode", "messages", "expect"):
        if not row.get(key):
            return f"a written dialogue needs {key!r}"
    if row["mode"] not in MODES:
        return f"a written dialogue's mode is EXAM or CLINICAL, not {row['mode']!r}"
    if not isinstance(row["messages"], list) or not all(map(_is_turn, row["messages"])):
        return "a written dialogue's messages are a list of user and assistant turns, each with its text"
    if not isinstance(row["expect"], dict) or not row["expect"].get("reference"):
        return "a written dialogue's expect needs 'reference' and 'check'"
    probe = cast(Conversation, {"topic": "general", "parents": [], "passages": [], **row})
    if verify_turn(probe, row["messages"][-1]["content"]) is None:
        return "a written dialogue's turns or its expect.check cannot be read; docs/dialogues.md describes them"
    return ""


def _written_followups(context: StageContext, settings: EvaluateSettings) -> list[Item]:
    items: list[Item] = []
    for row in _written(settings.followups, "follow-up", _followup_fault):
        mode = _mode(context, row["id"])
        items.append(
            Item(
                id=f"followup/{row['id']}",
                axis="followup",
                mode=mode,
                messages=conversation(mode, row["messages"], _unseen_tag(context, row["id"], mode)),
                cluster=row["id"],
                topic=row.get("topic", "general"),
                reference=row["reference"],
                key_facts=list(row.get("key_facts", [])),
                unseen_tag=True,
            )
        )
    return items


def _followup_fault(row: dict[str, Any]) -> str:
    """In words, what a written follow-up lacks; empty when it can be asked."""
    for key in ("id", "messages", "reference"):
        if not row.get(key):
            return f"a written follow-up needs {key!r}"
    if not isinstance(row["messages"], list) or not all(map(_is_turn, row["messages"])):
        return "a written follow-up's messages are a list of user and assistant turns, each with its text"
    if row["messages"][-1]["role"] != "user":
        return "a written follow-up ends in a user turn"
    facts = row.get("key_facts", [])
    if not isinstance(facts, list) or not all(isinstance(fact, str) for fact in facts):
        return "a written follow-up's key_facts are a list of texts"
    return ""


def _is_turn(turn: Any) -> bool:
    return isinstance(turn, dict) and turn.get("role") in ("user", "assistant") and isinstance(turn.get("content"), str)


def _few(items: Sequence[Item], axis: str, context: StageContext, settings: EvaluateSettings) -> list[Item]:
    """At most ``max_items`` clusters of an axis: the items of one question stay together."""
    most = settings.max_items
    clusters = list(dict.fromkeys(item.cluster for item in items))
    if most is None or len(clusters) <= most:
        return list(items)
    kept = set(context.random("items", axis).sample(clusters, most))
    return [item for item in items if item.cluster in kept]


def _asks(row: Conversation) -> bool:
    return row["skill"] in BOTH_WAYS or row["skill"] in OTHER_SKILLS


def _skill(item: Item) -> str:
    return item.context["skill"] if item.context else ""


def _even(items: Sequence[Item], most: int, context: StageContext) -> list[Item]:
    """At most ``most`` items, drawn by seed, as many of each skill as there can be."""
    left = {skill: [item for item in items if _skill(item) == skill] for skill in OTHER_SKILLS}
    for skill, some in left.items():
        context.random("items", skill).shuffle(some)
    kept: set[str] = set()
    while len(kept) < most and any(left.values()):
        for some in left.values():
            if some and len(kept) < most:
                kept.add(some.pop().id)
    return [item for item in items if item.id in kept]


def _cluster(row: Conversation, clusters: Mapping[str, str]) -> str:
    """The cluster of the question that a record came from: near-duplicates are not independent here either."""
    return next((clusters[name] for name in row["parents"] if name in clusters), row["id"])


def _mode(context: StageContext, name: str) -> Mode:
    return context.random("mode", name).choice(MODES)


def _unseen_tag(context: StageContext, name: str, mode: Mode) -> str:
    return context.random("tag", name).choice(held_out_tags(mode))


def _conversations(folder: Path) -> list[Conversation]:
    rows = (cast(Conversation, row) for row in read_jsonl(folder / "conversations.jsonl"))
    return in_splits(rows, HELD_OUT)
