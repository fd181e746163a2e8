"""Distillation: the model thinks about each turn, and its thought is kept where it led to the gold answer.

Two passes: with the turn's own inference prompt, and, for what led elsewhere, with the gold answer shown. Each pass
keeps its batches on disk as they are done. A batch is one line, done wholly or not at all: what is drawn for one prompt
depends on which others share its batch, so that half a batch done again would give other bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from residency.chat.families.base import Tools
from residency.core.files import append_jsonl, recover_jsonl
from residency.core.prompt import with_hint
from residency.core.records import Message
from residency.core.stage import StageContext
from residency.reasoning.agree import Gold, disagreement
from residency.reasoning.clean import Cleaner
from residency.reasoning.settings import ThoughtsSettings
from residency.reasoning.thinker import Prompt, Thinker

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
    """What came of a turn: its thought and how it was got, or, without a thought, why each pass gave none."""

    thinking: str
    got: str
    reasons: tuple[str, ...]


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
            thinking, reason = _judged(drafts[turn.key], turn.gold, cleaner, settings.agreement, name == HINTED)
            before = found[turn.key].reasons if turn.key in found else ()
            found[turn.key] = Distilled(thinking, name, (*before, reason) if reason else before)
    return found


def _judged(draft: dict[str, Any], gold: Gold, cleaner: Cleaner, agreement: float, hinted: bool) -> tuple[str, str]:
    if reason := disagreement(gold, cast(Message, draft), agreement):
        return "", reason
    return cleaner.clean(draft.get("thinking", ""), hinted)


def _ask(
    name: str, turns: Sequence[Turn], thinker: Thinker, settings: ThoughtsSettings, context: StageContext
) -> dict[str, dict[str, Any]]:
    """What the model thinks and answers for each turn, by key; batches already on disk are not asked again."""
    path = context.out / f"drafts-{name.replace('_', '-')}.jsonl"
    kept = {row["batch"]: row["drafts"] for row in recover_jsonl(path)}
    done = {draft["turn"]: draft for drafts in kept.values() for draft in drafts}
    context.progress.start(len(turns), "thoughts" if name == PLAIN else "thoughts with a hint", len(done))
    order = sorted(turns, key=lambda turn: sum(len(message["content"]) for message in turn.messages))
    with path.open("a", encoding="utf-8") as handle:
        for number, start in enumerate(range(0, len(order), settings.batch_size)):
            if number in kept:
                continue
            batch = order[start : start + settings.batch_size]
            seed = context.random("thoughts", name, number).getrandbits(31)
            said = thinker.think([turn.prompt(name == HINTED) for turn in batch], seed)
            drafts = [{"turn": turn.key, **message} for turn, message in zip(batch, said, strict=True)]
            append_jsonl(handle, [{"batch": number, "drafts": drafts}])
            done |= {draft["turn"]: draft for draft in drafts}
            context.progress.advance(len(batch))
    return done
