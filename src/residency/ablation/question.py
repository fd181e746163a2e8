"""A question, as data: arms that differ in one thing, what is held equal, what decides, a sentence an outcome."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field, ValidationError, model_validator

from residency.core.errors import InputError
from residency.core.explain import explain
from residency.core.stage import Settings

Hold = Literal["steps", "labelled_tokens", "compute", "nothing"]
Measured = Literal["base", "sft", "final"]
Outcome = Literal["better", "at_a_cost", "worse", "no_difference", "undecided"]
ORDER = ("dialogues", "preference", "modes", "grounding", "bases")
"""The questions that every user has, as the report tells them."""


class Share(Settings):
    """The share of all examples that some kinds have together; they keep their proportions, and so do the others."""

    kinds: list[str] = Field(min_length=1)
    """Kinds of the mix."""
    to: float = Field(ge=0, le=1)
    """Their share together."""
    instead: list[str] = []
    """Kinds that take the place, or give it up; empty for all others."""


class Arm(Settings):
    """One way of training. What it does not name is as in the recipe."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")
    """Names the arm in files and tables."""
    says: str
    """What it is, in a few words of a table."""
    dose: float | None = None
    """Its place on the question's axis of doses, where there is one."""
    set: dict[str, Any] = {}
    """Values of the recipe that it replaces, by dotted key."""
    share: Share | None = None
    """The share of some kinds that it sets."""
    measures: Measured = "sft"
    """The model that is measured: what SFT left, what preference tuning left, or the base model, untrained."""
    hold: Hold | None = None
    """What is held equal to the control; None as the question has it."""
    like: str = ""
    """The arm whose computing this one is given, where ``hold`` is ``compute``; empty for the control."""
    after: str = ""
    """The arm whose model, merged, this one starts from; empty for the base model. Its mix has as many examples as the
    kinds of its ``share`` have in the recipe's."""
    against: str = ""
    """The arm that it is held against; empty for the control. An arm that names one, be it the control, answers a
    question beside the main one: its difference is told, and decides no outcome."""
    again: bool = False
    """Whether it is trained with draws of its own that no other arm shares. An arm like another and trained again shows
    how far two trainings of the same recipe lie apart."""
    asks: str = ""
    """A question that it answers beside the main one, as its user would put it; empty where it answers none."""
    beside: str = ""
    """The arm that it is held against in that question; empty for the one of its other comparisons."""
    shows: str = ""
    """The axis that this question turns on, by its metric; empty for the first benefit."""
    once: bool = False
    """Whether it is trained once in all, in the first round and beside the first proxy: where it trains another model
    than the proxies."""
    quick: bool = False
    """Whether a quick run has it."""
    needs: Literal["", "tools", "knowledge", "pairs", "thinks"] = ""
    """What must be there for it to be run: a model whose format knows tools; the knowledge stage's answers; as many
    pairs as it names; a model that thinks."""


class Axis(Settings):
    """A metric that decides a question."""

    metric: str
    """Its name as in the evaluation."""
    role: Literal["benefit", "cost"]
    """What the change is hoped to move, or what it might harm."""
    margin: float = Field(gt=0, lt=1)
    """The least difference that would matter, in the metric's own units."""


class Question(Settings):
    """What is asked, of which arms, and what is said of each outcome."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")
    """Names the question in files and on the command line."""
    title: str
    """Two or three words."""
    asks: str
    """The question, as its user would put it."""
    hold: Hold = "steps"
    """What is held equal between arms."""
    control: str
    """The arm that all others are held against."""
    dose: str = ""
    """What the doses are, with their unit; empty where arms have no order."""
    axes: list[Axis] = Field(min_length=1)
    """The metrics that decide; the first is the one that is spoken of."""
    arms: list[Arm] = Field(min_length=1)
    """The arms, the control among them."""
    outcomes: dict[Outcome, str]
    """A sentence for each outcome. It may hold ``{arm}``, ``{control}``, ``{metric}``, ``{difference}`` (with its
    interval), ``{cost}`` (the axis that got worse, with its difference) and ``{seen}`` (the smallest difference that
    could have been seen)."""
    caveat: str = ""
    """What a small model cannot tell about this question."""

    @model_validator(mode="after")
    def _fits(self) -> Question:
        names = [arm.name for arm in self.arms]
        faults = [f"two arms are called {name}" for name in dict.fromkeys(names) if names.count(name) > 1]
        if self.control not in names:
            faults.append(f"the control {self.control!r} is no arm; there are {', '.join(names)}")
        faults += [
            f"arm {arm.name}: {key} names {value!r}, which is no arm"
            for arm in self.arms
            for key, value in (
                ("after", arm.after),
                ("like", arm.like),
                ("against", arm.against),
                ("beside", arm.beside),
            )
            if value and value not in names
        ]
        axes = [axis.metric for axis in self.axes]
        faults += [
            f"arm {arm.name}: shows names {arm.shows!r}, which is no axis"
            for arm in self.arms
            if arm.shows and arm.shows not in axes
        ]
        if not any(axis.role == "benefit" for axis in self.axes):
            faults.append("no axis has the role benefit")
        missing = [one for one in get_args(Outcome) if one not in self.outcomes]
        if missing:
            faults.append(f"outcomes lacks {', '.join(missing)}")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def leads(self, name: str) -> bool:
        """Whether an arm decides the outcome: it is trained, is not the control, and is held against it. An untrained
        model, and an arm that names what it is held against, are told of, and no more."""
        arm = self.arm(name)
        return name != self.control and not arm.against and arm.measures != "base"

    def arm(self, name: str) -> Arm:
        """The arm of this name; KeyError where there is none."""
        return {arm.name: arm for arm in self.arms}[name]


def standard_questions() -> list[Question]:
    """The five questions, in the order of the report."""
    folder = resources.files("residency.ablation") / "questions"
    return [_read(folder / f"{name}.toml", f"{name}.toml") for name in ORDER]


def read_question(path: Path) -> Question:
    """A user's own question.

    Raises:
        InputError: there is no such file, it is not TOML, or something in it does not fit.
    """
    if not path.is_file():
        raise InputError("there is no such question", str(path), "Name a TOML file, as docs/ablate.md shows one")
    return _read(path, str(path))


def _read(path: Any, where: str) -> Question:
    try:
        values: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"the question cannot be read ({error})", where, "Mend the file") from None
    try:
        return Question.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(explain(fault, Question) for fault in error.errors())
        raise InputError(faults, where, "Mend the file; docs/ablate.md has an example") from None
