"""ChatML (SmolLM2 and others): ``<|im_start|>role``, a line end, the content, ``<|im_end|>``.

In this family earlier assistant turns carry no reasoning, so one sequence can hold all turns of a
conversation with a label on each; its prompt for every turn equals the inference prompt, which is asserted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tokenizers import Tokenizer

from residency.core.errors import ProofError, UsageError
from residency.core.records import Message

START, END = "<|im_start|>", "<|im_end|>"
IGNORED = -100
_PROBE: list[Message] = [
    {"role": "system", "content": "Be brief.\nMode: EXAM"},
    {"role": "user", "content": "What now? 3.5 mg [1]"},
    {"role": "assistant", "content": "Key point: this."},
    {"role": "user", "content": "Why?"},
]


@dataclass(frozen=True)
class Row:
    """A training row: token ids, and labels of the same length (-100 where nothing is to be learnt)."""

    input_ids: list[int]
    labels: list[int]

    @property
    def labelled(self) -> int:
        """How many tokens carry a label."""
        return sum(label != IGNORED for label in self.labels)


class ChatML:
    """Renders messages with one tokenizer. Content is encoded so that it holds no control token."""

    def __init__(self, tokenizer: Any) -> None:
        """``tokenizer`` is a Hugging Face fast tokenizer of a ChatML model.

        Raises:
            UsageError: its chat template does not render as ChatML.
        """
        self.tokenizer = tokenizer
        self._content = _content_tokenizer(tokenizer)
        start, end = self._content.token_to_id(START), self._content.token_to_id(END)
        if start is None or end is None or START not in (tokenizer.chat_template or ""):
            raise _not_chatml(tokenizer)
        self.start, self.end = start, end
        self._line = self._encode("\n")
        self._prove()

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """The inference prompt: all messages, and the header of the answer that is to come."""
        ids: list[int] = []
        for message in messages:
            ids += [self.start, *self._encode(f"{message['role']}\n{message['content']}"), self.end, *self._line]
        return [*ids, self.start, *self._encode("assistant\n")]

    def target(self, content: str) -> list[int]:
        """What the model must produce for an assistant turn, the stop token included."""
        return [*self._encode(content), self.end]

    def row(self, messages: Sequence[Message]) -> Row:
        """One training row with every assistant turn labelled.

        Raises:
            ProofError: the tokens before some turn are not the inference prompt for that turn.
        """
        ids: list[int] = []
        labels: list[int] = []
        for position, message in enumerate(messages):
            if message["role"] != "assistant":
                segment = self.prompt([message])[: -len(self._header())]
                ids += segment
                labels += [IGNORED] * len(segment)
                continue
            header, target = self._header(), self.target(message["content"])
            ids += header
            labels += [IGNORED] * len(header)
            expected = self.prompt(messages[:position])
            if ids != expected:
                shown = f"trained on ...{self.decode(ids[-40:])!r}, served ...{self.decode(expected[-40:])!r}"
                raise ProofError(f"the row's prompt is not the inference prompt for its turn {position}: {shown}")
            ids += [*target, *self._line]
            labels += [*target, *[IGNORED] * len(self._line)]
        # Nothing follows the last stop token when the model generates.
        return Row(ids[: -len(self._line)], labels[: -len(self._line)])

    def decode(self, ids: Sequence[int]) -> str:
        """Token ids as text, control tokens shown."""
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=False))

    def answer(self, ids: Sequence[int]) -> str:
        """Generated ids as an answer's text: up to the stop token, without control tokens."""
        kept = list(ids)
        if self.end in kept:
            kept = kept[: kept.index(self.end)]
        return str(self.tokenizer.decode(kept, skip_special_tokens=True)).strip()

    def _header(self) -> list[int]:
        return [self.start, *self._encode("assistant\n")]

    def _encode(self, text: str) -> list[int]:
        return list(self._content.encode(text, add_special_tokens=False).ids)

    def _prove(self) -> None:
        theirs = self.tokenizer.apply_chat_template(_PROBE, add_generation_prompt=True, tokenize=False)
        expected = self.tokenizer.encode(theirs, add_special_tokens=False)
        if expected != self.prompt(_PROBE):
            raise ProofError(
                "this model's chat template does not render as ChatML: it gives "
                f"{theirs!r} where {self.decode(self.prompt(_PROBE))!r} was expected"
            )


def _content_tokenizer(tokenizer: Any) -> Tokenizer:
    """A copy of the tokenizer for which a control token's text is text like any other."""
    if not getattr(tokenizer, "backend_tokenizer", None):
        raise _not_chatml(tokenizer)
    values = json.loads(tokenizer.backend_tokenizer.to_str())
    for token in values["added_tokens"]:
        # Some families leave <think>, <tool_call> and the like unmarked, which would let content write them.
        token["special"] = bool(token["content"].strip())
    copy = Tokenizer.from_str(json.dumps(values))
    copy.no_truncation()
    copy.no_padding()
    copy.encode_special_tokens = True
    return copy


def _not_chatml(tokenizer: Any) -> UsageError:
    return UsageError(
        "only ChatML models with a fast tokenizer can be used so far; this one's chat template is another",
        str(getattr(tokenizer, "name_or_path", "")),
        "Set model.name to embedded or to a ChatML model",
    )
