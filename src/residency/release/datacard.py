"""The dataset card, for what is published of the data and what is not."""

from __future__ import annotations

from residency.release.card import written
from residency.release.croissant import QUESTIONS
from residency.release.facts import Facts, Written


def dataset_card(facts: Facts) -> Written:
    """The card as Markdown with the hub's YAML head.

    Args:
        facts: of the run with its release record, marks on.
    """
    return written(facts, "data.md.j2", fields=QUESTIONS.fields)
