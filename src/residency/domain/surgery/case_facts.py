"""What is known of a patient in a case: the kinds of facts, how a case states them, and how one asks for them.

Reviewed 2026-11; not for clinical use. No entry says what a value means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class FactKind:
    """One kind of fact.

    ``states`` finds it in a case, in lower case. ``value``, where there is one, finds its figure with its unit as the
    group ``value``, in text as written. ``asks`` are questions for it and ``held_out`` those for evaluation;
    ``asked_by`` finds any question for it, in lower case.
    """

    name: str
    label: str
    states: str
    asks: tuple[str, ...]
    held_out: tuple[str, ...]
    asked_by: str
    value: str = ""


_N = r"\d+(?:[.,]\d+)?"

FACT_KINDS: tuple[FactKind, ...] = (
    FactKind(
        "age",
        "age",
        r"\b\d+[- ]year-old\b",
        ("How old is the patient?", "What age is the patient?"),
        ("Could you tell me the age?",),
        r"\bage\b|how old",
        r"\b(?P<value>\d+)[- ]year-old\b",
    ),
    FactKind(
        "pulse",
        "pulse",
        r"\bpulse\b|\bheart rate\b|\bbeats/min|\btachycardi|\bbradycardi",
        ("What is the pulse?", "How fast is the pulse at the moment?", "What is the heart rate now?"),
        ("Could you tell me the pulse rate?", "What does the monitor give for heart rate?"),
        r"pulse|heart rate",
        rf"\b[Pp]ulse(?: rate)?(?: is| was| of|,)? (?P<value>{_N}(?:/min| beats/min(?:ute)?| a minute)?)",
    ),
    FactKind(
        "blood_pressure",
        "blood pressure",
        r"\bblood pressure\b|\bsystolic\b|\b\d+/\d+ ?mmhg\b|\bhypotens|\bhypertensive\b"
        r"|(?<!partial )\bpressure (?:is|of) \d",
        ("What is the blood pressure?", "How is the blood pressure holding up?", "What is the latest blood pressure?"),
        ("Could you give me the blood pressure?", "What was the last blood pressure reading?"),
        r"blood pressure|systolic|\bbp\b",
        r"\b[Bb]lood pressure(?: is| was| of|,)? (?P<value>\d+/\d+(?: ?mmHg)?)",
    ),
    FactKind(
        "temperature",
        "temperature",
        r"\btemperature\b|°c|\bfebrile\b|\bafebrile\b|\bfever\b|\brigors?\b",
        ("What is the temperature?", "Is there any fever?", "Has there been a fever, and how high?"),
        ("What did the thermometer show?", "Any pyrexia?"),
        r"temperature|fever|febrile|pyrexia|thermometer",
        rf"\b[Tt]emperature(?: is| was| of|,)? (?P<value>{_N} ?°C)",
    ),
    FactKind(
        "saturation",
        "oxygen saturation",
        r"\bsaturat|\bspo2\b|\bbreathless|\brespiratory rate\b",
        ("What is the oxygen saturation, and on how much oxygen?", "How is the breathing, and what is the saturation?"),
        ("What does the oximeter show?",),
        r"saturation|breathing|oximeter|respiratory",
        rf"\b[Ss]aturation(?: is| was| of|,)? (?P<value>{_N} ?(?:%|per cent))",
    ),
    FactKind(
        "stability",
        "whether the patient is stable",
        r"\b(?:un)?stable\b|\bhypotens|\bresuscitat|\bshock(?:ed)?\b|\bcollaps|\bcapillary refill",
        (
            "Is the patient stable?",
            "How stable is the patient at this moment?",
            "What is the state of the circulation?",
        ),
        ("Is there any haemodynamic compromise?",),
        r"stable|circulation|haemodynamic|shock",
    ),
    FactKind(
        "lactate",
        "lactate",
        r"\blactate\b",
        ("What is the lactate?", "Do you have a lactate?"),
        ("What did the gas show for lactate?",),
        r"lactate|blood gas",
        rf"\b[Ll]actate(?: is| was| of|,)? (?P<value>{_N}(?: mmol/(?:L|litre))?)",
    ),
    FactKind(
        "blood_gas",
        "blood gas",
        r"\bp[oc]o?2\b|\bbase (?:excess|deficit)\b|\bph (?:is |of |was )?[67]\.\d",
        ("What does the blood gas show?", "Has a blood gas been taken, and what did it show?"),
        ("What did the gas machine give?",),
        r"\bgas\b",
    ),
    FactKind(
        "hormones",
        "hormone tests",
        r"\bdexamethasone suppression\b|\bmetanephrines?\b|\bcortisol\b|\baldosterone\b|\bparathyroid hormone\b|\bpth\b"
        r"|\btsh\b|\bthyroid function\b",
        ("What do the hormone tests show?", "Have hormone tests been done, and with what result?"),
        ("What did the endocrine tests give?",),
        r"hormone|endocrine",
    ),
    FactKind(
        "white_count",
        "white cell count",
        r"\bwhite (?:blood )?cell|\bwhite count|\bwcc\b|\bneutrophil",
        ("What is the white cell count?", "What does the full blood count show?"),
        ("Is the white count raised?",),
        r"white c|blood count|blood (?:tests|results)",
        rf"\b[Ww]hite cell count(?: is| was| of|,)? (?P<value>{_N}(?: x 10\^9/(?:L|litre))?)",
    ),
    FactKind(
        "haemoglobin",
        "haemoglobin",
        r"\bha?emoglobin\b|\bana?emi",
        ("What is the haemoglobin?", "Do you have a haemoglobin?"),
        ("How low is the haemoglobin?",),
        r"haemoglobin|blood count|blood (?:tests|results)",
        rf"\b[Hh]aemoglobin(?: is| was| of|,)? (?P<value>{_N} ?g/(?:L|dL|litre))",
    ),
    FactKind(
        "platelets",
        "platelet count",
        r"\bplatelet",
        ("What is the platelet count?", "How many platelets are there, and what were they before?"),
        ("What are the platelets doing?",),
        r"platelet",
    ),
    FactKind(
        "crp",
        "C-reactive protein",
        r"\bc-reactive\b|\bcrp\b",
        ("What is the C-reactive protein?", "How high is the CRP?"),
        ("What has the CRP done?",),
        r"c-reactive|crp|inflammat",
        rf"\b(?:C-reactive protein|CRP)(?: is| was| of|,)? (?P<value>{_N}(?: mg/(?:L|litre))?)",
    ),
    FactKind(
        "renal",
        "kidney function",
        r"\bcreatinine\b|\begfr\b|\brenal function|\bkidney (?:function|injury|disease)",
        ("How is the kidney function?", "What are the creatinine and the estimated filtration rate?"),
        ("How well do the kidneys work?",),
        r"kidney|renal|creatinine|egfr|filtration",
        rf"\b[Cc]reatinine(?: is| was| of|,)? (?P<value>{_N} (?:micromol|µmol)/(?:L|litre))",
    ),
    FactKind(
        "potassium",
        "potassium",
        r"\bpotassium\b|\bhypo?kala|\bhyperkala",
        ("What is the potassium?", "What do the electrolytes show, potassium above all?"),
        ("What is the potassium running at?",),
        r"potassium|electrolyte",
        rf"\b[Pp]otassium(?: is| was| of|,)? (?P<value>{_N} mmol/(?:L|litre))",
    ),
    FactKind(
        "sodium",
        "sodium",
        r"(?<!urine )\bsodium (?:is|of|was|\d)|\bhyponatr|\bhypernatr",
        ("What is the sodium?", "What do the electrolytes show, sodium above all?"),
        ("What is the sodium running at?",),
        r"sodium|electrolyte",
        rf"\b[Ss]odium(?: is| was| of|,)? (?P<value>{_N} mmol/(?:L|litre))",
    ),
    FactKind(
        "calcium",
        "calcium",
        r"\bcalcium\b",
        ("What is the adjusted calcium?", "Do you have a calcium result?"),
        ("What is the calcium running at?",),
        r"calcium",
        rf"\b[Cc]alcium(?: is| was| of|,)? (?P<value>{_N} mmol/(?:L|litre))",
    ),
    FactKind(
        "inr",
        "INR",
        r"\binr\b|\bclotting\b|\bcoagul",
        ("What is the INR?", "How is the clotting?"),
        ("What is the INR running at?",),
        r"\binr\b|clotting|coagulation",
        rf"\bINR(?: is| was| of|,)? (?P<value>{_N})",
    ),
    FactKind(
        "pregnancy",
        "pregnancy status",
        r"\bpregnan|\bgestation|\bhcg\b",
        ("Could the patient be pregnant?", "Has a pregnancy test been done, and with what result?"),
        ("Is pregnancy excluded?",),
        r"pregnan|hcg",
    ),
    FactKind(
        "imaging",
        "imaging",
        r"\bct\b|\bmri\b|\bmrcp\b|\bultrasound|\bradiograph|\bx-?ray|\bscan|\bimaging\b|\bmammogra|\bdoppler\b"
        r"|\bangiogra|"
        r"\bplain film|\bcontrast study|\bduct is dilated",
        ("Has there been any imaging, and what did it show?", "What did the imaging show?", "What does the scan say?"),
        ("Are there pictures yet, and what is on them?",),
        r"imag|scan|\bct\b|ultrasound|x-ray|radiograph|pictures",
    ),
    FactKind(
        "endoscopy",
        "endoscopy",
        r"\bendoscop|\bsigmoidoscop|\bcolonoscop|\bgastroscop",
        ("What did the endoscopy show?", "Has anyone looked with an endoscope, and what was seen?"),
        ("What was found at endoscopy?",),
        r"endoscop|scope",
    ),
    FactKind(
        "pathology",
        "biopsy or specimen",
        r"\bbiops|\bspecimen|\bcytolog|\bhistolog|\bnodes?\b",
        ("What did the biopsy or the specimen show?", "Is there any pathology, and what does it say?"),
        ("What has the pathologist reported?",),
        r"biops|specimen|patholog|histolog",
    ),
    FactKind(
        "medicines",
        "current medicines",
        r"\btak(?:es|ing) |\bon (?:an? "
        r")?(?:warfarin|antipsychotic|apixaban|rivaroxaban|dabigatran|aspirin|clopidogrel|steroids|prednisolone)|"
        r"\bmedicines?\b|\bdrugs?\b|\blong-term \w+",
        (
            "Which medicines does the patient take?",
            "Is the patient on any regular medicines?",
            "What drugs are being taken?",
        ),
        ("What is on the drug chart?", "Could you list the regular medication?"),
        r"medicine|medication|drug",
    ),
    FactKind(
        "allergies",
        "allergies",
        r"\ballerg|\banaphyla",
        ("Are there any allergies?", "Is the patient allergic to anything?"),
        ("What about allergies?",),
        r"allerg",
    ),
    FactKind(
        "weight",
        "weight",
        r"\b\d+(?:\.\d+)? ?kg\b|\bweigh|\bbody mass index",
        ("What does the patient weigh?", "How heavy is the patient?"),
        ("Could you give me the weight?",),
        r"weigh|heavy|\bkg\b",
        r"\bweigh(?:ing|s) (?P<value>\d+(?:\.\d+)? ?kg)",
    ),
    FactKind(
        "output",
        "fluid losses and urine output",
        r"\burine (?:an hour|output)|\bml of urine|\blitres a day|\bdrain(?:ed|s)? \d|\bpasses "
        r"\d|\boliguri|\bcatheter\b",
        ("What is the urine output, and what else is being lost?", "How much comes out: urine, stoma, drains?"),
        ("What is on the fluid chart?",),
        r"urine|output|losing|lost|comes out|fluid chart",
    ),
    FactKind(
        "examination",
        "findings on examination",
        r"\babdomen (?:is|was)|\btender|\btense\b|\bstretching\b|\brigid|\bguarding|\bperiton|\blump\b"
        r"|\bswollen\b|\bswelling\b|\bpulses "
        r"(?:is|are)"
        r"|\bpalpa|\breducible|\bcough impulse|\bdistended\b|\bsoft\b|\bskin is\b|\bnumbness|\bis weak\b|\bsensation",
        (
            "What do you find on examination?",
            "What did the examination show?",
            "What does the patient look like on examination?",
        ),
        ("What are the physical signs?",),
        r"examin|physical sign|look like|find on",
    ),
    FactKind(
        "symptoms",
        "symptoms",
        r"\bno symptoms\b|\bpain\b|\bvomit|\bjaundice\b|\bconfus|\bdysphagia\b|\bthirsty\b|\beating\b|\bbleeding\b",
        ("What are the symptoms at present?", "How does the patient feel, and what are the complaints?"),
        ("What is the patient complaining of?",),
        r"symptom|complain|feel",
    ),
    FactKind(
        "history",
        "the past history",
        r"\byears ago\b|\bmonths ago\b|\bweeks ago\b|\bprevious|\bhistory of\b|\bdiabet|\bsmok|\bnever had\b|"
        r"\batrial fibrillation\b|\bheart failure\b|\bmother has\b|\bhas had\b",
        ("Is there any past history that matters here?", "What is the past medical history?"),
        ("What else is in the notes about the past?",),
        r"history|past|notes",
    ),
    FactKind(
        "treatment",
        "treatment so far",
        r"\bhas been (?:given|drained|resuscitated|started|excluded)|\bhave been (?:given|excluded)|\bhave begun\b|"
        r"\bhas begun\b|\bbegun\b|\bwere given\b|\bafter (?:initial )?(?:fluid|resuscitation)",
        ("What has been done so far?", "Which treatment has been given already, and what was excluded?"),
        ("What has been started up to now?",),
        r"done so far|treatment|given already|started|excluded",
    ),
)
BY_NAME = {kind.name: kind for kind in FACT_KINDS}

NOT_SAID_FIRST: tuple[str, ...] = ("allergies", "medicines", "renal", "history", "pregnancy", "stability", "weight")
"""The kinds whose absence from a case is worth naming before anyone acts; pregnancy only where it is possible,
stability only of the acutely ill, and weight only where doses go by it."""

_STATES = tuple((kind, re.compile(kind.states)) for kind in FACT_KINDS)
_VALUES = tuple((kind, re.compile(kind.value)) for kind in FACT_KINDS if kind.value)
_ACUTE = re.compile(
    r"\b(?:pain|bleed\w*|fever|rigors?|vomit\w*|shock\w*|collaps\w*|sepsis|septic|injur\w*|fall|fell"
    r"|crash\w*|stab\w*|trauma\w*|"
    r"fracture\w*|perforat\w*|obstruct\w*|peritonitis|pancreatitis|confus\w*|leak\w*|burns?|emergency"
    r"|h(?:a)?emorrhag\w*)\b"
)
_BY_WEIGHT = re.compile(
    r"\b(?:child|boy|girl|baby|infant|toddler|newborn|neonate|burns?|scald\w*|heparin|enoxaparin"
    r"|gentamicin|vancomycin|lidocaine|"
    r"bupivacaine|malnourish\w*|obes\w+|bariatric|fluids?|maintenance)\b"
)
_CHILDBEARING = re.compile(r"\b(1[2-9]|[2-4]\d|5[0-4])-year-old (?:\w+ )?(?:woman|girl)\b")


def kinds_stated(text: str) -> list[FactKind]:
    """The kinds of facts that a text states, in the table's order."""
    low = text.lower()
    return [kind for kind, pattern in _STATES if pattern.search(low)]


def values_stated(text: str) -> list[tuple[FactKind, re.Match[str]]]:
    """The figures that a text gives, each with its kind; the match's group ``value`` is the figure with its unit."""
    return [(kind, match) for kind, pattern in _VALUES for match in [pattern.search(text)] if match]


def not_said(text: str) -> list[FactKind]:
    """The kinds of :data:`NOT_SAID_FIRST` that a case leaves open."""
    stated, low = {kind.name for kind in kinds_stated(text)}, text.lower()
    only_if = {"pregnancy": _CHILDBEARING, "stability": _ACUTE, "weight": _BY_WEIGHT}
    names = [
        name
        for name in NOT_SAID_FIRST
        if name not in stated and (name not in only_if or only_if[name].search(low) is not None)
    ]
    return [BY_NAME[name] for name in names]
