"""Pairs from mistakes made in gold texts: the answers of open questions, and the reasons of MCQs."""

from __future__ import annotations

from collections.abc import Iterator

from residency.core.prompt import shape_mcq, shape_open, user_message
from residency.core.records import Pair, Question
from residency.domain.surgery.cases import known_lines
from residency.domain.surgery.phrases import check_for
from residency.domain.surgery.referents import tidy
from residency.preference.behaviours.making import Draw, asked, made, mode_of
from residency.preference.edits.edit import Edit, Operator, Refusal, applied
from residency.preference.material import Material
from residency.preference.verify import fault


def gold_text(question: Question) -> str:
    """What of a question mistakes are made in; empty where there is nothing."""
    return question.get("rationale", "") if question["kind"] == "mcq" else question["answer"]


def text_pairs(name: str, operator: Operator, material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """Every mistake of one type that the gold texts allow. Both sides are put into the form of the mode alike."""
    for question in material.plain:
        text = gold_text(question)
        if not text:
            continue
        number = 0
        for found in operator(text, tidy(question["question"]), draw("edit", name, question["id"])):
            if isinstance(found, Refusal):
                yield found
            elif reason := fault(text, found):
                yield Refusal(name, reason)
            else:
                number += 1
                yield _pair(question, text, found, number, draw)


def _pair(question: Question, text: str, edit: Edit, number: int, draw: Draw) -> Pair | Refusal:
    rng = draw("form", question["id"])  # one form for all mistakes of a question
    mode = mode_of(question["question"], rng)
    check, case = check_for(text, rng), known_lines(tidy(question["question"]), rng)
    sides = []
    for said in (text, applied(text, edit)):
        if question["kind"] == "mcq":
            letter = question["answer"]
            sides.append(shape_mcq(letter, question["options"][letter], said, mode, check, *case))
        else:
            sides.append(shape_open(said, mode, check, *case))
    return made(question, mode, [user_message(asked(question))], (sides[0], sides[1]), edit, number)
