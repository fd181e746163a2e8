"""From contrasts to a sentence, a suggested arm and the recipe's values; and what is said beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from residency.ablation.analysis import answer
from residency.ablation.analysis.standing import moved
from residency.ablation.doses import doses
from residency.ablation.question import Arm, Question, Share
from residency.ablation.records import Answer, Contrast, Trained
from tests.ablating import COST, GAIN, HIGHER, RECIPE, TITLES, contrast_of, found, question_of, trained_of

RECIPE_ARM = Arm(name="recipe", says="the recipe as it stands")


def dialogue(name: str, to: float) -> Arm:
    return Arm(name=name, says=f"{to:.0%} dialogues", dose=100 * to, share=Share(kinds=["dialogue"], to=to))


DOSES = question_of([RECIPE_ARM, dialogue("none", 0.0), dialogue("five", 0.05), dialogue("twenty", 0.2)], "% dialogues")
WAYS = question_of(
    [RECIPE_ARM, Arm(name="new", says="the new way", set={"mix.tagged": 1.0}), Arm(name="other", says="another way")]
)


def measured(question: Question, levels: Mapping[str, float], noise: float = 0.02, repeats: int = 3) -> list[Trained]:
    """Trainings whose later turns score this on average, arm by arm, on the same items."""
    rng = np.random.default_rng(5)
    items = rng.uniform(-0.2, 0.2, 80)
    return [
        trained_of(
            arm, {GAIN: level + items + rng.normal(0, noise, 80), COST: 0.5 + items + rng.normal(0, noise, 80)}, repeat
        )
        for arm, level in levels.items()
        for repeat in range(1, repeats + 1)
    ]


def answered(
    question: Question,
    contrasts: Sequence[Contrast],
    trained: Sequence[Trained] = (),
    recipe: Mapping[str, Any] = RECIPE,
    missing: Mapping[str, str] | None = None,
) -> Answer:
    trained = trained or measured(question, dict.fromkeys((arm.name for arm in question.arms), 0.5), repeats=1)
    return answer(question, contrasts, trained, "small", recipe, TITLES, HIGHER, missing)


def told(
    question: Question,
    levels: Mapping[str, float],
    noise: float = 0.02,
    repeats: int = 3,
    recipe: Mapping[str, Any] = RECIPE,
) -> Answer:
    trained = measured(question, levels, noise, repeats)
    return answered(question, found(question, trained), trained, recipe)


def with_dialogues(share: float) -> dict[str, Any]:
    """A recipe of which this share are dialogues."""
    return {**RECIPE, "mix": {**RECIPE["mix"], "shares": {"single": 1 - share, "dialogue": share}}}


def test_without_dialogues_turns_fell_five_percent_restored_them_and_more_did_not_help() -> None:
    found = told(DOSES, {"recipe": 0.6, "none": 0.45, "five": 0.6, "twenty": 0.6})
    assert (found.outcome, found.arm, found.changes) == ("worse", "recipe", {})
    assert found.sentence.startswith("0% dialogues did harm, Later turns: \N{MINUS SIGN}1")
    assert "5% dialogues restored it (+1" in found.sentence and "; more did not help." in found.sentence
    assert found.sentence.endswith("The recipe has this already and can stay.")


def test_the_least_dose_that_suffices_is_suggested_with_the_values_that_follow() -> None:
    found = told(DOSES, {"recipe": 0.45, "none": 0.45, "five": 0.6, "twenty": 0.605}, recipe=with_dialogues(0.02))
    assert (found.outcome, found.arm) == ("better", "five")
    assert found.changes == {"mix.shares": {"single": 0.95, "dialogue": 0.05}}
    assert "5% dialogues against the recipe as it stands, Later turns: +1" in found.sentence
    assert found.sentence.endswith("5% dialogues suffices; more did not help.")


@pytest.mark.parametrize(
    ("twenty", "noise", "arm", "ends"),
    [
        (0.75, 0.02, "twenty", "20% dialogues suffices; no higher dose was tried."),
        (0.55, 0.02, "five", "suffices; more hurt (20% dialogues"),
        (0.61, 0.15, "five", "suffices; whether more helps is not decided (less than"),
        (0.62, 0.003, "five", "suffices; more helped further (20% dialogues +2"),
    ],
)
def test_what_more_of_a_dose_did_is_said_as_it_came_out(twenty: float, noise: float, arm: str, ends: str) -> None:
    found = told(DOSES, {"recipe": 0.4, "none": 0.4, "five": 0.6, "twenty": twenty}, noise, recipe=with_dialogues(0.02))
    assert (found.outcome, found.arm) == ("better", arm)
    assert ends in found.sentence


def test_the_recipe_is_a_dose_among_the_others() -> None:
    higher = with_dialogues(0.38)
    found = told(DOSES, {"recipe": 0.4, "none": 0.4, "five": 0.4, "twenty": 0.6}, recipe=higher)
    assert "20% dialogues suffices; more hurt (the recipe as it stands at 38% \N{MINUS SIGN}" in found.sentence
    assert found.doses == {"none": 0, "five": 5, "twenty": 20, "recipe": 38}
    found = told(DOSES, {"recipe": 0.6, "none": 0.4, "five": 0.6, "twenty": 0.6}, recipe=higher)
    assert "5% dialogues restored it (+" in found.sentence and "; more did not help." in found.sentence
    found = told(DOSES, {"recipe": 0.6, "none": 0.4, "five": 0.4, "twenty": 0.4}, recipe=higher)
    least = "The least dose that was shown to make up for it is the recipe as it stands at 38%, +"
    assert least in found.sentence and "no higher dose was tried" in found.sentence
    none = told(DOSES, {"recipe": 0.6, "none": 0.6, "five": 0.4, "twenty": 0.4}, recipe=with_dialogues(0.0))
    assert none.sentence.endswith(
        "Shown to hurt: 5% dialogues and 20% dialogues. The recipe has this already and can stay."
    ), "what is below the lowest dose that hurt is not what makes up for it"
    one = question_of([Arm(name="recipe", says="SFT", measures="final"), dialogue("five", 0.05)], "% dialogues")
    assert "dose" not in told(one, {"recipe": 0.5, "five": 0.5}).sentence, "one dose alone is no choice among doses"
    other = {**higher, "preference": {"method": "ipo"}}
    arms = [Arm(name="few", says="few", dose=10, set={"preference.method": "dpo", "mix.tagged": 0.1})]
    assert doses(question_of([RECIPE_ARM, *arms], "tags"), higher)["recipe"] == 80
    assert "recipe" not in doses(question_of([RECIPE_ARM, *arms], "tags"), other), "it differs in the method too"


SIDES = question_of(
    [
        *WAYS.arms,
        Arm(name="facts", says="the facts left out", against="recipe", asks="do facts matter?", shows=COST),
        Arm(name="samples", says="own samples", asks="own samples or the new way?", beside="new"),
    ]
)


def test_questions_beside_the_main_one_have_a_sentence_each_and_lead_in_none() -> None:
    levels = {"recipe": 0.35, "new": 0.5, "other": 0.35, "facts": 0.65, "samples": 0.4}
    found = told(SIDES, levels)
    assert (found.outcome, found.arm) == ("better", "new"), "the facts would be better still"
    facts, samples = found.beside
    assert facts.startswith(
        "Do facts matter? No difference that would matter: with the facts left out, Exam accuracy: "
    )
    assert "against the recipe as it stands; better on Later turns (+" in facts
    assert samples.startswith("Own samples or the new way? Worse: with own samples, Later turns: \N{MINUS SIGN}1")
    assert "against the new way" in samples
    assert not any("The facts left out: better on" in note for note in found.notes), "told once"
    few = told(SIDES, levels, noise=0.05, repeats=1)
    assert "Undecided: with the facts left out" in few.beside[0] and "would mostly not have been seen" in few.beside[0]


def test_an_arm_whose_training_was_undone_or_whose_share_was_not_reached_is_told() -> None:
    tuned = Arm(name="tuned", says="DPO", measures="final", set={"pairs.max_pairs": 1000})
    asked = question_of([RECIPE_ARM, dialogue("twenty", 0.2), tuned], "% dialogues")
    counts = {
        "recipe": {"kinds": {"single": 180, "dialogue": 20}, "kept_step": 40},
        "twenty": {"kinds": {"single": 180, "dialogue": 20}, "kept_step": 0},
        "tuned": {"kinds": {"single": 180, "dialogue": 20}, "preference_kept_step": 0, "pairs": 600},
    }
    trained = [
        replace(one, counts=counts[one.arm])
        for one in measured(asked, dict.fromkeys(counts, 0.5))
    ]  # fmt: skip
    assert answered(asked, found(asked, trained), trained).cautions == [
        "20% dialogues: no step of SFT was better on the dev rows than none (step 0 was kept): what was measured is the"
        " model as it came.",
        "DPO: no step of preference tuning was better on the dev rows than none (step 0 was kept): what was measured is"
        " the model as SFT left it.",
        "Shares of the mix that were not reached, got for set: 20% dialogues (dialogue"
        " 10% for 20%, single 90% for 80%).",
        "Fewer pairs than were asked for: DPO (trained on 600).",
    ]
    few = [replace(one, counts={"kinds": {"single": 18, "dialogue": 2}}) for one in trained]
    few = [one if one.arm != "twenty" else replace(one, counts={"kinds": {"single": 17, "dialogue": 3}}) for one in few]
    assert answered(asked, found(asked, few), few).cautions == [], "of twenty examples one is five points"
    old = [replace(one, counts={}) for one in trained]
    assert answered(asked, found(asked, old), old).cautions == []


def test_an_arm_that_is_better_at_a_cost_is_named_and_left_to_its_reader() -> None:
    contrasts = [contrast_of("new", "better", 0.08), contrast_of("new", "worse", -0.05, metric=COST)]
    found = answered(WAYS, contrasts)
    assert (found.outcome, found.arm, found.changes) == ("at_a_cost", "", {})
    assert found.sentence == (
        "The new way, Later turns: +8.0 points [+6.0, +10.0], but Exam accuracy \N{MINUS SIGN}5.0 points "
        "[\N{MINUS SIGN}7.0, \N{MINUS SIGN}3.0]."
    )
    free = [*contrasts, contrast_of("other", "better", 0.05)]
    assert answered(WAYS, free).arm == "other", "a smaller gain without a cost goes before"


def test_a_cost_that_is_not_excluded_is_told() -> None:
    contrasts = [contrast_of("new", "better", 0.08), contrast_of("new", "undecided", -0.01, 0.06, COST)]
    found = answered(WAYS, contrasts)
    assert found.arm == "new" and found.changes == {"mix.tagged": 1.0}
    assert any("a loss of 7.0 points on Exam accuracy is not excluded" in note for note in found.notes)


def test_nothing_is_suggested_where_nothing_was_decided() -> None:
    contrasts = [contrast_of("new", "undecided", 0.02), contrast_of("other", "no_difference", 0.0)]
    found = answered(WAYS, contrasts)
    assert (found.outcome, found.arm, found.changes) == ("undecided", "", {})
    assert found.sentence == (
        "Undecided: the new way, +2.0 points [+0.0, +4.0]; less than 5.0 points would not have been seen."
    )
    same = answered(WAYS, [contrast_of("new", "no_difference", 0.0), contrast_of("other", "no_difference", 0.001)])
    assert (same.outcome, same.arm) == ("no_difference", "")


def test_the_recipe_goes_back_to_the_control_only_where_it_is_what_was_shown_to_be_worse() -> None:
    asked = question_of([Arm(name="recipe", says="untagged", set={"mix.tagged": 0.0}), *WAYS.arms[1:]])
    contrasts = [contrast_of("new", "worse", -0.1), contrast_of("other", "undecided", 0.0)]
    tagged = {"mix": {**RECIPE["mix"], "tagged": 1.0}}
    assert answered(asked, contrasts, recipe=tagged).changes == {"mix.tagged": 0.0}
    found = answered(asked, contrasts)
    assert (found.outcome, found.arm, found.changes) == ("worse", "", {})
    assert "Undecided on Later turns: another way." in found.notes


def test_where_sft_alone_is_better_it_is_said_how_to_stop_there() -> None:
    asked = question_of([Arm(name="recipe", says="SFT alone"), Arm(name="new", says="the recipe", measures="final")])
    found = answered(asked, [contrast_of("new", "worse", -0.1)])
    assert (found.arm, found.changes) == ("recipe", {})
    assert "can stay" not in found.sentence and any("--until sft" in note for note in found.notes)
    other = Arm(name="new", says="DPO", measures="final", set={"preference.method": "ipo"})
    undecided = [contrast_of("new", "worse", -0.1), contrast_of("other", "undecided", 0.0)]
    asked = question_of([asked.arms[0], other, Arm(name="other", says="the recipe", measures="final")])
    assert answered(asked, undecided).arm == "", "the recipe's own way is not what was worse"


def test_untrained_models_and_side_questions_decide_nothing() -> None:
    arms = [
        *WAYS.arms[:2],
        Arm(name="other", says="untrained", measures="base"),
        Arm(name="side", says="side", against="recipe"),
    ]
    contrasts = [
        contrast_of("new", "undecided", 0.01),
        contrast_of("other", "worse", -0.3),
        contrast_of("side", "better", 0.3),
    ]
    found = answered(question_of(arms), contrasts)
    assert (found.outcome, found.arm) == ("undecided", "")
    assert any(
        note.startswith("Untrained: worse on Later turns than with the recipe as it stands") for note in found.notes
    )


def test_arms_that_did_not_run_and_arms_that_are_one_training_are_told() -> None:
    trained = measured(WAYS, {"recipe": 0.5, "new": 0.5}, repeats=1)
    twin = [trained[0], Trained("asked", "new", "small", 1, trained[0].cell, trained[0].results)]
    found = answered(WAYS, [contrast_of("new", "no_difference", 0.0, repeats=1)], twin, missing={"other": "no tools"})
    assert "Not run: another way (no tools)." in found.notes
    assert "The recipe as it stands and the new way came out as the same training, and count once." in found.notes
    assert any("trained once" in note for note in found.notes)
    none = answered(WAYS, [], measured(WAYS, {"new": 0.5}, repeats=1))
    assert none.sentence == "The recipe as it stands did not run, so that nothing can be compared."


def test_it_is_told_how_far_trainings_of_one_recipe_lie_apart() -> None:
    trained = [
        trained_of("recipe", {GAIN: [0.5] * 20, COST: [0.5] * 20}),
        trained_of("new", {GAIN: [0.6] * 20, COST: [0.5] * 20}),
    ]
    trained.append(trained_of("again", {GAIN: [0.54] * 20, COST: [0.49] * 20}))
    found = answered(WAYS, [contrast_of("new", "undecided", 0.0)], trained)
    assert found.notes[-1] == (
        "2 trainings of the same recipe (the recipe as it stands) lie apart by up to: Later turns 4.0 points; "
        "Exam accuracy 1.0 points."
    )
    longer = question_of([RECIPE_ARM, Arm(name="new", says="longer", hold="compute")])
    assert not any("lie apart" in note for note in answered(longer, found.contrasts, trained[:2]).notes)
    again = question_of([RECIPE_ARM, Arm(name="new", says="again", hold="nothing", again=True)])
    assert any("Later turns 10.0 points" in note for note in answered(again, found.contrasts, trained[:2]).notes)
    assert not any("lie apart" in note for note in answered(WAYS, found.contrasts, trained[:2]).notes)


def test_the_note_on_single_trainings_says_what_of_chance_is_in_the_intervals() -> None:
    trained = measured(WAYS, dict.fromkeys(("recipe", "new", "other"), 0.5), repeats=1)
    single = [contrast_of("new", "undecided", 0.0, repeats=1)]
    (note,) = (one for one in answered(WAYS, single, trained).notes if "trained once" in one)
    assert note.endswith("differ by 4.2 points (standard deviation) is assumed, and is in the intervals.")
    several = [contrast_of("new", "undecided", 0.0)]
    assert not any("trained once" in one for one in answered(WAYS, several, trained).notes)


def test_an_arm_that_sets_what_the_recipe_has_changes_nothing() -> None:
    assert moved(dialogue("ten", 0.1), RECIPE) == {}
    assert moved(Arm(name="a", says="a", set={"mix.tagged": 0.8, "preference.method": "ipo"}), RECIPE) == {
        "preference.method": "ipo"
    }
