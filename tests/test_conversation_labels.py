"""The user's own conversations from a file to the rows that SFT reads: what is learnt is what its assistant said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from residency.chat.load import renderer_of
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.prompt import BEFORE_ACTING, HOW_TO_ANSWER, IDENTITY, KEY_POINT
from residency.core.stage import StageContext
from residency.corpus.settings import CorpusSettings
from residency.flow.stages import stage
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings
from residency.mix.settings import MixSettings
from residency.reasoning.settings import ThoughtsSettings
from residency.training.proof.claims import unbatched
from residency.training.steps import batches
from residency.training.steps.batches import IGNORED
from tests.banks import run_data_stages
from tests.conftest import read_rows

Row = dict[str, Any]
HELLO, PIRATE = "Hello! How can I help you today?", "You are a pirate."
BACK = "I see. Where is it?"
SITES = ("groin", "thigh", "navel", "flank", "armpit", "neck", "scrotum", "back")


def said(site: str) -> list[str]:
    """What a user and an assistant say by turns: a question back, two answers, thanks, and a question left open."""
    return [
        f"A man of 60 has a soft lump above the {site}.",
        BACK,
        f"Just beside the {site}, and it grows when he coughs. What is it?",
        f"A lump of the {site} that grows with a cough is most often a hernia. An ultrasound scan confirms it.",
        f"When is the {site} operated on?",
        f"The {site} is operated on within weeks when there is pain. Without pain it may be watched.",
        "Thank you!",
        "You're welcome!",
        "And one more thing?",
    ]


def shared(site: str, place: int) -> Row:
    """A ShareGPT row: every other one opens with a greeting, every third has a system message."""
    turns = [{"from": ("human", "gpt")[number % 2], "value": text} for number, text in enumerate(said(site))]
    greeting = [{"from": "gpt", "value": HELLO}] if place % 2 else []
    system = [{"from": "system", "value": PIRATE}] if place % 3 == 0 else []
    return {"id": site, "topic": "hernia", "source": "human", "conversations": [*system, *greeting, *turns]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """The stages from corpus to compile on a file of conversations."""
    folder = tmp_path_factory.mktemp("own")
    bank = folder / "talks.jsonl"
    bank.write_text("".join(json.dumps(shared(site, n)) + "\n" for n, site in enumerate(SITES)), encoding="utf-8")
    corpus = CorpusSettings(files=[bank], near_duplicate_record=1.0, near_duplicate=1.0)
    run_data_stages(folder, corpus=corpus, mix=MixSettings(shares={"conversation": 1.0}, tagged=0.5))
    sections = {
        "thoughts": ThoughtsSettings(),
        "chat": ChatSettings(),
        "compile": CompileSettings(max_length=2048),
        "model": ModelSettings(name=str(tiny_model)),
    }
    for name, before in (("thoughts", "mix"), ("compile", "thoughts")):
        (folder / name).mkdir()
        stage(name).load()(StageContext(sections, {before: folder / before}, folder / name, 17))
    return folder


@pytest.fixture(scope="module")
def renderer(tiny_model: Path) -> Renderer:
    return renderer_of(load_tokenizer(ModelSettings(name=str(tiny_model))), ChatSettings())


def runs(ids: list[int], labels: list[int], learnt: bool) -> list[list[int]]:
    """The runs of tokens that are learnt, or of those that are not, in order."""
    found: list[list[int]] = [[]]
    for token, label in zip(ids, labels, strict=True):
        if (label != IGNORED) == learnt:
            found[-1].append(token)
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def test_the_labels_are_the_assistants_turns_and_the_rest_is_the_prompt(folder: Path, renderer: Renderer) -> None:
    kept = {row["id"]: row for row in read_rows(folder / "corpus/kept.jsonl")}
    mixed = {row["id"]: row for row in read_rows(folder / "mix/train.jsonl")}
    rows = pl.read_parquet(folder / "compile/train.parquet").to_dicts()
    train = {name for name, row in kept.items() if row["split"] == "train"}
    assert len(kept) == len(SITES) and {row["parents"][-1] for row in rows} == train and len(rows) == len(train) > 3
    for row in rows:
        site, mode, tag = row["parents"][-1], row["mode"], mixed[row["id"]]["tag"]
        user, assistant = said(site)[0:6:2], said(site)[1:6:2]  # thanks, and what nothing answers, are left out
        assert all(label in (IGNORED, token) for token, label in zip(row["input_ids"], row["labels"], strict=True))
        learnt = [renderer.decode(run) for run in runs(row["input_ids"], row["labels"], learnt=True)]
        assert len(learnt) == 3
        assert learnt[0] == f"{BACK}<|im_end|>"
        for text, answer in zip(learnt[1:], assistant[1:], strict=True):
            first, rest = answer.split(". ", 1)
            if mode == "EXAM":
                assert text == f"{KEY_POINT} {first}.\n{rest}<|im_end|>"
            else:
                assert text.startswith(f"{answer}\n{BEFORE_ACTING} ") and text.endswith("<|im_end|>")
                assert text.count("\n") == 1
        system = IDENTITY if tag is None else f"{IDENTITY}\n{tag or f'Mode: {mode}'}\n{HOW_TO_ANSWER[mode]}"
        prompts = [renderer.decode(run) for run in runs(row["input_ids"], row["labels"], learnt=False)]
        asked = [f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n" for text in user]
        assert prompts[:3] == [f"<|im_start|>system\n{system}<|im_end|>\n{asked[0]}", f"\n{asked[1]}", f"\n{asked[2]}"]
        assert "".join(prompts[3:]).strip() == ""
    assert {row["mode"] for row in rows} == {"EXAM", "CLINICAL"}
    assert None in {mixed[row["id"]]["tag"] for row in rows}


def test_neither_the_files_system_message_nor_a_greeting_is_trained_on(folder: Path, renderer: Renderer) -> None:
    kept = read_rows(folder / "corpus/kept.jsonl")
    assert sum("greeting" in row for row in kept) == 4 and sum("system" in row for row in kept) == 3
    text = "".join(renderer.decode(ids) for ids in pl.read_parquet(folder / "compile/train.parquet")["input_ids"])
    assert BACK in text and PIRATE not in text and HELLO not in text


@pytest.mark.parametrize("build", [batches.padded, batches.packed])
def test_sft_reads_each_row_once_with_these_labels(folder: Path, build: Callable[..., batches.Micro]) -> None:
    path = folder / "compile/train.parquet"
    rows = batches.read_rows(path)
    written = pl.read_parquet(path).select("input_ids", "labels").rows()
    read = unbatched(build([rows.row(number) for number in range(len(rows))]), rows.lengths)
    assert read == [(list(ids), list(labels)) for ids, labels in written]
