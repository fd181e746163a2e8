"""The tasks in one table: what each asks, and how its answers are graded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from residency.core.records import Message
from residency.evaluation.item import Answers, Graded, Item, Result, Turn
from residency.evaluation.sources import Sources
from residency.evaluation.table import Table
from residency.evaluation.tasks.exam.grade import grade as grade_exam
from residency.evaluation.tasks.exam.items import collect as exam_items
from residency.evaluation.tasks.exam.tables import tables as exam_tables
from residency.evaluation.tasks.faithfulness.grade import grade as grade_context
from residency.evaluation.tasks.faithfulness.items import collect as context_items
from residency.evaluation.tasks.faithfulness.tables import tables as context_tables
from residency.evaluation.tasks.followup.grade import grade as grade_followup
from residency.evaluation.tasks.followup.items import collect as followup_items
from residency.evaluation.tasks.followup.mt_bench import judged as judged_turns
from residency.evaluation.tasks.followup.tables import tables as followup_tables
from residency.evaluation.tasks.knowledge.grade import grade as grade_knowledge
from residency.evaluation.tasks.knowledge.items import collect as knowledge_items
from residency.evaluation.tasks.knowledge.tables import tables as knowledge_tables
from residency.evaluation.tasks.mode_tags.grade import grade as grade_tags
from residency.evaluation.tasks.mode_tags.items import collect as tag_items
from residency.evaluation.tasks.open.grade import grade as grade_open
from residency.evaluation.tasks.open.items import collect as open_items
from residency.evaluation.tasks.open.judged import judged as judge_open
from residency.evaluation.tasks.open.tables import tables as open_tables
from residency.evaluation.tasks.retention.grade import grade as grade_retention
from residency.evaluation.tasks.retention.items import collect as retention_items
from residency.evaluation.tasks.retention.tables import tables as retention_tables
from residency.evaluation.tasks.safety.grade import grade as grade_safety
from residency.evaluation.tasks.safety.items import collect as safety_items
from residency.evaluation.tasks.safety.tables import tables as safety_tables
from residency.evaluation.tasks.tools.grade import grade as grade_tools
from residency.evaluation.tasks.tools.items import collect as tool_items
from residency.evaluation.tasks.tools.replay import reply
from residency.evaluation.tasks.tools.tables import tables as tool_tables
from residency.judging.settings import JudgeSettings

Judgement = Mapping[str, Any]
"""What a judge model said of one item's answers: a line of ``judged-MODEL.jsonl``, as its task wrote it."""


@dataclass(frozen=True)
class Task:
    """One kind of item.

    ``collect`` makes the items of the sources. ``grade`` grades the answers to one, with what a judge model said of
    them where one was asked, and reads nothing else. ``reply`` gives what follows a step of a model that may call
    tools, None where the answer has ended. ``tables`` makes tables of all results, by model. ``judged`` asks a judge
    model: from items with their answers, the judge's settings and a file that keeps its answers, to a judgement by the
    item's id.
    """

    collect: Callable[[Sources], list[Item]]
    grade: Callable[[Item, Answers, Judgement | None], Graded]
    reply: Callable[[Item, Sequence[Turn]], list[Message] | None] | None = None
    tables: Callable[[Mapping[str, Sequence[Result]]], list[Table]] | None = None
    judged: Callable[[Sequence[tuple[Item, Answers]], JudgeSettings, Path], Iterable[tuple[str, Judgement]]] | None = (
        None
    )


TASKS: dict[str, Task] = {
    "exam": Task(exam_items, grade_exam, tables=exam_tables),
    "open": Task(open_items, grade_open, tables=open_tables, judged=judge_open),
    "followup": Task(followup_items, grade_followup, tables=followup_tables, judged=judged_turns),
    "retention": Task(retention_items, grade_retention, tables=retention_tables),
    "faithfulness": Task(context_items, grade_context, tables=context_tables),
    "tools": Task(tool_items, grade_tools, reply=reply, tables=tool_tables),
    "safety": Task(safety_items, grade_safety, tables=safety_tables),
    "knowledge": Task(knowledge_items, grade_knowledge, tables=knowledge_tables),
    "mode": Task(tag_items, grade_tags),
}
