"""Shared fixtures: a tiny random ChatML model with a tokenizer of its own, a small corpus, a finished run."""

from __future__ import annotations

import gc
import json
import os
import pickle
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from residency.flow.runner import StageResult

# The tiny model's matrices are so small that handing them to several threads costs more than computing them.
# Set before torch is imported, and inherited by what the tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# A busy machine is no fault of what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
QWEN = ("<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>")
EXAMPLES = Path(__file__).parents[1] / "examples" / "surgery"
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' "
    "+ '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def without_months(asked: str) -> str:
    """A user's turn whose passages do not say of what month they are: their headings are the titles alone."""
    return re.sub(r"(?m)^(\[\d+\][^\n]*?) \(\d{4}-\d\d\)\. ", r"\1. ", asked)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def shared(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """A folder that the first process of a test run to ask for it builds, and all of them read."""
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    done = folder.with_name(f"{name}.built")
    with FileLock(f"{folder}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            build(folder)
            done.touch()
    return folder


@pytest.fixture(scope="module", autouse=True)
def nothing_old_to_collect() -> None:
    """Each training collects garbage twice, for which Python looks at all objects there are: 0.7 s each time, with
    what all tests import. What is there before a module's tests stays, and is not looked at again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random Llama of two layers and a byte-level BPE tokenizer trained on the examples."""
    return shared(tmp_path_factory, "tiny-model", make_tiny_model)


def make_tiny_model(folder: Path) -> None:
    """Write the tiny model to ``folder``."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

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
        initializer_range=0.5,  # large enough for a frozen output head to be sure of a token
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(str(folder))


@pytest.fixture(scope="session")
def thinking_model(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """The tiny model with the control tokens of Qwen3 in its vocabulary, and no chat template: its family is named."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = tmp_path_factory.mktemp("thinking-model") / "model"
    shutil.copytree(tiny_model, folder)
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    tokenizer.add_tokens(list(QWEN))
    tokenizer.chat_template = None
    (folder / "chat_template.jinja").unlink(missing_ok=True)
    tokenizer.save_pretrained(str(folder))
    model = AutoModelForCausalLM.from_pretrained(str(folder))
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    model.save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="session")
def adapter(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """A LoRA adapter for the tiny model, with random weights that change what it says."""
    import torch

    from residency.generation.models import load_model
    from residency.generation.settings import ModelSettings
    from residency.training.model.adapter import add_adapter
    from residency.training.settings import LoraSettings

    folder = tmp_path_factory.mktemp("adapter")
    torch.manual_seed(1)
    base = load_model(ModelSettings(name=str(tiny_model), dtype="float32", device="cpu"), trainable=True)
    model = add_adapter(base, LoraSettings(r=4, alpha=8))
    for name, weights in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights, std=0.1)
    model.save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="session")
def small_bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two topics of the example corpus: ``questions.jsonl``, ``passages.jsonl``, ``followups.jsonl``."""
    return shared(tmp_path_factory, "bank", write_small_bank)


def write_small_bank(folder: Path) -> None:
    """Write the small bank to ``folder``."""
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


@pytest.fixture(scope="session")
def tiny_recipe(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, small_bank: Path) -> Path:
    """A recipe that runs the whole line on the tiny model in seconds; runs lie beside it."""

    def build(folder: Path) -> None:
        write_tiny_recipe(folder, tiny_model, small_bank)

    return shared(tmp_path_factory, "recipe", build) / "recipe.toml"


def write_tiny_recipe(folder: Path, tiny_model: Path, small_bank: Path) -> None:
    """Write the tiny recipe to ``folder``."""
    (folder / "recipe.toml").write_text(
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
embeddings = "none"

[mix]
examples = 40
dev_examples = 8

[sft]
max_steps = 6
save_steps = 2
evaluations = 2

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
evaluations = 2
dev_rows = 8
dev_prompts = 4
dev_answer_tokens = 8

[evaluate]
batch_size = 16
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


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory, tiny_recipe: Path) -> list[StageResult]:
    """What became of each stage when the tiny recipe was run for the first time."""
    from residency.flow.recipe import load_recipe
    from residency.flow.runner import run_recipe

    def build(folder: Path) -> None:
        (folder / "results.pickle").write_bytes(pickle.dumps(run_recipe(load_recipe(tiny_recipe))))

    found = (shared(tmp_path_factory, "results", build) / "results.pickle").read_bytes()
    return cast("list[StageResult]", pickle.loads(found))


@pytest.fixture(scope="session")
def run_folder(tiny_recipe: Path, results: list[StageResult]) -> Path:
    """The folder of the finished tiny run. Tests read it and change nothing in it."""
    from residency.flow.recipe import load_recipe

    return load_recipe(tiny_recipe).run_folder


@pytest.fixture(scope="session")
def example_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data stages' folders of the whole example corpus."""
    from tests.banks import run_data_stages

    return shared(tmp_path_factory, "example-run", run_data_stages)


@pytest.fixture(scope="session")
def strange_runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The data stages' folders of each strange bank, with as many dialogues as it allows."""
    from residency.dialogue.settings import DialogueSettings
    from tests.banks import STRANGE, run_data_stages

    def build(folder: Path) -> None:
        for name, (questions, passages) in STRANGE.items():
            run_data_stages(folder / name, questions, passages, dialogue=DialogueSettings(per_question=4))

    folder = shared(tmp_path_factory, "strange-runs", build)
    return {name: folder / name for name in STRANGE}
