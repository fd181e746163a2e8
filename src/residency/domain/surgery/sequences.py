"""Things done of which the order matters, and the words by which a text says in which order they are done.

Reviewed 2026-11; not for clinical use.
"""

from __future__ import annotations

DEEDS = (
    r"surgery|operation|resections?|repair|imaging|CT|MRI|ultrasound|(?:sentinel node |needle |core )?biops(?:y|ies)|"
    r"chemotherapy|chemoradiotherapy|radiotherapy|(?:radiation|antibiotic|hormone|targeted|biologic|"
    r"consolidation|maintenance|"
    r"induction|intravenous|drug|laser|photodynamic) therapy|chemoradiation|antibiotics|(?:blood |"
    r"urine )?cultures?|resuscitation|"
    r"drainage|decompression|\w*scop(?:y|ies)|\w+ectom(?:y|ies)|\w+otom(?:y|ies)|\w+plast(?:y|ies)|\w+graphy|"
    r"intubation|"
    r"oxygenation|ventilation|transfusion|feeding|feeds?|glucose|thiamine|terlipressin|anaesthesia|anesthesia|incision|"
    r"closure|irrigation|aspiration|debridement|injection|infusion|consent|cystogram|urethrogram|detorsion|reduction|"
    r"catheterisation|catheterization|cannulation|embolisation|embolization|ablation|exploration|anticoagulation|"
    r"reperfusion|fasciotomy|ERCP|MRCP|transplant|transplantation|monitoring|bisphosphonates?|beta-?blockers?|"
    r"alpha-blockers?|vasodilators?|phenylephrine|immunotherapy|observation|rehydration|dialysis|staging|"
    r"premedication|reversal|heparin|warfarin|vaccination|steroids?|hydrocortisone|levothyroxine|dressing|cooling|"
    r"compressions|defibrillation|adrenaline|cleaning|assessment|examination|X-ray"
)
"""Heads of the names of things that are done or given."""

BOUND = (
    r"the|a|an|is|are|was|were|be|been|being|has|have|had|of|in|on|to|for|with|from|by|at|as|and|or|not|no|"
    r"that|which|who|"
    r"may|can|must|should|will|before|after|during|then|if|when|while|it|this|these|those|they|his|her|their|your|"
    r"you|he|she|more|most|needs?|treated|given|uses?|used|than|until|unless|such|include|includes|including|but|so|"
    r"because|without|into|under|within|first|following|follows|followed|months?|weeks?|days?|hours?|minutes?|years?|"
    r"any|some|all|get|have|having|undergo|undergoing|receive|called|by|needing|requires?|through|also|"
    r"usually|often|sometimes|soon|immediately|shortly|just|long|prior|there|only|delayed?|risks?|either|where|since"
)
"""Words that are no part of such a name."""

CANCER = (
    r"^(?:\w+ )?(?:surgery|chemotherapy|radiotherapy|radiation therapy|\w+ therapy|resection|observation|"
    r"combination chemotherapy|\w+ectomy|(?:\w+ )+vulvectomy|chemoradi\w+|immunotherapy)$"
)
"""Treatments of cancer, of which either may come first."""

UNFIT = (
    r"\b(?:or|with or without|may also|sometimes|either|whether|trials?|including|and/or|not|never|no|"
    r"alone|combined|different|some|depending|would|cannot|past|history|unless)\b"
)
"""Words of a statement in which the other order may be right as well, or in which the order is denied."""

DONE = r"given|done|performed|started|used|offered|needed|taken|carried out|planned|begun|tried|arranged|repeated|made"
"""Participles that fit any of the deeds."""

RANKS: tuple[tuple[str, str], ...] = (
    ("first-line", "second-line"),
    ("second-line", "first-line"),
    ("first-choice", "second-choice"),
    ("comes first", "comes last"),
    ("comes first", "follows"),
    ("comes last", "comes first"),
    ("come first", "come last"),
    ("come first", "follow"),
    ("come last", "come first"),
    ("goes first", "goes last"),
    ("first choice", "last resort"),
    ("last resort", "first choice"),
    ("begins with", "ends with"),
    ("begin with", "end with"),
    ("starts with", "ends with"),
    ("ends with", "begins with"),
)
"""Words of a step's place in the order, and of another place."""

STEPS = (
    r"steps?|tests?|treatments?|investigations?|imaging tests?|priority|measures?|thing|aim|drug|"
    r"line of treatment|scan|look|"
    r"approach|therapy|medicine|line|option|stage|task|dressing"
)
"""What is said to be the first or the last one."""

CLAUSE = (
    r"(?=(?:the |any |a |an |your |you )?(?:(?!(?:and|or|age|that|which|birth|giving|being|having|seeing|he|"
    r"she|they|it|who|with|of|from|contact)\b)[\w-]+ ){0,4}"
    r"(?:is|are|has|have|starts?|leaves?|begins?|enters?|eats?|go|goes|eat|use|take|drink|settles?|resolves?|falls)\b)"
)
"""What follows "before", "after" and "once" where they begin a clause in the present."""

PLACED = (
    r"given|done|treated|corrected|controlled|emptied|opened|started|offered|tried|secured|excluded|taken|cooled|"
    r"relieved|drained|resuscitated|stabilised|stabilized|approached|called|assessed|replaced|managed|removed|used|"
    r"applied|performed|needed|measured|repaired|cleaned|stopped|warmed|checked|repeated|sought|managed"
)
"""Participles of what is done "first" or "last"."""
