"""Lines that a CLINICAL answer may end in. They ask for a check and state no medical fact of their own.

Reviewed 2026-11; not for clinical use. Training draws from ``CHECKS``.
"""

CHECKS: tuple[str, ...] = (
    "check allergies, current medicines and renal function, and confirm the plan with a senior.",
    "examine the patient again and make sure that this fits the whole picture.",
    "confirm the history, allergies and medicines, and follow your local protocol.",
    "check the observations now, and call for senior help if they are getting worse.",
    "make sure that the diagnosis is secure and that your unit's protocol agrees.",
    "verify doses, allergies and pregnancy status where they matter.",
    "discuss with the responsible senior and record the reasons in the notes.",
    "look for signs of deterioration, and escalate early if there are any.",
    "confirm identity, side and consent, and check the latest results.",
    "weigh comorbidity, anticoagulants and the patient's wishes.",
    "check what has been given already and when, and whether anything speaks against it.",
    "read the local guideline, and ask a senior if the patient does not fit it.",
)
