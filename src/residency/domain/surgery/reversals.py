"""Words that turn a statement round, for advice and for what is found: each row is read both ways.

Reviewed 2026-11; not for clinical use. Words of :mod:`residency.domain.surgery.opposites` stand here only in the places
where their opposite makes an error and no nonsense.
"""

from __future__ import annotations

DONE = (
    "recommended|given|used|offered|removed|drained|repaired|started|stopped|continued|delayed|repeated|performed|done|"
    "excised|avoided|left|closed|explored|transfused|bridged|prescribed|placed|needed|required|advised|"
    "indicated|treated|"
    "considered|referred|screened|tested|vaccinated|admitted|sent|monitored|checked|measured|operated|taken|excluded|"
    "suspected|intubated|biopsied|watched|clipped|injected|fitted|changed|forgotten|called|eaten|"
    "resuscitated|cooled|covered"
)

ADVICE: tuple[tuple[str, str], ...] = (
    (
        rf"should (?=(?:\w+ly )?be (?:{DONE})\b|have\b|receive\b|undergo\b|wait\b|take\b|be followed\b|see\b|avoid\b)",
        "should not ",
    ),
    (r"should not ", "should "),
    (rf"must (?=(?:\w+ly )?be (?:{DONE})\b|have\b|wait\b)", "must not "),
    (r"must not ", "must "),
    (
        (
            r"(?:is|are) (?=(?:usually |routinely |strongly )?(?:recommended|advised|indicated|needed|required|"
            r"necessary|preferred)\b)"
        ),
        "{0}not ",
    ),
    (
        (
            r"(?:is|are) not (?=(?:usually |routinely )?(?:recommended|advised|indicated|needed|required|"
            r"necessary|given|used|excluded)\b)"
        ),
        "{be} ",
    ),
    (r"(?<=\bis )indicated\b", "contraindicated"),
    (r"(?<=\bis )contraindicated\b", "indicated"),
    (r"(?<=\bare )indicated\b", "contraindicated"),
    (r"(?<=\bare )contraindicated\b", "indicated"),
    (r"is (?=safe\b)", "is not "),
    (r"(?<=\bis )unsafe\b", "safe"),
    (r"is avoided\b", "is advised"),
    (r"are avoided\b", "are advised"),
    (r"is advised\b(?! to)", "is avoided"),
    (r"do not (?=(?:take|use|give|stop|start|drink|eat|share|delay|wait|drive|let)\b)", "do "),
    (
        (
            r"does not (?=(?:exclude|rule out|replace|protect|treat|prevent|lower|raise|contraindicate|need|mean|"
            r"show|cause|cure|affect)\b)"
        ),
        "does ",
    ),
    (
        (
            r"do not (?=(?:exclude|rule out|replace|protect|treat|prevent|lower|raise|contraindicate|need|mean|"
            r"show|cause|cure|affect)\b)"
        ),
        "do ",
    ),
)
"""Advice and its reverse: what is put for ``{be}`` is the verb that was there."""

COURSE: tuple[tuple[str, str], ...] = (
    ("increases", "decreases"),
    ("increased", "decreased"),
    ("increase", "decrease"),
    ("increasing", "decreasing"),
    ("raises", "lowers"),
    ("raise", "lower"),
    ("raised", "reduced"),
    ("higher", "lower"),
    ("high", "low"),
    ("more likely", "less likely"),
    ("more common", "less common"),
    ("more often", "less often"),
    ("improves", "worsens"),
    ("improve", "worsen"),
    ("elevated", "reduced"),
    ("greater", "smaller"),
    ("hyperkalaemia", "hypokalaemia"),
    ("hypercalcaemia", "hypocalcaemia"),
    ("hypernatraemia", "hyponatraemia"),
    ("hyperglycaemia", "hypoglycaemia"),
    ("hypercalcemia", "hypocalcemia"),
    ("hyperglycemia", "hypoglycemia"),
    ("hyperthyroidism", "hypothyroidism"),
    ("hypertension", "hypotension"),
    ("tachycardia", "bradycardia"),
    ("alkalosis", "acidosis"),
    ("benign", "malignant"),
    ("common", "rare"),
    ("reducible", "irreducible"),
    ("positive", "negative"),
    ("stable", "unstable"),
    ("too much", "too little"),
    ("absorbable", "non-absorbable"),
    ("weight gain", "weight loss"),
    ("vasoconstriction", "vasodilatation"),
    ("above", "below"),
    ("more than", "less than"),
    ("at least", "at most"),
    ("over", "under"),
)
"""Words of how much there is of something or how it goes; read from left to right and from right to left."""

NEEDS = {
    "high": r"(?= (?:risk|blood|levels?|fever|pressure|glucose|sugar|cholesterol|calcium|potassium|output|"
    r"mortality|dose|"
    r"calorie|salt|suspicion|white|concentration|grade|velocity)\b)",
    "low": r"(?= (?:risk|blood|levels?|pressure|glucose|sugar|cholesterol|calcium|potassium|output|mortality|sodium|"
    r"magnesium|platelet|salt|oxygen|suspicion|concentration|grade|birth)\b)",
    "higher": r"(?= (?:risk|levels?|rate|than|blood|mortality|chance|incidence|pressure|dose)\b)",
    "lower": (
        r"(?<!to lower)(?<!can lower)(?<!may lower)(?<!and lower)(?<!will lower)(?<!help lower)(?= (?:risk|"
        r"levels?|rate|than|mortality|chance|incidence|blood|cholesterol)\b)"
    ),
    "greater": r"(?= (?:risk|than|chance)\b)",
    "smaller": r"(?= (?:risk|than|chance)\b)",
    "raise": r"(?= (?:the |your |blood |suspicion)+)",
    "raises": r"(?= (?:the |your |suspicion)+)",
    "lowers": r"(?= (?:the |your )+)",
    "more often": r"(?<!the more often)",
    "less often": r"(?<!the less often)",
    "more likely": r"(?<!the more likely)",
    "raised": (
        r"(?= (?:(?!and\b)\w+ ){0,2}(?:level|pressure|lactate|count|creatinine|risk|temperature|white|bilirubin|"
        r"calcium|amylase|prolactin|hormone|cell)\b)"
    ),
    "elevated": r"(?= (?:\w+ ){0,2}(?:levels?|pressure|risk|bilirubin|calcium|blood)\b)",
    "reduced": r"(?= (?:levels?|risk|blood)\b)",
    "common": r"(?:(?<=\bis common)|(?<=\bare common))(?! to| in men and| for)",
    "rare": r"(?<=\bis rare)(?! to)",
    "positive": r"(?= (?:FAST|test|culture|result|margin|predictive)\b)",
    "negative": r"(?= (?:FAST|test|culture|result|margin|predictive|pressure)\b)",
    "tachycardia": r"(?<!ventricular tachycardia)",
    "stable": r"(?= (?:patients?|child|adult|baby|man|woman)\b)",
    "unstable": r"(?= (?:patients?|child|adult|baby|man|woman)\b)",
    "above": r"(?= \d)",
    "below": r"(?= \d)",
    "over": r"(?= \d++(?! weeks| months| days| hours| minutes| years of| to\b| or\b))",
    "under": r"(?= \d++(?! weeks| months| days| hours| minutes| to\b))",
    "more than": r"(?= (?:\d|half|two|three|four|five|six))",
    "less than": r"(?= (?:\d|half|two|three|four|five|six))",
    "at least": r"(?= (?:\d|half|one|two|three|four|five|six))",
    "at most": r"(?= (?:\d|half|one|two|three|four|five|six))",
    "increase": (
        r"(?= (?:the |your |a \w+'s |in )?(?:risk|chance|likelihood|odds|amount|levels?|production|"
        r"pressure|blood|number|mortality|flow)\b)"
    ),
    "increases": (
        r"(?= (?:the |your |a \w+'s |in )?(?:risk|chance|likelihood|odds|amount|levels?|production|"
        r"pressure|blood|number|mortality|flow|loss|renal|exposure)\b)"
    ),
    "increased": (
        r"(?= (?:risk|chance|likelihood|odds|amounts?|levels?|production|pressure|blood|number|"
        r"intracranial|susceptibility|sensitivity)\b)"
    ),
    "decrease": r"(?= (?:the |your |in )?(?:risk|chance|likelihood|amount|levels?|production|pressure|blood|number)\b)",
    "decreases": (
        r"(?= (?:the |your |in )?(?:risk|chance|likelihood|amount|levels?|production|pressure|blood|"
        r"number)\b)"
    ),
    "decreased": r"(?= (?:risk|chance|amounts?|levels?|production|pressure|blood|number|function)\b)",
    "hypertension": r"(?<!portal hypertension)(?<!pulmonary hypertension)(?<!intracranial hypertension)",
    "benign": r"(?= (?:tumou?rs?|growths?|lesions?|polyps?|\(not|lump|nodule))",
    "malignant": r"(?= (?:tumou?rs?|growths?|lesions?|polyps?|\(can|lump|nodule))",
}
"""What must stand around a word for its opposite to be an error of the kind meant."""

REASONS = (
    r"\b(?:because|since|as it|so that|in order to|, so\b|so it|which (?:is|would|can|may) (?:harm|"
    r"worsen|delay)|to (?:prevent|avoid|reduce|protect))\b"
)
"""A statement that gives its reason: advice turned round would be spoken against in the same breath."""

OPEN = (
    r"\b(?:whether|if|stud(?:y|ies|ied)|trials?|unclear|unknown|controvers\w+|may not|some (?:people|patients|"
    r"experts|doctors)|"
    r"wrong\w*|would|would be|might not|depends?|ask (?:your|a)|neither|nor|myth|either|wonder|question\w*|not all|"
    r"rather than|compared?|as|unlike|whereas|while|speculate|suspect|research\w*|develop new|goals?|once)\b"
)
"""A statement that leaves open what it speaks of, or tells two things apart: turned round it might hold as well."""
