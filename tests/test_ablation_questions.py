"""The five questions: their arms change what they say, and hold what a recipe can hold."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from residency.ablation.changes import changes_of, with_share
from residency.ablation.doses import doses
from residency.ablation.question import ORDER, Arm, Question, Share, read_question, standard_questions
from residency.core.errors import InputError
from residency.evaluation.metrics import METRICS
from residency.flow.recipe import Recipe, load_recipe, parse_override
from residency.flow.starter import toml_value
from residency.mix.settings import KINDS

EXAMPLES = Path(__file__).parents[1] / "examples"
DOCS = Path(__file__).parents[1] / "docs/ablate.md"
QUESTIONS = standard_questions()
DEMO = load_recipe(EXAMPLES / "surgery/recipe.toml").recipe.model_dump(mode="json")
DEFAULTS = Recipe.model_validate({"run": {"name": "a"}, "corpus": {"files": ["bank.jsonl"]}}).model_dump(mode="json")
ARMS = [
    pytest.param(question, arm, id=f"{question.name}-{arm.name}") for question in QUESTIONS for arm in question.arms
]
PLACEHOLDERS = {"arm", "control", "metric", "difference", "cost", "seen"}
SEVERAL_TURNS = {"dialogue", "context_dialogue", "conversation"}


@st.composite
def shares(draw: st.DrawFn) -> dict[str, float]:
    """Any shares that a recipe may have, to four places."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=2, unique=True))
    parts = draw(st.lists(st.integers(0, 1000), min_size=len(kinds), max_size=len(kinds)).filter(any))
    found = {kind: round(part / sum(parts), 4) for kind, part in zip(kinds, parts, strict=True)}
    largest = max(found, key=lambda kind: found[kind])
    return found | {largest: round(found[largest] + 1 - sum(found.values()), 4)}


def recipe_with(own: dict[str, float]) -> dict[str, Any]:
    return {**DEMO, "mix": {**DEMO["mix"], "shares": own}}


def test_there_are_five_in_the_order_of_the_report() -> None:
    assert tuple(question.name for question in QUESTIONS) == ORDER and len(ORDER) == 5


@pytest.mark.parametrize("question", QUESTIONS, ids=ORDER)
def test_each_has_the_recipe_as_it_stands_as_an_arm_of_a_quick_run(question: Question) -> None:
    recipe = question.arm("recipe")
    assert recipe.quick and not recipe.set and recipe.share is None and not recipe.after
    assert question.control in {"recipe", "sft_longer"} and question.arm(question.control).quick


@pytest.mark.parametrize(("question", "arm"), ARMS)
def test_every_arm_makes_a_recipe_that_is_valid(question: Question, arm: Arm) -> None:
    for recipe in (DEMO, DEFAULTS):
        changes = changes_of(arm, recipe)
        overrides = [f"{key}={toml_value(value)}" for key, value in changes.items()]
        assert [parse_override(override)[1] for override in overrides] == list(changes.values())
        load_recipe(EXAMPLES / "surgery/recipe.toml", overrides=overrides)


@pytest.mark.parametrize("question", QUESTIONS, ids=ORDER)
def test_axes_are_metrics_of_the_evaluation_and_sentences_hold_what_is_filled_in(question: Question) -> None:
    assert [axis.metric for axis in question.axes if axis.metric not in METRICS] == []
    assert question.axes[0].role == "benefit" and question.caveat
    for outcome, sentence in question.outcomes.items():
        held = set(re.findall(r"{(\w+)}", sentence))
        assert held <= PLACEHOLDERS and sentence.endswith(".")
        assert ("cost" in held) == (outcome == "at_a_cost")
    assert "{seen}" in question.outcomes["undecided"] or question.name == "bases"


@pytest.mark.parametrize("name", ["dialogues", "grounding"])
def test_only_shares_lead_in_questions_whose_sentences_speak_of_shares(name: str) -> None:
    question = next(one for one in QUESTIONS if one.name == name)
    assert [arm.name for arm in question.arms if question.leads(arm.name) and arm.dose is None] == []


def test_the_questions_beside_the_five_are_asked() -> None:
    asked = {f"{question.name}/{arm.name}" for question in QUESTIONS for arm in question.arms if arm.asks}
    assert asked >= {
        "dialogues/known_facts", "grounding/no_insufficient", "grounding/tools", "grounding/own_stage",
        "preference/on_policy", "preference/both_sources", "modes/one_wording",
    }  # fmt: skip


@given(shares())
def test_arms_give_shares_that_add_up_to_one_and_hold_what_was_asked(own: dict[str, float]) -> None:
    for arm in (arm for question in QUESTIONS for arm in question.arms if arm.share is not None):
        wanted = arm.share
        assert wanted is not None
        try:
            got = changes_of(arm, recipe_with(own))["mix.shares"]
        except InputError:
            rest = sum(share for kind, share in own.items() if kind not in wanted.kinds)
            assert rest < 1e-9 and wanted.to < 1, "refused though another kind could take the place"
            continue
        assert sum(got.values()) == pytest.approx(1, abs=1e-9) and min(got.values()) >= 0
        assert sum(got.get(kind, 0) for kind in wanted.kinds) == pytest.approx(wanted.to, abs=1e-3)
        Recipe.model_validate({**DEFAULTS, "mix": {**DEFAULTS["mix"], "shares": got}})


@given(shares(), st.sampled_from(KINDS), st.floats(0.01, 0.99))
def test_kinds_that_are_not_named_keep_their_proportions(own: dict[str, float], kind: str, to: float) -> None:
    others = {name: share for name, share in own.items() if name != kind}
    assume(sum(others.values()) > 0.01)
    got = with_share(own, Share(kinds=[kind], to=to))
    for name, share in others.items():
        assert got[name] == pytest.approx((1 - to) * share / sum(others.values()), abs=1e-3)


@given(shares())
def test_what_is_named_instead_takes_the_whole_place(own: dict[str, float]) -> None:
    got = with_share(own, Share(kinds=["insufficient", "context_dialogue"], to=0, instead=["context"]))
    assert {name: got[name] for name in own if name not in ("insufficient", "context_dialogue", "context")} == {
        name: pytest.approx(share, abs=1e-3)
        for name, share in own.items()
        if name not in ("insufficient", "context_dialogue", "context")
    }


def test_a_share_for_which_nothing_makes_room_is_refused() -> None:
    with pytest.raises(InputError, match="too small a share to make room for tool"):
        with_share({"mcq": 0.9, "context": 0.1}, Share(kinds=["tool"], to=0.5, instead=["context"]))
    with pytest.raises(InputError, match="no other kind has a share"):
        with_share({"dialogue": 1.0}, Share(kinds=["dialogue"], to=0.2))


def test_no_dialogues_means_no_example_of_several_turns() -> None:
    """The demo's contexts come as conversations, which would teach later turns though no dialogue were left."""
    got = changes_of(QUESTIONS[0].arm("none"), DEMO)["mix.shares"]
    assert not any(got[kind] for kind in SEVERAL_TURNS) and got["context"] > 0
    assert sum(DEMO["mix"]["shares"].get(kind, 0) for kind in SEVERAL_TURNS) == pytest.approx(0.38)


def test_without_insufficient_cases_as_many_examples_stand_over_passages() -> None:
    got = changes_of(QUESTIONS[3].arm("no_insufficient"), DEMO)["mix.shares"]
    assert got["context"] == pytest.approx(0.19 + 0.05 + 0.30) and got["mcq"] == pytest.approx(0.19)


def test_the_planted_fault_leaves_no_passage_that_answers_and_all_else_as_it_was() -> None:
    found = read_question(EXAMPLES / "surgery/questions/planted.toml")
    assert [axis.metric for axis in found.axes if axis.metric not in METRICS] == []
    got, before = changes_of(found.arm("no_answers"), DEMO)["mix.shares"], DEMO["mix"]["shares"]
    assert not got["context"] and not got["context_dialogue"] and got["insufficient"] == pytest.approx(0.54)
    assert {kind: got[kind] for kind in ("mcq", "open", "dialogue", "safety")} == pytest.approx(
        {kind: before[kind] for kind in ("mcq", "open", "dialogue", "safety")}
    )


def test_the_recipe_has_its_place_among_the_doses() -> None:
    places = {question.name: doses(question, DEMO) for question in QUESTIONS}
    assert places["dialogues"] == {"none": 0, "two": 2, "five": 5, "ten": 10, "twenty": 20, "recipe": 38}
    assert places["grounding"]["recipe"] == 54
    assert places["modes"]["recipe"] == 90
    assert places["preference"]["recipe"] == 48
    assert places["bases"] == {}


def test_the_example_of_the_docs_is_a_question(tmp_path: Path) -> None:
    examples = re.findall(r"```toml question\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)
    assert len(examples) == 1
    path = tmp_path / "mine.toml"
    path.write_text(examples[0], encoding="utf-8")
    found = read_question(path)
    assert found.control in [arm.name for arm in found.arms] and tomllib.loads(examples[0])
    assert [axis.metric for axis in found.axes if axis.metric not in METRICS] == []
    for arm in found.arms:
        changes = changes_of(arm, DEMO)
        load_recipe(
            EXAMPLES / "surgery/recipe.toml", overrides=[f"{key}={toml_value(value)}" for key, value in changes.items()]
        )


def test_faults_of_a_question_of_ones_own_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = 'name = "a"\ntitle = "A"\nasks = "a?"\ncontrol = "x"\n[outcomes]\nbetter = "b"\n'
    path.write_text(
        f'{text}[[axes]]\nmetric = "m"\nrole = "cost"\nmargin = 0.1\n[[arms]]\nname = "y"\nsays = "y"\nafter = "z"\n'
        'shows = "n"\n'
    )
    with pytest.raises(InputError) as caught:
        read_question(path)
    for part in (
        "control 'x' is no arm",
        "after names 'z'",
        "shows names 'n', which is no axis",
        "no axis has the role benefit",
        "outcomes lacks",
    ):
        assert part in str(caught.value)
