"""Text to token ids, without any text becoming a control token.

The tokenizer's own engine is the measure. A faster one is used where it was proved, when it is made, to give the same
ids for a set of hard texts and for the text of every control token.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, normalizers, pre_tokenizers

from residency.core.errors import UsageError

try:
    import tiktoken
except ImportError:  # only the speed depends on it
    tiktoken = None  # type: ignore[assignment]

Tokens = NDArray[np.int32]
"""Token ids, shape (tokens,)."""
REMEMBERED = 4_096  # texts whose ids are kept: headers, system messages and the like come again and again
LONGEST = 2_000  # characters of a text that is remembered
RECENT = 4_096  # texts beyond which the last ones are forgotten
SHARE = 64  # texts that a thread takes at once
_HARD = (
    "The INR is 2.5; give 5 mg/kg (max. 400 mg) q.d.s. — not 5–10 g!\n\n  - A)\tNa⁺ 140 mmol/L\r\n",
    "don't I'LL he'd WE'VE 12345678 1,000.50 ½ Ⅷ x² µg 100% ≥3 °C naïve café e\u0301 A\u030a \u1e9b\u0323",
    "中文字符 한국어 العربية עברית हिन्दी ไทย 🩺👩🏽‍⚕️ \u200d\ufe0f \u00a0\u3000 \u2028",
    " \n \n\n\t\t  \r\n\r   trailing   ",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 5 + "\x00\x01\x7f\x85",
    "def f(x):\n\treturn {'a': [1, 2], \"b\": None}  # <b>bold</b> &amp; <|not_a_token|>",
    "",
)


Encode = Callable[[list[str]], list[Tokens]]


class Encoder:
    """Encodes content with one tokenizer.

    Args:
        tokenizer: a fast tokenizer of Hugging Face.

    Raises:
        UsageError: it is no fast tokenizer.
    """

    def __init__(self, tokenizer: Any) -> None:
        if getattr(tokenizer, "backend_tokenizer", None) is None:
            raise UsageError(
                "this model has no fast tokenizer", str(getattr(tokenizer, "name_or_path", "")), "Choose another model"
            )
        whole = json.loads(tokenizer.backend_tokenizer.to_str())
        self.controls: dict[str, int] = {token["content"]: token["id"] for token in whole["added_tokens"]}
        """The control tokens and their ids."""
        self._plain = _without_controls(whole)
        self._fast = _proved_fast(whole, self._plain, self.controls)
        self._known: dict[str, Tokens] = {}
        self._recent: dict[str, Tokens] = {}  # of the last texts, which are asked for again when a row is proved
        self._held = _held_bytes(whole)
        self._unknown = self._plain.token_to_id(str(whole["model"].get("unk_token")))

    @property
    def engine(self) -> str:
        """Which engine encodes: ``tiktoken``, or ``tokenizers``, which is the reference and slower."""
        return "tiktoken" if self._fast else "tokenizers"

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids that are no control tokens; a character that is cut shows as \ufffd."""
        return str(self._plain.decode(list(ids), skip_special_tokens=False))

    def control(self, token: str) -> int:
        """The id of a control token; KeyError when the vocabulary has none of this text."""
        return self.controls[token]

    def lost(self, text: str) -> str:
        """The characters of a text that the vocabulary cannot hold, each once: SmolLM2's lacks some bytes, and half of
        a surrogate pair is no character at all. What was encoded shows nothing of them, or a character that says that
        something was there."""
        if self._held is not None:
            try:
                if not text.encode().translate(None, self._held):
                    return ""
            except UnicodeEncodeError:
                pass
        return "".join(character for character in dict.fromkeys(text) if not self._holds(character))

    def _holds(self, character: str) -> bool:
        if "\ud800" <= character <= "\udfff":
            return False
        if self._held is not None:
            return not character.encode().translate(None, self._held)
        (ids,) = _reference(self._plain, [character])
        return self._unknown not in ids and (bool(ids) or character.isspace())

    def encode(self, texts: Sequence[str]) -> list[Tokens]:
        """The ids of each text, of which none is a control token's. Half of a surrogate pair is read as \ufffd."""
        known, recent = self._known, self._recent
        fresh = list(dict.fromkeys(text for text in texts if text not in known and text not in recent))
        found = dict(zip(fresh, self._encode(fresh), strict=True)) if fresh else {}
        for text, ids in found.items():
            if len(text) <= LONGEST and len(known) < REMEMBERED:
                known[text] = ids
        ids_of = [found[text] if text in found else known[text] if text in known else recent[text] for text in texts]
        if len(recent) + len(found) > RECENT:
            recent.clear()
        recent.update(found)
        return ids_of

    def _encode(self, texts: list[str]) -> list[Tokens]:
        whole = [text if text.isascii() else _whole(text) for text in texts]
        return self._fast(whole) if self._fast is not None else _reference(self._plain, whole)


def _whole(text: str) -> str:
    """The text without halves of surrogate pairs, on which each engine would fail in its own way."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text


def _reference(plain: Tokenizer, texts: Sequence[str]) -> list[Tokens]:
    return [np.array(one.ids, np.int32) for one in plain.encode_batch_fast(list(texts), add_special_tokens=False)]


def _without_controls(whole: dict[str, Any]) -> Tokenizer:
    """A copy of the tokenizer that knows no control token. To mark all of them as special would leave those that
    families do not (``<think>``, ``<tool_call>``) within reach of content."""
    plain = Tokenizer.from_str(json.dumps(whole | {"added_tokens": [], "post_processor": None}))
    plain.no_truncation()
    plain.no_padding()
    return plain


def _proved_fast(whole: dict[str, Any], plain: Tokenizer, controls: Iterable[str]) -> Encode | None:
    """The same with tiktoken, where the tokenizer is one of its kind and gives the same ids."""
    fast = _tiktoken(whole)
    if fast is None:
        return None
    probes = [*_HARD, *controls, *(f"a{token}\n" for token in controls), *map(chr, range(1, 0x3000, 7))]
    try:
        same = map(np.array_equal, fast(probes), _reference(plain, probes))
        return fast if all(same) else None
    except Exception:  # whatever it is, the reference does without it
        return None


def _tiktoken(whole: dict[str, Any]) -> Encode | None:
    """Byte-level BPE after one regular expression, at most after NFC; None for any other tokenizer."""
    model, before = whole["model"], whole["pre_tokenizer"] or {}
    steps = before.get("pretokenizers", [before])
    splits = [step for step in steps if step.get("type") == "Split"]
    levels = [step for step in steps if step.get("type") == "ByteLevel"]
    normal = whole["normalizer"]
    suits = (
        tiktoken is not None
        and model["type"] == "BPE"
        and len(steps) == 2
        and len(splits) == len(levels) == 1
        and splits[0]["behavior"] == "Isolated"
        and not splits[0]["invert"]
        and "Regex" in splits[0]["pattern"]
        and not levels[0]["use_regex"]
        and not levels[0]["add_prefix_space"]
        and (normal is None or normal == {"type": "NFC"})
    )
    if not suits:
        return None
    letters = {letter: byte for byte, letter in _byte_letters().items()}
    try:
        ranks = {bytes(letters[letter] for letter in token): number for token, number in model["vocab"].items()}
    except KeyError:
        return None
    encoding = tiktoken.Encoding(
        "plain", pat_str=splits[0]["pattern"]["Regex"], mergeable_ranks=ranks, special_tokens={}
    )
    if not _merges_by_rank(model):
        return None
    # Tables of Unicode differ in their age, so that the tokenizer's own NFC is kept.
    nfc = normalizers.NFC().normalize_str if normal else None

    def encode_one(text: str) -> Tokens:
        if nfc and not text.isascii():
            text = nfc(text)
        return encoding.encode_to_numpy(text, disallowed_special=()).astype(np.int32)

    def encode(texts: list[str]) -> list[Tokens]:
        # Python's lock is free while a text is encoded; to hand texts over one by one would cost more than that gains.
        shares = [texts[place : place + SHARE] for place in range(0, len(texts), SHARE)]
        if len(shares) < 2:
            return list(map(encode_one, texts))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return [ids for share in pool.map(lambda share: list(map(encode_one, share)), shares) for ids in share]

    return encode


def _held_bytes(whole: dict[str, Any]) -> bytes | None:
    """The bytes that the vocabulary holds; None for a tokenizer that does not work with bytes."""
    model, before = whole["model"], whole["pre_tokenizer"] or {}
    if model["type"] != "BPE":
        return None
    if any(step.get("type") == "ByteLevel" for step in before.get("pretokenizers", [before])):
        return bytes(byte for byte, letter in _byte_letters().items() if letter in model["vocab"])
    if model.get("byte_fallback") and all(f"<0x{byte:02X}>" in model["vocab"] for byte in range(256)):
        return bytes(range(256))
    return None


def _merges_by_rank(model: dict[str, Any]) -> bool:
    """Whether merging by the list of merges is the same as merging by the ids of what comes out, as tiktoken does."""
    pairs = (merge if isinstance(merge, list) else merge.split(" ") for merge in model["merges"])
    made = [model["vocab"]["".join(pair)] for pair in pairs]
    reachable = len(set(made)) + 256 == len(model["vocab"]) or bool(model.get("ignore_merges"))
    return reachable and all(one <= other for one, other in pairwise(made))


def _byte_letters() -> dict[int, str]:
    """The letter by which byte-level BPE writes each byte."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    shown = [byte for byte in range(256) if chr(byte) in alphabet and unicodedata.category(chr(byte)) != "Cc"]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {byte: chr(byte) for byte in shown} | {byte: chr(256 + place) for place, byte in enumerate(hidden)}
