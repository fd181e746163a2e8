"""What answers come to together, as a recipe: conflicts, shares one after another, the old file beside the new."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from residency.ablation.question import Arm, Axis, Outcome, Share
from residency.ablation.records import Answer, Contrast
from residency.ablation.suggestion import apply, combined, diff, read_recipe, suggested, suggestion
from residency.core.errors import InputError
from residency.judging.statistics import Difference
from tests.ablation_answers import answers, question

EXAMPLE = Path(__file__).parents[1] / "examples" / "surgery" / "recipe.toml"
SHARES = {"mcq": 0.5, "open": 0.1, "dialogue": 0.1, "context": 0.3}
VALUES: dict[str, Any] = {"mix": {"shares": SHARES, "tagged": 0.9}, "sft": {"epochs": 1}}


def answer(name: str, arm: Arm, changes: dict[str, Any], proxy: str = "a", outcome: Outcome = "better") -> Answer:
    asked = question(
        name,
        name.title(),
        "What?",
        [Axis(metric="exam.accuracy", role="benefit", margin=0.05)],
        [Arm(name="recipe", says="the recipe"), arm],
    )
    found = Difference(0.06, 100, 0.02, 0.1, 0.01, "made", 10, se=0.02, clusters=100)
    row = Contrast(
        name, arm.name, "recipe", proxy, "exam.accuracy", "benefit", 0.05, found, 0.01, "better", 0.05, 1, None
    )
    return Answer(asked, proxy, outcome, "", arm.name if changes else "", changes, [row])


def sharing(name: str, kind: str, to: float, **more: Any) -> Answer:
    return answer(
        name, Arm(name=f"{kind}_more", says=kind, share=Share(kinds=[kind], to=to)), {"mix.shares": {}}, **more
    )


def setting(name: str, key: str, value: Any, **more: Any) -> Answer:
    return answer(name, Arm(name="other", says="other", set={key: value}), {key: value}, **more)


def test_shares_are_set_grounding_first_so_that_the_dialogues_have_theirs_exactly() -> None:
    both = [sharing("dialogues", "dialogue", 0.2), sharing("grounding", "context", 0.5)]
    changes, notes = combined(both, VALUES)
    # by hand: context to 0.5 leaves 0.5 for 0.7 of the others; then dialogue to 0.2 leaves 0.8 for the other 0.9286
    first = {"mcq": 0.5 / 1.4, "open": 0.1 / 1.4, "dialogue": 0.1 / 1.4, "context": 0.5}
    rest = sum(share for kind, share in first.items() if kind != "dialogue")
    expected = {kind: 0.8 * share / rest for kind, share in first.items()} | {"dialogue": 0.2}
    assert changes["mix.shares"] == pytest.approx(expected, abs=2e-4)
    assert sum(changes["mix.shares"].values()) == pytest.approx(1)
    assert len(notes) == 1
    assert "Grounding, then Dialogues" in notes[0]
    assert "dialogue: 20.0%, measured at 20.0%" in notes[0]
    assert "context: 43.1%, measured at 50.0%" in notes[0]


def test_a_single_share_is_the_one_that_was_measured() -> None:
    measured = {"mcq": 0.4, "dialogue": 0.6}
    one = answer(
        "dialogues", Arm(name="x", says="x", share=Share(kinds=["dialogue"], to=0.6)), {"mix.shares": measured}
    )
    assert combined([one], VALUES) == ({"mix.shares": measured}, [])


def test_of_two_other_values_the_first_question_of_the_report_has_its_way_and_it_is_said() -> None:
    changes, notes = combined([setting("modes", "mix.tagged", 0.5), setting("dialogues", "mix.tagged", 1.0)], VALUES)
    assert changes == {"mix.tagged": 1.0}
    assert notes == [
        "Dialogues and Modes ask for different values of mix.tagged. The value of Dialogues is taken; the two were not"
        " tried together."
    ]


def test_what_the_recipe_has_already_is_no_change() -> None:
    assert combined([setting("modes", "mix.tagged", 0.9)], VALUES) == ({}, [])


@pytest.mark.parametrize(
    ("other", "kept", "said"),
    [
        (setting("modes", "mix.tagged", 0.5, proxy="b"), {}, "suggest different arms"),
        (answer("modes", Arm(name="x", says="x"), {}, proxy="b", outcome="worse"), {}, "what the recipe has on b"),
        (answer("modes", Arm(name="x", says="x"), {}, proxy="b", outcome="undecided"), {"mix.tagged": 1.0}, "alone"),
        (setting("modes", "mix.tagged", 1.0, proxy="b"), {"mix.tagged": 1.0}, ""),
        (setting("modes", "mix.tagged", 1.0, proxy="b", outcome="worse"), {"mix.tagged": 1.0}, ""),
    ],
)
def test_where_proxies_disagree_the_recipe_stays(other: Answer, kept: dict[str, Any], said: str) -> None:
    changes, notes = combined([setting("modes", "mix.tagged", 1.0, proxy="a"), other], VALUES)
    assert changes == kept
    assert len(notes) == bool(said)
    assert all(said in note for note in notes)


def test_undecided_questions_change_nothing_and_a_changed_line_says_what_it_rests_on() -> None:
    text = read_recipe(EXAMPLE)
    found = suggestion(answers(), text, tomllib.loads(text))
    assert list(found.changes) == ["mix.shares"]
    assert found.questions == {"mix.shares": ["Grounding", "Dialogues"]}
    changed = [line for line in found.after.split("\n") if line not in text.split("\n")]
    assert len(changed) == 1
    assert re.search(
        r"# \[ablate: grounding, faithfulness.score \+21.3 points \(.*\), share_20 against prompt, on embedded;"
        r" dialogues, followup.turn_mean \+19.8 points",
        changed[0],
    )
    assert tomllib.loads(found.after)["mix"]["shares"] == found.changes["mix.shares"]
    assert [line[:7] for line in found.difference.split("\n") if line[:1] in ("-", "+")] == [
        "--- a/r",
        "+++ b/r",
        "-shares",
        "+shares",
    ]


def test_where_the_control_is_suggested_its_line_says_what_harmed() -> None:
    one = setting("modes", "mix.tagged", 1.0, outcome="worse")
    found = suggestion([replace(one, arm="recipe")], "[mix]\ntagged = 0.9\n", VALUES)
    said = "[ablate: modes, exam.accuracy +6.0 points (+2.0 to +10.0), other against recipe, on a]\n"
    assert found.after.endswith(said)


def test_a_profile_that_sets_the_same_key_is_named() -> None:
    text = read_recipe(EXAMPLE)
    found = suggestion([setting("modes", "mix.examples", 500)], text, tomllib.loads(text))
    assert found.notes == ["The profile full sets mix.examples itself, and keeps its value."]


@pytest.mark.skipif(shutil.which("patch") is None, reason="there is no patch")
@pytest.mark.parametrize("end", ["\n", ""])
def test_the_diff_is_one_that_patch_takes(tmp_path: Path, end: str) -> None:
    before = "[mix]\nexamples = 3 # three\ntagged = 1" + end
    after = suggested(before, {"mix.tagged": 0.5, "sft.epochs": 2})
    (tmp_path / "r.toml").write_text(before)
    (tmp_path / "r.diff").write_text(diff(before, after, "r.toml"))
    subprocess.run(["patch", "-s", "-p1", "-i", "r.diff"], cwd=tmp_path, check=True)
    assert (tmp_path / "r.toml").read_text() == after
    assert diff(before, before, "r.toml") == ""


def test_applying_keeps_every_older_recipe_and_refuses_one_that_was_changed_since(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"# CRLF\r\n[mix]\r\ntagged = 0.9\r\n")
    first = suggestion([setting("modes", "mix.tagged", 1.0)], read_recipe(path), {"mix": {"tagged": 0.9}})
    kept = apply(path, first)
    assert kept.name == "mine.before-ablate.toml"
    assert kept.read_bytes() == b"# CRLF\r\n[mix]\r\ntagged = 0.9\r\n"
    written = path.read_bytes()
    assert written.count(b"\r\n") == written.count(b"\n") == 3
    assert tomllib.loads(written.decode()) == {"mix": {"tagged": 1.0}}
    with pytest.raises(InputError, match="changed since"):
        apply(path, first)
    assert path.read_bytes() == written
    second = suggestion([setting("modes", "mix.tagged", 0.5)], read_recipe(path), {"mix": {"tagged": 1.0}})
    assert apply(path, second).name == "mine.before-ablate-2.toml"
    assert kept.read_bytes().endswith(b"0.9\r\n")
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "mine.before-ablate-2.toml", "mine.before-ablate.toml", "mine.toml",
    ]  # fmt: skip
