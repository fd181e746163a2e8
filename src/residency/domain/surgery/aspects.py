"""What a question asks for and what a sentence tells, by kind: the dose, the timing, the investigation, ...

A name says what kind of thing is missing without giving it away. The order is that in which a question is read: the
more telling kinds come first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_I = re.IGNORECASE
_UNIT = r"(?:mg|g|micrograms?|mcg|units?|mL|ml|mmol|MBq|mL/kg|mg/kg)"


@dataclass(frozen=True, slots=True)
class Aspect:
    """A kind of thing that can be asked for: its name in words, what asks for it, and what tells it. ``acts``: a
    question about what to do asks for it too, though it does not say so."""

    name: str
    asks: re.Pattern[str]
    tells: re.Pattern[str]
    acts: bool = False


def _aspect(name: str, asks: str, tells: str, acts: bool = False) -> Aspect:
    return Aspect(name, re.compile(rf"\b(?:{asks})\b", _I), re.compile(rf"\b(?:{tells})", _I), acts)


ASPECTS: tuple[Aspect, ...] = (
    _aspect(
        "the things to avoid",
        r"avoid\w*|contraindicat\w*|not be (?:used|given|done)|unsafe|stay off|mistakes?",
        r"(?:is|are|be) avoided\b|avoid\b|never\b|contraindicat\w*|(?:must|should) not\b|(?:is|"
        r"are) not (?:given|used)\b",
    ),
    _aspect(
        "the dose",
        r"doses?|dosage|how much|what volume|how many (?:mg|units|millilitres|ml)",
        rf"\d[\d.,-]*(?: (?:to|or) \d[\d.,]*)? ?{_UNIT}\b",
    ),
    _aspect(
        "the rate",
        r"how fast|(?:what|which|maximum) rate",
        rf"\d+ ?{_UNIT}(?:/kg)?(?:/h\w*| an hour|/min\w*| a minute)",
    ),
    _aspect(
        "the duration",
        r"how long\b(?! (?:after|before))|for how (?:long|many (?:days|weeks|months))|duration|how many (?:days|"
        r"weeks|months)",
        r"(?:for|lasts?|continu\w+|course)\b[^.;]{0,50}?\b(?:\w+|\d+)(?:[- ]to[- ]\w+|-\d+)? (?:hours|days?|"
        r"weeks?|months?|years?)\b",
    ),
    _aspect(
        "the timing",
        r"when|how (?:soon|quickly|early|urgent\w*|late)|how long (?:after|before)|at what (?:age|time|point)|"
        r"by what age|timing",
        r"within\b[^.;]{0,30}?\b(?:minutes?|hours?|days?|weeks?|months?)\b|(?:at|after|before|by|"
        r"until) (?:about |around )?"
        r"(?:\w+|\d+)(?:[- ](?:to|or)[- ]\w+|-\d+)? (?:minutes?|hours?|days?|weeks?|months?)\b|immediately\b|"
        r"at once\b|"
        r"straight ?away\b|without delay\b|as (?:soon|early) as\b|days? (?:\d+|one|two|three|five)\b|"
        r"(?:before|after) (?:the )?(?:incision|surgery|operation|induction|wound closure)\b",
    ),
    _aspect(
        "the frequency",
        r"how (?:often|common\w*|frequent\w*|likely|many (?:people|patients|babies|children|women|men))|"
        r"incidence|prevalence|"
        r"(?:share|proportion|percentage) of",
        r"\d ?%|per cent\b|one in\b|in \d[\d,]*\b|rare(?:ly)?\b|common\w*\b|about half\b|incidence\b|prevalence\b",
    ),
    _aspect(
        "the threshold",
        r"(?:what|which|above|below) (?:\w+ ){0,4}(?:level|value|threshold|cut-off|limit|target|output|pressure|"
        r"size|score|"
        r"haemoglobin|temperature)s?|how (?:large|big|high|low|wide)",
        r"(?:above|below|under|over|at least|up to|less than|more than|between|exceeds?) \d|\d+ (?:or more|"
        r"or less)\b|[<>≥≤]",
    ),
    _aspect(
        "the follow-up",
        r"follow[- ]?up|surveillance|what follows|(?:what )?(?:comes|happens) (?:next|afterwards)",
        r"follow[- ]?up\b|repeated (?:at|after|in)\b|surveillance\b|reviewed\b|(?:again|looked at) (?:at|"
        r"within)\b|interval\b",
    ),
    _aspect(
        "the investigation",
        r"scan(?:s|ned)?|tests?|tested|imag(?:ing|ed)|investigat\w+|diagnos\w+|confirm\w*|examin\w+|samples?|"
        r"measured|monitored|"
        r"checked|biops\w+|detect\w*",
        r"(?:CT|MRI|MRCP|EUS|PET)\b|ultraso\w+|radiograph\w*|x-rays?\b|endoscop\w+|colonoscop\w+|biops\w+|"
        r"angiogra\w+|cultures?\b|"
        r"manometry\b|scans?\b|imaging\b|tests?\b|mammogra\w+|(?:is|are) measured\b|(?:is|are) checked\b|diagnos\w+",
    ),
    _aspect(
        "the surgical treatment",
        r"operat(?:ion|ions|ed on|ive\w*)|surg(?:ery|ical\w*)|repair\w*|incision|procedure",
        r"operat\w+|surg(?:ery|ical\w*)\b|\w+ectomy\b|\w+ostomy\b|\w+otomy\b|\w+plasty\b|\w+pexy\b|"
        r"laparoscop\w+|repair\w*|resect\w+|mesh\b|"
        r"stoma\b|anastomos\w+|drain(?:ed|age)\b|transplant\w*|shunt\w*|tubes?\b|cryosurg\w+",
        acts=True,
    ),
    _aspect(
        "the drug treatment",
        r"drugs?|antibiotics?|medic(?:al|ines?|ation)|prescri\w+|regimen|fluids?|prophyla\w+|antifungals?|"
        r"vaccin\w+|analges\w+",
        r"antibiotics?\b|drugs?\b|intraven\w+|oral\w*\b|heparin\w*|vancomycin\b|\w*steroids?\b|pills?\b|"
        r"tablets?\b|injections?\b|agents?\b|anti\w+s\b|enzyme replacement\b|\w+(?:cillin|mycin|azole|floxacin|parin|"
        r"xaban|sone|olone|olol|caine)\b|fluids?\b|saline\b|crystalloids?\b|analges\w+|opioids?\b|insulin\b|"
        r"vitamin\b|inhibitors?\b|"
        r"chemotherapy\b|medic\w+|vaccin\w+|immunoglobulin\b|potassium\b",
        acts=True,
    ),
    _aspect(
        "the reason",
        r"why|reasons?|explain\w*|what (?:purpose|harm|evidence)",
        r"because\b|so that\b|therefore\b|since\b|due to\b|reason\b|(?:can|may) (?:cause|harm|hide|mask)\b|risks?\b",
    ),
    _aspect(
        "the cause",
        r"caus\w+|explains?|to blame|organisms?|aetiology|lies? behind|underl\w+|genes?|genetic\w*",
        r"caus\w+|due to\b|result\w* from\b|mutations?\b|genes?\b|underl\w+|because\b|organisms?\b",
    ),
    _aspect(
        "the inheritance",
        r"inherit\w*|runs? in families",
        r"inherit\w*|autosomal\b|recessive\b|dominant\b|x-linked\b",
    ),
    _aspect(
        "the signs and symptoms",
        r"signs?|symptoms?|features?|findings?|clues?|present(?:s|ation)?|recogni\w+|look like",
        r"signs?\b|symptoms?\b|pain\w*\b|fever\b|tender\w*|swelling\b|present\w*\b|vomit\w*|features?\b|"
        r"findings?\b|characteri[sz]ed\b",
    ),
    _aspect(
        "the outlook",
        r"outlook|prognosis|surviv\w+|mortality",
        r"outlook\b|prognosis\b|surviv\w+|mortality\b|life expect\w+",
    ),
    _aspect(
        "the risk factors",
        r"at risk|risk factors?|who gets|more likely to",
        r"risk factors?\b|risk (?:is|increases|of)\b|(?:raises?|increases?) (?:the |your |his |her )?risk\b|"
        r"more (?:likely|common)\b",
    ),
    _aspect(
        "the complications",
        r"complicat\w+|harms?|dangers?|fear(?:ed)?|worr(?:y|ies)",
        r"complicat\w+|risks?\b|mortality\b|danger\w*\b|harms?\b|die\b|deaths?\b|fatal\b|recur\w*\b",
    ),
    _aspect(
        "the treatment",
        r"treat\w*|manag\w+|handled?|dealt with|therap\w+|stopped|what now|(?:be|is) (?:done|offered|given)|"
        r"steps?|options?",
        r"treat\w*|manag\w+|therap\w+|(?:is|are) (?:given|started|used|offered)\b|needs?\b|surgery\b|antibiotics?\b",
    ),
)
_ACTS = re.compile(
    r"\b(?:treat\w*|manag\w+|handled?|dealt with|what now|what (?:should|must) .{0,30}\bdo\b|be done|outline)\b", _I
)


@lru_cache(maxsize=4096)
def asked(question: str) -> tuple[Aspect, ...]:
    """The kinds that a question asks for by name, in the table's order."""
    return tuple(aspect for aspect in ASPECTS if aspect.asks.search(question))


@lru_cache(maxsize=16384)
def told(sentence: str) -> tuple[Aspect, ...]:
    """The kinds that a sentence tells."""
    return tuple(aspect for aspect in ASPECTS if aspect.tells.search(sentence))


def asks_what_to_do(question: str) -> bool:
    """Whether a question is about what is done, so that it asks for the drugs and the operation as well."""
    return bool(_ACTS.search(question))
