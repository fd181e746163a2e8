"""Shared fixtures: a tiny random ChatML model with a tokenizer of its own, and a small corpus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples" / "surgery"
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' "
    "+ '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random Llama of two layers and a byte-level BPE tokenizer trained on the examples."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny-model")
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=1200, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    texts = [row["text"] for row in read_rows(EXAMPLES / "passages.jsonl")]
    backend.train_from_iterator(texts, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|im_end|>"
    )
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(str(folder))
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="session")
def small_bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two topics of the example corpus: ``questions.jsonl``, ``passages.jsonl``, ``followups.jsonl``."""
    folder = tmp_path_factory.mktemp("bank")
    topics = {"hernia", "burns"}

    def pick(name: str) -> list[dict[str, Any]]:
        return [row for row in read_rows(EXAMPLES / name) if row["topic"] in topics]

    sources = {
        "questions.jsonl": [*pick("mcq.jsonl"), *pick("open.jsonl")],
        "passages.jsonl": pick("passages.jsonl"),
        "followups.jsonl": pick("followups.jsonl")[:4],
    }
    for name, rows in sources.items():
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny_recipe(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, small_bank: Path) -> Path:
    """A recipe that runs the whole line on the tiny model in seconds; runs lie beside it."""
    folder = tmp_path_factory.mktemp("recipe")
    path = folder / "recipe.toml"
    path.write_text(
        f"""
[run]
name = "tiny"
folder = "{folder / "runs"}"

[model]
name = "{tiny_model}"
dtype = "float32"
device = "cpu"

[corpus]
files = ["{small_bank / "questions.jsonl"}"]

[index]
files = ["{small_bank / "passages.jsonl"}"]

[mix]
examples = 40
dev_examples = 8

[sft]
max_steps = 6
save_steps = 2
batch_tokens = 4096

[pairs]
max_pairs = 8
on_policy = 2
samples = 2
margin = 0.0

[compile]
max_length = 2048

[preference]
max_steps = 4
save_steps = 1
batch_pairs = 1

[evaluate]
max_items = 4
followups = ["{small_bank / "followups.jsonl"}"]
max_new_tokens = 16

[[evaluate.gates]]
metric = "faithfulness.false_abstention"
rule = "at_most"
value = 0.9
""",
        encoding="utf-8",
    )
    return path
