"""A user's correction that is ignored, and a false one that is given way to.

MCQs are asked and answered, rightly or wrongly, and the user objects with the key or with a wrong option: one side
stands by the answer before and the other changes it, in one set of wordings, whichever of the two is right. Dialogues
in which a figure or a subject was corrected are answered with what holds no longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from residency.core.prompt import (
    BEFORE_ACTING,
    CHOICE,
    KEY_POINT,
    Mode,
    assistant_message,
    body,
    shape_mcq,
    shape_open,
    user_message,
)
from residency.core.records import Conversation, Pair, Question
from residency.core.text import sentences
from residency.domain.surgery.cases import known_lines
from residency.domain.surgery.phrases import check_for
from residency.domain.surgery.referents import tidy
from residency.judging.dialogues import verify_turn
from residency.preference.behaviours.arguing import NO_OTHER, exchanged, framed, rivals
from residency.preference.behaviours.making import Draw, Mistake, asked, made, mode_of, say, seen_in_talk, talk
from residency.preference.edits.edit import Refusal
from residency.preference.material import Material

TYPE = "correction"
IGNORES, GIVES_WAY = "ignores the correction", "gives way to a false correction"
HELD = ("gives_in", "answer_not_held", "no_reason")
UNCHANGED = ("answer_unchanged", "new_not_named", "old_not_named", "repeats")


def correction(material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """Objections to answers to MCQs in both directions; corrections of a figure and of a subject, ignored."""
    for question in material.mcqs:
        yield from _objections(question, material, draw)
    for row in material.talks("correction"):
        if row["expect"]["variant"] == "figure":
            yield _figure(row)
        elif row["expect"]["variant"] == "meant":
            yield _meant(row)


def _objections(question: Question, material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    wrong = rivals(question)
    if not wrong:
        yield Refusal(TYPE, NO_OTHER)
        return
    rng = draw(TYPE, question["id"])
    letter = rng.choice(wrong)
    mode = mode_of(question["question"], rng)
    argued = _arguments(question, letter, mode, material, draw)
    if argued is None:
        yield Refusal(TYPE, "there is nothing to argue for either option with")
        return
    key = question["answer"]
    for number, (first, objected) in enumerate(((key, letter), (letter, key)), 1):
        right = key
        stands, changes = (
            _turn(question, purpose, chosen, argued[chosen][1], mode, draw)
            for purpose, chosen in (("stand", first), ("change", objected))
        )
        opening = _first(question, first, argued[first][0], mode, draw)
        said = say("object", draw(TYPE, "object", question["id"]), option=_named(question, objected))
        sides = (stands, changes) if first == right else (changes, stands)
        if reason := _unseen(question, mode, (asked(question), opening, said), (first, objected), (stands, changes)):
            yield Refusal(TYPE, reason)
            continue
        turns = [user_message(asked(question)), assistant_message(opening), user_message(said)]
        if first == right:
            why = f"The answer, {_named(question, right)}, was right, and the objection is not."
            mistake = Mistake(TYPE, GIVES_WAY, "stands", "changes", "major", why)
        else:
            why = f"The user is right: the answer is {_named(question, right)}."
            mistake = Mistake(TYPE, IGNORES, "changes", "stands", "major", why)
        yield made(question, mode, turns, sides, mistake, number)


def _arguments(
    question: Question, letter: str, mode: Mode, material: Material, draw: Draw
) -> dict[str, tuple[str, str]] | None:
    """For the key and a wrong option an argument of the first answer and one of the second."""
    options, key = question["options"], question["answer"]
    pairs = [(options[key], options[letter]), (options[letter], options[key])]
    first = framed(question, pairs, draw(TYPE, "first", question["id"]), told=mode == "CLINICAL")
    if first is None:
        return None
    false = exchanged(question.get("rationale", "").strip(), *pairs[0], material.names)
    if false is not None:
        second: list[str] | None = [question.get("rationale", "").strip(), false]
    else:
        second = framed(question, pairs, draw(TYPE, "second", question["id"]), first)
    if second is None:
        return None
    return {key: (first[0], second[0]), letter: (first[1], second[1])}


def _named(question: Question, letter: str) -> str:
    option = question["options"][letter].rstrip(".")
    return f'{letter}, "{option}"'


def _first(question: Question, letter: str, reasons: str, mode: Mode, draw: Draw) -> str:
    rng = draw(TYPE, "opening", question["id"])
    case = known_lines(tidy(question["question"]), rng)
    return shape_mcq(letter, question["options"][letter], reasons, mode, check_for(reasons, rng), *case)


def _turn(question: Question, purpose: str, letter: str, reasons: str, mode: Mode, draw: Draw) -> str:
    rng = draw(TYPE, purpose, question["id"])
    text = f"{say(purpose, rng, option=_named(question, letter))} {reasons}"
    return shape_open(text, mode, check_for(text, draw(TYPE, "check", question["id"])))


def _unseen(
    question: Question, mode: Mode, before: tuple[str, str, str], letters: tuple[str, str], sides: tuple[str, str]
) -> str:
    """Why the verifier does not agree that the first of ``sides`` stands by the first letter and the other does not."""
    held, new = (question["options"][letter].rstrip(".") for letter in letters)
    check = {"skill": "correction", "turn": 2, "critical": 3, "old": "", "new": new, "changes": False, "held": held}
    row = talk(question, mode, (*before, sides[0]), check)
    return seen_in_talk(row, sides, HELD)


def _figure(row: Conversation) -> Pair | Refusal:
    """The figure that was put right, answered with the one that was wrong."""
    check = row["expect"]["check"]
    old, new, right = check["old"], check["new"], row["messages"][check["critical"]]["content"]
    if verify_turn(row, right):
        return Refusal(TYPE, "the verifier finds a fault in the chosen side")
    if right.count(old) != 1:
        return Refusal(TYPE, "the answer names the figure that was wrong more than once")
    either = re.compile(rf"(?<![\w.])(?:{re.escape(old)}|{re.escape(new)})(?![\w]|\.\d)")
    wrong = either.sub(lambda found: new if found[0] == old else old, right)
    if CHOICE in wrong and old in wrong.partition(CHOICE)[2].partition(".")[0]:
        return Refusal(TYPE, "the choice itself would change with the figure")
    why = f"The user corrected the figure from {old} to {new}, and the answer goes by {old}."
    mistake = Mistake(TYPE, IGNORES, new, old, "major", why)
    return made(row, row["mode"], row["messages"][: check["critical"]], (right, wrong), mistake)


def _meant(row: Conversation) -> Pair | Refusal:
    """What was meant, taken for what was not: the answer before again, with the correction turned round."""
    check = row["expect"]["check"]
    critical, old, new = check["critical"], check["old"], check["new"]
    right, before = (row["messages"][place]["content"] for place in (critical, check["turn"] - 1))
    opening = next((said for said in sentences(body(right)) if old in said and new in said), "")
    if not opening:
        return Refusal(TYPE, "the answer does not name both subjects in one sentence")
    turned = re.sub(rf"{re.escape(old)}|{re.escape(new)}", lambda found: new if found[0] == old else old, opening)
    wrong = _opened(before, turned, right)
    if reason := seen_in_talk(row, (right, wrong), UNCHANGED):
        return Refusal(TYPE, reason)
    why = f"The user meant {new}, and the answer is for {old} still."
    mistake = Mistake(TYPE, IGNORES, new, old, "major", why)
    return made(row, row["mode"], row["messages"][:critical], (right, wrong), mistake)


def _opened(before: str, opening: str, right: str) -> str:
    """The answer before with what is said of the correction, in the place and with the lines that the right one has."""
    if right.startswith(KEY_POINT):
        first, _, rest = before.partition("\n")
        return f"{first}\n{opening} {rest}".strip()
    checks = [line for line in right.splitlines() if line.startswith(BEFORE_ACTING)]
    return "\n".join([f"{opening} {body(before)}", *checks])
