"""Which conversations can be asked online: those whose last turn a verifier can judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from residency.core.prompt import read_options
from residency.core.records import TRAINED_ON, Conversation, Message, Passage
from residency.judging.contexts import SKILLS
from residency.judging.contexts.view import View

SEVERAL = "several_questions"


@dataclass(frozen=True)
class Task:
    """A conversation whose last turn is asked for anew.

    ``passages`` are those of its context, as they were printed; empty without one.
    """

    row: Conversation
    passages: tuple[Passage, ...] = ()

    @property
    def id(self) -> str:
        return self.row["id"]

    @property
    def messages(self) -> list[Message]:
        """The prompt: all turns but the last."""
        return self.row["messages"][:-1]

    @property
    def expect(self) -> Mapping[str, Any]:
        return self.row["expect"]

    @cached_property
    def options(self) -> dict[str, str]:
        """The options of an MCQ by letter; empty where the conversation is none, or does not say which is right."""
        if self.row["kind"] != "mcq":
            return {}
        found = read_options(self.row["messages"][-2]["content"])
        return found if self.expect.get("letter") in found else {}

    @cached_property
    def skill(self) -> str:
        """What a context asks for, as its verifier has it; empty without a context."""
        check = self.expect.get("check")
        skill = str(check.get("skill", "")) if isinstance(check, dict) else ""
        if skill == SEVERAL:
            return "abstention" if self.expect.get("abstain") else "cited_answer"
        return skill if skill in SKILLS else ""

    @property
    def abstains(self) -> bool:
        """Whether the context does not hold the answer."""
        return bool(self.expect.get("abstain"))

    def view(self, answer: str) -> View:
        """An answer as the verifiers of contexts see it."""
        return View(self.row, answer, self.passages)


def task_of(row: Conversation, passages: Mapping[str, Passage]) -> Task | str:
    """A conversation as a task, or in words why it is none.

    Args:
        row: a conversation.
        passages: those of the index, by id.
    """
    if row["split"] not in TRAINED_ON:
        return "not of the training split"
    if row.get("tools") or row["kind"] == "tool":
        return "calls of tools"
    if row["kind"] == "mcq":
        task = Task(row)
        return task if task.options else "an MCQ whose options or letter cannot be read"
    if row["kind"] not in ("context", "insufficient", "context_dialogue"):
        return "nothing to verify"
    shown = row.get("shown") or [passages[name] for name in row["passages"] if name in passages]
    task = Task(row, tuple(shown))
    if len(shown) != len(row["passages"]):
        return "its passages are not in the index"
    return task if task.skill else "nothing to verify"


def collect_tasks(rows: Iterable[Conversation], passages: Mapping[str, Passage]) -> tuple[list[Task], dict[str, int]]:
    """The tasks among conversations, and how many are none, by reason."""
    tasks: list[Task] = []
    left_out: Counter[str] = Counter()
    for row in rows:
        found = task_of(row, passages)
        if isinstance(found, str):
            left_out[found] += 1
        else:
            tasks.append(found)
    return tasks, dict(left_out)


def spread(tasks: Sequence[Task], most: int, shuffle: Any) -> list[Task]:
    """At most ``most`` tasks, as many of each kind (MCQ, or skill over a context) as there can be.

    Args:
        tasks: what is drawn from.
        most: tasks at most.
        shuffle: puts a list in another order, in place.
    """
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(task.skill or "mcq", []).append(task)
    for group in groups.values():
        shuffle(group)
    taken: list[Task] = []
    while len(taken) < most and any(groups.values()):
        for group in groups.values():
            if group and len(taken) < most:
                taken.append(group.pop())
    return taken
