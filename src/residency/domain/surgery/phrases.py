"""Lines that a CLINICAL answer may end in. They ask for a check and state no medical fact of their own.

Reviewed 2026-11; not for clinical use. Training draws from ``CHECKS``.
"""

from __future__ import annotations

import random
import re

ANY: tuple[str, ...] = (
    "examine the patient again and make sure that this fits the whole picture.",
    "make sure that the diagnosis is secure and that your unit's protocol agrees.",
    "check the observations now, and call for senior help if they are getting worse.",
    "discuss with the responsible senior and record the reasons in the notes.",
    "look for signs of deterioration, and escalate early if there are any.",
    "read the local guideline, and ask a senior if the patient does not fit it.",
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
CHECKS: tuple[str, ...] = (*ANY, *MEDICINES, *OPERATIONS)

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


def check_for(answer: str, rng: random.Random) -> str:
    """A check that fits ``answer``: one about medicines or about operations only where it speaks of them."""
    fitting = list(ANY)
    if _MEDICINE.search(answer):
        fitting += MEDICINES
    if _OPERATION.search(answer):
        fitting += OPERATIONS
    return rng.choice(fitting)
