"""Messages to tokens, for training, evaluation and serving alike.

One function renders: a training row is the inference prompt of a turn, followed by what the model must produce there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

import numpy as np

from residency.chat.encoder import Encoder, Tokens
from residency.chat.families.base import Family, Tools, without_thought
from residency.chat.segments import Control, Segment, joined
from residency.core.errors import ProofError, UsageError
from residency.core.records import Message

IGNORED = -100
LOST = "characters that the model's vocabulary lacks"


class LostTextError(UsageError):
    """A text holds characters that the model's vocabulary cannot hold."""


@dataclass(frozen=True)
class Row:
    """A training row: token ids, and labels of the same length (-100 where nothing is to be learnt).

    ``turns`` are the places, among the conversation's messages, of the assistant's turns that carry labels, and
    ``ends`` how many tokens there are to the end of each.
    """

    input_ids: Tokens
    labels: Tokens
    turns: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def labelled(self) -> int:
        """How many tokens carry a label."""
        return int((self.labels != IGNORED).sum())


@dataclass(frozen=True)
class Step:
    """One turn of an assistant: the inference prompt for it, and what the model must produce."""

    turn: int
    prompt: list[Segment]
    target: list[Segment]


class Renderer:
    """Renders in one family with one tokenizer.

    Args:
        family: the chat format.
        encoder: the tokenizer.
        thinking: whether the model is asked to think, where its family leaves the choice.
        thought_tokens: tokens that a thought may take when the model is asked.

    Raises:
        UsageError: the tokenizer lacks one of the family's control tokens.
    """

    def __init__(self, family: Family, encoder: Encoder, thinking: bool = True, thought_tokens: int = 2048) -> None:
        self.family, self.encoder = family, encoder
        chosen = thinking or bool(family.effort)  # where effort is what the model is told, there is no other choice
        self.thinking = family.thinks == "always" or (family.thinks == "by choice" and chosen)
        """Whether the model is asked to think."""
        self.every = family.must_think(self.thinking)
        """Whether no turn may go without a thought."""
        self._thought_tokens = thought_tokens if self.thinking else 0
        if missing := [token for token in family.stops if token not in encoder.controls]:
            raise UsageError(f"the tokenizer has no {', '.join(missing)}: it is none of the family {family.name}")
        self.stops = [encoder.control(token) for token in family.stops]
        self._controls: dict[str, Tokens] = {}
        self._names = {number: token for token, number in encoder.controls.items()}
        texts = sorted((re.escape(token) for token in encoder.controls if token), key=len, reverse=True)
        self._written = re.compile(f"({'|'.join(texts)})")

    def prompt(self, messages: Sequence[Message], tools: Tools = ()) -> list[int]:
        """The inference prompt: all messages, and what begins the answer that is to come. Characters that the
        vocabulary cannot hold (:meth:`Encoder.lost`) are missing from it, as they are wherever the model is served."""
        return [int(number) for number in self._ids([self._prompt(messages, tools)])[0]]

    def target(self, message: Message) -> list[int]:
        """What the model must produce for an assistant's turn, its stop token included."""
        return [int(number) for number in self._ids([self._target(message)])[0]]

    def steps(self, messages: Sequence[Message], tools: Tools = ()) -> list[Step]:
        """Each assistant's turn that is to be learnt, with its inference prompt.

        Raises:
            UsageError: the family has no form for one of the messages, or the tokenizer cannot hold a character.
            ProofError: the family could not show that training and inference read the same here.
        """
        self.family.prove(tidied(messages), tools)
        found = [
            Step(place, self._prompt(messages[:place], tools), self._target(message))
            for place, message in enumerate(messages)
            if message["role"] == "assistant" and message.get("learnt", True)
        ]
        self._check([*found[-1].prompt, *(segment for step in found for segment in step.target)] if found else [])
        return found

    def _check(self, segments: Iterable[Segment]) -> None:
        texts = (segment for segment in segments if isinstance(segment, str))
        if lost := "".join(dict.fromkeys("".join(map(self.encoder.lost, texts)))):
            shown = ", ".join(f"U+{ord(character):04X}" for character in lost[:5])
            raise LostTextError(
                f"the text holds {len(lost)} kind(s) of character that the model's vocabulary cannot hold: {shown}",
                "",
                "Take them out",
            )

    def rows(self, conversations: Iterable[tuple[Sequence[Message], Tools]]) -> list[list[Row]]:
        """The training rows of each conversation: one for each assistant's turn, but turns share a row where one
        turn with its prompt is, token for token, how the next turn's prompt begins.

        Raises:
            UsageError: the family has no form for one of the messages.
        """
        steps = [self.steps(messages, tools) for messages, tools in conversations]
        flat = [step for of_one in steps for step in of_one]
        prompts, targets = self._ids([step.prompt for step in flat]), self._ids([step.target for step in flat])
        found: list[list[Row]] = []
        place = 0
        for of_one in steps:
            stop = place + len(of_one)
            found.append(_shared(of_one, prompts[place:stop], targets[place:stop]))
            place = stop
        return found

    def last(self, messages: Sequence[Message], tools: Tools = ()) -> tuple[Tokens, Tokens]:
        """The inference prompt for the last message, an assistant's turn, and what the model must produce there.

        Raises:
            UsageError: the family has no form for one of the messages, or the tokenizer cannot hold a character.
        """
        *before, message = messages
        prompt, target = self._prompt(before, tools), self._target(message)
        self._check([*prompt, *target])
        ids = self._ids([prompt, target])
        return ids[0], ids[1]

    def limit(self, answer_tokens: int) -> int:
        """Tokens that the model may write for an answer of ``answer_tokens``, its thought before it."""
        return self._thought_tokens + answer_tokens

    def decode(self, ids: Iterable[int]) -> str:
        """Token ids as text, control tokens shown."""
        return "".join(map(str, self.segments(ids)))

    def segments(self, ids: Iterable[int]) -> list[Segment]:
        """Token ids as text and control tokens."""
        found: list[Segment] = []
        plain: list[int] = []
        for number in ids:
            name = self._names.get(int(number))
            if name is None:
                plain.append(int(number))
                continue
            found += [self.encoder.decode(plain)] if plain else []
            plain = []
            found.append(Control(name))
        return [*found, self.encoder.decode(plain)] if plain else found

    def message(self, ids: Iterable[int]) -> Message:
        """Generated ids as a message, up to the first stop token."""
        said = takewhile(lambda number: number not in self.stops, ids)
        return self.family.message(self.segments(said), self.thinking)

    def read(self, text: str) -> Message:
        """Generated text, in which control tokens stand by their text, as a message, up to the first stop token. What
        is no control token and only looks like one cannot be told from it: where ids are known, use :meth:`message`."""
        found: list[Segment] = []
        for piece in self._written.split(text):
            if piece in self.family.stops:
                break
            if piece:
                found.append(Control(piece) if piece in self.encoder.controls else piece)
        return self.family.message(found, self.thinking)

    def answer(self, ids: Iterable[int]) -> str:
        """Generated ids as the text that a reader sees, without thoughts and calls."""
        return self.message(ids)["content"].strip()

    def prove(self, row: Row, messages: Sequence[Message], tools: Tools = ()) -> None:
        """That before each label span of the row stands the inference prompt of its turn, that the span is what the
        model must produce there, a thought among it where it is asked for one, and that nothing else is labelled.

        Raises:
            ProofError: it does not; both sides are shown.
            UsageError: a turn has no thought and the model is asked for one, or has one and it is not.
        """
        if not row.turns:
            raise ProofError("the row has no turn to learn from")
        labels = np.full(len(row.input_ids), IGNORED, np.int32)
        for turn in row.turns:
            self._may_be_learnt(messages[turn])
            # As prompt() gives it to whoever serves it.
            prompt, target = self._ids([self._prompt(messages[:turn], tools), self._target(messages[turn])])
            served = np.concatenate([prompt, target])
            trained = row.input_ids[: len(served)] if turn != row.turns[-1] else row.input_ids
            if not np.array_equal(trained, served):
                common = min(len(trained), len(served))
                differs = trained[:common] != served[:common]
                at = int(np.argmax(differs)) if differs.any() else common
                near = slice(max(0, at - 20), at + 20)
                raise ProofError(
                    f"the row is not what is served for its turn {turn}: trained on "
                    f"...{self.decode(trained[near])!r}, served ...{self.decode(served[near])!r}"
                )
            labels[len(prompt) : len(served)] = target
        if not np.array_equal(row.labels, labels):
            at = int(np.argmax(row.labels != labels)) if len(row.labels) == len(labels) else 0
            near = slice(max(0, at - 20), at + 20)
            raise ProofError(
                f"the labels are not what the model must produce: labelled ...{self._labelled(row.labels[near])!r}, "
                f"to be produced ...{self._labelled(labels[near])!r}"
            )

    def _may_be_learnt(self, message: Message) -> None:
        if self.family.thinks != "by choice":
            return  # where there is no choice, targets have their one form
        thought = message.get("thinking", "").strip()
        if self.every and not thought:
            raise without_thought("the model is asked for one: trained so, it learns to leave it out")
        if thought and not self.thinking:
            what = "an assistant's turn has a thought, and the model is not asked to think"
            raise UsageError(what, "", "Set chat.thinking = true, or take the thoughts out")

    def _labelled(self, labels: Tokens) -> str:
        """Labels as text, with … where there are none."""
        runs = groupby(labels.tolist(), key=lambda label: label == IGNORED)
        return "".join("…" if ignored else self.decode(run) for ignored, run in runs)

    def _prompt(self, messages: Sequence[Message], tools: Tools) -> list[Segment]:
        return joined([*self.family.history(tidied(messages), tools), *self.family.header(self.thinking)])

    def _target(self, message: Message) -> list[Segment]:
        (message,) = tidied([message])
        return joined(self.family.target(message, self.thinking))

    def _ids(self, rendered: Sequence[Sequence[Segment]]) -> list[Tokens]:
        texts = [segment for segments in rendered for segment in segments if isinstance(segment, str)]
        encoded = iter(self.encoder.encode(texts))
        found = []
        for segments in rendered:
            pieces = [next(encoded) if isinstance(segment, str) else self._control(segment) for segment in segments]
            found.append(np.concatenate(pieces) if pieces else np.empty(0, np.int32))
        return found

    def _control(self, control: Control) -> Tokens:
        try:
            known = self._controls.get(control.token)
            if known is None:
                known = self._controls[control.token] = np.array([self.encoder.control(control.token)], np.int32)
            return known
        except KeyError:
            raise UsageError(
                f"the tokenizer has no {control.token}, which the family {self.family.name} writes",
                "chat.family",
                "Choose the family that the model belongs to",
            ) from None


def tidied(messages: Sequence[Message]) -> list[Message]:
    """Messages with no white space around what an assistant said or thought. A family that strips it in some places
    and not in others would otherwise show the same turn in two forms, and an answer that begins with a line end is
    other tokens in a prompt than after one."""
    return [_tidied(message) for message in messages]


def _tidied(message: Message) -> Message:
    if message["role"] != "assistant":
        return message
    found: Message = {**message, "content": message["content"].strip()}
    if "thinking" in found:
        found["thinking"] = found["thinking"].strip()
    return found


def _shared(steps: Sequence[Step], prompts: Sequence[Tokens], targets: Sequence[Tokens]) -> list[Row]:
    rows: list[Row] = []
    for step, prompt, target in zip(steps, prompts, targets, strict=True):
        earlier = rows.pop() if rows and np.array_equal(prompt[: len(rows[-1].input_ids)], rows[-1].input_ids) else None
        rows.append(row_of(step.turn, prompt, target, earlier))
    return rows


def row_of(turn: int, prompt: Tokens, target: Tokens, earlier: Row | None = None) -> Row:
    """The row of one turn; with ``earlier``, with which the prompt begins, that row continued."""
    learnt = earlier.labels if earlier else np.empty(0, np.int32)
    between = np.full(len(prompt) - len(learnt), IGNORED, np.int32)
    turns, ends = (earlier.turns, earlier.ends) if earlier else ((), ())
    return Row(
        np.concatenate([prompt, target]),
        np.concatenate([learnt, between, target]),
        (*turns, turn),
        (*ends, len(prompt) + len(target)),
    )
