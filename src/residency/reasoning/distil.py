"""Distillation: the model thinks about each turn, and its thought is kept where it led to the gold answer.

Two passes: with the turn's own inference prompt, and, for what led elsewhere, with the gold answer shown. Each pass
keeps its batches on disk as they are done. A batch is one line, done wholly or not at all: what is drawn for one prompt
depends on which others share its batch, so that half a batch done again would give other bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from residency.chat.families.base import Tools
from residency.core.files import append_jsonl, recover_jsonl
from residency.core.prompt import with_hint
from residency.core.records import Message
from residency.core.stage import StageContext
from residency.reasoning.agree import Gold, disagreement
from residency.reasoning.clean import Cleaner
from residency.reasoning.settings import ThoughtsSettings
from residency.reasoning.thinker import Draft, Prompt, Source, Thinker

PLAIN, HINTED = "distil", "distil_hinted"


@dataclass(frozen=True)
class Turn:
    """An assistant's turn that needs a thought: ``key`` names it, ``messages`` come before it."""

    key: str
    messages: list[Message]
    tools: Tools
    gold: Gold

    def prompt(self, hinted: bool) -> Prompt:
        """The inference prompt, with the gold answer shown where ``hinted``."""
        return (with_hint(self.messages, self.gold.shown) if hinted else self.messages), self.tools


@dataclass(frozen=True)
class Distilled:
    """What came of a turn: its thought, how it was got and from whom; without a thought, why each pass gave none."""

    thinking: str
    got: str
    reasons: tuple[str, ...]
    source: Source


def distil(
    turns: Sequence[Turn], thinker: Thinker, cleaner: Cleaner, settings: ThoughtsSettings, context: StageContext
) -> dict[str, Distilled]:
    """The thought of each turn, by its key; ``drafts-*.jsonl`` keep all that the model wrote."""
    found: dict[str, Distilled] = {}
    passes = (PLAIN, HINTED) if settings.hint else (PLAIN,)
    for name in passes:
        left = [turn for turn in turns if turn.key not in found or not found[turn.key].thinking]
        drafts = _ask(name, left, thinker, settings, context)
        for turn in left:
            draft, source = drafts[turn.key]
            thinking, reason = _judged(draft, turn.gold, cleaner, settings.agreement, name == HINTED)
            before = found[turn.key].reasons if turn.key in found else ()
            found[turn.key] = Distilled(thinking, name, (*before, reason) if reason else before, source)
    return found


def _judged(draft: Draft, gold: Gold, cleaner: Cleaner, agreement: float, hinted: bool) -> tuple[str, str]:
    if reason := draft.get("fault") or disagreement(gold, draft, agreement):
        return "", reason
    return cleaner.clean(draft.get("thinking", ""), hinted)


def _ask(
    name: str, turns: Sequence[Turn], thinker: Thinker, settings: ThoughtsSettings, context: StageContext
) -> dict[str, tuple[Draft, Source]]:
    """What the model thinks and answers for each turn, and who it was, by key; batches already on disk are not asked
    again."""
    path = context.out / f"drafts-{name.replace('_', '-')}.jsonl"
    kept = {row["batch"]: row for row in recover_jsonl(path)}
    done = {draft["turn"]: (draft, row["by"]) for row in kept.values() for draft in row["drafts"]}
    context.progress.start(len(turns), "thoughts" if name == PLAIN else "thoughts with a hint", len(done))
    order = sorted(turns, key=lambda turn: sum(len(message["content"]) for message in turn.messages))
    size = settings.batch_size
    batches = enumerate(order[start : start + size] for start in range(0, len(order), size))
    left = [(number, batch) for number, batch in batches if number not in kept]
    if not left:
        return done
    asked = (
        (
            [turn.prompt(name == HINTED) for turn in batch],
            context.random("thoughts", name, number).getrandbits(31),
        )
        for number, batch in left
    )
    with path.open("a", encoding="utf-8") as handle, closing(thinker.think(asked)) as answers:
        for (number, batch), said in zip(left, answers, strict=True):
            drafts = [{"turn": turn.key, **draft} for turn, draft in zip(batch, said, strict=True)]
            append_jsonl(handle, [{"batch": number, "by": thinker.source, "drafts": drafts}])
            done |= {turn.key: (draft, thinker.source) for turn, draft in zip(batch, said, strict=True)}
            context.progress.advance(len(batch))
    return done
