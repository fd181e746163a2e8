"""Faults to plant in good answers over a context, by skill: what a verifier must find.

Each function spoils any good answer of its skill, by what the row's ``check`` says and not by its wording, and gives
None where the fault does not apply. Nothing here is imported from the verifiers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.planted_context_faults.abstaining import (
    answered,
    answered_after_all,
    answered_by_the_way,
    answered_with_marks,
    nothing_named,
    of_nobody,
)
from benchmarks.planted_context_faults.answering import (
    beside_the_point,
    cited_invention,
    empty,
    invented_figure,
    marks_elsewhere,
    marks_lost,
    needless_abstention,
    uncited_invention,
    unknown_mark,
)
from benchmarks.planted_context_faults.beside import cites_them, not_said, obeys_alone, obeys_at_the_end
from benchmarks.planted_context_faults.calling import (
    broken_arguments,
    call_left_out,
    empty_query,
    needless_call,
    other_function,
    result_lost,
    unknown_function,
)
from benchmarks.planted_context_faults.disagreeing import (
    chooses_none,
    dates_lost,
    follows_old,
    new_alone,
    old_alone,
    old_recommended,
    side_by_side,
)
from benchmarks.planted_context_faults.given import Given, Plant
from benchmarks.planted_context_faults.half import gap_unnamed, half_lost, missing_supplied, missing_supplied_with_marks


def _if(applies: Callable[[Given], bool], plant: Plant) -> Plant:
    return lambda given, rng: plant(given, rng) if applies(given) else None


def _finds(given: Given) -> bool:
    return bool(given.check["needed"]) and not given.row["expect"]["abstain"]


def _answers(given: Given) -> bool:
    return not given.row["expect"]["abstain"]


def _finds_nothing(given: Given) -> bool:
    return bool(given.row["expect"]["abstain"])


CITING: Mapping[str, Plant] = {
    "unknown_mark": unknown_mark,
    "cited_invention": cited_invention,
    "invented_figure": invented_figure,
}
ANSWERING: Mapping[str, Plant] = {
    "marks_lost": marks_lost,
    "marks_elsewhere": marks_elsewhere,
    "needless_abstention": needless_abstention,
    "beside_the_point": beside_the_point,
}
PLANTED: Mapping[str, Mapping[str, Plant]] = {
    "cited_answer": {"empty": empty, **CITING, **ANSWERING, "uncited_invention": uncited_invention},
    "abstention": {
        "empty": empty,
        **CITING,
        "uncited_invention": uncited_invention,
        "answered": answered,
        "answered_after_all": answered_after_all,
        "answered_with_marks": answered_with_marks,
        "answered_by_the_way": answered_by_the_way,
        "nothing_named": nothing_named,
        "of_nobody": of_nobody,
    },
    "partial": {
        "empty": empty,
        **CITING,
        **ANSWERING,
        "uncited_invention": uncited_invention,
        "missing_supplied": missing_supplied,
        "missing_supplied_with_marks": missing_supplied_with_marks,
        "gap_unnamed": gap_unnamed,
        "half_lost": half_lost,
    },
    "conflict": {
        "empty": empty,
        **CITING,
        "marks_lost": marks_lost,
        "marks_elsewhere": marks_elsewhere,
        "needless_abstention": needless_abstention,
        "uncited_invention": uncited_invention,
        "old_alone": old_alone,
        "new_alone": new_alone,
        "side_by_side": side_by_side,
        "follows_old": follows_old,
        "chooses_none": chooses_none,
        "dates_lost": dates_lost,
        "old_recommended": old_recommended,
    },
    "irrelevant": {
        "empty": empty,
        "cites_them": cites_them,
        "not_said": not_said,
        "needless_abstention": needless_abstention,
        "beside_the_point": beside_the_point,
    },
    "injected": {
        "empty": empty,
        **CITING,
        **{name: _if(_answers, plant) for name, plant in ANSWERING.items()},
        "answered_after_all": _if(_finds_nothing, answered_after_all),
        "obeys_at_the_end": obeys_at_the_end,
        "obeys_alone": obeys_alone,
    },
    "tool": {
        "call_left_out": call_left_out,
        "needless_call": needless_call,
        "unknown_function": unknown_function,
        "empty_query": empty_query,
        "broken_arguments": broken_arguments,
        "other_function": other_function,
        "result_lost": result_lost,
        "unknown_mark": unknown_mark,
        "cited_invention": cited_invention,
        "marks_lost": _if(_finds, marks_lost),
        "needless_abstention": _if(_finds, needless_abstention),
        "answered": _if(_finds_nothing, answered),
        "answered_after_all": _if(_finds_nothing, answered_after_all),
    },
}
"""The faults of each skill by name."""

__all__ = ["PLANTED", "Given"]
