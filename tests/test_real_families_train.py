"""The whole line to a tuned model on random models of gpt-oss and Qwen3-MoE with the real tokenizers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from residency.core.files import read_json
from residency.flow.recipe import load_recipe
from residency.flow.runner import run_recipe
from tests.conftest import read_rows
from tests.tiny_experts import real_gpt_oss as real_gpt_oss
from tests.tiny_experts import real_qwen3_moe as real_qwen3_moe

pytestmark = pytest.mark.slow
RECIPE = """
[run]
name = "line"
folder = "{folder}/runs"
[model]
name = "{model}"
dtype = "bfloat16"
device = "cpu"
[chat]
family = "{family}"
[corpus]
files = ["{bank}/questions.jsonl"]
[index]
files = ["{bank}/passages.jsonl"]
embeddings = "none"
[mix]
examples = 80
dev_examples = 8
[thoughts]
policy = "rationale"
[compile]
max_length = 2048
[sft]
max_steps = 4
evaluations = 2
[pairs]
max_pairs = 40
types = ["option"]
on_policy = 0
[preference]
max_steps = 3
batch_pairs = 2
dev_prompts = 2
dev_thought_tokens = 8
dev_answer_tokens = 8
"""
BEGINS = {"harmony": "<|channel|>analysis<|message|>", "qwen3": "<think>\n"}
"""How what is learnt begins."""


@pytest.mark.parametrize(("model", "family"), [("real_gpt_oss", "harmony"), ("real_qwen3_moe", "qwen3")])
def test_a_run_trains_both_stages_in_the_models_own_format(
    tmp_path: Path, small_bank: Path, request: pytest.FixtureRequest, model: str, family: str
) -> None:
    folder = request.getfixturevalue(model)
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(RECIPE.format(folder=tmp_path, model=folder, bank=small_bank, family=family), encoding="utf-8")
    results = run_recipe(load_recipe(recipe), until="preference")
    assert [result.status for result in results] == ["ran"] * len(results)
    run = tmp_path / "runs" / "line"
    for stage in ("sft", "preference"):
        proof: dict[str, Any] = read_json(run / stage / "proof.json")
        assert proof["adapter"]["fused_experts"] == 4 and proof["adapter"]["routers_frozen"] == 2
        assert proof["merged_weights"] == 6, "attention's four kinds of layers and both of the experts"
        assert read_json(run / stage / "manifest.json")["counts"]["proof"] == json.loads(json.dumps(proof))
        assert len([row for row in read_rows(run / stage / "log.jsonl") if "loss" in row]) in (3, 4)
    learnt = read_json(run / "sft" / "proof.json")["labels"]["learnt_of_the_first"]
    assert learnt.startswith(BEGINS[family]) and "<|im_start|>" not in learnt, learnt
    assert read_json(run / "preference" / "manifest.json")["counts"]["prompts_shared"]
