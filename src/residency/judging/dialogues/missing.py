"""What decides the answer is asked for before anything is said, and said once it is there.

Reasons: ``withheld_said`` (a user gives it early), ``withheld_used`` (the assistant does), ``no_question``,
``too_many_questions``, ``asks_other``, ``commits``, ``not_supplied``.
"""

from __future__ import annotations

from collections.abc import Iterator

from residency.core.prompt import KEY_POINT
from residency.judging.answers import parse_letter
from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.lexicon import GENERAL
from residency.judging.dialogues.patterns import COMMITS, DIRECTS, HEDGES, WAITING
from residency.judging.dialogues.reading import claim, figures, pieces, questions, share, statements, stems
from residency.judging.dialogues.view import View, pattern

MOST_QUESTIONS = 3
_MUCH, _SOME = 0.75, 1 / 3


def whole(dialogue: View) -> Iterator[Fault]:
    """Nothing withheld is said before it is supplied; then it is."""
    supplied = dialogue.check["supplied"]
    for place in range(supplied):
        for fact in dialogue.check["withheld"]:
            if place % 2 == 0 and _gives(dialogue.said[place], fact):
                yield Fault("withheld_said", f"message {place} already says {fact!r}")
            elif place % 2 and place != dialogue.critical and _uses(dialogue, dialogue.said[place], place, fact):
                yield Fault("withheld_used", f"message {place} already uses {fact!r}")
    for fact in dialogue.check["withheld"]:
        wanted, text = stems(fact) - GENERAL or stems(fact), dialogue.said[supplied]
        if share(wanted, stems(text)) < 0.5 or figures(fact) - figures(text):
            yield Fault("not_supplied", f"the user does not supply {fact!r}")
    yield from turn(dialogue)


def turn(dialogue: View, demanded: tuple[str, ...] | None = None) -> Iterator[Fault]:
    """One to three questions that ask for what is missing, and no commitment."""
    answer, place = dialogue.answer, dialogue.critical
    asked = questions(answer)
    if not asked:
        yield Fault("no_question", "the turn asks nothing")
    count = max(answer.count("?"), len(asked))
    if count > MOST_QUESTIONS:
        yield Fault("too_many_questions", f"the turn asks {count} questions")
    low = answer.lower()
    for wanted in dialogue.check["asks"]:
        compiled = pattern(wanted)
        if compiled is None or not compiled.search(low):
            yield Fault("asks_other", f"the turn does not ask for {wanted!r}")
    sought = frozenset(stem for piece in pieces(answer) if _seeks(dialogue, piece.lower()) for stem in stems(piece))
    if says := committing(dialogue, answer, place, sought):
        yield Fault("commits", f"the turn commits itself before it knows: {says}")
    for fact in dialogue.check["withheld"]:
        if _uses(dialogue, answer, place, fact):
            yield Fault("withheld_used", f"the turn already uses {fact!r}")


def committing(dialogue: View, answer: str, place: int, known: frozenset[str] = frozenset()) -> str:
    """How a turn commits itself: a letter, a choice in words, the gold answer or an order; empty where it does not.

    ``known`` are stems that an order may hold, since they are what is asked about.
    """
    if parse_letter(answer, dialogue.options or "ABCDEFGH"):
        return "it chooses a letter"
    if answer.lstrip().startswith(KEY_POINT):
        return "it begins as an answer does"
    told = statements(answer)
    for piece in told:
        low = piece.lower()
        chosen = COMMITS.search(low)
        if chosen and not HEDGES.search(low[: chosen.start()]):
            return piece
        directs = DIRECTS.search(low) and not HEDGES.search(low) and not WAITING.search(low)
        if directs and stems(claim(piece)) - known:
            return piece
    return "it states the answer" if dialogue.gold_in(claim(" ".join(told)), place) else ""


def _seeks(dialogue: View, low: str) -> bool:
    return any((found := pattern(wanted)) and found.search(low) for wanted in dialogue.check["asks"])


def _gives(text: str, fact: str) -> bool:
    """Whether a sentence of a user's says a fact: most of its stems, or one of its figures with what it is of."""
    wanted, own = stems(fact) - GENERAL - figures(fact), figures(fact)
    for piece in pieces(text):
        held = share(wanted, stems(piece))
        if own & figures(piece) and (not wanted or held >= _SOME):
            return True
        if not own and wanted and held >= _MUCH and not piece.endswith("?"):
            return True
    return False


def _uses(dialogue: View, text: str, place: int, fact: str) -> bool:
    """Whether the assistant speaks of a fact as given, or knows a figure of it. To ask for it is no use."""
    users = dialogue.users(place)
    if (figures(fact) - figures(users)) & figures(text):
        return True
    wanted = stems(fact) - GENERAL - stems(users)
    return any(
        share(wanted, stems(piece)) >= 0.6 and not HEDGES.search(piece.lower()) for piece in statements(text) if wanted
    )
