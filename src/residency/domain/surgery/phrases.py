"""Lines that a CLINICAL answer may end in. They ask for a check and state no medical fact of their own.

Reviewed 2026-11; not for clinical use. Training draws from ``CHECKS``.
"""

from __future__ import annotations

import random
import re

ANY: tuple[str, ...] = (
    "make sure that the diagnosis is secure and that your unit's protocol agrees.",
    "discuss with the responsible senior and record the reasons in the notes.",
    "read the local guideline, and ask a senior if the patient does not fit it.",
    "make sure that this holds for the patient in front of you, and ask a senior where you doubt it.",
)
BEDSIDE: tuple[str, ...] = (
    "examine the patient again and make sure that this fits the whole picture.",
    "check the observations now, and call for senior help if they are getting worse.",
    "look for signs of deterioration, and escalate early if there are any.",
)
MEDICINES: tuple[str, ...] = (
    "check allergies, current medicines and renal function, and confirm the plan with a senior.",
    "confirm the history, allergies and medicines, and follow your local protocol.",
    "verify doses, allergies and pregnancy status where they matter.",
    "check what has been given already and when, and whether anything speaks against it.",
)
OPERATIONS: tuple[str, ...] = (
    "confirm identity, side and consent, and check the latest results.",
    "weigh comorbidity, anticoagulants and the patient's wishes.",
)
CHECKS: tuple[str, ...] = (*ANY, *BEDSIDE, *MEDICINES, *OPERATIONS)

_ACUTE = re.compile(
    r"\b(?:sepsis|septic|shock\w*|h(?:a)?emorrhag\w+|bleed\w*|emergenc\w+|urgent\w*|immediate\w*|at once|without delay|"
    r"resuscitat\w+|isch(?:a)?em\w+|perforat\w+|peritonitis|strangulat\w+|obstruct\w+|unstable|instability|deteriorat\w+|"
    r"leaks?|hypotens\w+|fever|hypox\w+|airway|collaps\w+|infected)\b",
    re.IGNORECASE,
)

_MEDICINE = re.compile(
    r"\b(?:mg|micrograms?|units?/kg|doses?|drugs?|antibiotics?|prophylaxis|antifungals?|analgesi[ac]|opioids?|insulin|"
    r"steroids?|inhibitors?|vaccin\w+|transfus\w+|anticoagula\w+|\w+(?:cillin|mycin|floxacin|azole|parin|arin|xaban|"
    r"gatran|olol|caine|sone|olone|pressin))\b",
    re.IGNORECASE,
)
_OPERATION = re.compile(
    r"\b(?:surg(?:ery|ical)|operat(?:ion|ive|ed)\w*|repair\w*|resect\w+|drainage|incision|anastomos\w+|mesh|theatre|"
    r"laparoscop\w+|\w+(?:ectomy|otomy|ostomy|plasty|pexy))\b",
    re.IGNORECASE,
)


def check_for(answer: str, rng: random.Random, urgent: bool = False) -> str:
    """A check that fits ``answer``: one of the bedside, of medicines or of operations only where it speaks of such
    things, and one of the bedside in any case where a patient is in danger (``urgent``).
    """
    if urgent:
        return rng.choice(BEDSIDE)
    fitting = list(ANY)
    if _ACUTE.search(answer):
        fitting += BEDSIDE
    if _MEDICINE.search(answer):
        fitting += MEDICINES
    if _OPERATION.search(answer):
        fitting += OPERATIONS
    return rng.choice(fitting)
