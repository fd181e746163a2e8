"""What a release needs: every requirement by its own verdict, and what a person's word changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from residency.core.errors import RecipeError, UsageError
from residency.flow.recipe import load_recipe
from residency.release.gating import GATES, NO_GATE, Standing, parse_overrides, standing

FIT = {"passes": True, "says": ""}
UNFIT = {"passes": False, "says": "the split test is empty"}
NAMED = {
    "questions": (True, "0 of 9 questions name no licence."),
    "passages": (True, "0 of 3 passages do."),
    "licence": (True, "The release names its licence: apache-2.0."),
}
SEEN = ("pass", "A stranger opened it.")


def gate(metric: str, verdict: str) -> dict[str, Any]:
    return {"metric": metric, "verdict": verdict, "says": f"{metric}: {verdict}.", "needed_n": None}


def stands(*gates: dict[str, Any], **more: Any) -> Standing:
    given = {"data": FIT, "licences": NAMED, "overrides": {}, "verification": SEEN} | more
    return standing(gates or (gate("exam.accuracy", "pass"),), **given)


def test_a_release_is_final_where_all_is_met() -> None:
    found = stands()
    assert not found.draft and found.refused == [] and found.overridden == []
    assert [one.name for one in found.requirements] == [
        "exam.accuracy",
        "data",
        "questions",
        "passages",
        "licence",
        "verification",
    ]


@pytest.mark.parametrize(
    ("more", "name", "reason"),
    [
        ({"data": UNFIT}, "data", "The data gate found the bank unfit to train on: the split test is empty."),
        ({"licences": NAMED | {"questions": (False, "2 of 9 do not.")}}, "questions", "2 of 9 do not."),
        ({"licences": NAMED | {"passages": (False, "1 of 3 does not.")}}, "passages", "1 of 3 does not."),
        ({"licences": NAMED | {"licence": (False, "None is named.")}}, "licence", "None is named."),
        ({"verification": ("fail", "Other ids.")}, "verification", "Other ids."),
        ({"verification": ("undecided", "Nobody opened it.")}, "verification", "Nobody opened it."),
    ],
)
def test_each_requirement_alone_makes_a_draft_and_may_be_passed_over(
    more: dict[str, Any], name: str, reason: str
) -> None:
    found = stands(**more)
    assert found.draft and found.refused == [reason]
    let_off = stands(**more, overrides={name: "seen by the board"})
    assert not let_off.draft and let_off.refused == []
    [one] = let_off.overridden
    assert one.name == name and one.verdict != "pass" and one.says == reason, "the verdict stays what it was"
    assert one.told().startswith(f"`{name}` ({one.verdict}). {reason}") and "seen by the board." in one.told()
    other = next(entry.name for entry in found.requirements if entry.name != name)
    assert stands(**more, overrides={other: "seen"}).draft, "another's override does not help"


@pytest.mark.parametrize("verdict", ["fail", "undecided"])
def test_each_gate_must_pass_or_be_named(verdict: str) -> None:
    gates = (gate("exam.accuracy", "pass"), gate("open.f1", verdict), gate("mode.obeyed", verdict))
    assert stands(*gates).refused == [GATES]
    assert stands(*gates, overrides={"open.f1": "few items"}).refused == [GATES]
    both = stands(*gates, overrides={"open.f1": "few items", "mode.obeyed": "few items"})
    assert not both.draft and [one.name for one in both.overridden] == ["open.f1", "mode.obeyed"]


def test_a_recipe_without_a_gate_gives_a_draft() -> None:
    found = standing([], FIT, NAMED, {})
    assert found.refused == [NO_GATE]
    assert not standing([], FIT, NAMED, {"evaluation": "judged by hand"}).draft


def test_an_override_of_what_passed_is_told_and_changes_nothing() -> None:
    found = stands(overrides={"data": "in any case"})
    assert found.overridden == [] and found.requirements[1].override == "in any case" and not found.draft


@pytest.mark.parametrize("overrides", [{"exam.acuracy": "typo"}, {"data": " "}, {"evaluation": "there are gates"}])
def test_an_override_of_nothing_or_for_no_reason_is_an_error(overrides: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"a release needs nothing of this name, but|no reason is given"):
        stands(overrides=overrides)


def test_overrides_are_read_as_they_are_typed() -> None:
    texts = ["data: one file\n is cut off: known ", "open.f1:", "mode.obeyed:a:b"]
    assert parse_overrides(texts) == {
        "data": "one file is cut off: known",
        "open.f1": "",
        "mode.obeyed": "a:b",
    }
    for text in ("data", ":why", ""):
        with pytest.raises(UsageError, match="NAME:REASON"):
            parse_overrides([text])


def test_a_recipe_with_a_wrong_override_is_refused_before_anything_runs(tiny_recipe: Path) -> None:
    with pytest.raises(RecipeError, match=r"release\.overrides\.exam: a release needs nothing of this name"):
        load_recipe(tiny_recipe, overrides=['release.overrides={exam = "x"}'])
    load_recipe(tiny_recipe, overrides=['release.overrides={"faithfulness.false_abstention" = "x"}'])
