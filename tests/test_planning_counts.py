"""What a plan counts: a run's rows and tokens, from what stages wrote or projected from the bank."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from residency.core.errors import InputError
from residency.core.files import read_json, write_jsonl
from residency.flow.recipe import load_recipe
from residency.generation.settings import ModelSettings
from residency.planning.counts import COUNTED, ESTIMATED, PROJECTED, SCALED, Counts, counts_of
from residency.planning.lengths import Lengths, filling
from residency.planning.measured import Measured, measured
from residency.planning.meter import by_characters, folder_at_hand, meter_of
from residency.planning.stages import Setup, loads
from tests.planned_runs import compiled, conversations, corpus, finish, recipe

EMBEDDED = ModelSettings()


def values(tmp_path: Path, *overrides: str) -> dict[str, Any]:
    return load_recipe(recipe(tmp_path), None, overrides).recipe.model_dump(mode="json")


def seen(run: Path, model: ModelSettings = EMBEDDED, thinks: bool = False) -> Measured:
    return measured(run, by_characters(), model, thinks)


def counted(run: Path, tmp_path: Path, *overrides: str, thinks: bool = False, made: Any = None) -> Counts:
    return counts_of(seen(run, thinks=thinks), values(tmp_path, *overrides), thinks, made)


def test_compiled_rows_are_counted_as_they_are(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    compiled(run, [100, 300, 300, 70], learnt=7)
    train = counted(run, tmp_path).train
    assert (train.basis, train.lengths.at, train.rows.labelled) == (COUNTED, ((70, 1), (100, 1), (300, 2)), 28)
    assert train.spread.low == train.spread.high == 1.0


def test_rows_of_another_model_are_not_those_that_were_compiled(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    compiled(run, [9000])
    conversations(run, [1, 2])
    assert seen(run, ModelSettings(name="Qwen/Qwen3-8B")).train.lengths.longest < 200  # type: ignore[union-attr]


def test_the_batches_of_a_plan_are_those_of_the_training() -> None:
    from residency.training.steps.batches import batches_by_length, pack, padded_width

    lengths = [37, 61, 64, 65, 200, 512, 513, 900, 1100, 33, 33, 33] * 7
    rows = Lengths.of(lengths)
    packed, padded = filling(rows, 1000, packs=True), filling(rows, 1000, packs=False)
    assert packed.batches == len(pack(lengths, 960))  # the budget in whole steps of 64 tokens
    assert padded.batches == len(batches_by_length([padded_width(n) for n in lengths], 1000))
    assert packed.tokens == padded.tokens == sum(lengths)
    assert packed.waste < padded.waste < 1


def test_padding_counts_as_computed() -> None:
    found = filling(Lengths.of([64, 1]), 128, packs=False)
    assert (found.batches, found.computed, found.tokens) == (1, 128, 65)
    assert found.waste == pytest.approx(63 / 128)


def test_what_a_limit_would_cut_is_told() -> None:
    told = Lengths.of([100, 600, 1024, 1025, 5000]).told()
    assert told["over"] == {"512": 4, "1024": 2, "2048": 1, "4096": 1, "8192": 0}


def test_each_turn_of_a_model_that_thinks_is_a_row_of_its_own(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    conversations(run, [1, 3])
    without, with_thoughts = counted(run, tmp_path), counted(run, tmp_path, thinks=True)
    assert (without.train.lengths.rows, with_thoughts.train.lengths.rows) == (2, 4)
    assert without.train.basis == ESTIMATED
    # A thought is assumed for each of the turns, and told to be.
    assert with_thoughts.train.rows.labelled == pytest.approx(without.train.rows.labelled + 4 * 500, abs=8)
    assert any("assumption" in note for note in with_thoughts.notes)
    assert with_thoughts.train.spread.width > without.train.spread.width


def test_no_thought_is_assumed_where_none_is_trained(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    conversations(run, [1, 3])
    found = counted(run, tmp_path, "thoughts.policy=none", thinks=True)
    assert found.thoughts.rows == 0
    assert not found.notes


def test_a_bank_alone_is_projected_and_said_to_be(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    found = counted(run, tmp_path, "mix.examples=400")
    assert found.train.basis == found.pairs.basis == found.items_basis == PROJECTED
    assert found.train.lengths.rows == pytest.approx(400, abs=4)
    assert counted(run, tmp_path, "mix.examples=800").train.lengths.tokens == pytest.approx(
        2 * found.train.lengths.tokens, rel=0.02
    )


def test_passages_make_projected_rows_longer(tmp_path: Path) -> None:
    with_some, without = corpus(tmp_path / "a"), corpus(tmp_path / "b", passages=0)
    longer, shorter = (counted(run, tmp_path, "mix.examples=400").train.lengths.mean for run in (with_some, without))
    assert longer > 1.5 * shorter


def test_more_examples_than_the_mix_has_scale_it(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    conversations(run, [1] * 40)
    made = {"mix": {"examples": 40}}
    found = counted(run, tmp_path, "mix.examples=20", made=made)
    assert (found.train.basis, found.train.lengths.rows) == (SCALED, 20)


def test_another_mix_than_the_run_has_is_projected(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    conversations(run, [1] * 40)
    found = counted(run, tmp_path, made={"mix": {"examples": None, "tagged": 0.5}})
    assert found.train.basis == PROJECTED
    assert any("mix.tagged changed" in note for note in found.notes)


def test_rows_beyond_the_limit_are_told(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    compiled(run, [100, 300])
    found = counted(run, tmp_path, "compile.max_length=128")
    assert found.train.lengths.longest == 128
    assert any("1 of 2 training rows" in note for note in found.notes)


def test_the_models_own_tokenizer_counts_where_it_is_there(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    meter = meter_of(tmp_path)
    assert meter.count(["four words are here", "", "one"]) == [4, 0, 1]
    assert meter.off == 0.0
    assert meter.digest != by_characters().digest


def test_a_damaged_tokenizer_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{")
    with pytest.raises(InputError, match=r"tokenizer\.json: not a tokenizer"):
        meter_of(tmp_path)


def test_a_hub_models_folder_is_found_in_the_cache(tmp_path: Path) -> None:
    snapshot = tmp_path / "models--Qwen--Qwen3-8B" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    cache = {"HF_HUB_CACHE": str(tmp_path)}
    assert folder_at_hand("Qwen/Qwen3-8B", tmp_path, cache) is None
    (snapshot / "tokenizer.json").write_text("{}")
    assert folder_at_hand("Qwen/Qwen3-8B", tmp_path, cache) == snapshot


def test_a_run_without_a_bank_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Type: residency check RECIPE"):
        seen(tmp_path / "run")


def test_counts_are_made_once_and_anew_when_the_bank_changes(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    first = seen(run)
    kept = run / "corpus" / "kept.jsonl"
    whole = kept.read_text()
    kept.write_text("this is not read again")
    assert seen(run) == first
    kept.write_text("".join(whole.splitlines(keepends=True)[:10]))
    finish(run, "corpus")
    assert sum(one.rows for one in seen(run).questions.values()) == 10


@pytest.mark.parametrize("damage", ["{", "[]", '{"version": 1, "counts": 5}', '{"version": 0, "counts": {}}'])
def test_damaged_counts_are_made_anew(tmp_path: Path, damage: str) -> None:
    run = corpus(tmp_path / "run")
    first = seen(run)
    path = run / "plan" / "counts.json"
    path.write_text(damage)
    again = seen(run)
    assert again == first
    assert json.loads(path.read_text())["counts"]


def test_a_damaged_entry_is_told_and_made_anew(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    first = seen(run)
    path = run / "plan" / "counts.json"
    kept = read_json(path)
    for entry in kept["counts"].values():
        entry["questions"] = [["train"]]
    path.write_text(json.dumps(kept))
    again = seen(run)
    assert again == first
    assert "made anew" in again.notes[0]


def test_two_plans_at_once_leave_whole_counts(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    with multiprocessing.get_context("fork").Pool(4) as pool:
        found = pool.starmap(_seen_by_another, [(run, name) for name in ("a/a", "b/b") * 4])
    assert len(set(found)) == 1
    assert read_json(run / "plan" / "counts.json")["counts"]
    assert [path.name for path in (run / "plan").iterdir()] == ["counts.json"]


def _seen_by_another(run: Path, name: str) -> int:
    return sum(one.tokens for one in seen(run, ModelSettings(name=name), name == "b/b").questions.values())


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run", train=3, test=0)
    with (run / "corpus" / "kept.jsonl").open("a") as handle:
        handle.write("{")
    finish(run, "corpus")
    with pytest.raises(InputError, match=r"kept\.jsonl:4"):
        seen(run)


def test_items_that_the_evaluation_wrote_are_counted(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    messages = [{"role": "user", "content": "x" * 44}]
    ask = {"messages": messages, "script": [], "letters": "", "samples": 1, "thinking_samples": 4, "written": True}
    items = [
        {"id": "a", "asks": [ask, {**ask, "script": ["And then?"]}]},
        {"id": "b", "asks": [{**ask, "letters": "AB"}]},
    ]
    write_jsonl(run / "evaluate" / "items.jsonl", items)
    found = counted(run, tmp_path).items
    assert (found.items, found.prompts.rows, found.thinking.rows, found.letters.rows) == (2, 4, 16, 1)


def test_steps_are_those_that_the_training_takes(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    compiled(run, [60] * 100)
    recipe_values = values(tmp_path, "sft.batch_tokens=128", "sft.batches_per_step=3", "sft.epochs=2")
    found = {
        (load.stage, load.does): load for load in loads(counts_of(seen(run), recipe_values), recipe_values, Setup())
    }
    training = found["sft", "training"]
    assert (training.batches, training.steps) == (100, 34)  # 50 batches a pass, 17 steps of 3, two passes
    assert training.tokens == 100 * 128
    limited = values(tmp_path, "sft.batch_tokens=128", "sft.batches_per_step=3", "sft.epochs=2", "sft.max_steps=4")
    few = next(load for load in loads(counts_of(seen(run), limited), limited, Setup()) if load.does == "training")
    assert (few.steps, few.batches) == (4, 12)


def test_methods_without_a_reference_have_no_pass_for_it(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    for method, there in (("dpo", True), ("orpo", False)):
        asked = values(tmp_path, f"preference.method={method}")
        does = {load.does for load in loads(counts_of(seen(run), asked), asked, Setup()) if load.stage == "preference"}
        assert ("reference" in does) is there


def test_online_tuning_writes_as_it_learns(tmp_path: Path) -> None:
    run = corpus(tmp_path / "run")
    asked = values(tmp_path, "preference.method=grpo")
    (load,) = [one for one in loads(counts_of(seen(run), asked), asked, Setup()) if one.stage == "preference"]
    assert (load.job.method, load.steps, load.batches, load.job.sequences) == ("grpo", 200, 800, 8)
