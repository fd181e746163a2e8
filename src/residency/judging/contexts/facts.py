"""Whether an answer states what it must, and not what it was not given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from residency.core.prompt import BEFORE_ACTING
from residency.judging.contexts.claims import lacks
from residency.judging.contexts.view import View
from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.lexicon import GENERAL, TALK
from residency.judging.dialogues.reading import figures, pieces, share, stems
from residency.judging.overlap import FACT_THRESHOLD, key_fact_recall
from residency.judging.support import support

LEAST = 0.5
"""Share of the key facts that an answer must state."""
_MOST = 0.6  # of what only the withheld sentence says
_SHORT = 2


def states(text: str, facts: Sequence[str], question: str, least: float = LEAST) -> bool:
    """Whether a text states enough of the facts; without a fact nothing is asked. What the question says need not be
    said again."""
    told = [fact for fact in facts if stems(fact)]
    return not told or sum(_states(text, fact, question) for fact in told) >= least * len(told)


def _states(text: str, fact: str, question: str) -> bool:
    if key_fact_recall(text, [fact]) == 1:
        return True
    new = stems(fact) - stems(question)
    return bool(new) and share(new, stems(text)) >= _MOST and key_fact_recall(f"{text}\n{question}", [fact]) == 1


def gives_away(view: View, withheld: Sequence[str], but: str = "") -> Iterator[Fault]:
    """What the passages do not hold and the answer says nevertheless; ``but`` is what may be said of it."""
    checks = [line.partition(BEFORE_ACTING)[2] for line in view.answer.splitlines() if BEFORE_ACTING in line]
    said = [part.bare for part in view.said if not lacks(part.low)]
    said += [piece for line in checks for piece in pieces(line)]
    lacking = [part.bare for part in view.said if lacks(part.low)]
    known = "\n".join((view.given, *view.texts, but))
    for fact in withheld:
        if key_fact_recall(known, [fact]) == 1:
            continue
        new = stems(fact) - stems(known) - TALK - GENERAL
        told = figures(fact) - figures(known)
        enough = 1 if len(stems(fact)) <= _SHORT else 2
        all_of_it = stems("\n".join((*said, *lacking)))
        given = len(new) >= enough and share(new, all_of_it) >= _MOST
        given = given or bool(told & figures("\n".join((*said, *lacking))))
        given = given or (bool(new | told) and any(support(one, fact, FACT_THRESHOLD).supported for one in said))
        if given:
            yield Fault("withheld_given", f"the answer gives what the passages do not hold: {fact[:90]!r}")
            return
