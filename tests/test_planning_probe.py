"""The probe: constants that are fitted to measurements, kept and read again; and real steps of a tiny model."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from residency.core.errors import InputError
from residency.core.files import read_json
from residency.core.stage import Silent
from residency.flow.probing import TrialError, described, measure, probe, settings_of
from residency.flow.recipe import load_recipe
from residency.generation.settings import ModelSettings
from residency.planning import probe as kept_probe
from residency.planning.constants import Constants
from residency.planning.hardware import Hardware, hardware_table
from residency.planning.job import Job, Range
from residency.planning.probe import Measured, fit, keep, kept, place_of, predicted_bytes, predicted_seconds
from residency.planning.shape import Shape, shape_of

DENSE = {
    "model_type": "llama",
    "hidden_size": 576,
    "num_hidden_layers": 30,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "intermediate_size": 1536,
    "vocab_size": 49152,
    "max_position_embeddings": 8192,
    "tie_word_embeddings": True,
}
EXAMPLES = Path(__file__).parents[1] / "examples" / "surgery"


@pytest.fixture
def shape() -> Shape:
    return shape_of(DENSE)


@pytest.fixture
def hardware() -> Hardware:
    return hardware_table()["cpu"].model_copy(
        update={"bf16_dense_tflops": 5.0, "fp32_tflops": 0.4, "bandwidth_gb_per_s": 20.0, "bf16_native": True}
    )


def planted() -> Constants:
    """Constants that differ from the defaults as one machine may differ from the next."""
    return replace(
        Constants.default("cpu"),
        activations=Range.of(1.3),
        overhead=Range.of(1.1e9),
        dense=Range.of(0.1),
        step_seconds=Range.of(0.4),
    )


def jobs() -> list[Job]:
    base = Job(weights="bf16")
    sizes = [(128, 64), (256, 128), (512, 128), (1024, 256), (2048, 256), (4096, 512)]
    found = [base.but(batch_tokens=tokens, longest=longest, read=tokens // 2) for tokens, longest in sizes]
    return [*found, found[3].but(checkpointing=True), found[4].but(method="dpo", reference="precomputed")]


def measurements(shape: Shape, hardware: Hardware, truth: Constants, noise: float, seed: int = 1) -> list[Measured]:
    """What a machine of such constants would show, off by ``noise`` as a share (standard deviation)."""
    rng = random.Random(seed)

    def off() -> float:
        return rng.lognormvariate(0.0, noise)

    return [
        Measured(
            job=job,
            device="cpu",
            seconds=predicted_seconds(shape, job, hardware, truth) * off(),
            steps=4,
            peak=predicted_bytes(shape, job, truth) * off(),
            before=predicted_bytes(shape, job, truth) * 0.6,
        )
        for job in jobs()
    ]


def others() -> list[Job]:
    """Settings that no fit has seen."""
    return [Job(batch_tokens=768, longest=384, read=300), Job(batch_tokens=3072, longest=512, checkpointing=True)]


def worst(shape: Shape, hardware: Hardware, found: Constants, truth: Constants) -> tuple[float, float]:
    """How far predictions of other settings are off, of memory and of time."""
    memory = [predicted_bytes(shape, job, found) / predicted_bytes(shape, job, truth) - 1 for job in others()]
    seconds = [
        predicted_seconds(shape, job, hardware, found) / predicted_seconds(shape, job, hardware, truth) - 1
        for job in others()
    ]
    return max(map(abs, memory)), max(map(abs, seconds))


def test_planted_constants_are_recovered_without_noise(shape: Shape, hardware: Hardware) -> None:
    truth = planted()
    found = fit(shape, measurements(shape, hardware, truth, 0.0), Constants.default("cpu"), hardware)
    assert found.overhead.likely == pytest.approx(1.1e9, rel=0.05)
    assert found.dense.likely == pytest.approx(0.1, rel=0.05)
    memory, seconds = worst(shape, hardware, found, truth)
    assert memory < 0.02 and seconds < 0.03


@pytest.mark.parametrize("seed", range(5))
def test_noise_of_five_percent_leaves_predictions_within_ten(shape: Shape, hardware: Hardware, seed: int) -> None:
    truth = planted()
    found = fit(shape, measurements(shape, hardware, truth, 0.05, seed), Constants.default("cpu"), hardware)
    memory, seconds = worst(shape, hardware, found, truth)
    assert memory < 0.1 and seconds < 0.1
    before = worst(shape, hardware, Constants.default("cpu"), truth)
    assert before[0] > 0.15 and before[1] > 0.3  # what a plan without a probe says


def test_one_disturbed_measurement_moves_nothing_much(shape: Shape, hardware: Hardware) -> None:
    """Something else ran meanwhile: five times as long as it takes. Least squares alone would follow it."""
    truth = planted()
    rows = measurements(shape, hardware, truth, 0.02)
    rows[4] = replace(rows[4], seconds=rows[4].seconds * 5)
    found = fit(shape, rows, Constants.default("cpu"), hardware)
    assert worst(shape, hardware, found, truth)[1] < 0.1


def test_the_range_of_a_fit_is_as_wide_as_the_noise(shape: Shape, hardware: Hardware) -> None:
    widths = [
        fit(shape, measurements(shape, hardware, planted(), noise), Constants.default("cpu"), hardware).dense.width
        for noise in (0.0, 0.02, 0.1)
    ]
    assert widths[0] == pytest.approx(1.04, abs=0.02) and widths[0] <= widths[1] < widths[2]


def test_experts_have_a_share_of_their_own(hardware: Hardware) -> None:
    shape = shape_of(
        {
            "model_type": "qwen3_moe",
            "hidden_size": 512,
            "num_hidden_layers": 12,
            "num_attention_heads": 8,
            "num_key_value_heads": 2,
            "head_dim": 64,
            "num_experts": 16,
            "num_experts_per_tok": 4,
            "moe_intermediate_size": 384,
            "intermediate_size": 1024,
            "vocab_size": 32000,
            "max_position_embeddings": 4096,
            "tie_word_embeddings": False,
        }
    )
    truth = replace(planted(), experts=Range.of(0.05))
    found = fit(shape, measurements(shape, hardware, truth, 0.0), Constants.default("cpu"), hardware)
    assert found.experts.likely == pytest.approx(0.05, rel=0.1)
    assert found.dense == Constants.default("cpu").dense


def test_answers_tell_the_bandwidth_which_training_leaves_open(shape: Shape, hardware: Hardware) -> None:
    """What no measurement moves keeps the ends that it had."""
    start = Constants.default("cpu")
    truth = replace(planted(), bandwidth=Range.of(0.3))
    rows = measurements(shape, hardware, truth, 0.0)
    training = fit(shape, rows, start, hardware).bandwidth
    assert training.width == pytest.approx(start.bandwidth.width, rel=0.02)
    writing = [
        Job(work="generate", tune="none", batch_tokens=192 * n, longest=192, read=n, sequences=n, context=208)
        for n in (1, 2, 4)
    ]
    rows += [
        Measured(job, "cpu", predicted_seconds(shape, job, hardware, truth), 4, predicted_bytes(shape, job, truth), 1.0)
        for job in (one.but(new_tokens=16) for one in writing)
    ]
    found = fit(shape, rows, start, hardware)
    assert found.bandwidth.likely == pytest.approx(0.3, rel=0.15) and found.bandwidth.width < start.bandwidth.width


def test_contradictory_measurements_are_refused_in_one_line(shape: Shape, hardware: Hardware) -> None:
    """The same settings, once as they are and once ten times as long."""
    rows = measurements(shape, hardware, planted(), 0.0)
    slower = [replace(row, seconds=row.seconds * 10) for row in rows]
    with pytest.raises(InputError, match="seconds of a probe contradict each other") as caught:
        fit(shape, [*rows, *slower], Constants.default("cpu"), hardware)
    assert "\n" not in str(caught.value) and "residency plan RECIPE --probe" in str(caught.value)
    larger = [replace(row, peak=row.peak * 10) for row in rows]
    with pytest.raises(InputError, match="peaks of a probe contradict each other"):
        fit(shape, [*rows, *larger], Constants.default("cpu"), hardware)


def test_too_little_is_refused(shape: Shape, hardware: Hardware) -> None:
    rows = measurements(shape, hardware, planted(), 0.0)
    start = Constants.default("cpu")
    for given, says in (
        (rows[:2], "2 settings were measured"),
        ([rows[3], rows[3], rows[6]], "one size"),
        ([replace(row, device="cuda") for row in rows], "not on cpu"),
    ):
        with pytest.raises(InputError, match=says):
            fit(shape, given, start, hardware)


def test_what_was_fitted_is_kept_for_this_machine_model_and_stack_alone(
    shape: Shape, hardware: Hardware, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESIDENCY_HOME", str(tmp_path))
    rows = measurements(shape, hardware, planted(), 0.02)
    found = fit(shape, rows, Constants.default("cpu"), hardware)
    place = place_of("embedded", "cpu")
    assert kept(place) is None
    path = keep(place, rows, found)
    assert path.is_relative_to(tmp_path) and kept(place_of("embedded", "cpu")) == found
    assert [Measured.of(row) for row in read_json(path)["measured"]] == rows
    assert kept(place_of("another", "cpu")) is None
    monkeypatch.setattr(kept_probe, "_stack", lambda: {"torch": "0.1"})
    assert kept(place_of("embedded", "cpu")) is None


@pytest.mark.parametrize("content", ["{", "[]", '{"format": 1}', '{"format": 9, "constants": "{}"}', "\x00"])
def test_a_damaged_file_is_told_of_and_ignored(content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESIDENCY_HOME", str(tmp_path))
    place = place_of("embedded", "cpu")
    place.path.parent.mkdir(parents=True)
    place.path.write_text(content)
    told: list[str] = []
    assert kept(place, told.append) is None
    assert len(told) == 1 and str(place.path) in told[0] and "--probe" in told[0]


def test_a_kill_while_it_is_kept_leaves_the_old_file_whole(
    shape: Shape, hardware: Hardware, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESIDENCY_HOME", str(tmp_path))
    rows = measurements(shape, hardware, planted(), 0.0)
    found = fit(shape, rows, Constants.default("cpu"), hardware)
    place = place_of("embedded", "cpu")
    keep(place, rows, found)

    class Killed(BaseException):
        pass

    def killed(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", killed)
        with pytest.raises(Killed):
            keep(place, rows[:3], replace(found, source="half"))
    assert kept(place) == found
    assert [path.name for path in place.path.parent.iterdir()] == [place.path.name]


class Notes(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.steps = 0

    def advance(self, steps: int = 1, **figures: float) -> None:
        self.steps += steps

    def note(self, text: str) -> None:
        self.lines.append(text)


def test_a_setting_that_is_killed_is_told_and_the_rest_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes are small ones that stand for the trial's: a kill, no memory, a fault, and a measurement."""
    ends = iter(
        [
            "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            "import sys; sys.exit(3)",
            "raise SystemExit('model.name: there is no such folder')",
            "import json, sys; asked = json.load(sys.stdin); print(json.dumps(dict(job=asked['job'], device='cpu', "
            "seconds=[9, 9, 1, 2, 3], busy=[], bare=1, before=2, peak=3, loading=1, layout='padded', trained=1)))",
        ]
    )
    run = subprocess.run

    def instead(command: Sequence[str], **options: Any) -> Any:
        return run([command[0], "-c", next(ends)], **options)

    monkeypatch.setattr("subprocess.run", instead)
    progress = Notes()
    sizes = [Job(batch_tokens=64 * number) for number in range(1, 5)]
    found = probe(ModelSettings(device="cpu"), sizes, progress)
    assert [one.job for one in found] == sizes[3:] and found[0].seconds == 2
    assert progress.steps == 4
    reasons = ["killed, most likely for its memory", "out of memory", "model.name: there is no such folder"]
    assert progress.lines[:3] == [
        f"{described(job)}: not measured: {why}" for job, why in zip(sizes[:3], reasons, strict=True)
    ]


def test_the_settings_of_a_recipe_are_of_several_sizes_and_within_it() -> None:
    recipe = load_recipe(EXAMPLES / "recipe.toml").recipe
    found = settings_of(recipe, "cpu")
    assert len({job.batch_tokens for job in found}) >= 3 and len({job.longest for job in found}) >= 2
    assert {job.checkpointing for job in found} == {True, False}
    assert {job.method for job in found} == {"sft", "dpo"}
    assert len({job.sequences for job in found if job.work == "generate"}) == 2
    assert found[-1].batch_tokens == max(job.batch_tokens for job in found if job.work == "train")
    assert max(job.batch_tokens for job in found) <= max(recipe.sft.batch_tokens, recipe.compile.max_length)


@pytest.mark.parametrize("method", ["sft", "dpo"])
def test_real_steps_of_a_tiny_model_are_measured(tiny_model: Path, method: str) -> None:
    from residency.flow.trial import try_steps

    job = Job(method=method, weights="fp32", rank=4, batch_tokens=256, longest=64, read=128)
    found = try_steps(ModelSettings(name=str(tiny_model), device="cpu"), job, 3)
    assert len(found.seconds) == len(found.busy) == 3 and min(found.seconds) > 0
    assert found.peak >= found.before >= found.bare > 0
    taken = Job(**found.job)
    assert (taken.batch_tokens, taken.read) == (256, 128)
    assert found.layout == "joined"


def test_real_answers_of_a_tiny_model_are_measured(tiny_model: Path) -> None:
    from residency.flow.trial import try_answers

    job = Job(work="generate", weights="fp32", sequences=3, context=40, new_tokens=8)
    found = try_answers(ModelSettings(name=str(tiny_model), device="cpu"), job, 3)
    assert len(found.seconds) == len(found.busy) == 3 and min(found.seconds) > 0
    assert found.peak >= found.before >= found.bare > 0
    taken = Job(**found.job)
    assert (taken.tune, taken.batch_tokens, taken.read, taken.new_tokens) == ("none", 96, 3, 8)


def test_what_cannot_be_probed_is_refused(tiny_model: Path) -> None:
    from residency.flow.trial import try_steps

    for job, says in (
        (Job(method="grpo"), "no steps"),
        (Job(weights="mxfp4"), "mxfp4"),
        (Job(work="score"), "no steps"),
    ):
        with pytest.raises(InputError, match=says):
            try_steps(ModelSettings(name=str(tiny_model), device="cpu"), job, 3)


@pytest.mark.slow
def test_each_setting_has_a_process_of_its_own(tiny_model: Path) -> None:
    """A large one leaves nothing behind in the peak of the next, and one that is refused ends no other."""
    model = ModelSettings(name=str(tiny_model), device="cpu")
    small, large = (Job(weights="fp32", rank=4, batch_tokens=64 * n, longest=64, read=32 * n) for n in (1, 64))
    first, most, last = (measure(model, job, 4) for job in (small, large, small))
    assert most.peak > first.peak + 10e6
    assert abs(last.peak - first.peak) < 5e6
    assert first.steps == 2 and first.seconds > 0 and first.peak >= first.before > 0
    assert json.loads(json.dumps(first.as_dict())) == first.as_dict()
    with pytest.raises(TrialError, match="mxfp4"):
        measure(model, small.but(weights="mxfp4"), 3)
