"""Half of an answer stands in the context.

Reasons: ``key_facts`` (the half that is there is not stated with its citation), ``missing_unnamed``,
``withheld_given``, ``uncited``.
"""

from __future__ import annotations

from collections.abc import Iterator

from residency.core.text import content_stems
from residency.judging.contexts.claims import claims_without_citation, lacks, well_cited
from residency.judging.contexts.facts import gives_away, states
from residency.judging.contexts.patterns import SEEKS
from residency.judging.contexts.view import View, content, joined
from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.lexicon import GENERAL


def partial(view: View) -> Iterator[Fault]:
    """States and cites the half that is there, and names the other without giving it."""
    yield from well_cited(view)
    cited = [sentence for sentence in view.said if sentence.cites]
    if not cited or not states(joined(cited), view.facts, view.question):
        yield Fault("key_facts", "the answer does not state with a citation what the passages hold")
    if not any(_names_missing(view, part.low, part.bare) for part in view.said):
        yield Fault("missing_unnamed", "the answer does not name what the passages leave out")
    yield from gives_away(view, view.check["missing"], str(view.check["names"]))
    if view.only:
        yield from claims_without_citation(view)


def _names_missing(view: View, low: str, bare: str) -> bool:
    if not lacks(low) and not SEEKS.search(low):
        return False
    telling = frozenset(content_stems(" ".join((view.check["names"], *view.check["missing"], view.question)))) - GENERAL
    return bool(content(bare) & telling)
