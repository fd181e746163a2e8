"""What can be chosen: what fits, for how long and how much, what is advised, and what a budget allows."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from residency.flow.recipe import assign, load_recipe, parse_override
from residency.generation.settings import ModelSettings
from residency.planning.advice import advice, affordable, nearest, own_method, recommended
from residency.planning.choice import Choice, Model, choices, methods_for, times
from residency.planning.counts import counts_of
from residency.planning.hardware import Hardware, hardware_table
from residency.planning.job import Range
from residency.planning.lengths import Lengths
from residency.planning.measured import measured
from residency.planning.memory import memory_of
from residency.planning.meter import by_characters
from residency.planning.models import candidates
from residency.planning.stages import Setup, loads
from tests.planned_runs import corpus, recipe

SMALL, LARGE, HUGE = "Qwen/Qwen3-8B", "openai/gpt-oss-20b", "openai/gpt-oss-120b"
TABLE = hardware_table()
Values = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("planned")
    corpus(where / "run", train=400, test=100)
    return where


@pytest.fixture(scope="module")
def values(folder: Path) -> Values:
    overrides = ["mix.examples=2000", 'thoughts.policy="none"', "chat.thinking=false", "evaluate.max_items=40"]
    return load_recipe(recipe(folder), None, overrides).recipe.model_dump(mode="json")


def model(folder: Path, name: str, values: Values) -> Model:
    one = candidates()[name]
    thinks = one.family == "harmony"
    found = measured(folder / "run", by_characters(), ModelSettings(name=name), thinks)
    return Model(name, one.title, one.shape, counts_of(found, values, thinks), frozenset(one.trains_in))


def chosen(folder: Path, values: Values, names: tuple[str, ...], *on: str) -> list[Choice]:
    return choices([model(folder, name, values) for name in names], [(TABLE[key], None) for key in on], values)


def test_a_product_keeps_the_likely_figure_and_is_narrower_than_both_ends_at_once() -> None:
    found = times(Range(1, 2, 4), Range(5, 10, 20))
    assert found.likely == 20
    assert found.high == pytest.approx(20 * 2 ** math.sqrt(2))
    assert found.low == pytest.approx(20 / 2 ** math.sqrt(2))
    assert times(Range(0, 0, 0), Range(1, 2, 3)) == Range(0, 0, 0)
    assert times(Range(3, 3, 3), Range(1, 2, 3)).high == pytest.approx(9)


def test_the_fewest_devices_that_hold_the_model_are_taken(folder: Path, values: Values) -> None:
    found = {one.hardware.key: one for one in chosen(folder, values, (LARGE,), "h100-sxm", "a6000", "a100-40")}
    assert {key: one.devices for key, one in found.items()} == {"h100-sxm": 1, "a6000": 2, "a100-40": 4}
    assert {one.sharding for one in found.values() if one.devices == 2} == {"fsdp"}


def test_the_longest_prompts_of_a_batch_decide_its_memory(folder: Path, values: Values) -> None:
    """Answers are written in batches of like length: what is typical decides the time, the longest batch the memory."""
    counts = model(folder, LARGE, values).counts
    longer = replace(counts.items, thinking=Lengths.of([*counts.items.thinking.each(), 6000]))
    before, after = (
        next(one for one in loads(given, values, Setup()) if one.does == "answers of three models")
        for given in (counts, replace(counts, items=longer))
    )
    assert after.peak.context > 6000 > before.peak.context
    assert after.job.context < 1.5 * before.job.context


def test_what_fits_nowhere_is_said_to(folder: Path, values: Values) -> None:
    (found,) = chosen(folder, values, (HUGE,), "l4")
    assert found.fit == "no"
    assert found.peak.memory.total.likely > TABLE["l4"].usable


def test_choices_that_fit_come_first_and_the_cheapest_of_them(folder: Path, values: Values) -> None:
    found = chosen(folder, values, (SMALL, LARGE, HUGE), "h100-sxm", "l4", "a6000")
    fits = [one.fit for one in found]
    assert fits == sorted(fits, key=["fits", "tight", "no"].index)
    costs = [one.usd.likely for one in found if one.fit == "fits" and one.usd is not None]
    assert costs == sorted(costs)
    assert len(costs) > 4


def test_four_bits_are_offered_where_they_can_be_loaded(folder: Path, values: Values) -> None:
    small, large = model(folder, SMALL, values), model(folder, LARGE, values)
    names = {one.name for one in methods_for(small, TABLE["l4"], values)}
    assert names == {"lora", "qlora", "full"}
    assert {one.name for one in methods_for(large, TABLE["l4"], values)} == {"lora"}
    assert {one.name for one in methods_for(small, TABLE["mi300x"], values)} == {"lora", "full"}


def test_a_recipe_that_trains_all_weights_is_planned_so(folder: Path, values: Values) -> None:
    full = {**values, "sft": {**values["sft"], "tune": "full"}}
    assert [one.name for one in methods_for(model(folder, LARGE, full), TABLE["h100-sxm"], full)] == ["full"]


def test_what_is_not_rented_has_no_price(folder: Path, values: Values) -> None:
    own = TABLE["h100-sxm"].model_copy(update={"key": "here", "usd_per_hour": None})
    found = choices([model(folder, SMALL, values)], [(own, None)], values)
    assert {one.usd for one in found} == {None}
    assert all(affordable(one, 0.01) for one in found)


def test_money_is_hours_times_the_price_of_all_devices(folder: Path, values: Values) -> None:
    flat = Hardware.model_validate({**TABLE["a6000"].model_dump(), "usd_per_hour": 2})
    (found,) = choices([model(folder, LARGE, values)], [(flat, 4)], values)
    assert found.usd is not None
    assert found.usd.likely == pytest.approx(found.hours.likely * 4 * 2)
    assert found.usd.high == pytest.approx(found.hours.high * 4 * 2)
    assert sum(stage.usd.likely for stage in found.stages if stage.usd) == pytest.approx(found.usd.likely)
    # 0.75 of 300 W, and 1.3 for the building.
    assert found.kwh.likely == pytest.approx(found.hours.likely * 4 * 0.3 * 0.75 * 1.3)


def test_the_largest_batch_fits_and_a_larger_one_may_not(folder: Path, values: Values) -> None:
    found = next(one for one in chosen(folder, values, (SMALL,), "a6000") if one.method.name == "lora")
    batch, longest = found.largest
    job = found.training
    assert job is not None
    share = job.read / job.batch_tokens

    def high(tokens: int) -> float:
        job = found.training
        assert job is not None
        changed = job.but(batch_tokens=tokens, longest=min(tokens, job.longest), read=round(tokens * share))
        return memory_of(found.model.shape, changed, found.constants).total.high

    assert high(batch) <= found.hardware.usable < high(batch + 64)
    assert 0 < longest <= batch


def test_longer_training_costs_more_and_takes_no_more_memory(folder: Path, values: Values) -> None:
    twice = {**values, "sft": {**values["sft"], "epochs": 2 * values["sft"]["epochs"]}}
    (once,), (more,) = (chosen(folder, asked, (LARGE,), "h100-sxm") for asked in (values, twice))
    sft, longer = (next(stage for stage in one.stages if stage.stage == "sft") for one in (once, more))
    assert longer.seconds.likely > 1.5 * sft.seconds.likely
    assert longer.memory == sft.memory


def test_the_recipes_own_model_is_advised_where_it_can_be_had(folder: Path, values: Values) -> None:
    found = chosen(folder, values, (LARGE, SMALL), "h100-sxm", "a6000", "l4")
    best = recommended(found, LARGE, own_method(values))
    assert best is not None and best.model.name == LARGE and best.fit == "fits"
    assert best.usd is not None
    others = [one for one in found if one.model.name == LARGE and one.fit == "fits"]
    assert best.usd.likely == min(one.usd.likely for one in others if one.usd is not None)
    said = advice(found, best, LARGE, values, None, "Apache-2.0")
    assert len(said.says) == 2
    assert "the model that the recipe names" in said.says[1] and "Apache-2.0" in said.says[1]


def test_another_model_is_advised_where_the_budget_is_too_small_for_it(folder: Path, values: Values) -> None:
    found = chosen(folder, values, (LARGE, SMALL), "h100-sxm", "a6000", "l4")
    least = min(one.usd.likely for one in found if one.model.name == LARGE and one.usd is not None)
    best = recommended(found, LARGE, own_method(values), least * 0.9)
    assert best is not None and best.model.name == SMALL
    assert "cannot be had" in advice(found, best, LARGE, values, least * 0.9, "Apache-2.0").says[1]


def test_nothing_is_advised_where_nothing_fits(folder: Path, values: Values) -> None:
    assert recommended(chosen(folder, values, (HUGE,), "l4"), HUGE, "lora") is None


def test_the_recipes_method_is_taken_where_others_save_little(folder: Path, values: Values) -> None:
    found = chosen(folder, values, (SMALL,), "h100-sxm")
    best = recommended(found, SMALL, "lora")
    assert best is not None and best.method.name == "lora"


def test_the_nearest_recipe_is_within_the_budget(folder: Path, values: Values) -> None:
    def plan(settings: Any) -> Choice | None:
        changed: Values = {name: dict(section) for name, section in values.items()}
        for text in settings:
            assign(changed, *parse_override(text))
        return chosen(folder, changed, (LARGE,), "h100-sxm")[0]

    whole = plan(())
    least = plan(("sft.epochs=1", "pairs.max_pairs=100", "mix.examples=125"))
    assert whole is not None and whole.usd is not None and least is not None and least.usd is not None
    budget = (whole.usd.likely + least.usd.likely) / 2
    found = nearest(plan, 2000, 400, values, budget)
    assert found is not None and affordable(found.choice, budget)
    assert found.settings[0] == "sft.epochs=1"  # of items no more than 40 are asked already
    assert nearest(plan, 2000, 400, values, 0.0001) is None
