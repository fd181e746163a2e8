"""The wrong option, with reasons of its own: made from the key's where these name both, else in one frame for both."""

from __future__ import annotations

from collections.abc import Iterator

from residency.core.prompt import Mode, shape_mcq, user_message
from residency.core.records import Pair, Question
from residency.domain.surgery.cases import known_lines
from residency.domain.surgery.phrases import check_for
from residency.domain.surgery.referents import tidy
from residency.judging.answers import chosen as chosen_letter
from residency.preference.behaviours.arguing import NO_OTHER, exchanged, framed, rivals
from residency.preference.behaviours.making import Draw, Mistake, asked, made, mode_of
from residency.preference.edits.edit import Refusal
from residency.preference.material import Material

TYPE = "option"


def option(material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """Each MCQ against each of its wrong options that can be argued for."""
    for question in material.mcqs:
        wrong = rivals(question)
        if not wrong:
            yield Refusal(TYPE, NO_OTHER)
            continue
        rng = draw(TYPE, question["id"])
        mode = mode_of(question["question"], rng)
        argued = _exchanged(question, wrong, material) or _framed(question, wrong, mode, draw)
        if not argued:
            yield Refusal(TYPE, "asks for an exception, and the rationale does not name two options")
        for number, (letter, reasons, false) in enumerate(argued, 1):
            yield _pair(question, letter, (reasons, false), mode, draw, number)


def _exchanged(question: Question, wrong: list[str], material: Material) -> list[tuple[str, str, str]]:
    """Letter, reasons of the key and those of the wrong option, where the rationale names both."""
    options, reasons = question["options"], question.get("rationale", "").strip()
    found = []
    for letter in wrong:
        false = exchanged(reasons, options[question["answer"]], options[letter], material.names)
        if false is not None:
            found.append((letter, reasons, false))
    return found


def _framed(question: Question, wrong: list[str], mode: Mode, draw: Draw) -> list[tuple[str, str, str]]:
    options, key = question["options"], question["options"][question["answer"]]
    found = []
    for letter in wrong:
        pairs = [(key, options[letter]), (options[letter], key)]
        said = framed(question, pairs, draw(TYPE, "frame", question["id"], letter), told=mode == "CLINICAL")
        if said is not None:
            found.append((letter, said[0], said[1]))
    return found


def _pair(
    question: Question, letter: str, reasons: tuple[str, str], mode: Mode, draw: Draw, number: int
) -> Pair | Refusal:
    options, key = question["options"], question["answer"]
    rng = draw(TYPE, "form", question["id"])
    check, case = check_for(reasons[0], rng), known_lines(tidy(question["question"]), rng)
    sides = tuple(
        shape_mcq(one, options[one], said, mode, check, *case) for one, said in zip((key, letter), reasons, strict=True)
    )
    if chosen_letter(sides[0], options) != key or chosen_letter(sides[1], options) != letter:
        return Refusal(TYPE, "the sides do not choose their options readably")
    why = f"The key is {key}, {options[key].rstrip('.')}; the answer argues for {letter}."
    mistake = Mistake(TYPE, "", key, letter, "major", why)
    return made(question, mode, [user_message(asked(question))], (sides[0], sides[1]), mistake, number)
