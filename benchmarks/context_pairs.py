"""Preference pairs on long contexts for measuring: passages of public text, a question, and two answers cut from it.

What the answers say does not matter here; their lengths do.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from benchmarks.passages import pieces, rows_of
from benchmarks.trainers import SEED
from residency.chat.load import renderer_of
from residency.chat.pairs import compile_pairs
from residency.chat.settings import ChatSettings
from residency.core.files import write_jsonl
from residency.core.prompt import system_message, user_message
from residency.core.records import Pair, Passage
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.training.settings import LoraSettings

PROMPT = (820, 875)
LONGEST = 1_024
"""Tokens of a prompt, and of a prompt with an answer: TRL's DPOTrainer cuts what is longer."""
ANSWER = (103, 145)
"""Tokens of an answer; cutting it at a word and its stop token add or take a few."""


def passages_of(text: Path) -> list[Passage]:
    """Passages of some 86 words from rows with a ``text`` or an ``answer``; the example's, OpenStax's and MedQuAD's."""
    found: list[Passage] = []
    for number, row in enumerate(rows_of(text)):
        title = str(row.get("title") or row.get("section") or row.get("topic") or "").strip()
        for place, piece in enumerate(pieces(row.get("text") or row.get("answer") or "")):
            found.append(
                {
                    "id": f"{number}-{place}",
                    "title": title,
                    "section": title,
                    "topic": "general",
                    "source": text.stem,
                    "licence": "unknown",
                    "date": "",
                    "text": piece,
                    "parents": [],
                }
            )
    return found


def write_pairs(text: Path, count: int, path: Path) -> list[int]:
    """Write ``count`` pairs as JSON Lines, each as text and compiled; returns the tokens of their prompts.

    Raises:
        ValueError: the text holds too few passages.
    """
    rng, tokenizer = random.Random(SEED), load_tokenizer(ModelSettings())
    renderer, passages = renderer_of(tokenizer, ChatSettings()), passages_of(text)
    if len(passages) < 20:
        raise ValueError(f"{text} holds {len(passages)} passages, too few to make contexts from")
    rows: list[dict[str, Any]] = []
    tries = 0
    while len(rows) < count:
        if (tries := tries + 1) > 100 * count:
            raise ValueError(f"of {text} no contexts of {PROMPT[0]} to {PROMPT[1]} tokens can be made")
        pair = _pair(passages, tokenizer, rng, len(rows))
        compiled, _, left_out = compile_pairs([pair], renderer, LONGEST)
        if compiled and not left_out and PROMPT[0] <= len(compiled[0]["prompt_ids"]) <= PROMPT[1]:
            rows.append({"pair": pair, **compiled[0]})
    write_jsonl(path, rows)
    return [len(row["prompt_ids"]) for row in rows]


def _pair(passages: list[Passage], tokenizer: Any, rng: random.Random, number: int) -> Pair:
    drawn = rng.sample(passages, 20)
    context: list[Passage] = []
    tokens = 90  # of the system message, the instruction and the question, roughly
    for passage in drawn[:10]:
        more = len(tokenizer(passage["text"] + passage["title"])["input_ids"])
        if tokens + more > PROMPT[1]:
            break
        context.append(passage)
        tokens += more
    return {
        "id": f"pair-{number}",
        "kind": "context",
        "mode": "EXAM",
        "split": "train",
        "topic": "general",
        "source": context[0]["source"],
        "licence": "unknown",
        "parents": [passage["id"] for passage in context],
        "prompt": [
            system_message("EXAM"),
            user_message(f"What is said about {context[0]['title'] or 'this'}?", context),
        ],
        "chosen": _answer(drawn[:4], tokenizer, rng),
        "rejected": _answer(drawn[10:], tokenizer, rng),
        "edit": {},
    }


def _answer(passages: list[Passage], tokenizer: Any, rng: random.Random) -> str:
    """Words of the passages, as many as fit into a number of tokens drawn by chance."""
    text = " ".join(passage["text"] for passage in passages)
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    wanted = rng.randint(*ANSWER)
    end = encoded["offset_mapping"][min(wanted, len(encoded["offset_mapping"])) - 1][1]
    return text[:end].rsplit(" ", 1)[0]


def write_adapter(folder: Path) -> None:
    """An adapter as SFT would leave it: of rank 32 on every linear layer, and not quite nothing."""
    import torch

    from residency.training.model.adapter import add_adapter

    torch.manual_seed(SEED)
    model = add_adapter(load_model(ModelSettings(), trainable=True), LoraSettings(r=32))
    for name, weights in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights, std=1e-3)
    model.save_pretrained(str(folder / "adapter"))
