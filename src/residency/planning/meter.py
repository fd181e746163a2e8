"""How many tokens a model's tokenizer makes of a text: by the tokenizer itself, or by its characters where it is not at
hand. Needs neither torch nor transformers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from residency.chat.estimate import CHARACTERS, MESSAGE
from residency.core.errors import InputError
from residency.core.files import file_digest, text_digest
from residency.core.records import Message

TOKENIZER = "tokenizer.json"
WITHIN = 0.1
"""By how much a count from characters may be off, either way: see :mod:`residency.chat.estimate`, whose three
tokenizers were off by up to 9% for a kind of rows."""
STOP = 1  # the token that ends a turn
SHARE = 1_000  # texts encoded at once


@dataclass(frozen=True)
class Meter:
    """Counts tokens for one tokenizer.

    ``digest`` names what counted: counts of another digest are not its own. ``off`` is by how much a sum may be off,
    either way, as a share; 0 where the tokenizer itself counts.
    """

    says: str
    digest: str
    off: float
    count: Callable[[Sequence[str]], list[int]]

    def messages(self, conversations: Sequence[Sequence[Message]]) -> list[list[tuple[int, int]]]:
        """The tokens of each message of each conversation with those that stand around it, and of its thought."""
        flat = [message for messages in conversations for message in messages]
        said = self.count([message["content"] + _calls(message) for message in flat])
        thought = self.count([message.get("thinking", "") for message in flat])
        sizes = iter(zip(said, thought, strict=True))
        return [[_around(*next(sizes)) for _ in messages] for messages in conversations]


def _around(said: int, thought: int) -> tuple[int, int]:
    return said + MESSAGE, thought + MESSAGE if thought else 0


def _calls(message: Message) -> str:
    calls = message.get("tool_calls")
    return json.dumps(calls, ensure_ascii=False) if calls else ""


def by_characters() -> Meter:
    """The meter that needs no tokenizer: texts of English have about 4.4 characters to a token."""

    def count(texts: Sequence[str]) -> list[int]:
        return [round(len(text) / CHARACTERS) for text in texts]

    says = f"estimated: {CHARACTERS} characters to a token, within {WITHIN:.0%}"
    return Meter(says, text_digest(f"characters {CHARACTERS} {MESSAGE}"), WITHIN, count)


def meter_of(folder: Path | None) -> Meter:
    """The meter of a model's folder; by characters where there is no folder, no ``tokenizer.json`` in it, or no package
    that reads it.

    Raises:
        InputError: the file is no tokenizer.
    """
    path = folder / TOKENIZER if folder is not None else None
    if path is None or not path.is_file():
        return by_characters()
    try:
        from tokenizers import Tokenizer
    except ImportError:
        return by_characters()
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the package raises nothing narrower
        raise InputError(f"not a tokenizer ({error})", str(path), "Fetch the model again") from None
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: Sequence[str]) -> list[int]:
        known: dict[str, int] = {}
        fresh = list(dict.fromkeys(texts))
        for start in range(0, len(fresh), SHARE):
            some = fresh[start : start + SHARE]
            encoded = tokenizer.encode_batch_fast(some, add_special_tokens=False)
            known |= {text: len(one.ids) for text, one in zip(some, encoded, strict=True)}
        return [known[text] for text in texts]

    return Meter("counted by the model's tokenizer", file_digest(path), 0.0, count)


def folder_at_hand(name: str, embedded: Path, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The folder that holds a model's files on this machine; None where there is none. Nothing is downloaded.

    Args:
        name: ``embedded``, a folder, or a hub id, which is looked up in the hub's cache.
        embedded: where the embedded model lies.
        environment: of which ``HF_HUB_CACHE`` and ``HF_HOME`` move that cache.
    """
    if name == "embedded":
        return embedded if embedded.is_dir() else None
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    home = Path(environment.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    cache = Path(environment.get("HF_HUB_CACHE") or home / "hub")
    kept = cache / f"models--{name.replace('/', '--')}" / "snapshots"
    snapshots = sorted(kept.iterdir(), key=lambda one: one.stat().st_mtime) if kept.is_dir() else []
    return next((one for one in reversed(snapshots) if (one / TOKENIZER).exists()), None)


def rows_of(messages: Sequence[Message], sizes: Sequence[tuple[int, int]], thinks: bool) -> list[tuple[int, int]]:
    """The training rows of a conversation, each as (tokens, labelled tokens).

    The turns of a model that does not think share one row. Of a model that thinks each turn is a row of its own, with
    the turns before it, since these are read without their thoughts.

    Args:
        messages: the conversation.
        sizes: the tokens of each message and of its thought, as :meth:`Meter.messages` counts them.
        thinks: whether the model thinks before it answers.
    """
    found: list[tuple[int, int]] = []
    before = learnt = 0
    for message, (said, thought) in zip(messages, sizes, strict=True):
        before += said
        if message["role"] == "assistant" and message.get("learnt", True):
            produced = said - MESSAGE + STOP
            learnt += produced
            if thinks:
                found.append((before + thought, produced + thought))
    return found if thinks else [(before, learnt)] if learnt else []
