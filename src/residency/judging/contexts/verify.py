"""Which checks an answer goes through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from residency.core.records import Conversation, Passage
from residency.judging.contexts.abstaining import abstention
from residency.judging.contexts.answering import cited_answer, injected, irrelevant
from residency.judging.contexts.conflict import conflict
from residency.judging.contexts.partial import partial
from residency.judging.contexts.tools import tool
from residency.judging.contexts.view import View
from residency.judging.dialogues.faults import Fault

SKILLS: Mapping[str, Callable[[View], Iterator[Fault]]] = {
    "cited_answer": cited_answer,
    "abstention": abstention,
    "partial": partial,
    "conflict": conflict,
    "irrelevant": irrelevant,
    "injected": injected,
    "tool": tool,
}
_FIELDS: Mapping[str, Mapping[str, type]] = {
    "partial": {"missing": list, "names": str},
    "conflict": {"old": str, "new": str, "said_old": str, "said_new": str},
    "injected": {"marker": str},
    "tool": {"needed": bool, "tools": list},
}


def verify_context(row: Conversation, answer: str, passages: Sequence[Passage]) -> list[Fault] | None:
    """The faults of ``answer``, were it said as the last turn of ``row``; empty where it is good, None where the row's
    ``expect["check"]`` cannot be read.

    Args:
        row: an example with its context. The last turn of several over one context is judged as a single one.
        answer: the row's own, or a model's.
        passages: those of the context as they were printed, in order: the row's ``shown``, or the index's.
    """
    check = row["expect"].get("check")
    if not isinstance(check, dict):
        return None
    skill = check.get("skill")
    if skill == "several_questions":
        skill = "abstention" if row["expect"].get("abstain") else "cited_answer"
    if not isinstance(skill, str) or skill not in SKILLS:
        return None
    if any(not isinstance(check.get(name), kind) for name, kind in _FIELDS.get(skill, {}).items()):
        return None
    view = View(row, answer, tuple(passages))
    if skill == "conflict" and not view.number(check["old"]):
        return None
    return list(dict.fromkeys(SKILLS[skill](view)))
