"""The dataset card, for what is published of the data and what is not."""

from __future__ import annotations

from residency.release.card import written
from residency.release.croissant import QUESTIONS
from residency.release.facts import Facts, Written

PEOPLE = {
    "patient_data": "Whether any of it comes from patients' records, and with whose consent or approval",
    "credit": "Whom its licences ask to be credited",
    "corrections": "Who corrects or withdraws rows, and how to ask",
}
"""What no record answers, by the name under which the recipe may say it (``release.statements``)."""


def dataset_card(facts: Facts) -> Written:
    """The card as Markdown with the hub's YAML head.

    Args:
        facts: of the run with its release record, marks on.
    """
    return written(facts, "data.md.j2", fields=QUESTIONS.fields, people=PEOPLE)
