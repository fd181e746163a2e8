"""Guards: a healthy training is let alone, each planted fault is heard, and the last good step is what is kept."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.files import folder_digests
from residency.training.settings import GuardSettings, PartGuardSettings
from residency.training.watch.curves import CURVES, draw_curves
from residency.training.watch.guards import History, Watch, preference_watch, sft_watch
from residency.training.watch.keep import judge

HEALTHY: Mapping[str, Callable[[float], float]] = {
    "eval_loss": lambda t: 1.40 + 0.02 * t,
    "eval_pairs/loss": lambda t: 0.69 - 0.4 * t,
    "eval_pairs/chosen": lambda t: -1.30 - 0.12 * t,
    "eval_pairs/rejected": lambda t: -1.40 - 0.60 * t,
    "eval_pairs/margin": lambda t: 3.0 * t,
    "eval_pairs/margin_error": lambda t: 0.2,
    "eval_pairs/accuracy": lambda t: 0.5 + 0.45 * t,
    "eval_pairs/count": lambda t: 30.0,
    "eval_answers/prompts": lambda t: 12.0,
    "eval_answers/tokens": lambda t: 28 + 4 * t,
    "eval_answers/ended": lambda t: 10 / 12,
    "eval_answers/false_abstention": lambda t: 1 / 12 if t > 0.5 else 0.0,
}
"""From the part of the training that is done to each figure. Chosen answers become less likely, as they often do, the
dev loss rises by what learning something else costs, and one answer in twelve turns into an abstention."""
FAULTS: Mapping[str, Mapping[str, Callable[[float], float]]] = {
    "likelihood": {"eval_loss": lambda t: 1.40 + 0.5 * t},
    "length": {"eval_answers/tokens": lambda t: 24 + 24 * t},
    "margin": {"eval_pairs/margin": lambda t: 6.0 * min(t, 0.5) - 5.0 * max(0.0, t - 0.5)},
    "abstention": {"eval_answers/false_abstention": lambda t: round(8 * t) / 12},
}
"""What each guard is there for."""


def history(fault: Mapping[str, Callable[[float], float]] | None = None, looks: int = 8) -> list[dict[str, float]]:
    """The evaluations of a training of 80 steps, with ``fault`` in place of what is healthy."""
    figures = {**HEALTHY, **(fault or {})}
    steps = [80 * look // looks for look in range(looks + 1)]
    return [{"step": step, **{name: figure(step / 80) for name, figure in figures.items()}} for step in steps]


def names(watch: Watch, found: History) -> set[str]:
    return {one.guard for one in watch.all_heard(found)}


# Guards


def test_a_healthy_training_alarms_no_guard() -> None:
    assert preference_watch(GuardSettings()).all_heard(history()) == []


@pytest.mark.parametrize("guard", FAULTS)
def test_a_guard_hears_its_fault_and_no_other_and_can_be_turned_off(guard: str) -> None:
    found = history(FAULTS[guard])
    assert names(preference_watch(GuardSettings()), found) == {guard}
    assert names(preference_watch(GuardSettings(off=[guard])), found) == set()  # type: ignore[list-item]
    said = preference_watch(GuardSettings()).all_heard(found)[-1]
    assert said.step == 80 and said.stops and any(letter.isdigit() for letter in said.text)


@pytest.mark.parametrize("name", ["eval_loss", "eval_pairs/chosen"])
def test_less_likely_chosen_answers_or_a_worse_dev_loss_alone_are_no_alarm(name: str) -> None:
    found = history({"eval_loss": lambda t: 1.4 + 0.5 * t, "eval_pairs/chosen": lambda t: -1.3 - 0.5 * t})
    still = [{**entry, name: found[0][name]} for entry in found]
    assert "likelihood" in names(preference_watch(GuardSettings()), found)
    assert names(preference_watch(GuardSettings()), still) == set()


def test_a_dev_loss_that_is_no_number_any_more_counts_as_worse() -> None:
    found = history({"eval_loss": lambda t: float("nan") if t > 0.5 else 1.4, "eval_pairs/chosen": lambda t: -1.3 - t})
    heard = preference_watch(GuardSettings()).all_heard(found)
    assert {one.guard for one in heard} == {"likelihood"} and min(one.step for one in heard) == 50


@pytest.mark.parametrize(("before", "now", "alarms"), [(0, 1, False), (0, 3, False), (0, 4, True), (5, 6, False)])
def test_a_few_false_abstentions_more_are_chance(before: int, now: int, alarms: bool) -> None:
    found = history({"eval_answers/false_abstention": lambda t: (now if t else before) / 12})
    assert ("abstention" in names(preference_watch(GuardSettings()), found)) == alarms


@given(prompts=st.integers(1, 60), before=st.integers(0, 60), now=st.integers(0, 60))
def test_fewer_false_abstentions_never_alarm_and_more_of_them_never_calm(prompts: int, before: int, now: int) -> None:
    before, now = min(before, prompts), min(now, prompts)

    def alarms(count: int) -> bool:
        figures = {"eval_answers/prompts": float(prompts)}
        first = {"step": 0.0, "eval_answers/false_abstention": before / prompts, **figures}
        last = {"step": 9.0, "eval_answers/false_abstention": count / prompts, **figures}
        return bool(preference_watch(GuardSettings()).warn([first, last]))

    assert not alarms(min(now, before))
    assert not alarms(now) or all(alarms(more) for more in range(now, prompts + 1))


def test_answers_that_no_longer_end_have_grown_beyond_what_is_seen() -> None:
    found = history(
        {"eval_answers/tokens": lambda t: 40 + 8 * t, "eval_answers/ended": lambda t: 1 - round(8 * t) / 12}
    )
    heard = preference_watch(GuardSettings()).all_heard(found)
    assert {one.guard for one in heard} == {"length"} and "8 of 12 dev answers do not end" in heard[-1].text


def test_a_margin_below_where_it_began_alarms_and_one_that_moves_within_its_error_does_not() -> None:
    watch = preference_watch(GuardSettings())
    assert "below the 0.00" in watch.all_heard(history({"eval_pairs/margin": lambda t: -2 * t}))[-1].text
    assert names(watch, history({"eval_pairs/margin": lambda t: 0.3 * (t == 0.5) - 0.05 * (t > 0.5)})) == set()
    # Methods without a reference begin anywhere.
    assert names(watch, history({"eval_pairs/margin": lambda t: -40 + 3 * t})) == set()


def test_pairs_that_are_told_apart_at_once_are_told_and_stop_nothing() -> None:
    watch = preference_watch(GuardSettings())
    easy = {
        "eval_pairs/accuracy": lambda t: 1.0 if t else 0.5,
        "eval_pairs/loss": lambda t: 0.001 if t else 0.69,
        "eval_pairs/margin": lambda t: 12.0 if t else 0.0,
    }
    assert [(one.guard, one.step, one.stops) for one in watch.all_heard(history(easy))] == [("easy", 10, False)]
    assert names(watch, history({**easy, "eval_pairs/count": lambda t: 3.0})) == set(), "three pairs are no sign"
    later = {name: (lambda t, f=figure, h=HEALTHY[name]: f(t) if t > 0.3 else h(t)) for name, figure in easy.items()}
    assert names(watch, history(later)) == set(), "a good training may come there in time"


def test_what_was_not_measured_alarms_nobody() -> None:
    watch = preference_watch(GuardSettings())
    bad = history({name: figure for fault in FAULTS.values() for name, figure in fault.items()})
    assert len(names(watch, bad)) == 4
    assert watch.all_heard([{"step": entry["step"], "eval_loss": entry["eval_loss"]} for entry in bad]) == []
    assert watch.all_heard(bad[1:]) == [], "without the model before the training there is nothing to compare"


def test_sft_tells_of_a_mode_that_gets_worse_while_the_whole_gets_better() -> None:
    def figures(t: float) -> dict[str, float]:
        exam = 1.5 - 0.8 * min(t, 0.25) + 0.6 * max(0.0, t - 0.25)
        return {"eval_loss": 2.0 - 0.5 * t, "eval_loss/mode/EXAM": exam, "eval_loss/mode/CLINICAL": 2.2 - t}

    found = [{"step": float(step), **figures(step / 80)} for step in range(0, 81, 10)]
    rows = {"loss/mode/EXAM": 40, "loss/mode/CLINICAL": 60}
    watch = sft_watch(PartGuardSettings(), rows)
    assert not any(watch.warn(found[: end + 1]) for end in range(len(found)))
    (line,) = watch.note(found)
    assert "mode EXAM rose from 1.30 at step 20 to 1.75 while all dev rows fell from 1.88 to 1.50" in line
    assert watch.counts(found)["parts"] == 6
    assert not sft_watch(PartGuardSettings(), {**rows, "loss/mode/EXAM": 3}).note(found), "three rows decide nothing"
    assert not sft_watch(PartGuardSettings(off=True), rows).note(found)
    together = [{**entry, "eval_loss": 2 + entry["step"]} for entry in found]
    assert not watch.note(together), "then the dev loss itself says so"


# What is kept


@pytest.mark.parametrize("guard", FAULTS)
def test_a_fault_stops_the_training_after_patience_and_the_last_good_step_is_kept(guard: str) -> None:
    found = history(FAULTS[guard])  # the loss on pairs falls to the end: without guards the last step would be kept
    watch = preference_watch(GuardSettings())
    first = min(one.step for one in watch.all_heard(found))
    assert judge(found, "eval_pairs/loss", 2, lambda history: [], True).best == 80
    for end in range(1, len(found) + 1):
        verdict = judge(found[:end], "eval_pairs/loss", 2, watch.warn, True)
        now = found[end - 1]["step"]
        assert verdict.best == min(now, first - 10)
        assert bool(verdict.stop) == (now >= first + 10), "warned once it goes on, twice in a row it stops"
        assert bool(verdict.warnings) == (now >= first)


def test_a_single_warning_stops_nothing() -> None:
    found = history({"eval_answers/false_abstention": lambda t: 5 / 12 if t == 0.5 else 0.0})
    verdict = judge(found, "eval_pairs/loss", 2, preference_watch(GuardSettings()).warn, True)
    assert verdict.best == 80 and not verdict.stop


def test_without_held_out_pairs_the_last_step_of_which_no_guard_warns_is_kept() -> None:
    kinds = ("eval_answers", "eval_loss")
    found = [
        {name: value for name, value in entry.items() if name == "step" or name.startswith(kinds)}
        for entry in history(FAULTS["abstention"])
    ]
    assert judge(found, None, 0, lambda history: [], True).best == 80
    assert judge(found, None, 0, preference_watch(GuardSettings()).warn, True).best == 30


def test_a_figure_that_is_no_number_is_never_the_best() -> None:
    found = [{"step": 0.0, "eval_loss": 2.0}, {"step": 5.0, "eval_loss": float("nan")}, {"step": 9.0, "eval_loss": 1.9}]
    assert judge(found, "eval_loss", 0, lambda history: []).best == 9


@given(st.lists(st.tuples(*[st.floats(-3, 3) for _ in range(4)], st.integers(0, 12)), min_size=1, max_size=9))
def test_what_was_said_does_not_change_as_the_training_goes_on(values: list[tuple[float, ...]]) -> None:
    keys = (
        "eval_loss",
        "eval_pairs/chosen",
        "eval_pairs/margin",
        "eval_answers/tokens",
        "eval_answers/false_abstention",
    )
    found = [
        {
            "step": float(place),
            **dict(zip(keys, row, strict=True)),
            "eval_answers/prompts": 12.0,
            "eval_answers/ended": 1,
        }
        | {"eval_answers/false_abstention": row[-1] / 12}
        for place, row in enumerate(values)
    ]
    watch = preference_watch(GuardSettings())
    whole = watch.all_heard(found)
    for end in range(1, len(found) + 1):
        assert watch.all_heard(found[:end]) == [one for one in whole if one.step < end]


# Curves


def test_the_same_log_gives_the_same_drawing_and_it_holds_what_was_said() -> None:
    found = history(FAULTS["abstention"])
    log = [{"step": step, "loss": 1 / step} for step in range(1, 81)] + found
    heard = preference_watch(GuardSettings()).all_heard(found)
    drawn = draw_curves(log, heard, 30, "a reason & <more>")
    assert drawn == draw_curves(log, heard, 30, "a reason & <more>")
    said = " ".join(ET.fromstring(drawn).itertext())
    for text in ("held-out pairs", "training", "false abstentions", "Kept: step 30", "a reason & <more>", "8 of 12"):
        assert text in said
    assert "Warning at step 40, 50, 60, 70, 80" in said


@pytest.mark.parametrize(
    "log",
    [
        [],
        [{"step": 1, "loss": 2.0}],
        [{"step": 0, "eval_loss": 2.0}],
        [{"step": 1, "loss": float("inf")}, {"step": 2, "eval_loss": float("nan")}],
        [{"step": 5, "eval_loss": 1.0, "eval_loss/kind/a$_b$": 1.0}, {"step": 9, "eval_loss": 1e30}],
    ],
)
def test_any_log_can_be_drawn(log: list[dict[str, Any]]) -> None:
    ET.fromstring(draw_curves(log, [], 0))


def test_a_folder_with_curves_has_the_same_digest_each_time(tmp_path: Path) -> None:
    log = [{"step": 0, "eval_loss": 2.0}, {"step": 3, "eval_loss": 1.5}]
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / CURVES).write_text(draw_curves(log, [], 3), encoding="utf-8")
    assert folder_digests(tmp_path / "a") == folder_digests(tmp_path / "b")
