"""A recipe of the tiny model with a question of its own, and what its ablation tells as it goes."""

from __future__ import annotations

from pathlib import Path

from residency.core.stage import Progress, Silent
from residency.flow.runner import StageResult, Watcher
from residency.flow.stages import Stage
from tests.conftest import write_tiny_recipe
from tests.training_runs import Died

ARMS = """
[[arms]]
name = "recipe"
says = "the recipe as it stands"
quick = true

[[arms]]
name = "untagged"
says = "no tags"
set = { "mix.tagged" = 0.0 }
quick = true

[[arms]]
name = "slow"
says = "a small learning rate"
set = { "sft.learning_rate" = 1e-6 }
hold = "nothing"
"""
QUESTION = """
name = "asked"
title = "Asked"
asks = "Does it help?"
hold = "steps"
control = "recipe"

[[axes]]
metric = "exam.accuracy_strict"
role = "benefit"
margin = 0.05

[[axes]]
metric = "faithfulness.score"
role = "cost"
margin = 0.05

[outcomes]
better = "{arm} is better."
at_a_cost = "{arm} costs {cost}."
worse = "{arm} is worse."
no_difference = "No difference."
undecided = "Undecided; {seen} would have been seen."
"""
TINY = """
[ablate]
own = ["question.toml"]
questions = ["asked"]
proxies = ["MODEL"]
seeds = 2
examples = 20
knowledge = 0
max_items = 4
max_new_tokens = 16
"""


def write_ablation(folder: Path, model: Path, bank: Path, arms: str = ARMS) -> None:
    """Write a recipe and its question to ``folder``. Its runs lie beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tiny_recipe(folder, model, bank)
    recipe = folder / "recipe.toml"
    text = recipe.read_text().replace("max_steps = 6", "max_steps = 2").replace("evaluations = 2", "evaluations = 1")
    recipe.write_text(text + TINY.replace("MODEL", str(model)))
    (folder / "question.toml").write_text(QUESTION + arms)


class Told(Watcher):
    """Keeps what became of each stage of each run, and dies as a stage of a run begins."""

    def __init__(self, cell: str = "", stage: str = "") -> None:
        self.cell, self.stage = cell, stage
        self.ends: list[tuple[str, str, str]] = []

    def begin(self, number: int, count: int, stage: Stage, reason: str) -> Progress:
        if self.stage and stage.name == self.stage and self._is_in_its_cell():
            raise Died
        return Silent()

    def _is_in_its_cell(self) -> bool:
        """The stages of a cell that came before have told where they lie."""
        return bool(self.ends) and self.ends[-1][0].startswith(self.cell)

    def end(self, number: int, count: int, result: StageResult) -> None:
        self.ends.append((Path(result.folder).parent.name, result.name, result.status))

    def ran(self, stage: str) -> list[str]:
        """The runs whose stage has run, each as often as it did."""
        return [run for run, name, status in self.ends if (name, status) == (stage, "ran")]
