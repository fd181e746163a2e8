"""Published figures: they are held, a wrong formula would be seen, and the page is what the code prints."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from residency.planning.job import Range
from residency.planning.published import Held, check_points, models, planned, points, table

PAGE = Path(__file__).parents[1] / "docs" / "planning-points.md"
DESIGN = {"gpt-oss-20b": 20_914_757_184, "gpt-oss-120b": 116_829_156_672, "Qwen3-30B-A3B": 30_532_122_624}
PUBLISHED = {"Qwen-1.8B": 1_836_828_672, "Qwen-7B": 7_721_324_544, "Llama-3.1-8B": 8_030_261_248}
"""As the models' own pages count them."""


def test_nine_in_ten_are_held_by_ranges_that_say_something() -> None:
    """At least 12 count; memory within a factor of 2, time of 4; each miss is explained."""
    counted = [one for one in check_points() if one.point.ours]
    assert len(counted) >= 12
    assert sum(one.held for one in counted) >= 0.9 * len(counted)
    assert all(one.narrow for one in counted)
    assert all(one.point.note for one in counted if not one.held)


def test_points_name_their_source_and_setting() -> None:
    """Names are unique, and every model that is listed has a point."""
    given = points()
    assert len({point.name for point in given}) == len(given)
    assert all(point.source and point.setting and point.software and point.low <= point.high for point in given)
    assert {point.model for point in given} == set(models())


def test_models_have_the_parameters_that_are_published() -> None:
    """A figure of a config that was mistyped would move the plan."""
    assert {name: models()[name].parameters for name in DESIGN | PUBLISHED} == DESIGN | PUBLISHED


def test_kernels_of_others_are_not_counted() -> None:
    """Unsloth's 4-bit experts stand as theirs, and this project's own range does not claim them."""
    theirs = {one.point.name: one for one in check_points() if not one.point.ours}
    assert {"gpt-oss-20b QLoRA", "gpt-oss-120b QLoRA", "Qwen3-30B-A3B 4-bit LoRA"} <= set(theirs)
    assert not theirs["gpt-oss-20b QLoRA"].held


def test_a_figure_outside_is_a_miss_and_a_wide_range_is_seen() -> None:
    """Both ways in which a point can fail."""
    point = points()[0]
    assert Held(point, Range(40.0, 41.0, 42.0)).held, "they meet at 42"
    assert not Held(point, Range(44.1, 45.0, 46.0)).held
    assert not Held(point, Range(20.0, 41.0, 42.0)).narrow


def test_forgetting_checkpointing_is_seen() -> None:
    """A plan that kept all activations of Qwen-7B's 8,192 tokens would leave the published 36.6 GB far below."""
    point = next(point for point in points() if point.name == "Qwen-7B LoRA, 8,192 tokens, memory")
    assert Held(point, planned(point)).held
    assert planned(replace(point, job=point.job.but(checkpointing=False))).low > 1.5 * point.high


def test_the_page_is_what_the_code_prints() -> None:
    """Type: python -m residency.planning.published > docs/planning-points.md"""
    assert PAGE.read_text(encoding="utf-8") == table(check_points())
