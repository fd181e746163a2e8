"""What a probe measured, and the constants that it gives: fitted, kept for later plans, read again. No torch.

The steps are taken by ``residency.flow.probing``. Here their seconds and bytes are held against what the formulas say
of the same jobs, and the few constants that no formula gives are moved until both agree as well as they can.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from residency.core.errors import InputError
from residency.core.files import read_json, value_digest, write_json
from residency.core.home import home
from residency.planning import machine
from residency.planning.constants import Constants
from residency.planning.hardware import Hardware
from residency.planning.job import Job, Range
from residency.planning.memory import memory_of
from residency.planning.pace import seconds_of
from residency.planning.shape import Shape

FORMAT = 1
PACKAGES = ("residency", "torch", "transformers", "peft")
FEWEST = 3
"""Measurements below which nothing is fitted: two constants would follow any noise."""
NOISE = 0.05
"""The share by which a measurement may be off for no reason; one that is further off counts less (Huber)."""
AGREES = 0.4
"""The share by which half of the measurements may be off after the fit; beyond, they contradict each other."""
SMALL = 0.02
"""The least width of a fitted constant, as a share of it, either way."""
ROUNDS = 40

MEMORY = ("activations", "overhead", "fragmentation")
PRIOR = {"activations": 1.0, "overhead": 0.7, "fragmentation": 0.7, "dense": 1.5, "experts": 1.5}
PRIOR |= {"bandwidth": 0.7, "layer_seconds": 0.7, "step_seconds": 1.5}
"""How far a constant may go from its default before it costs as much as a measurement that is off by ``NOISE``, as a
natural logarithm. It decides nothing but what the measurements do not."""


@dataclass(frozen=True)
class Measured:
    """One setting of a probe on the device of this kind: a training's steps of one batch each, or batches of answers.

    ``seconds`` is the median step or batch after those that warm up, ``steps`` how many that was of; ``peak`` and
    ``before`` are bytes of the process (on a GPU: of its memory) at the most during the steps, and before the first of
    them.
    """

    job: Job
    device: str
    seconds: float
    steps: int
    peak: float
    before: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON; :meth:`of` reads it."""
        return asdict(self)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Measured:
        """What :meth:`as_dict` gave; KeyError, TypeError or ValueError where it is something else."""
        known = cls(**{**row, "job": Job(**row["job"])})
        if not all(math.isfinite(value) and value > 0 for value in (known.seconds, known.peak, known.before)):
            raise ValueError("seconds and bytes above 0 were expected")
        return known


def predicted_bytes(shape: Shape, job: Job, constants: Constants) -> float:
    """The likely peak of a job."""
    return memory_of(shape, job, constants).total.likely


def predicted_seconds(shape: Shape, job: Job, hardware: Hardware, constants: Constants) -> float:
    """The likely seconds of a step of one batch, or of a batch of answers."""
    return seconds_of(shape, job, hardware, constants, 1.0, 1.0 if job.work == "train" else 0.0).likely


def fit(shape: Shape, measured: Sequence[Measured], constants: Constants, hardware: Hardware) -> Constants:
    """The constants by which the formulas agree best with what was measured.

    The logarithms of predicted over measured are made small (least squares with Huber's weights, so that a step that
    something disturbed counts little), by Gauss and Newton's steps in the logarithms of the constants; a weak pull
    towards the given constants decides what the measurements leave open. The width of a fitted constant is how far the
    measurements lie from the fit and what they leave open of the constant, and no more than it was before.

    Args:
        shape: of the model that was measured.
        measured: on one kind of device, at least ``FEWEST``, of different sizes.
        constants: where to start.
        hardware: the device.

    Raises:
        InputError: there are too few measurements, they are all of one size, or they contradict each other.
    """
    _check(measured, constants)
    share = "experts" if shape.expert_layers else "dense"
    pace = (share, "bandwidth", "layer_seconds", "step_seconds")
    for names, predict, actual, what in (
        (MEMORY, lambda job, now: predicted_bytes(shape, job, now), [one.peak for one in measured], "peaks"),
        (
            pace,
            lambda job, now: predicted_seconds(shape, job, hardware, now),
            [one.seconds for one in measured],
            "seconds",
        ),
    ):
        constants = _fitted(names, [one.job for one in measured], predict, actual, constants, what)
    return replace(constants, source=_source(measured))


def _source(measured: Sequence[Measured]) -> str:
    return f"a probe of {len(measured)} settings, {sum(one.steps for one in measured)} steps"


def _check(measured: Sequence[Measured], constants: Constants) -> None:
    again = "Type: residency plan RECIPE --probe, once nothing else runs"
    if len(measured) < FEWEST:
        what = f"{len(measured)} settings were measured, and {FEWEST} are the fewest that constants are fitted to"
        raise InputError(what, "probe", again)
    if other := {one.device for one in measured} - {constants.device}:
        raise InputError(f"it was measured on {', '.join(sorted(other))}, not on {constants.device}", "probe", again)
    if len({one.job.batch_tokens for one in measured}) < 2:
        raise InputError("all settings have batches of one size, which tells nothing of others", "probe", again)


Predict = Callable[[Job, Constants], float]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def _fitted(
    names: Sequence[str], jobs: Sequence[Job], predict: Predict, actual: Sequence[float], start: Constants, what: str
) -> Constants:
    """``start`` with the named constants moved."""
    wanted = np.log(np.array(actual))

    def at(moves: Floats) -> Constants:
        return _moved(start, names, np.exp(moves))

    def gaps(moves: Floats) -> Floats:
        now = at(moves)
        found: Floats = np.log(np.array([predict(job, now) for job in jobs])) - wanted
        return found

    pull = np.array([1 / PRIOR[name] for name in names])
    moves, damping = np.zeros(len(names)), 1e-3
    found = gaps(moves)
    for _ in range(ROUNDS):
        slopes = np.stack([(gaps(moves + step) - found) / 1e-4 for step in 1e-4 * np.eye(len(names))], axis=1)
        weights = _weights(found)
        left = slopes.T @ (weights[:, None] * slopes) / NOISE**2 + np.diag(pull**2)
        right = slopes.T @ (weights * found) / NOISE**2 + pull**2 * moves
        step = -np.linalg.solve(left + damping * np.diag(np.diag(left)), right)
        tried = moves + np.clip(step, -1.0, 1.0)
        gone = gaps(tried)
        if _cost(gone, tried, pull) < _cost(found, moves, pull):
            moves, found, damping = tried, gone, damping / 4
            if np.abs(step).max() < 1e-6:
                break
        else:
            damping *= 8
    off = np.expm1(np.abs(found))
    if np.median(off) > AGREES:
        said = f"the {what} of a probe contradict each other: half of them are {np.median(off):.0%} off any fit or more"
        raise InputError(said, "probe", "Type: residency plan RECIPE --probe, once nothing else runs")
    scatter = max(SMALL / 2, 1.4826 * float(np.median(np.abs(found))))
    known = slopes.T @ (_weights(found)[:, None] * slopes) / scatter**2 + np.diag(pull**2)
    open_by = np.sqrt(np.diag(np.linalg.inv(known)))
    fitted = at(moves)
    ends = {
        name: _within(getattr(fitted, name).likely, 2 * math.hypot(scatter, left), getattr(start, name))
        for name, left in zip(names, open_by, strict=True)
    }
    return replace(fitted, **ends)  # type: ignore[arg-type]


def _within(likely: float, width: float, before: Range) -> Range:
    """A constant with its ends, ``width`` being a natural logarithm; by no greater factors than it had before."""
    below, above = (before.low / before.likely, before.high / before.likely) if before.likely else (1.0, 1.0)
    return Range.of(likely, max(below, math.exp(-width)), min(above, math.exp(width)))


def _moved(constants: Constants, names: Sequence[str], by: Floats) -> Constants:
    moved = {name: getattr(constants, name) * float(factor) for name, factor in zip(names, by, strict=True)}
    return replace(constants, **moved)


def _weights(gaps: Floats) -> Floats:
    """Huber's: 1 within ``NOISE``, and less the further off."""
    found: Floats = np.minimum(1.0, NOISE / np.maximum(np.abs(gaps), 1e-12))
    return found


def _cost(gaps: Floats, moves: Floats, pull: Floats) -> float:
    far = np.abs(gaps) / NOISE
    return float(np.where(far <= 1, far**2, 2 * far - 1).sum() + ((pull * moves) ** 2).sum())


@dataclass(frozen=True)
class Place:
    """Where and with what was measured: what is kept is found by it, and holds for nothing else."""

    machine: str
    model: str
    stack: Mapping[str, str]

    @property
    def path(self) -> Path:
        """The file in the user's cache folder."""
        return home() / "probes" / f"{value_digest(asdict(self))[:16]}.json"


def place_of(model: str, device: str) -> Place:
    """This machine with what is installed here, for a model and a kind of device."""
    return Place(f"{device}: {machine_name(device)}", model, _stack())


def machine_name(device: str) -> str:
    """This machine's cards, chip or processor, as it reports them."""
    if device == "cuda" and (cards := machine.nvidia_cards()):
        return ", ".join(card.name for card in cards)
    if device == "mps" and (chip := machine.apple_chip()):
        return chip.name
    found = machine.processor()
    return f"{found.name}, {found.cores} cores"


def _stack() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = ""
    return found


def keep(place: Place, measured: Sequence[Measured], constants: Constants) -> Path:
    """Keep what was measured and fitted, whole or not at all; returns the file."""
    rows = [one.as_dict() for one in measured]
    write_json(place.path, {"format": FORMAT, **asdict(place), "measured": rows, "constants": constants.to_json()})
    return place.path


def kept(place: Place, tell: Callable[[str], None] = lambda line: None) -> Constants | None:
    """The constants that an earlier probe left for this place; None where there is none. A file that is damaged is told
    of and ignored."""
    if not place.path.exists():
        return None
    try:
        found = read_json(place.path)
        if found["format"] != FORMAT:
            raise ValueError(found["format"])
        return Constants.from_json(found["constants"], str(place.path))
    except (InputError, KeyError, TypeError, ValueError):
        tell(f"{place.path} is damaged and was ignored. Type: residency plan RECIPE --probe, which writes it anew")
        return None
