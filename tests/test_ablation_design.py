"""Which trainings answer the questions: each once, what is needed first, under names that stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from residency.ablation.changes import FOR_PAIRS, OF_ONE_MODEL, ONLINE, value_at
from residency.ablation.choosing import Facts, left_out
from residency.ablation.design import CellPlan, cells
from residency.ablation.plan import plan_of
from residency.ablation.plan_text import plan_text, span
from residency.ablation.question import Arm, Axis, Question, standard_questions
from residency.ablation.settings import AblateSettings
from residency.chat.settings import ChatSettings
from residency.core.errors import InputError
from residency.evaluation.settings import EvaluateSettings
from residency.flow.recipe import LoadedRecipe, load_recipe, with_changes
from residency.flow.stages import STAGES
from residency.flow.starter import toml_value
from residency.generation.settings import ModelSettings
from residency.training import settings as training
from residency.training.settings import PreferenceSettings

SURGERY = Path(__file__).parents[1] / "examples/surgery/recipe.toml"
RECIPE = load_recipe(SURGERY).recipe.model_dump(mode="json")
QUESTIONS = standard_questions()
SMALL = Facts(tools=False, knowledge=False, thinks="never", pairs=150)
OUTCOMES: Any = dict.fromkeys(("better", "at_a_cost", "worse", "no_difference", "undecided"), "so.")
REPEATED = {"mix", "thoughts", "compile", "sft", "pairs", "preference"}
MINUTES = {"sft": 8.0, "pairs": 1.0, "preference": 3.0, "evaluate": 5.0, "grounding": 2.0}


def question(name: str, *arms: Arm, control: str = "recipe", hold: Any = "steps") -> Question:
    axes = [Axis(metric="mode.obeyed", role="benefit", margin=0.05)]
    return Question(
        name=name, title=name, asks="?", hold=hold, control=control, axes=axes, arms=list(arms), outcomes=OUTCOMES
    )


def arm(name: str, **values: Any) -> Arm:
    return Arm(name=name, says=name, **values)


def planned(questions: list[Question], quick: bool = False, **settings: Any) -> list[CellPlan]:
    return cells(questions, RECIPE, AblateSettings(**settings), quick, left_out(questions, SMALL))


def serving(found: list[CellPlan], question: str, arm: str) -> CellPlan:
    return next(cell for cell in found if (question, arm) in cell.serves)


def test_a_quick_run_is_twelve_trainings_of_one_seed() -> None:
    found = planned(QUESTIONS, quick=True)
    assert len([cell for cell in found if cell.measures != "base"]) == 12
    assert {cell.repeat for cell in found} == {0} and [cell.measures for cell in found].count("base") == 1
    unmarked = {(name, one.name) for q in QUESTIONS for name in [q.name] for one in q.arms if not one.quick}
    assert not {one for cell in found for one in cell.serves} & unmarked, "an arm of a quick run needs one that is not"


def test_arms_that_come_to_the_same_training_share_it() -> None:
    found = planned(QUESTIONS, seeds=1)
    recipe = serving(found, "dialogues", "recipe")
    assert {question for question, _ in recipe.serves} == {q.name for q in QUESTIONS}
    assert ("modes", "tagged_90") in recipe.serves, "the recipe tags 90% already"
    assert ("preference", "sft") in recipe.serves
    assert serving(found, "preference", "dpo") == serving(found, "preference", "recipe") != recipe
    assert serving(found, "grounding", "prompting") == serving(found, "dialogues", "base")
    assert len({cell.name for cell in found}) == len(found)
    trained = [
        json.dumps([cell.changes, cell.measures, cell.hold, cell.like, cell.after], sort_keys=True) for cell in found
    ]
    assert len(set(trained)) == len(trained)


def test_the_same_recipe_trained_again_is_a_training_of_its_own() -> None:
    found = planned(QUESTIONS, seeds=2)
    again = [cell for cell in found if ("bases", "again") in cell.serves]
    recipe = [cell for cell in found if ("bases", "recipe") in cell.serves]
    numbers = [cell.changes["run.repeat"] for cell in (*again, *recipe)]
    assert [cell.repeat for cell in again] == [0, 1] and len(set(numbers)) == 4
    for one, other in zip(again, recipe, strict=True):
        assert {**one.changes, "run.repeat": 0} == {**other.changes, "run.repeat": 0} and one.hold == "nothing"


def test_what_is_needed_stands_before_it_and_controls_stand_first() -> None:
    found = planned(QUESTIONS, seeds=2, proxies=["embedded", "other"])
    places = {cell.name: place for place, cell in enumerate(found)}
    for cell in found:
        for other in (cell.like, cell.after):
            assert not other or places[other] < places[cell.name]
            twin = found[places[other]] if other else cell
            assert (twin.proxy, twin.repeat) == (cell.proxy, cell.repeat)
    assert ("dialogues", "recipe") in found[0].serves
    assert ("preference", "sft_longer") in found[2].serves and found[2].like == found[1].name


def test_all_arms_have_their_first_seed_before_any_has_its_second() -> None:
    found = planned(QUESTIONS, seeds=3, proxies=["embedded", "other"])
    assert [cell.repeat for cell in found] == sorted(cell.repeat for cell in found)
    first, second = ({one for cell in found if cell.repeat == repeat for one in cell.serves} for repeat in (0, 1))
    untrained = {one for cell in found if cell.measures == "base" for one in cell.serves}
    assert first - untrained == second, "an untrained model answers once"


def test_names_stay_when_questions_seeds_and_items_are_added() -> None:
    own = question("mine", arm("recipe"), arm("slow", set={"sft.learning_rate": 1e-5}))
    before = {cell.name for cell in planned(QUESTIONS, seeds=1)}
    assert before < {cell.name for cell in planned([*QUESTIONS, own], seeds=2, max_items=7)}
    for one in QUESTIONS:
        assert {cell.name for cell in planned([one], seeds=1)} <= before
    assert not before & {cell.name for cell in planned(QUESTIONS, seeds=1, examples=99)}


LARGE: dict[str, Any] = {
    "model.name": "openai/gpt-oss-20b",
    "model.revision": "6cee5e81ee83917806bbde320786a8fb61efebee",
    "model.quantization": "4bit",
    "model.attention": "flash_attention_2",
    "model.trust_remote_code": True,
    "chat.family": "harmony",
}
"""What a recipe says of its large model."""


def of(recipe: LoadedRecipe, *questions: Question, **settings: Any) -> list[CellPlan]:
    values = recipe.recipe.model_dump(mode="json")
    return cells(list(questions) or QUESTIONS, values, AblateSettings(seeds=1, **settings))


def test_what_belongs_to_the_recipes_model_is_not_asked_of_a_proxy() -> None:
    large = with_changes(load_recipe(SURGERY), LARGE, "test")
    for cell in of(large):
        found = with_changes(large, cell.changes, "test").recipe
        model = found.model
        assert (model.name, model.revision, model.quantization, model.attention) == ("embedded", None, "none", "auto")
        assert not model.trust_remote_code and found.chat.family == "auto"
    for cell in of(large, proxies=[LARGE["model.name"]]):
        found = with_changes(large, cell.changes, "test").recipe
        assert (found.model, found.chat) == (large.recipe.model, large.recipe.chat), "the recipe's own model"
    names = {cell.name for cell in of(load_recipe(SURGERY))}
    assert {cell.name for cell in of(large)} == names, "the same trainings of the same proxy"


def test_a_pilot_is_of_the_model_that_is_named() -> None:
    """The recipe's own large model is loaded as the recipe says, another one as it comes, the proxy as before."""
    large = with_changes(load_recipe(SURGERY), LARGE, "test")
    arms = [
        arm(f"{one}-{name}", set={"model.name": model}, measures=measures, hold="nothing")
        for name, model in (("own", LARGE["model.name"]), ("other", "Qwen/Qwen3-30B-A3B-Thinking-2507"))
        for one, measures in (("untrained", "base"), ("pilot", "sft"))
    ]
    pinned = arm("pinned", set={"model.name": "a/b", "model.revision": "main", "chat.family": "qwen3"}, hold="nothing")
    found = of(large, question("bases", arm("recipe"), *arms, pinned))
    assert len(found) == 6, "no model stands for another"
    for one in ("untrained", "pilot"):
        own = with_changes(large, serving(found, "bases", f"{one}-own").changes, "test").recipe
        assert (own.model, own.chat.family) == (large.recipe.model, "harmony")
        other = with_changes(large, serving(found, "bases", f"{one}-other").changes, "test").recipe
        assert other.model.name == "Qwen/Qwen3-30B-A3B-Thinking-2507"
        assert (other.model.revision, other.model.quantization, other.chat.family) == (None, "none", "auto")
    said = with_changes(large, serving(found, "bases", "pinned").changes, "test").recipe
    assert (said.model.revision, said.chat.family, said.model.quantization) == ("main", "qwen3", "none")


def test_what_is_for_one_model_is_taken_back_to_what_is_taken_where_nothing_is_said() -> None:
    sections = {"model": ModelSettings(), "chat": ChatSettings(), "preference": PreferenceSettings()}
    defaults = {name: section.model_dump(mode="json") for name, section in sections.items()}
    assert {key: value_at(defaults, key) for key in OF_ONE_MODEL} == OF_ONE_MODEL
    assert set(ONLINE) == training.ONLINE


@pytest.mark.parametrize("key", FOR_PAIRS)
def test_an_arm_that_tunes_online_takes_back_what_is_for_losses_on_pairs(key: str) -> None:
    value = 5e-6 if key.endswith("rate") else 30
    recipe = load_recipe(SURGERY, overrides=[f"{key}={value}"])
    found = of(recipe)
    for cell in found:
        with_changes(recipe, cell.changes, "test")  # each arm is a recipe that can be run
    assert serving(found, "preference", "grpo").changes[key] is None
    assert key not in serving(found, "preference", "dpo").changes
    assert {cell.name for cell in found} == {cell.name for cell in of(load_recipe(SURGERY))}


@pytest.mark.parametrize("key", ["corpus.test_share", "run.seed", "evaluate.max_items"])
def test_an_arm_cannot_be_asked_otherwise(key: str) -> None:
    with pytest.raises(InputError, match=rf"mine: arm odd sets {key}, and what is held out and asked must be the same"):
        planned([question("mine", arm("recipe"), arm("odd", set={key: 0.3}))])


def test_what_the_recipe_is_evaluated_on_is_not_asked() -> None:
    """No file of the evaluation is left, whatever the settings name."""
    before = load_recipe(SURGERY).recipe.evaluate
    assert before.input_files() and before.gates
    for cell in planned(QUESTIONS, quick=True):
        after = load_recipe(SURGERY, overrides=[f"{key}={toml_value(value)}" for key, value in cell.changes.items()])
        assert not after.recipe.evaluate.input_files() and not after.recipe.evaluate.gates
        assert after.recipe.evaluate.max_items == 100 and after.recipe.mix.examples == 600
    keys = {key for key in cells(QUESTIONS, RECIPE, AblateSettings(seeds=1))[0].changes if key.startswith("evaluate.")}
    named = {f"evaluate.{name}" for name in _file_settings(EvaluateSettings)}
    assert len(named) >= 7 and named <= keys, "a setting of the evaluation names files that an ablation would ask"


def _file_settings(section: type[BaseModel], prefix: str = "") -> list[str]:
    """The dotted names of all settings that are lists of files."""
    found = []
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found += _file_settings(field.annotation, f"{prefix}{name}.")
        elif field.annotation == list[Path]:
            found.append(f"{prefix}{name}")
    return found


def test_steps_are_held_to_the_control_and_not_of_what_is_the_control() -> None:
    found = planned(QUESTIONS, seeds=1)
    recipe = serving(found, "dialogues", "recipe")
    none = serving(found, "dialogues", "none")
    assert (recipe.hold, recipe.like) == ("nothing", "") and (none.hold, none.like) == ("steps", recipe.name)
    tokens = serving(found, "dialogues", "twenty_tokens")
    assert tokens.hold == "labelled_tokens" and tokens.changes == serving(found, "dialogues", "twenty").changes


def test_a_stage_of_its_own_has_the_examples_that_the_mix_would_have_had() -> None:
    found = planned(QUESTIONS, seeds=1)
    stage, before = serving(found, "grounding", "own_stage"), serving(found, "grounding", "tuned_without")
    assert stage.after == before.name and before.measures == "final"
    assert stage.changes["mix.examples"] == round(0.54 * 600)
    assert serving(found, "grounding", "in_mix").like == stage.name


def test_arms_whose_needs_are_not_met_are_left_out_with_what_needs_them() -> None:
    left = left_out(QUESTIONS, SMALL)
    assert left["grounding", "tools"] == "the model's format knows no tools"
    assert left["preference", "pairs_300"] == "300 pairs are needed, and the bank allows 150"
    assert ("preference", "pairs_100") not in left
    assert "knowledge.questions" in left["dialogues", "known_facts"]
    assert left["bases", "rationales"] == "the model does not think"
    served = {one for cell in planned(QUESTIONS) for one in cell.serves}
    assert not served & left.keys()
    assert len(served | left.keys()) == sum(len(q.arms) for q in QUESTIONS)
    assert left_out(QUESTIONS, Facts()) == {}, "what is not known leaves nothing out"
    known = Facts(knowledge=True, unknown=0)
    assert set(left_out(QUESTIONS, known)) == {("dialogues", "known_facts"), ("dialogues", "none_known_facts")}
    assert left_out(QUESTIONS, Facts(knowledge=True, unknown=1)) == {}
    thinks = left_out(QUESTIONS, Facts(thinks="always"))
    assert set(thinks) == {("bases", "no_thoughts")}


def test_without_examples_over_passages_what_builds_on_them_is_left_out() -> None:
    none = dict.fromkeys(("context", "insufficient", "context_dialogue", "tool", "conversation"), 0)
    left = left_out(QUESTIONS, Facts(kinds={"mcq": 10, "open": 10, "dialogue": 5, **none}))
    assert left["grounding", "ten"].startswith("there are no examples of context")
    assert left["grounding", "in_mix"] == "it needs the arm own_stage, which is left out"
    assert ("dialogues", "five") not in left and ("grounding", "none") not in left
    assert ("grounding", "tools") not in left, "it builds its calls itself"
    unknown = left_out(QUESTIONS, Facts(kinds={"mcq": 10, "open": 10}))
    assert unknown == {}, "what is not known of a kind leaves nothing out"


def test_what_is_wrong_with_an_arm_leaves_it_and_what_needs_it_out() -> None:
    left = left_out(QUESTIONS, Facts(), {("preference", "dpo"): "the recipe does not allow it"})
    assert left["preference", "dpo"] == "the recipe does not allow it"
    assert left["preference", "sft_longer"] == "it needs the arm dpo, which is left out"
    assert {question for question, _ in left} == {"preference"}


def test_an_arm_whose_share_cannot_be_set_troubles_no_other() -> None:
    recipe = RECIPE | {"mix": RECIPE["mix"] | {"shares": {"dialogue": 1.0}}}
    with pytest.raises(InputError, match="no other kind has a share"):
        cells(QUESTIONS, recipe, AblateSettings(seeds=1))
    without = {("dialogues", one.name) for one in QUESTIONS[0].arms if one.share is not None}
    found = cells(QUESTIONS[:1], recipe, AblateSettings(seeds=1), without=without)
    assert ("dialogues", "known_facts") in {one for cell in found for one in cell.serves}


def test_a_pilot_is_trained_once_whatever_the_seeds_and_proxies() -> None:
    own = question("mine", arm("recipe"), arm("pilot", set={"model.name": "large"}, hold="nothing", once=True))
    found = planned([own], seeds=3, proxies=["one", "two"])
    assert [(cell.proxy, cell.repeat) for cell in found if ("mine", "pilot") in cell.serves] == [("one", 0)]
    assert len(found) == 3 * 2 + 1


def test_a_named_arm_is_run_with_its_control_and_what_that_needs() -> None:
    found = cells(QUESTIONS, RECIPE, AblateSettings(seeds=1), only=["ipo"])
    assert {one for cell in found for one in cell.serves} == {
        ("preference", "sft_longer"),
        ("preference", "dpo"),
        ("preference", "ipo"),
    }


def test_arms_that_need_each_other_are_refused() -> None:
    one = question("mine", arm("recipe"), arm("a", after="b"), arm("b", after="a"))
    with pytest.raises(InputError, match=r"mine: these arms need each other in a circle: a, b, a"):
        planned([one])


def test_a_stage_that_cells_would_run_alike_runs_once() -> None:
    own = question(
        "mine",
        arm("recipe"),
        arm("tuned", measures="final", hold="nothing"),
        arm("fast", set={"sft.learning_rate": 0.001}),
        arm("alone", set={"preference.beta": 0.3}, measures="final", hold="nothing"),
    )
    found = planned([own], seeds=2)
    plan = plan_of(found, [own], STAGES, {"embedded": MINUTES}, {}, lambda *_: None, repeated=REPEATED)
    own_stages = {row.serves[0][1]: {name for name, took in row.own.items() if took} for row in plan.arms}
    assert own_stages == {
        "recipe": {"grounding", "sft", "evaluate"},
        "tuned": {"pairs", "preference", "evaluate"},
        "fast": {"sft", "evaluate"},
        "alone": {"preference", "evaluate"},
    }
    minutes = {row.serves[0][1]: row.minutes for row in plan.arms}
    assert minutes == {"recipe": 2 + 2 * 13, "tuned": 2 * 9, "fast": 2 * 13, "alone": 2 * 8}
    assert plan.minutes == sum(minutes.values()) and plan.without_sharing == 2 * (15 + 19 + 15 + 19)
    assert "sft" in next(row.borrowed for row in plan.arms if row.serves[0][1] == "alone")


def test_what_is_given_anothers_computing_takes_as_long() -> None:
    found = planned(QUESTIONS, quick=True)
    plan = plan_of(found, QUESTIONS, STAGES, {"embedded": MINUTES}, {}, lambda *_: None, repeated=REPEATED)
    longer = next(row for row in plan.arms if ("preference", "sft_longer") in row.serves)
    assert longer.own["sft"] == MINUTES["sft"] + MINUTES["preference"]


def test_what_is_done_takes_nothing_and_lends_its_stages() -> None:
    found = planned(QUESTIONS, quick=True)
    whole = plan_of(found, QUESTIONS, STAGES, {"embedded": MINUTES}, {}, lambda *_: None, repeated=REPEATED)
    rest = plan_of(
        found,
        QUESTIONS,
        STAGES,
        {"embedded": MINUTES},
        {},
        lambda *_: None,
        repeated=REPEATED,
        finished=[found[0].name, found[1].name],
    )
    assert rest.minutes == whole.minutes - whole.arms[0].minutes - whole.arms[1].minutes
    assert rest.arms[0].finished == 1 and not rest.arms[0].own


def test_the_plan_says_what_could_be_seen_for_people_and_programs() -> None:
    found = planned(QUESTIONS, quick=True)

    def visible(question: str, metric: str, items: int) -> float | None:
        return None if metric == "mode.obeyed" else 0.04 if question == "dialogues" else 0.2

    plan = plan_of(
        found,
        QUESTIONS,
        STAGES,
        {"embedded": MINUTES},
        {"followup.turn_mean": 80, "mode.obeyed": 3},
        visible,
        repeated=REPEATED,
        left=left_out(QUESTIONS, SMALL),
    )
    rows = {(row.question, row.metric): row for row in plan.axes}
    assert rows["dialogues", "followup.turn_mean"].enough and not rows["preference", "followup.turn_mean"].enough
    assert not rows["modes", "mode.obeyed"].enough and ("dialogues", "exam.accuracy_strict") not in rows
    text = plan_text(plan)
    assert "12 different trainings, 12 in all" in text and "what matters may be missed" in text
    assert "grounding tools: the model's format knows no tools" in text
    told = json.loads(json.dumps(plan.told()))
    assert told["minutes"] == round(plan.minutes, 1) and len(told["arms"]) == len(plan.arms)
    assert {"question": "modes", "arm": "recipe"} in told["arms"][0]["serves"]


def test_what_takes_another_time_and_what_is_not_known_is_said_beforehand() -> None:
    own = question(
        "mine",
        arm("recipe"),
        arm("more", set={"pairs.max_pairs": 1000}, measures="final", hold="nothing"),
        arm("pilot", set={"model.name": "large"}, hold="nothing", once=True),
    )
    found = planned([own], seeds=1)
    _, more, pilot = found
    plan = plan_of(
        found,
        [own],
        STAGES,
        {"embedded": MINUTES},
        {},
        lambda *_: None,
        repeated=REPEATED,
        own={more.name: {"preference": 30.0}},
        unknown=[pilot.name],
        measured=False,
        notes=["The trainings ask servers: teacher (http://there)."],
    )
    rows = {row.serves[0][1]: row for row in plan.arms}
    assert rows["more"].own["preference"] == 30.0 and rows["more"].own["evaluate"] == MINUTES["evaluate"]
    assert (rows["pilot"].minutes, rows["pilot"].known, rows["more"].known) == (0.0, False, True)
    text = plan_text(plan)
    assert text.startswith("The trainings ask servers: teacher (http://there).\n\n")
    assert "3 different trainings, 3 in all: about 51 min" in text and "about min" in text
    assert "What pilot would take is not known beforehand, and not in it." in text
    told = plan.told()
    assert (told["measured"], told["notes"], told["arms"][2]["known"]) == (False, list(plan.notes), False)


@pytest.mark.parametrize(("minutes", "words"), [(44.6, "45 min"), (130, "2 h 10 min"), (1620, "1 d 3 h")])
def test_minutes_in_words(minutes: float, words: str) -> None:
    assert span(minutes) == words
