"""Settings of trainings: what does not fit together is said before anything runs, and what may change on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from residency.chat.settings import ChatSettings
from residency.core.errors import InputError, ProofError
from residency.core.stage import Silent, StageContext
from residency.training import preference, sft
from residency.training.settings import TRACKERS, PreferenceSettings, SftSettings
from residency.training.steps.progress import Report


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"losses": {"dpo": 1, "grpo": 1}}, "losses.grpo: it samples as it trains"),
        ({"losses": {"dpo": 1, "ipo": -1}}, "losses.ipo = -1: a weight above 0"),
        ({"method": "rloo", "losses": {"dpo": 1}}, "method = rloo knows no losses on pairs"),
        ({"report_to": ["wandbd"]}, "wandbd is no tracker; known are azure_ml"),
    ],
)
def test_losses_and_trackers_that_are_none_are_problems(settings: dict[str, Any], problem: str) -> None:
    (found,) = PreferenceSettings.model_validate(settings).problems()
    assert problem in found


def test_the_trackers_are_those_of_transformers() -> None:
    from transformers.integrations.integration_utils import INTEGRATION_TO_CALLBACK

    assert TRACKERS.keys() == INTEGRATION_TO_CALLBACK.keys()
    assert SftSettings(report_to=list(TRACKERS)).problems() == []


@pytest.mark.parametrize("stage", [sft, preference])
def test_a_tracker_that_is_not_installed_is_one_line_before_a_model_is_read(
    stage: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TRACKERS, "wandb", "no_such_package")
    sections = {"sft": SftSettings(report_to=["wandb"]), "preference": PreferenceSettings(report_to=["wandb"])}
    with pytest.raises(InputError, match=r"the tracker wandb is not installed.*Type: pip install no_such_package"):
        stage.run(StageContext({**sections, "chat": ChatSettings()}, {}, tmp_path, seed=0))


@pytest.mark.parametrize("kind", [SftSettings, PreferenceSettings])
def test_what_changes_no_step_does_not_cost_the_steps_that_are_done(kind: Any) -> None:
    """After a training ran out of memory, gradient_checkpointing is set, and it goes on from its checkpoint."""
    before = kind().fingerprint_values()
    assert kind(gradient_checkpointing="on", save_steps=7, report_to=["wandb"]).fingerprint_values() == before
    for change in ({"epochs": 3.0}, {"patience": 1}, {"evaluations": 2}, {"batch_tokens": 64}, {"learning_rate": 1.0}):
        assert kind(**change).fingerprint_values() != before


@pytest.mark.parametrize("logs", [{"loss": float("nan")}, {"loss": 1.0, "grad_norm": float("inf")}])
def test_what_is_no_number_ends_a_training_before_a_checkpoint_keeps_it(logs: dict[str, float]) -> None:
    class State:
        global_step = 3

    with pytest.raises(ProofError, match=r"of step 3 is (nan|inf)"):
        Report(Silent()).on_log(None, State(), None, logs)
    Report(Silent()).on_log(None, State(), None, {"loss": 1.0, "grad_norm": 2.0})


@pytest.mark.parametrize(("name", "other"), [("max_steps", "steps"), ("learning_rate", "learning_rate")])
def test_what_online_tuning_would_not_hear_is_a_problem(name: str, other: str) -> None:
    values = {"method": "grpo", name: 1}
    (found,) = PreferenceSettings.model_validate(values).problems()
    assert f"online.{other}" in found
    assert PreferenceSettings.model_validate(values | {"method": "dpo"}).problems() == []
