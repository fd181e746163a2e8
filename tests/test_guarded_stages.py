"""What the guards see and do in the stages: answers to dev questions, trainings that go wrong and are stopped."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from residency.chat.load import renderer_of
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings, CompileSettings
from residency.chat.stage import compile_files
from residency.core.files import write_jsonl
from residency.core.stage import Silent, StageContext, seeded
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.training import preference, sft
from residency.training.settings import GuardSettings, LoraSettings, PreferenceSettings, SftSettings
from residency.training.watch.behaviour import DevAnswers, closing, read_prompts
from residency.training.watch.curves import CURVES
from residency.training.watch.guards import evaluations
from tests.conftest import read_rows
from tests.real_tokenizers import real_tokenizer

ABSTENTION = "The passages do not say this. Look for the trial report."


# Answers to dev questions


def conversations(count: int) -> list[dict[str, Any]]:
    """Questions over a passage: of four, two are answered, one is not in the passage, one has no passage at all."""
    rows = []
    for number in range(count):
        kind = ("context", "context", "insufficient", "open")[number % 4]
        rows.append(
            {
                "id": f"c{number}",
                "kind": kind,
                "source": "human",
                "topic": "hernia",
                "mode": "CLINICAL",
                "parents": [],
                "passages": [] if kind == "open" else ["p1"],
                "expect": {} if kind == "open" else {"abstain": kind == "insufficient"},
                "messages": [
                    {"role": "user", "content": f"[1] Give {number} mg.\n{kind}: what is the dose of drug {number}?"},
                    {"role": "assistant", "content": f"Give {number} mg [1]."},
                ],
            }
        )
    return rows


def renderer_for(folder: Path, family: str = "auto") -> Renderer:
    return renderer_of(load_tokenizer(tiny(folder)), ChatSettings(family=family))  # type: ignore[arg-type]


def tiny(folder: Path) -> ModelSettings:
    return ModelSettings(name=str(folder), dtype="float32", device="cpu")


def test_dev_questions_are_drawn_by_seed_from_those_over_passages(tiny_model: Path, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "dev.jsonl", conversations(80))
    renderer = renderer_for(tiny_model)

    def draw(seed: int, count: int = 12, longest: int = 4096) -> tuple[list[str], list[str]]:
        found = read_prompts(tmp_path / "dev.jsonl", renderer, count, longest, seeded(seed))
        return [renderer.decode(ids) for ids in found.holding], [renderer.decode(ids) for ids in found.lacking]

    holding, lacking = draw(1)
    assert len(holding) == 12 and len(lacking) == 4
    assert all("context: what" in text for text in holding) and all("insufficient: what" in text for text in lacking)
    assert not any("Give 5 mg [1]." in text for text in holding), "the answer is not shown"
    assert draw(1) == (holding, lacking) != draw(2)
    assert draw(1, 100)[0] and len(draw(1, 100)[0]) == 40
    assert draw(1, longest=5) == ([], [])


def test_answers_are_counted_as_they_are_read(tiny_model: Path, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "dev.jsonl", conversations(16))
    renderer = renderer_for(tiny_model)
    prompts = read_prompts(tmp_path / "dev.jsonl", renderer, 6, 4096, seeded(1))
    model = load_model(tiny(tiny_model))
    measure = DevAnswers(prompts, renderer, 8, 8)
    found = measure(model, lambda value: value)
    written = measure.write(model, prompts.holding)
    assert found["answers/prompts"] == 6
    assert found["answers/ended"] == sum(end for _, end in written) / 6
    assert 0 < found["answers/tokens"] <= 8 and found["answers/false_abstention"] == 0
    assert found["answers/abstention_recall"] == 0
    # Two processes sum what the first one says.
    assert DevAnswers(prompts, renderer, 8, 8, 0, 2)(model, lambda value: value) == found


@pytest.mark.parametrize("family", ["qwen3-thinking", "qwen3"])
def test_a_thought_that_does_not_end_is_closed_and_then_comes_the_answer(
    thinking_model: Path, tmp_path: Path, family: str
) -> None:
    renderer = renderer_for(thinking_model, family)
    assert renderer.decode(closing(renderer)) == "\n</think>\n\n"
    write_jsonl(tmp_path / "dev.jsonl", conversations(16))
    prompts = read_prompts(tmp_path / "dev.jsonl", renderer, 3, 4096, seeded(1))
    answers = DevAnswers(prompts, renderer, 6, 4).write(load_model(tiny(thinking_model)), prompts.holding)
    if family == "qwen3-thinking":
        assert all("<think>" not in text for text, _ in answers) and any(text for text, _ in answers)


def test_gpt_oss_goes_on_to_its_final_channel() -> None:
    renderer = renderer_of(real_tokenizer("gptoss"), ChatSettings())
    assert renderer.thinking
    assert renderer.decode(closing(renderer)) == "<|end|><|start|>assistant<|channel|>final<|message|>"
    thought = renderer.target({"role": "assistant", "thinking": "Passage 1 gives the dose", "content": ""})
    begun = thought[: thought.index(renderer.encoder.control("<|end|>"))]
    answer = renderer.encoder.encode(["Give 5 mg [1]."])[0]
    assert renderer.answer(begun) == "" and renderer.answer([*begun, *closing(renderer), *answer]) == "Give 5 mg [1]."


# The stages


class Notes(Silent):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
def inputs(tmp_path: Path, tiny_model: Path, adapter: Path) -> dict[str, Path]:
    """Earlier stages' folders: 44 pairs, in which the chosen answer always abstains, though the passage holds it."""
    for name in ("thoughts", "compile", "pairs", "sft"):
        (tmp_path / name).mkdir()
    rows = conversations(40)
    write_jsonl(tmp_path / "thoughts" / "dev.jsonl", rows)
    renderer = renderer_for(tiny_model)
    for split in ("train", "dev"):
        compile_files(renderer, tmp_path / "thoughts" / "dev.jsonl", tmp_path / "compile" / f"{split}.parquet", 512)
    pairs = [
        {
            "id": row["id"],
            "prompt": row["messages"][:1],
            "chosen": ABSTENTION,
            "rejected": row["messages"][1]["content"],
        }
        for row in conversations(88)
        if row["kind"] == "context"
    ]
    write_jsonl(tmp_path / "pairs" / "pairs.jsonl", pairs)
    (tmp_path / "sft" / "adapter").symlink_to(adapter)
    return {name: tmp_path / name for name in ("thoughts", "compile", "pairs", "sft")}


def run_preference(
    out: Path, inputs: Mapping[str, Path], model: Path, **changes: Any
) -> tuple[dict[str, Any], Notes, list[dict[str, Any]]]:
    out.mkdir()
    base = PreferenceSettings(
        learning_rate=0.05, epochs=10, batch_pairs=8, dev_share=0.1, save_steps=100, dev_answer_tokens=24, dev_rows=8
    )
    settings = {
        "preference": base.model_copy(update=changes),
        "model": tiny(model),
        "chat": ChatSettings(),
        "compile": CompileSettings(max_length=512),
    }
    progress = Notes()
    counts = preference.run(StageContext(settings, dict(inputs), out, seed=5, progress=progress))
    return counts, progress, read_rows(out / "log.jsonl")


def test_pairs_that_always_abstain_stop_the_training_before_the_model_does(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path
) -> None:
    counts, progress, log = run_preference(tmp_path / "out", inputs, tiny_model, sft_weight=20.0)
    shares = {row["step"]: row["eval_answers/false_abstention"] for row in evaluations(log)}
    assert shares[0] == 0 and shares[counts["kept_step"]] < 0.3 <= shares[counts["steps"]], "the last good step is kept"
    assert counts["warnings"] == {"likelihood": 0, "length": 0, "margin": 0, "abstention": 2, "easy": 0}
    assert counts["steps"] < 50 and "met with an abstention" in counts["stopped"]
    assert any("stopped at step" in line and f"keeping step {counts['kept_step']}" in line for line in progress.lines)
    drawn = " ".join(ET.fromstring((tmp_path / "out" / CURVES).read_text(encoding="utf-8")).itertext())
    assert "met with an abstention" in drawn and f"Kept: step {counts['kept_step']}" in drawn
    # Without the guard the loss on pairs is lowest where the model abstains nearly always.
    deaf = GuardSettings(off=["abstention"])
    counts, _, log = run_preference(
        tmp_path / "deaf", inputs, tiny_model, sft_weight=20.0, guards=deaf, evaluations=3, dev_rows=0
    )
    shares = {row["step"]: row["eval_answers/false_abstention"] for row in evaluations(log)}
    assert counts["steps"] == 50 and not counts["stopped"] and shares[counts["kept_step"]] > 0.8


def test_the_stage_measures_what_there_is(tmp_path: Path, inputs: dict[str, Path], tiny_model: Path) -> None:
    few = {name: inputs[name] for name in ("pairs", "sft")}
    counts, _, log = run_preference(tmp_path / "few", few, tiny_model, max_steps=2)
    assert counts["kept_step"] in (0, 1, 2) and not any("eval_loss" in row for row in log)
    rows = read_rows(inputs["pairs"] / "pairs.jsonl")[:8]
    write_jsonl(inputs["pairs"] / "pairs.jsonl", rows)  # too few to hold any out
    counts, _, log = run_preference(tmp_path / "no-pairs", inputs, tiny_model, max_steps=2, learning_rate=1e-6)
    assert counts["kept_step"] == 2 and any("eval_answers/tokens" in row for row in log)
    counts, _, log = run_preference(tmp_path / "nothing", few, tiny_model, max_steps=2)
    assert counts["kept_step"] == 2 and not evaluations(log) and not any(counts["warnings"].values())


def test_a_learning_rate_that_is_far_too_high_stops_sft_and_keeps_the_good_step(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    settings = SftSettings(
        learning_rate=0.3, warmup=0.5, max_steps=24, evaluations=8, batch_tokens=128, lora=LoraSettings(r=4, alpha=8)
    )
    progress = Notes()
    sections = {"sft": settings, "model": tiny(tiny_model), "chat": ChatSettings()}
    counts = sft.run(StageContext(sections, {"compile": inputs["compile"]}, out, seed=5, progress=progress))
    losses = {row["step"]: row["eval_loss"] for row in evaluations(read_rows(out / "log.jsonl"))}
    assert counts["steps"] < 24 and losses[counts["steps"]] > losses[counts["kept_step"]]
    assert losses[counts["kept_step"]] == min(loss for step, loss in losses.items() if step)
    assert "loss on dev has not been lower" in counts["stopped"]
    assert any(f"keeping step {counts['kept_step']}" in line for line in progress.lines)
    assert f"Kept: step {counts['kept_step']}" in (out / CURVES).read_text(encoding="utf-8")
