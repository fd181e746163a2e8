"""Behaviours: pairs in which one side does what the conversation asks for and the other does not.

Train rows go in; pairs whose rejected side a verifier of the kit finds wrong for the stated reason come out, and for
each that could not be made the reason. What has two directions is made in both, from the same texts, so that nothing in
an answer's wording tells the better side without its prompt.
"""

from __future__ import annotations

from residency.preference.behaviours.abstention import abstention
from residency.preference.behaviours.asking import asking
from residency.preference.behaviours.caution import caution
from residency.preference.behaviours.citation import citation, unsupported
from residency.preference.behaviours.correction import correction
from residency.preference.behaviours.escalation import escalation
from residency.preference.behaviours.making import Draw, Maker
from residency.preference.behaviours.mode import mode
from residency.preference.behaviours.option import option
from residency.preference.behaviours.refusal import refusal

BEHAVIOURS: dict[str, Maker] = {
    "option": option,
    "caution": caution,
    "citation": citation,
    "unsupported": unsupported,
    "abstention": abstention,
    "asking": asking,
    "correction": correction,
    "escalation": escalation,
    "refusal": refusal,
    "mode": mode,
}

__all__ = ["BEHAVIOURS", "Draw", "Maker"]
