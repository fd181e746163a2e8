"""The words in which doses are written, as patterns: numbers, units, intervals, routes, and what speaks against a dose.

All are for text in lower case.
"""

from __future__ import annotations

import re

WORDS: dict[str, float] = {
    **{
        word: float(number)
        for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
    },
    "half a": 0.5,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "hundred": 100,
}
_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
_FIGURE = r"\d{1,3}(?:,\d{3})+(?!\d)(?:[.·]\d+)?|\d{1,3}[ \u00a0\u202f]000(?!\d)|\d+(?:[.·,]\d+)?|[.·]\d+"
_NUMBER = rf"(?:{_FIGURE}|\b(?:{_WORD})\b)"
_TO = r"\s*(?:-|–|—|to|or)\s*"

_UNITS = {
    "nanograms": r"nanograms?|ng",
    "micrograms": r"micro-?gram(?:me)?s?|mcgs?|[µμ]gs?|ug",
    "mg": r"milli-?gram(?:me)?s?|mgs?",
    "g": r"gram(?:me)?s?|gms?|g",
    "units": r"(?:international |usp )?units?|i\.?u\.?|mega-?units?|mu|u",
    "mmol": r"mmols?|millimoles?|meq",
    "ml": r"mls?|millilit(?:re|er)s?|cc",
    "MBq": r"[mg]bq|mci|millicuries?",
}
SIZES = {"million": 1e6, "thousand": 1e3, "mu": 1e6, "gbq": 1e3, "mci": 37.0, "millicurie": 37.0, "millicuries": 37.0}
"""What a written scale or unit multiplies an amount by, where the unit's name alone does not say it."""

_PER = {
    "kg": r"kg|kilo(?:gram(?:me)?)?s?",
    "min": r"min(?:ute)?s?",
    "h": r"h(?:ou)?rs?|h",
    "day": r"days?|d|24[ -]?h(?:ou)?rs?|24[ -]?h",
    "dose": r"dose",
}
_PER_ANY = "|".join(_PER.values())
_OVER = (
    rf"(?:\s*(?:/|\bper\s|\ban?\s|\beach\s|\bevery\s)\s*(?:{_PER_ANY})(?![\w²])"
    rf"|\s*[·.]?\s*(?:{_PER_ANY})\s?[-−⁻^]+[1¹])"
)
_FORM = r"(?:tablet|capsule|vial|ampoule|sachet|suppositor|pill)\w*"
AMOUNT = re.compile(
    rf"(?<![\w.,/·-])(?:(?P<count>{_NUMBER})\s*(?:{_FORM}\s+of\s+|[x×]\s*))?"
    rf"(?P<low>{_NUMBER})(?:{_TO}(?P<high>{_NUMBER}))?[\s-]*(?P<scale>million|thousand)?\s*"
    rf"(?:{'|'.join(f'(?P<{name}>{pattern})' for name, pattern in _UNITS.items())})(?![\w²³])"
    rf"(?P<per>(?:{_OVER}(?:\s(?:of\s)?body ?weight)?)*)"
)
PER = re.compile("|".join(rf"(?P<{name}>\b(?:{pattern})(?![a-z]))" for name, pattern in _PER.items()))
UNIT = rf"(?:{'|'.join(_UNITS.values())}|million|thousand)"
QUICK = re.compile(rf"[0-9][\s-]?{UNIT}(?![a-z])")
"""Finds nothing in a text without amounts in figures; fast where digits are few."""
QUICK_WORDS = re.compile(rf"\b(?:{_WORD}|a) (?:milli|micro|gram|unit|million|thousand|international)")
"""The same for amounts in words."""
FORM_AFTER = re.compile(rf"\s(?:[a-z-]+\s){{0,2}}{_FORM}")
NO_DOSE = re.compile(  # "5 mg/ml", "6 mmol per litre", "375 mg/m2", "10 ml/min": after the amount
    r"\s*(?:/|\bper\b)\s*(?:\d|[a-zµμ%])|\s*(?:for|to) (?:each|every) \d|\s*[·.]?\s*(?:[mdcµμ]?l|m)\s?[-−⁻^]+\d|\s*%|"
    r"\s*of (?:(?:an?|the|pure|whole|packed|fresh|stored) )*"
    r"(?:blood|red|plasma|platelets?|protein|fat|fib(?:re|er)|carbohydrates?|sodium|salt|sugar|alcohol|water|"
    r"nitrogen|tissue)\b"
)
OTHER_NOUN = re.compile(r"\s*of (?:(?:an?|the) )?(?!(?:it|this|that|these|each|body|the)\b)[a-z][a-z-]+")

# Between an amount and the drug it is of: "10 mg of oral", "5 ml of 10%", "5 mg slow intravenous".
TIGHT = re.compile(
    r"(?:[\s()-]|[\d.]+\s?%|\b(?:of|an?|the|doses?|bolus|infusion|injection|tablets?|capsules?|solution|slow|stat|"
    r"single|oral|intravenous|intramuscular|subcutaneous|rectal|[a-z]+ly|iv|im|sc|po|pr|once|twice|regular|soluble|"
    r"human|short-acting|rapid-acting|unfractionated|recombinant|nebuli[sz]ed|intranasal|liposomal|hyperbaric|heavy|"
    r"plain)\b)*"
)
FILLERS = frozenset(
    """a an the is are was were be been being it its this in at as of on by to for with may can should must
    usual usually dose doses dosage daily single adult adults child children patients maximum minimum max total
    given give gives administered prescribed started starting used use using orally oral mouth iv im sc po
    intravenous intravenously intramuscular intramuscularly subcutaneous subcutaneously rectally rectal bolus
    infusion injection tablet tablets initial initially loading maintenance recommended about around
    approximately up than more less over only sodium hydrochloride sulfate sulphate once twice three four times
    day then followed least most every regularly continued increased reduced limit normal renal function kidneys
    weight healthy elderly older younger women men pregnancy hospital surgery operation induction prophylaxis
    prophylactic treatment therapeutic severe mild acute pain e g i v""".split()
)
JOINS = re.compile(r"\b(?:and|or|plus|with|versus|vs|than|but|while|whereas|after|before|without|instead)\b|[,:]")
DRUGLIKE = re.compile(  # a drug that the table may not know stands between, so that the amount is its own
    r"\b[a-z]{3,}(?:cillin|mycin|micin|azole|olol|pril|sartan|statin|mab|nib|parin|xaban|caine|zepam|zolam|tidine|"
    r"setron|cycline|floxacin|vir|gliptin|gliflozin|triptan|dronate|thiazide|semide|phylline|olone|onide|oxetine|"
    r"triptyline|barbital|profen|coxib|codone|morphone|platin|taxel|rubicin|trexate|lukast|fibrate|zine|dine)\b"
)
WITH_ADRENALINE = re.compile(
    r"\b(?:with(?:out)?|plus)(?: or without)?(?: added)? (?:adrenaline|epinephrine)\b(?: 1\s?[:in]+\s?[\d,]+)?"
)
ADDED = re.compile(r"\b(?:with|without|plus|containing|or|and) (?:added )?$")  # "lidocaine with adrenaline"

_COUNTED = rf"(?:\d+(?:\.\d+)?|{_WORD})"
_DAY = r"(?:day|daily|24 ?h(?:ours)?|nightly)"
INTERVAL = re.compile(
    r"(?P<long>\b(?:a|per|each|every) (?:other |alternate |second )?(?:week|month|year)s?\b|\b(?:week|month|year)ly\b"
    rf"|\bevery (?:other|alternate|second) day\b|\balternate days\b"
    rf"|\b(?:every|each) {_COUNTED}(?:{_TO}{_COUNTED})?[ -](?:days|weeks|months|years)\b)"
    rf"|\b(?P<count>once|twice|thrice|{_COUNTED}(?:{_TO}{_COUNTED})?(?:\s?[x×]|\s(?:divided |equal )?(?:times|"
    rf"doses)))[ -]"
    rf"(?:(?:a|per|each|every|in a) )?{_DAY}\b"
    rf"|\b(?:every|each|q)\s?(?P<every>{_COUNTED}(?:{_TO}{_COUNTED})?)\s?-?h(?:(?:ou)?r)?s?(?:ly)?\b"
    rf"|\b(?P<hourly>{_COUNTED}(?:{_TO}{_COUNTED})?)[\s-]?(?:hourly|hrly)\b"
    r"|\b(?P<short>q\.?d\.?s|t\.?d\.?s|q\.?i\.?d|t\.?i\.?d|b\.?i\.?d|b\.?d|o\.?d|q\.?d)\b"
    r"|\b(?P<once>nightly|at (?:night|bedtime)|nocte|mane|(?:in the|every|each) (?:morning|evening|night))\b"
    rf"|\b(?P<total>(?:in|as)\s(?:{_COUNTED}(?:{_TO}{_COUNTED})?\s)?(?:equally )?divided doses|daily|(?:a|per|each|"
    rf"every|any|one|single|any one|1|any 1) day|"
    r"(?:in|over|every|per|any) 24[ -]?h(?:ours?)?)\b"
)
TIMES = {
    "od": 1,
    "qd": 1,
    "bid": 2,
    "bd": 2,
    "tds": 3,
    "tid": 3,
    "qds": 4,
    "qid": 4,
    "once": 1,
    "twice": 2,
    "thrice": 3,
}
DAILY_DOSE = re.compile(
    r"\b(?:daily|24-hour) (?:total |maximum )?(?:oral )?(?:doses?|dosage|maximum|limit|total)\W+(?:\w+\W+){0,4}$"
)
CEILING = re.compile(r"\b(?:maximum|max|more than|exceed\w*|limit|at most|up to|ceiling)\W+(?:\w+\W+){0,3}$")
OVER_TIME = re.compile(
    rf"\b(?:over|in)\s(?:about\s|at least\s)?(?P<time>{_COUNTED}(?:{_TO}{_COUNTED})?)[ -](?P<unit>min|h)"
)
COUNTED = re.compile(_COUNTED)

_ROUTES = {
    "intrathecal": r"intrathecal\w*|spinal(?:ly| block| injection| an(?:a?esth)\w+)",
    "epidural": r"epidural\w*|extradural\w*|caudal\w*",
    "topical": r"topical\w*|cream|ointment|gel|paste|mouthwash|gargle|(?:eye|ear) ?drops?|soaked|irrigat\w+|lotion",
    "inhaled": r"inhal\w+|nebuli[sz]\w+|puffs?",
    "nasal": r"intranasal\w*|nasal spray|nasally",
    "patch": r"patch(?:es)?|transdermal\w*",
    "buccal": r"buccal\w*|sublingual\w*|lozenges?|lollipops?|transmucosal",
    "depot": r"depot|lar|long-acting|monthly|(?:once )?(?:a|every) month|every (?:4|four) weeks|every 28 days",
    "eye": r"intravitreal|intracameral|ocular",
    "joint": r"intra-?articular\w*",
    "tumescent": r"tumescen\w+",
    "rectal": r"rectal(?:ly)?|per rectum|pr|suppositor\w+|enemas?",
    "oral": r"oral(?:ly)?|by mouth|p\.?o|tablets?|capsules?|enteral(?:ly)?|nasogastric",
    "iv": r"iv|i\.v|intravenous(?:ly)?|infus\w+",
    "im": r"im|i\.m|intramuscular(?:ly)?",
    "sc": r"sc|s\.c|subcut\w*|sub-cutaneous\w*",
}
ROUTE = re.compile(r"\b(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _ROUTES.items()) + r")(?!\w)")

LEVEL = re.compile(  # "serum potassium 6.2 mmol", "a trough of 15 mg", "a deficit of 300 mmol"
    r"\b(?:serum|plasma|blood|levels?|concentrations?|trough|urin\w+|content|contains?|excret\w+|deficit|total body|"
    r"intake|loss\w*|dietary|diets?|foods?|supplements?|requirement)\b"
)
NOT_GIVEN = re.compile(
    r"\b(?:overdos\w+|ingest\w+|swallow\w+|poison\w+|suicid\w+|lethal\w*|fatal\w*|mice|rats?|animals?|rabbits?|abus\w+|"
    r"dietary|took|(?:has|had|have|having|who) (?:\w+ )?(?:taken|drunk)|in error|by mistake|mistaken\w*)\b"
)
DOUBTED = re.compile(
    r"\b(?:toxic\w*|harm\w*|damag\w+|doses? (?:above|over|exceeding)|do not|don't|never|avoid\w*|rather than|tenfold|"
    r"ten times|errors?|incorrect\w*|wrong\w*|too (?:small|large|high|low|much|little)|excess\w*|insufficient|"
    r"inadequate|unsafe|dangerous\w*|not (?:recommended|advised|needed|"
    r"used)|same as|equals?|equivalent)\b"
)
