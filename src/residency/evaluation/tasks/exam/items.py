"""The exam questions: the bank's held-out MCQs and those of files, each in all the ways in which it is asked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from residency.core.errors import InputError
from residency.core.files import text_digest
from residency.core.prompt import conversation, format_options, format_question, user_message
from residency.core.records import Message, Passage, Question
from residency.core.text import normalise
from residency.evaluation.item import GIVEN, Ask, Item
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.exam.files import IN_BANK, ExamFile, item_key, read_exams
from residency.evaluation.tasks.exam.overlap import Overlap, evidence, overlaps
from residency.evaluation.tasks.exam.settings import ExamSettings
from residency.evaluation.tasks.exam.shapes import Asked

LETTER_ONLY = "State the choice and nothing else."
WITHOUT_QUESTION = "The question of this examination item is not shown. Choose the option that most likely answers it."
LETTERS = "letters"
CHOICES_ONLY = "choices_only"


def letters_key(ask: str) -> str:
    """The key of the ask for the letters' likelihood that goes with a written one."""
    return LETTERS if ask == GIVEN else f"{ask}-{LETTERS}"


def collect(sources: Sources) -> list[Item]:
    """The bank's held-out MCQs and the items of the files, of each source at most ``max_items`` clusters.

    The first item of each file carries in ``expect["intake"]`` what came of the file's rows, so that what was refused
    or left out stands on disk with what is asked.

    Raises:
        InputError: a file cannot be read, or holds no item that may be asked.
    """
    bank = [row for row in sources.questions if row["kind"] == "mcq"]
    items = sources.few([exam_item(row, sources) for row in bank], "exam")
    files = sources.settings.exam.files
    known = {item_key(row["question"], row["options"].values()): IN_BANK for row in bank}
    for file in read_exams(files, known) if files else ():
        items += _of_file(file, sources)
    return items


def exam_item(question: Question, sources: Sources) -> Item:
    """An MCQ of the bank in EXAM mode: answered in full by generation, and by letter for the likelihood."""
    options = question["options"]
    asks, orders = _asks(question["id"], question["question"], options, (), sources)
    return Item(
        id=f"exam/{question['id']}",
        axis="exam",
        task="exam",
        mode="EXAM",
        cluster=question["cluster"],
        topic=question["topic"],
        asks=asks,
        expect=_expect(options, question["answer"], question.get("rationale", ""), orders),
        source=question["source"],
        split=question["split"],
        passage_seen=question.get("passage_seen"),
    )


def file_item(item: Asked, sources: Sources) -> Item:
    """An MCQ of a file, the same way; with the texts that its row gives as its context."""
    asks, orders = _asks(item.id, item.question, item.options, _passages(item), sources, item.shape != "pubmedqa")
    return Item(
        id=f"exam/{item.id}",
        axis="exam",
        task="exam",
        mode="EXAM",
        cluster=f"{item.source}/{text_digest(normalise(item.question))[:12]}",  # one stem with several sets of options
        topic=item.topic,
        asks=asks,
        expect=_expect(item.options, item.letter, item.rationale, orders)
        | {"shape": item.shape, "origin": item.origin},
        source=item.source,
        difficulty=item.difficulty,
        split="public",
    )


def _expect(options: Mapping[str, str], letter: str, rationale: str, orders: Mapping[str, str]) -> dict[str, Any]:
    return {
        "letter": letter,
        "letters": "".join(options),
        "options": dict(options),
        "orders": dict(orders),
        "reference": rationale or options[letter],
    }


def _asks(
    name: str,
    question: str,
    options: Mapping[str, str],
    passages: Sequence[Passage],
    sources: Sources,
    telling: bool = True,
) -> tuple[list[Ask], dict[str, str]]:
    """The asks of an MCQ, and by their key the options of each further order, as their own letters in the order shown.
    ``telling`` is whether the options say anything without the question."""
    settings = sources.settings.exam
    letters = "".join(options)
    orders = _orders(name, letters, settings, sources)

    def both(key: str, asked: str, once: bool) -> list[Ask]:
        def prompt(text: str) -> list[Message]:
            message = user_message(text, passages, "if_it_helps") if passages else user_message(text)
            return conversation("EXAM", [message])

        samples = (1, 1) if once else (settings.samples, settings.thinking_samples)
        scored = prompt(f"{asked}\n{LETTER_ONLY}")
        return [
            Ask(key, prompt(asked), samples=samples[0], thinking_samples=samples[1]),
            Ask(letters_key(key), scored, letters=letters, thinking_samples=0, written=False),
        ]

    asks = both(GIVEN, format_question(question, options), once=False)
    for key, order in orders.items():
        shown = {letter: options[own] for letter, own in zip(letters, order, strict=True)}
        asks += both(key, format_question(question, shown), once=True)
    if telling and settings.choices_only != "no":
        text = f"{WITHOUT_QUESTION}\n{format_options(options)}\n{LETTER_ONLY}"
        prompt = conversation("EXAM", [user_message(text)])
        written = int(settings.choices_only == "written")
        asks.append(Ask(CHOICES_ONLY, prompt, samples=written, thinking_samples=1))
        asks.append(Ask(letters_key(CHOICES_ONLY), prompt, letters=letters, thinking_samples=0, written=False))
    return asks, orders


def _orders(name: str, letters: str, settings: ExamSettings, sources: Sources) -> dict[str, str]:
    """As many different further orders as the settings want and the letters have, drawn for this item: first those in
    which every option stands in another place, which are the given order begun elsewhere."""
    rng = sources.random("order", name)
    turned = [letters[place:] + letters[:place] for place in range(1, len(letters))]
    found = rng.sample(turned, min(settings.permutations, len(turned)))
    most = min(settings.permutations, math.factorial(len(letters)) - 1)
    while len(found) < most:
        order = "".join(rng.sample(letters, len(letters)))
        if order not in (letters, *found):
            found.append(order)
    return {f"order-{place}": order for place, order in enumerate(found, 1)}


def _passages(item: Asked) -> list[Passage]:
    return [
        {
            "id": f"{item.id}/context-{number}",
            "source": item.source,
            "topic": item.topic,
            "licence": "unknown",
            "parents": [],
            "title": heading,
            "section": "",
            "date": "",
            "text": text,
        }
        for number, (heading, text) in enumerate(item.contexts, 1)
    ]


def _of_file(file: ExamFile, sources: Sources) -> list[Item]:
    """The items of a file, those that training holds left out or marked; the first tells what came of all rows."""
    drops = sources.settings.exam.decontaminate == "drop"
    found, unfindable = overlaps(file.items, sources.trained)
    held = {one.item: one for one in found if one.held}
    items = [
        _marked(file_item(item, sources), held.get(place), item)
        for place, item in enumerate(file.items)
        if not (drops and place in held)
    ]
    if not items:
        what = f"every one of its {len(file.items)} exam questions stands in what was trained on"
        raise InputError(what, file.name, 'Take it off evaluate.exam.files, or set decontaminate = "mark"')
    asked = sources.few(items, f"exam {file.name}")
    intake = {
        "file": file.name,
        "rows": file.rows,
        "shapes": dict(file.shapes),
        "items": len(file.items),
        "asked": len(asked),
        "first_option": file.base,
        "first_option_told": file.told,
        "refused": [{"origin": origin, "reason": reason} for origin, reason in file.refused],
        "contaminated": [evidence(one, file.items[one.item]) for one in held.values()],
        "possible": [evidence(one, file.items[one.item]) for one in found if not one.held],
        "dropped": drops,
        "unfindable": unfindable,
    }
    first = replace(asked[0], expect=asked[0].expect | {"intake": intake})
    return [first, *asked[1:]]


def _marked(item: Item, held: Overlap | None, asked: Asked) -> Item:
    return item if held is None else replace(item, expect=item.expect | {"contaminated": evidence(held, asked)})


def refusals(intake: Mapping[str, Any]) -> Counter[str]:
    """How many rows of a file were refused, by reason."""
    return Counter(row["reason"] for row in intake["refused"])
