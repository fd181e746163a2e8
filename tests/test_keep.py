"""Which step of a training is kept, when it is stopped, and that a kill costs nothing."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from residency.core.errors import ProofError
from residency.core.files import folder_digests
from residency.generation.models import load_model
from residency.training import sft
from residency.training.proof import written
from residency.training.steps.progress import last_checkpoint
from residency.training.watch import keep
from residency.training.watch.keep import Keep, judge
from tests.test_sft import TRAITS, compiled, evaluations, tune
from tests.training_runs import Died, TokenRow, loss_apart, plant_halves, tiny, write_rows

__all__ = ["compiled"]


def asks_for(token: int) -> TokenRow:
    return {"input_ids": [7, 8, 9, token], "labels": [-100, -100, -100, token]}


@pytest.fixture
def contrary(tmp_path: Path, tiny_model: Path) -> Path:
    """Rows, and an exam question of dev that asks for what the base model would have said: sooner or later, the better
    the training, the worse it is on that, and the better on the clinical one."""
    with torch.no_grad():
        said = int(load_model(tiny(tiny_model))(torch.tensor([[7, 8, 9]])).logits[0, -1].argmax())
    write_rows(tmp_path / "compile/train.parquet", [asks_for(10)] * 4)
    write_rows(tmp_path / "compile/dev.parquet", [{**asks_for(said), **TRAITS[2]}, {**asks_for(10), **TRAITS[1]}])
    return tmp_path / "compile"


TURNING = {"epochs": 3.0, "evaluations": 6, "max_steps": None, "learning_rate": 6e-3, "save_steps": 5, "warmup": 0.0}


def test_the_step_that_is_kept_is_the_best_on_dev_and_a_training_that_has_turned_is_stopped(
    tmp_path: Path, tiny_model: Path, contrary: Path
) -> None:
    counts, progress = tune(tmp_path / "out", contrary, tiny_model, best="loss/mode/EXAM", patience=2, **TURNING)
    found = evaluations(tmp_path / "out", "loss/mode/EXAM")
    assert sorted(found) == [0, 2, 4, 6, 8] and found[4] < min(found[2], found[6], found[8])
    assert (counts["kept_step"], counts["steps"]) == (4, 8)
    reason = "loss/mode/EXAM on dev has not been lower for 2 evaluations"
    assert counts["stopped"] == reason
    assert progress.notes == [f"stopped at step 8, keeping step 4: {reason}"]
    ids, labels = sft.read_rows(contrary / "dev.parquet").row(0)
    with torch.no_grad():
        model = load_model(tiny(tiny_model), tmp_path / "out/adapter")
        kept = float(loss_apart(model, [{"input_ids": ids.tolist(), "labels": labels.tolist()}]))
    assert kept == pytest.approx(found[4], abs=1e-5), "its weights are what is written"


def test_another_figure_keeps_another_step_and_no_patience_never_stops(
    tmp_path: Path, tiny_model: Path, contrary: Path
) -> None:
    counts, _ = tune(tmp_path / "out", contrary, tiny_model, best="loss/mode/CLINICAL", patience=0, **TURNING)
    found = evaluations(tmp_path / "out", "loss/mode/CLINICAL")
    assert counts["steps"] == 12 and counts["stopped"] == ""
    assert counts["kept_step"] == min((value, step) for step, value in found.items() if step)[1] > 4
    assert counts["dev_loss"] == pytest.approx(evaluations(tmp_path / "out")[counts["kept_step"]], abs=1e-4)


def history(*values: float) -> list[dict[str, float]]:
    return [{"step": 2.0 * number, "loss": value} for number, value in enumerate(values)]


def test_the_verdict_on_a_training() -> None:
    def quiet(seen: Any) -> list[str]:
        return []

    assert judge(history(1, 3, 2, 4), "loss", 0, quiet).best == 4, "the start is not kept unless told"
    assert judge(history(1, 3, 2, 4), "loss", 0, quiet, from_start=True).best == 0
    assert judge(history(9, 2, 2, 2), "loss", 2, quiet).best == 2, "of equal ones the first"
    assert judge(history(9, 2, 3), "loss", 2, quiet).stop == ""
    assert judge(history(9, 2, 3, 4), "loss", 2, quiet).stop == "loss on dev has not been lower for 2 evaluations"
    assert judge(history(9, math.nan, 3, math.inf), "loss", 2, quiet).best == 4, "no number is never the best"

    def grumbling(seen: Any) -> list[str]:
        return ["answers grow"] if seen[-1]["loss"] < 2 else []

    told = judge(history(9, 3, 1, 1.5), "loss", 2, grumbling)
    assert (told.best, told.stop, told.warnings) == (2, "answers grow", ["answers grow"])


def test_a_best_step_that_is_gone_is_not_replaced_by_another(
    tmp_path: Path, tiny_model: Path, compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    best = Keep.best

    def lost(self: Any, state: Any) -> int:
        for folder in Path(self.trainer.args.output_dir).glob(f"{keep.BEST}*"):
            shutil.rmtree(folder)
        return best(self, state)

    monkeypatch.setattr(Keep, "best", lost)
    with pytest.raises(ProofError, match=r"the weights of step \d, the best on dev, are gone. Remove this folder"):
        tune(tmp_path / "out", compiled, tiny_model)


# Kills


def test_checkpoints_that_were_interrupted_are_removed_and_the_newest_whole_one_is_taken(tmp_path: Path) -> None:
    assert last_checkpoint(tmp_path / "none") is None
    for step in (2, 10):
        (tmp_path / f"checkpoint-{step}").mkdir()
        (tmp_path / f"checkpoint-{step}" / "trainer_state.json").write_text("{}")
    plant_halves(tmp_path)
    assert last_checkpoint(tmp_path) == str(tmp_path / "checkpoint-10")
    assert sorted(path.name for path in tmp_path.glob("ch*")) == ["checkpoint-10", "checkpoint-2"]


@pytest.mark.parametrize("last", [1, 3, 6, 8])
def test_sft_goes_on_after_a_kill_to_the_same_bytes(
    tmp_path: Path, tiny_model: Path, contrary: Path, last: int
) -> None:
    """In bfloat16, where PEFT changes the weights' precision on loading. Checkpoints stand at steps 2, 4, 5, 6 and 8,
    of which 5 was not measured; the best step is 4, and the training is stopped at 8."""
    changes: dict[str, Any] = {**TURNING, "best": "loss/mode/EXAM", "dtype": "bfloat16"}
    undisturbed, _ = tune(tmp_path / "whole", contrary, tiny_model, **changes)
    assert (undisturbed["kept_step"], undisturbed["steps"]) == (4, 8)
    with pytest.raises(Died):
        tune(tmp_path / "killed", contrary, tiny_model, last=last, **changes)
    (tmp_path / "killed/checkpoints").mkdir(exist_ok=True)
    plant_halves(tmp_path / "killed/checkpoints")
    resumed, progress = tune(tmp_path / "killed", contrary, tiny_model, **changes)
    assert progress.done == {1: 0, 3: 2, 6: 5, 8: 6}[last], "no more is done again than was not saved"
    assert resumed == undisturbed
    assert folder_digests(tmp_path / "killed") == folder_digests(tmp_path / "whole")


@pytest.mark.parametrize("stops", [True, False])
def test_a_kill_between_the_last_step_and_the_end_costs_nothing(
    tmp_path: Path, tiny_model: Path, contrary: Path, monkeypatch: pytest.MonkeyPatch, stops: bool
) -> None:
    """While what is kept is being written, after a training that was stopped and after one that was not."""
    changes: dict[str, Any] = {**TURNING, "best": "loss/mode/EXAM", "patience": 2 if stops else 0}
    undisturbed, _ = tune(tmp_path / "whole", contrary, tiny_model, **changes)

    def half(*given: Any, **more: Any) -> None:
        raise Died

    save_file = written.save_file
    monkeypatch.setattr(written, "save_file", half)
    with pytest.raises(Died):
        tune(tmp_path / "killed", contrary, tiny_model, **changes)
    monkeypatch.setattr(written, "save_file", save_file)
    resumed, progress = tune(tmp_path / "killed", contrary, tiny_model, **changes)
    assert progress.steps == 0, "nothing was left to train"
    assert resumed == undisturbed
    assert folder_digests(tmp_path / "killed") == folder_digests(tmp_path / "whole")
