"""TRL's GRPO and RLOO trainers with our prompts and our grades in their seams.

TRL tokenises a prompt by the model's own chat template and decodes what was written by the tokenizer. Here a prompt
enters as the id of its task and becomes the tokens that inference has for it, which is asserted on every batch that is
learnt from; what was written is read by the renderer, the thought apart from the answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from accelerate.utils import gather_object
from datasets import Dataset
from trl import GRPOTrainer, RLOOTrainer

from residency.chat.renderer import Renderer
from residency.core.errors import ProofError
from residency.core.files import append_jsonl, read_jsonl, recover_jsonl, write_jsonl
from residency.generation.generate import able_to_write
from residency.training.online.curve import PART
from residency.training.online.rewards import UNPARSED, Answer, Grade, composite, grade
from residency.training.online.tasks import Task

SAMPLES = "samples.jsonl"
Scorer = Callable[[Sequence[Sequence[int]]], list[float]]
"""From token ids of prompts with their answers to scores from 0 to 1: a reward model."""


class Grader:
    """Prompts, grades and samples of one run: what the trainer asks for as it goes.

    Args:
        tasks: what is asked.
        renderer: of the model.
        weights: of the parts of the reward, by name.
        path: the file that samples are appended to.
        scorer: a reward model, where one has a weight.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        renderer: Renderer,
        weights: Mapping[str, float],
        path: Path,
        scorer: Scorer | None = None,
    ) -> None:
        self.tasks = {task.id: task for task in tasks}
        self.renderer, self.weights, self.path, self.scorer = renderer, weights, path, scorer

    def rows(self) -> Dataset:
        """The trainer's data set: each prompt as its task's id."""
        return Dataset.from_list([{"prompt": name} for name in self.tasks])

    def prompt(self, name: str) -> list[int]:
        """The inference prompt of a task."""
        return self.renderer.prompt(self.tasks[name].messages)

    def read(self, ids: Sequence[int]) -> Answer:
        """Generated ids as an answer."""
        said = self.renderer.message(ids)
        ended = any(token in self.renderer.stops for token in ids)
        return Answer(said["content"].strip(), said.get("thinking", ""), ended, bool(said.get("tool_calls")))

    def grade(self, names: Sequence[str], completions: Sequence[Sequence[int]]) -> list[dict[str, Grade]]:
        """What each completion earns on each part that applies."""
        found = [grade(self.tasks[name], self.read(ids)) for name, ids in zip(names, completions, strict=True)]
        if self.scorer is not None:
            whole = [[*self.prompt(name), *ids] for name, ids in zip(names, completions, strict=True)]
            for grades, score in zip(found, self.scorer(whole), strict=True):
                grades["reward_model"] = Grade(score)
        return found

    def reward(
        self,
        prompts: Sequence[str],
        completion_ids: Sequence[Sequence[int]],
        trainer_state: Any,
        log_metric: Callable[[str, float], None],
        **_: Any,
    ) -> list[float]:
        """TRL's reward function: the composite of each answer. Logs the mean of each part and keeps the samples."""
        graded = self.grade(prompts, completion_ids)
        rewards = [composite(grades, self.weights) for grades in graded]
        for name in dict.fromkeys(name for grades in graded for name in grades):
            values = [grades[name].value for grades in graded if name in grades]
            log_metric(f"{PART}{name}", sum(values) / len(values))
        asked = [grades["mcq"] for grades in graded if "mcq" in grades]
        if asked:
            log_metric(f"{PART}{UNPARSED}", sum(one.reason == UNPARSED for one in asked) / len(asked))
        rows = [
            self._sample(trainer_state.global_step + 1, name, ids, grades, reward)
            for name, ids, grades, reward in zip(prompts, completion_ids, graded, rewards, strict=True)
        ]
        rows = gather_object(rows)
        if trainer_state.is_world_process_zero:
            with self.path.open("a", encoding="utf-8") as handle:
                append_jsonl(handle, rows)
        return rewards

    def _sample(
        self, step: int, name: str, ids: Sequence[int], grades: Mapping[str, Grade], reward: float
    ) -> dict[str, Any]:
        answer = self.read(ids)
        task = self.tasks[name]
        return {
            "step": step,
            "id": name,
            "asks": task.skill or "mcq",
            "mode": task.row["mode"],
            "reward": round(reward, 4),
            "parts": {part: round(one.value, 4) for part, one in grades.items()},
            "reasons": {part: one.reason for part, one in grades.items() if one.reason},
            "tokens": len(ids),
            "ended": answer.ended,
            "answer": answer.text,
            **({"thinking": answer.thinking} if answer.thinking else {}),
            "gold": task.row["messages"][-1]["content"],
        }

    def forget_after(self, step: int) -> None:
        """Take the samples of later steps out of the file: after a kill these steps are done again."""
        rows = recover_jsonl(self.path)
        kept = [row for row in rows if row["step"] <= step]
        if len(kept) < len(rows):
            write_jsonl(self.path, kept)

    def tokens(self) -> int:
        """Tokens of all answers in the file of samples, each with its prompt."""
        prompts = {name: len(self.prompt(name)) for name in self.tasks}
        return sum(prompts[row["id"]] + row["tokens"] for row in read_jsonl(self.path))

    def prove(self, names: Sequence[str], prompts: Sequence[Sequence[int]]) -> None:
        """That what a batch learns from was asked by the inference prompts, token for token.

        Raises:
            ProofError: it was not; both sides are shown.
        """
        for name, ids in zip(names, prompts, strict=True):
            served = self.prompt(name)
            if list(ids) != served:
                raise ProofError(
                    f"the prompt that was asked is not what is served: asked {self.renderer.decode(ids)[-200:]!r}, "
                    f"served {self.renderer.decode(served)[-200:]!r}",
                    name,
                )


class _Asked:
    """What both trainers need: prompts by id, the family's stop tokens, and the proof."""

    grader: Grader
    eos_token_ids: list[int]
    generation_config: Any

    def attach(self, grader: Grader) -> None:
        """Take the grader's prompts and stop tokens; call it before training."""
        self.grader = grader
        self.eos_token_ids = list(grader.renderer.stops)
        self.generation_config.eos_token_id = self.eos_token_ids
        self.generation_kwargs["eos_token_id"] = self.eos_token_ids  # type: ignore[attr-defined]

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """The learning rate rises in equal steps and stays; the first step is one of those that rise, and not one of
        rate 0, in which nothing would be learnt."""
        rising = max(1, math.ceil(self.args.warmup_steps * num_training_steps))  # type: ignore[attr-defined]
        chosen = optimizer or self.optimizer  # type: ignore[attr-defined]
        rates = torch.optim.lr_scheduler.LambdaLR(chosen, lambda step: min(1.0, (step + 1) / rising))
        self.lr_scheduler: Any = rates
        return rates

    def _tokenize_prompts(self, prompts: list[str]) -> tuple[list[list[int]], None, dict[str, Any]]:
        return [self.grader.prompt(name) for name in prompts], None, {}

    def _generate_single_turn(self, *given: Any) -> Any:
        with able_to_write(self.model):  # type: ignore[attr-defined]
            return super()._generate_single_turn(*given)  # type: ignore[misc]

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        batch: dict[str, Any] = super()._generate_and_score_completions(inputs)  # type: ignore[misc]
        asked = [ids[mask.bool()].tolist() for ids, mask in zip(batch["prompt_ids"], batch["prompt_mask"], strict=True)]
        self.grader.prove([row["prompt"] for row in inputs], asked)
        return batch


class AskedGRPOTrainer(_Asked, GRPOTrainer):
    """GRPO on the tasks of a :class:`Grader`."""


class AskedRLOOTrainer(_Asked, RLOOTrainer):
    """RLOO on the tasks of a :class:`Grader`."""


def check_reference(model: Any) -> None:
    """That the reference, where there is one, is a copy of the adapter that is tuned, and does not learn.

    Raises:
        ProofError: it is not.
    """
    weights = dict(model.named_parameters())
    for name, parameter in weights.items():
        if ".ref." in name:
            if not torch.equal(parameter, weights[name.replace(".ref.", ".default.")]):
                raise ProofError(f"the reference is not the model that is tuned: {name} differs from the policy's")
            parameter.requires_grad_(False)
