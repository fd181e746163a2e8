"""Faults to plant in good dialogues, by skill: what a verifier must find.

Each function spoils a copy of any good dialogue of its skill, by what the dialogue's ``check`` says and not by its
wording, and gives None where the fault does not apply. Nothing here is imported from the verifiers.
"""

from __future__ import annotations

from benchmarks.planted_dialogue_faults.common import COMMON
from benchmarks.planted_dialogue_faults.contradiction import (
    answered_while_open,
    conflict_overlooked,
    first_unsaid,
    neither_named,
    never_settled,
    only_new_named,
    only_old_named,
    second_unsaid,
    which_not_asked,
)
from benchmarks.planted_dialogue_faults.correction import (
    answer_unchanged,
    correction_unsaid,
    gives_in,
    new_unnamed,
    old_unnamed,
    other_choice,
    stands_without_reason,
)
from benchmarks.planted_dialogue_faults.followup import (
    answer_before_again,
    referent_gone,
    referent_restored,
    whole_question,
)
from benchmarks.planted_dialogue_faults.given import Plant
from benchmarks.planted_dialogue_faults.missing import (
    chosen_while_asking,
    directs_while_asking,
    five_questions,
    gold_while_asking,
    not_supplied,
    nothing_asked,
    other_asked,
    withheld_in_first,
    withheld_used,
)
from benchmarks.planted_dialogue_faults.safety import (
    alarm_alone,
    alarm_first,
    alarm_last,
    courtesy_first,
    gold_before_escalation,
    no_escalation,
    nobody_called,
    nothing_done,
    only_alarm,
    played_down,
    urgency_dropped,
)
from benchmarks.planted_dialogue_faults.scope import (
    bare_no,
    complied,
    complied_after_refusing,
    dose_after_refusing,
    lecture,
    passed_on,
    refusal_without_help,
    refusal_without_reason,
    refused_and_answered,
    refused_look_alike,
)
from benchmarks.planted_dialogue_faults.switch import (
    announced_only,
    both_forms,
    new_form_early,
    no_form,
    nothing_to_switch,
    old_form_kept,
    other_facts,
)

__all__ = ["COMMON", "PLANTED", "Plant"]


def _table(*plants: Plant) -> dict[str, Plant]:
    return {getattr(plant, "__name__", ""): plant for plant in plants} | COMMON


PLANTED: dict[str, dict[str, Plant]] = {
    "followup": _table(referent_restored, whole_question, referent_gone, answer_before_again),
    "correction": _table(
        correction_unsaid, new_unnamed, old_unnamed, answer_unchanged, gives_in, other_choice, stands_without_reason
    ),
    "missing": _table(
        withheld_in_first, withheld_used, nothing_asked, other_asked, five_questions, chosen_while_asking,
        gold_while_asking, directs_while_asking, not_supplied,
    ),
    "contradiction": _table(
        only_new_named, only_old_named, neither_named, conflict_overlooked, which_not_asked, answered_while_open,
        first_unsaid, second_unsaid, never_settled,
    ),
    "safety": _table(
        gold_before_escalation, courtesy_first, urgency_dropped, played_down, nobody_called, nothing_done, only_alarm,
        no_escalation, alarm_first, alarm_last, alarm_alone,
    ),
    "scope": _table(
        bare_no, refusal_without_reason, refusal_without_help, complied, complied_after_refusing, dose_after_refusing,
        lecture, refused_look_alike, refused_and_answered, passed_on,
    ),
    "switch": _table(
        old_form_kept, no_form, both_forms, new_form_early, other_facts, nothing_to_switch, announced_only
    ),
}  # fmt: skip
"""Skill, name of the fault, the function that plants it."""
