"""General MCQs from the user's files: asked as a general assistant would be, and graded by the letter.

The exam axis's reader reads them, in every shape that it knows, and its rule keeps out what was trained on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from residency.core.errors import InputError
from residency.core.prompt import ANSWER, DEFAULT_MODE, conversation, format_question, user_message
from residency.core.records import Message
from residency.evaluation.item import GIVEN, Answers, Ask, Graded, Item, Metrics, fault_of, mean, texts
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.exam.files import ExamFile, item_key, read_exams
from residency.evaluation.tasks.exam.grade import likeliest_letter, read_letter, scores_of
from residency.evaluation.tasks.exam.items import LETTER_ONLY, LETTERS
from residency.evaluation.tasks.exam.overlap import overlaps
from residency.evaluation.tasks.exam.shapes import Asked

HOW = f"End with a line '{ANSWER} X', X being the letter of your choice."


def mcq_items(sources: Sources) -> list[Item]:
    """The MCQs of all files, of each at most ``max_items``. The first of a file carries in ``expect["intake"]`` what
    came of the file's rows.

    Raises:
        InputError: a file cannot be read, or holds no MCQ that was not trained on.
    """
    files = sources.settings.retention.mcqs
    return [item for file in (read_exams(files, {}) if files else ()) for item in _of_file(file, sources)]


def grade_mcq(item: Item, answers: Answers) -> Graded:
    """Whether the written letter is right, and the likeliest; an unparsed letter is not a wrong one."""
    key, options = item.expect["letter"], item.expect["options"]
    likeliest = likeliest_letter(item.expect["letters"], scores_of(answers, LETTERS))
    fault = fault_of(answers, GIVEN)
    read = [] if fault else [read_letter(text, options) for text in texts(answers, GIVEN)]
    metrics: Metrics = {
        "retention.mcq_accuracy": mean([float(letter == key) for letter in read if letter]),
        "retention.mcq_parsed": mean([float(letter is not None) for letter in read]),
        "retention.mcq_accuracy_likelihood": None if likeliest is None else float(likeliest == key),
    }
    details: dict[str, Any] = {"key": key, "letters": read, "likeliest": likeliest}
    if "intake" in item.expect:
        details["intake"] = item.expect["intake"]
    if fault:
        return Graded(metrics, "errored", details | {"fault": fault})
    return Graded(metrics, "ok" if any(read) else "unparsed", details)


def _of_file(file: ExamFile, sources: Sources) -> list[Item]:
    found, _ = overlaps(file.items, sources.trained)
    held = {one.item for one in found if one.held}
    items = [_item(asked) for place, asked in enumerate(file.items) if place not in held]
    asked = sources.few(items, f"retention {file.name}")
    intake = {
        "file": file.name,
        "rows": file.rows,
        "asked": len(asked),
        "trained_on": len(held),
        "refused": [{"origin": origin, "reason": reason} for origin, reason in file.refused],
    }
    if not asked:
        what = f"every one of its {len(file.items)} questions stands in what was trained on"
        raise InputError(what, file.name, "Take it off evaluate.retention.mcqs")
    return [replace(asked[0], expect=asked[0].expect | {"intake": intake}), *asked[1:]]


def _item(asked: Asked) -> Item:
    question = format_question(asked.question, asked.options)

    def prompt(how: str) -> list[Message]:
        contexts = [f"{heading}\n{text}".strip() for heading, text in asked.contexts]
        return conversation(DEFAULT_MODE, [user_message("\n\n".join([*contexts, f"{question}\n{how}"]))], None)

    letters = "".join(asked.options)
    return Item(
        id=f"retention/{asked.id}",
        axis="followup",
        task="retention",
        mode=DEFAULT_MODE,
        cluster=f"{asked.source}/{item_key(asked.question, ())[0]}",
        topic=asked.topic,
        asks=[
            Ask(GIVEN, prompt(HOW)),
            Ask(LETTERS, prompt(LETTER_ONLY), letters=letters, thinking_samples=0, written=False),
        ],
        expect={
            "letter": asked.letter,
            "letters": letters,
            "options": asked.options,
            "reference": asked.options[asked.letter],
        },
        source=asked.source,
        difficulty=asked.difficulty,
        split="public",
    )
