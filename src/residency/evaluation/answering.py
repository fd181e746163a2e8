"""Asking a model all items, and keeping what it says: raw, on disk, as it comes.

Prompts of like length share a batch, and a batch is written when it is done: a kill loses no more than one. What
cannot be asked of this model (its prompt is too long, it knows no tools) has an answer with a fault, so that nothing
is missing silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from residency.core.errors import ProofError, UsageError
from residency.core.files import append_jsonl, recover_jsonl
from residency.core.prompt import user_message
from residency.core.records import Message
from residency.core.stage import Progress, seeded
from residency.evaluation.item import Answer, Answers, Ask, Item, Turn
from residency.evaluation.registry import TASKS
from residency.evaluation.targets.speaker import Prompt, Speaker

NO_TOOLS = "the model's format knows no tools"
Key = tuple[str, str, int]


@dataclass
class _Open:
    """A sample that is being asked: what the model has read so far and what it has said."""

    item: Item
    ask: Ask
    sample: int
    size: int = 0
    messages: list[Message] = field(default_factory=list)
    said: list[Turn] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return self.item.id, self.ask.key, self.sample

    def goes_on(self) -> bool:
        """Takes the next step, if there is one after what was said last."""
        turn = self.said[-1]
        if turn.get("fault"):
            return False
        own: Message = {"role": "assistant", "content": turn["text"]}
        if turn.get("thinking"):
            own["thinking"] = turn["thinking"]
        if turn.get("tool_calls"):
            own["tool_calls"] = turn["tool_calls"]
        reply = TASKS[self.item.task].reply
        if self.ask.tools and reply is not None and (more := reply(self.item, self.said)):
            self.messages += [own, *more]
            return True
        asked = len([message for message in self.messages if message["role"] == "user"])
        first = len([message for message in self.ask.messages if message["role"] == "user"])
        if (place := asked - first) < len(self.ask.script):
            self.messages += [own, user_message(self.ask.script[place])]
            return True
        return False


def answered(
    speaker: Speaker,
    items: Sequence[Item],
    path: Path,
    *,
    batch_size: int,
    max_length: int,
    seed: int,
    progress: Progress,
    name: str,
) -> dict[str, Answers]:
    """The answers to all items, by the item's id; those on disk are not asked again.

    Args:
        speaker: the model.
        items: what is asked.
        path: the file of answers, which is gone on with.
        batch_size: samples asked at once.
        max_length: a prompt that is longer is not asked.
        seed: for what is drawn.
        progress: is told how many samples are done.
        name: the model's, for the progress.
    """
    done: dict[Key, Answer] = {}
    for row in recover_jsonl(path):
        done[row["id"], row["ask"], row["sample"]] = cast(Answer, row)
    samples = [one for item in items for one in _samples(item, speaker)]
    wanted = {one.key for one in samples}
    progress.start(len(samples), f"answers of the {name} model", len(wanted & done.keys()))
    if wanted <= done.keys():
        return by_item(done.values())
    _measure(samples, speaker)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as handle:
        for batch in _batches(samples, batch_size):
            left = [one for one in batch if one.key not in done]
            if left:
                company, number = _company(batch, left, done)
                keys = {one.key for one in left}
                asked = _asked(speaker, company, max_length, seed, number)
                rows = [row for row in asked if (row["id"], row["ask"], row["sample"]) in keys]
                append_jsonl(handle, rows)
                done |= {(row["id"], row["ask"], row["sample"]): row for row in rows}
                progress.advance(len(rows))
    return by_item(done.values())


def _company(batch: Sequence[_Open], left: Sequence[_Open], done: Mapping[Key, Answer]) -> tuple[Sequence[_Open], int]:
    """Who is asked together for those ``left`` of a batch, and the batch's number: the whole batch where a kill cut its
    writing, since which rows share one can move a score's last digit; else those alone."""
    numbers = {done[one.key].get("batch", -1) for one in batch if one.key in done}
    if len(numbers) == 1:
        (number,) = numbers
        kept = sum(row.get("batch") == number for row in done.values())
        if kept + len(left) == len(batch):
            return batch, number
    return left, len(done)


def by_item(rows: Iterable[Mapping[str, Any]]) -> dict[str, Answers]:
    """Answers by the item's id, then by the ask, in the order of their samples."""
    found: dict[str, dict[str, list[Answer]]] = {}
    for row in sorted(rows, key=lambda row: (row["id"], row["ask"], row["sample"])):
        found.setdefault(row["id"], {}).setdefault(row["ask"], []).append(cast(Answer, row))
    return {name: dict(of_one) for name, of_one in found.items()}


def _samples(item: Item, speaker: Speaker) -> list[_Open]:
    return [
        _Open(item, ask, sample, messages=list(ask.messages))
        for ask in item.asks
        for sample in range(ask.thinking_samples if speaker.thinks else ask.samples)
    ]


def _measure(samples: Sequence[_Open], speaker: Speaker) -> None:
    """Writes down how long each sample's prompt is; the samples of one ask share it."""
    for _, same in groupby(samples, key=lambda one: (one.item.id, one.ask.key)):
        rows = list(same)
        size = _size(rows[0], speaker)
        for one in rows:
            one.size = size if isinstance(size, int) else 0


def _size(one: _Open, speaker: Speaker) -> int | str:
    """How long the next prompt is; or in words why this model cannot be shown it."""
    if one.ask.tools and not speaker.calls:
        return NO_TOOLS
    try:
        return speaker.size(one.messages, one.ask.tools)
    except (UsageError, ProofError) as error:
        return f"the model's format has no form for the prompt ({error.what})"


def _batches(samples: Sequence[_Open], size: int) -> Iterable[Sequence[_Open]]:
    """Samples of like length together, and none that is asked in several steps with one that is not: a batch lasts as
    long as its longest."""

    def steps(one: _Open) -> tuple[bool, int, bool]:
        return one.ask.written, len(one.ask.script), bool(one.ask.tools)

    ordered = sorted(samples, key=lambda one: (steps(one), one.size, one.key))
    for _, alike in groupby(ordered, key=steps):
        rows = list(alike)
        yield from (rows[start : start + size] for start in range(0, len(rows), size))


def _asked(speaker: Speaker, batch: Sequence[_Open], max_length: int, seed: int, number: int) -> list[Answer]:
    """A batch, step by step, until all of its samples have ended; ``number`` is no other batch's."""
    draws = {one.key: seeded(seed, "answers", *one.key).getrandbits(31) for one in batch}
    going = [one for one in batch if _can_be_asked(one, speaker, max_length)]
    letters: dict[Key, list[float] | None] = {}
    if lettered := [one for one in going if one.ask.letters]:
        found = speaker.letters([one.messages for one in lettered], [one.ask.letters for one in lettered])
        letters = {one.key: row for one, row in zip(lettered, found, strict=True)}
    going = [one for one in going if one.ask.written]
    step = 0
    while going:
        prompts = [Prompt(one.messages, one.ask.tools, draws[one.key] + step) for one in going]
        for one, turn in zip(going, speaker.write(prompts), strict=True):
            one.said.append(turn)
        going = [one for one in going if one.goes_on() and _can_be_asked(one, speaker, max_length)]
        step += 1
    return [
        {
            "id": one.item.id,
            "ask": one.ask.key,
            "sample": one.sample,
            "batch": number,
            "said": one.said,
            "letters": letters.get(one.key),
        }
        for one in batch
    ]


def _can_be_asked(one: _Open, speaker: Speaker, max_length: int) -> bool:
    """Whether the next step can be asked of this model; where it cannot, that is what the sample ends in. One that has
    called in a way that no prompt can show again ends there, and is graded by what it said."""
    size = _size(one, speaker)
    if isinstance(size, str) and one.said:
        return False
    fault = size if isinstance(size, str) else ""
    if isinstance(size, int) and size >= max_length:
        fault = f"the prompt is longer than {max_length:,} tokens"
    if fault:
        one.said.append({"text": "", "finish": "error", "tokens": None, "fault": fault})
    return not fault
