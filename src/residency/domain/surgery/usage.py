"""The same term in another country's usage or spelling, by which a search may miss what the texts call otherwise.

Reviewed 2026-11; not for clinical use.
"""

from __future__ import annotations

import re

TERMS: dict[str, str] = {
    "adrenaline": "epinephrine",
    "noradrenaline": "norepinephrine",
    "paracetamol": "acetaminophen",
    "pethidine": "meperidine",
    "salbutamol": "albuterol",
    "glyceryl trinitrate": "nitroglycerin",
    "frusemide": "furosemide",
    "appendicectomy": "appendectomy",
    "theatre": "operating room",
    "ultrasound": "sonography",
    "x-ray": "radiograph",
    "plain film": "radiograph",
    "swab": "sponge",
    "haemorrhoids": "piles",
    "day surgery": "ambulatory surgery",
    "drip": "infusion",
    "transient ischaemic attack": "TIA",
    "myocardial infarction": "heart attack",
    "pulmonary embolism": "lung embolus",
    "tetanus": "lockjaw",
    "shingles": "herpes zoster",
    "bedsore": "pressure ulcer",
    "squint": "strabismus",
}
"""Another usage, by the term that British texts use."""
SPELLED: tuple[tuple[str, str], ...] = (
    ("haem", "hem"),
    ("aemia", "emia"),
    ("aemic", "emic"),
    ("oesoph", "esoph"),
    ("oedema", "edema"),
    ("paed", "ped"),
    ("anaes", "anes"),
    ("caec", "cec"),
    ("faec", "fec"),
    ("rrhoea", "rrhea"),
    ("tumour", "tumor"),
    ("leuco", "leuko"),
    ("fibre", "fiber"),
    ("litre", "liter"),
)
"""Pieces of words in British spelling, and in American."""


def other_usage(text: str) -> tuple[str, str, str] | None:
    """The text with one term in another usage, that usage, and the term; None where it has no such term."""
    for term, said in sorted(TERMS.items(), key=lambda entry: -len(entry[0])):
        if found := re.search(rf"(?<![\w-]){re.escape(term)}(?![\w-])", text, re.IGNORECASE):
            return text[: found.start()] + said + text[found.end() :], said, found[0]
    for british, american in SPELLED:
        if found := re.search(rf"[\w-]*{british}[\w-]*", text, re.IGNORECASE):
            word = re.sub(british, american, found[0], flags=re.IGNORECASE)
            return text[: found.start()] + word + text[found.end() :], word, found[0]
    return None
