"""The teacher stage: built dialogues, reworded by a teacher where one is named.

It is a stage of its own, between ``dialogue`` and ``mix``, for three reasons. Dialogues are built without torch and in
minutes, while a teacher takes hours and money: a change here builds nothing anew, and answers already paid for outlast
a change of the builders. The built dialogues stay what evaluation reads, so that no teacher writes what models are
measured with. And the mix reads one folder, whether there is a teacher or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from residency.chat.settings import ChatSettings
from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.records import HELD_OUT, Conversation
from residency.core.stage import Counts, StageContext
from residency.domain.surgery.rules import rule_texts
from residency.generation.settings import ModelSettings
from residency.judging.dialogues import verify
from residency.teacher.answers import Answers
from residency.teacher.objections import Verify
from residency.teacher.report import line, refused, report
from residency.teacher.reword import Reworded, reword
from residency.teacher.settings import TeacherSettings
from residency.teacher.sources import Sources
from residency.teacher.teachers import ServerTeacher, Teacher

ROWS, REPORT, REFUSED = "conversations.jsonl", "report.json", "refused.jsonl"
ANSWERS, HISTORY = "checkpoints/answers.jsonl", "checkpoints/history.jsonl"
COUNTS = ("rows", "chosen", "taken", "kept", "not_asked", "rejected", "faults", "cost")


def run(
    context: StageContext,
    teacher: Teacher | None = None,
    verify: Verify = verify,
    rules: Mapping[str, str] | None = None,
) -> Counts:
    """Reads ``conversations.jsonl`` of the dialogue stage, and what its rows were built from; writes
    ``conversations.jsonl`` with the same rows in the same order, and ``report.json``; with a teacher also
    ``refused.jsonl``, what was not taken and why, and ``checkpoints/answers.jsonl``, all that the teacher wrote.

    Args:
        context: what every stage is given.
        teacher: asked in place of the one that the recipe names.
        verify: the check of a dialogue, in place of the project's verifiers.
        rules: texts of the domain pack's rules by name, in place of the project's.

    Raises:
        ServerError: the server that the recipe names cannot be asked.
    """
    settings = context.section("teacher", TeacherSettings)
    if teacher is None and settings.backend == "none":
        return _pass_on(context, settings)
    teacher = teacher or _named(settings, context)
    chosen = [row for row in _rows(context) if _may_be_reworded(row) and _is_drawn(row, settings.share, context)]
    sources = Sources(context.inputs["corpus"], chosen, rule_texts() if rules is None else rules)
    dialogues = [Reworded(row, sources.of(row)) for row in chosen]
    with Answers(context.out / ANSWERS, teacher.identity) as answers:
        if answers.before:
            context.progress.note(f"{answers.before:,} answers of the teacher are on disk, and not asked for again")
        enough = reword(dialogues, teacher, verify, answers, settings, context)
    taken = {dialogue.row["id"]: dialogue.taken for dialogue in dialogues if dialogue.taken}
    kept, left_out = _with_history([taken.get(row["id"], row) for row in _rows(context)], settings, context)
    rows = write_jsonl(context.out / ROWS, kept)
    write_jsonl(context.out / REFUSED, refused(dialogues))
    found = {"backend": teacher.backend, "rows": rows, **left_out} | report(dialogues, settings)
    write_json(context.out / REPORT, found)
    context.progress.note(line(found, enough, settings))
    return {name: found[name] for name in COUNTS} | left_out


def _named(settings: TeacherSettings, context: StageContext) -> Teacher:
    if settings.backend == "server":
        return ServerTeacher(settings, context.progress)
    from residency.teacher.local import LocalTeacher

    return LocalTeacher(settings, context.section("model", ModelSettings), context.section("chat", ChatSettings))


def _pass_on(context: StageContext, settings: TeacherSettings) -> Counts:
    kept, left_out = _with_history(_rows(context), settings, context)
    rows = write_jsonl(context.out / ROWS, kept)
    found = {"rows": rows, "chosen": 0, "taken": 0} | left_out
    write_json(context.out / REPORT, {"backend": "none"} | found)
    context.progress.note("no teacher is named: the dialogues stay as they were built")
    return found


def _with_history(
    rows: Iterable[Conversation], settings: TeacherSettings, context: StageContext
) -> tuple[Iterable[Conversation], Counts]:
    """The rows without follow-ups that need no history, where that is asked for, and the counts of it."""
    if settings.history_gain is None:
        return rows, {}
    from residency.teacher.history import gains, needless

    all_rows = list(rows)
    context.progress.start(None, "follow-ups held against their history")
    found = gains(
        all_rows,
        context.section("model", ModelSettings),
        context.section("chat", ChatSettings),
        context.out / HISTORY,
        context.progress.advance,
    )
    out = needless(found, settings.history_gain)
    context.progress.note(f"{len(out):,} of {len(found):,} follow-ups need no history and are left out")
    return [row for row in all_rows if row["id"] not in out], {
        "history_asked": len(found),
        "history_needless": len(out),
    }


def _rows(context: StageContext) -> Iterator[Conversation]:
    return (cast(Conversation, row) for row in read_jsonl(context.inputs["dialogue"] / ROWS))


def _may_be_reworded(row: Conversation) -> bool:
    """Whether it is a built dialogue that the verifiers can read, and nothing is measured with it. The bank's own
    conversations stay as the user wrote them."""
    plain = all(message.keys() == {"role", "content"} for message in row["messages"])
    return row["split"] not in HELD_OUT and "check" in row["expect"] and plain


def _is_drawn(row: Conversation, share: float, context: StageContext) -> bool:
    """Drawn for each row by itself, so that a larger share holds the smaller one's rows."""
    return context.random("teacher", row["id"]).random() < share
