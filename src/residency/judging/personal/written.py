"""How names, births, numbers and addresses are written, as patterns for text as it stands."""

from __future__ import annotations

import re

NAME = r"(?:(?:O['’]|Mc|Mac|D['’])?[A-Z][a-zà-öø-ÿ]+(?:['’-][A-Z][a-zà-öø-ÿ]+)?)"
MORE = rf"(?: (?:[A-Z]\.? |(?:de|van|von|der|la|bin|al) )*{NAME})"
FULL = rf"{NAME}{MORE}{{1,2}}"
TITLED = re.compile(
    rf"\b(?P<title>Mrs|Mr|Ms|Miss|Master|Mx|Dr|Prof|Professor)\b\.? (?P<name>(?:[A-Z]\.? ){{0,2}}{NAME}{MORE}{{0,2}})"
    rf"(?P<own>['’]s\b)?"
)
LABELLED = re.compile(
    rf"\b(?:(?:[Pp]atient(?:'s)? [Nn]ame|PATIENT NAME|[Nn]ame|NAME|[Ss]urname)\s?: ?(?P<name>{FULL})"
    rf"|(?:[Pp]atient|PATIENT|Re)\s?: ?(?P<listed>{FULL})(?=\s?[(\n]|, (?:aged|born|[dD]\.?[oO]\.?[bB]|\d)))"
)
AUTHOR = re.compile(
    r"\b(?:named (?:after|for)|described by|discover\w+|invent\w+|pioneer\w*|investigators?|study lead|headed by|"
    r"noted|noticed|surgeon|physician|pathologist|et al)\b"
)
"""Words near a doctor's name that make him an author and no one's doctor."""
NOT_NAMES = frozenset(
    "The Plan Universe File Degree Class Hospital Clinic University Street Road Drive Rate Doctor".split()
)

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
DATE = (
    rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d{{4}}|\d\d)\b|\d{{4}}[/-]\d{{1,2}}[/-]\d{{1,2}}\b|\d{{1,2}}(?:st|nd|rd|"
    rf"th)?[ -](?:of )?{_MONTH},?[ -]\d{{4}}\b|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b)"
)
BIRTH = re.compile(
    rf"\b(?:born(?: on(?: the)?)?|d\.?o\.?b\b\.?|date of birth|birth ?date|birthday)[\s:,(=-]*(?:is |was |"
    rf"on )?(?P<date>{DATE})",
    re.IGNORECASE,
)
NAME_NEEDS = (
    r"(?i:born|b\b\.?|birth|birth ?date|birthday)(?i: on(?: the)?)?[\s:,(=-]*(?i:is |was |on )?"
    r"(?:[0-9]|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))|"
    r"(?:M(?:rs?|s|iss|aster|x)|Dr|Prof(?:essor)?)\b\.? [A-Z]|"
    r"(?:[Nn]ame|NAME|[Pp]atient|PATIENT|Re)\s?: ?[A-ZOD]"
)
"""What every text with a name or a date of birth holds, for Rust."""
BEFORE_BIRTH = re.compile(rf"{FULL},? \(?$")
YEAR = re.compile(r"\d{4}")

RECORD = re.compile(
    r"\b(?P<label>nhs(?: (?:number|no\.?|num))?|mrn|urn|chi(?: number)?|(?:hosp(?:ital)?|patient|unit|case|chart|file|"
    r"accession|admission|identification) ?(?:number|no\.?|id)|patient id|(?:medical|health|patient|"
    r"hospital) records?(?: (?:number|no|id))?|record (?:number|no)|"
    r"social security (?:number|no\.?)|ssn)\b[\s.:#=(-]*(?:is |was )?(?P<id>[a-z]{0,4}-?\d(?:[ -]?\d){4,11}[a-z]?)\b",
    re.IGNORECASE,
)
NHS = re.compile(r"(?<![\w.+-])\d{3} \d{3} \d{4}(?![\w-])")

PHONE = re.compile(
    r"(?<![\w.+/-])(?:"
    r"(?:\+?1[ .-])?(?:\(\d{3}\) ?|\d{3}[.-]|(?<=1[ .-])\d{3} )\d{3}[ .-]\d{4}"  # American
    r"|(?:\+44 ?(?:\(0\) ?)?|\(?0)[1-9](?:\)?[ -]?\d){8,9}"  # British
    r"|\+\d{1,3}(?:[ -]?\(?\d{1,4}\)?){2,5}"
    r")(?![\w-]|\.\d)"
)
FREE = re.compile(r"(?:\+?1[ .-])?\(?8(?:00|88|77|66|55|44|33)\b|0(?:800|808|3\d\d|845|870)")

EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
ROLE = re.compile(
    r"(?:info|help|contact|support|admin|office|enquir\w+|inquir\w+|mail|web\w*|press|media|public\w*|[a-z]*info)@",
    re.IGNORECASE,
)

_ROAD = (
    "Street|Road|Avenue|Lane|Drive|Boulevard|Close|Court|Crescent|Gardens|Grove|Terrace|Place|Square|Mews|Parkway|"
    "Highway|Pike"
)
HOUSE = re.compile(r"[0-9](?:[A-Za-z]?,? [A-Z](?:[a-z]|\.)|[A-Z]? [0-9][A-Z]{2}\b)")
"""What every street address and every postcode holds: a quick look."""
STREET = re.compile(
    rf"\b(?:Flat \d+[A-Za-z]?,? )?\d{{1,5}}[A-Za-z]?,? (?:[NSEW]\.? )?"
    rf"(?!(?:Fr|French|Minutes?|Days?|Weeks?|Years?|Hours?|Patients?|Way|Step|Stage|Point)\b)"
    rf"(?:(?:[A-Z][A-Za-z.'’-]+|\d+(?:st|nd|rd|th)) ){{1,3}}(?:(?:{_ROAD})\b|"
    rf"(?:St|Rd|Ave|Blvd|Ln)\b\.?(?=,|\n|$))"
)
_AREAS = """AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX
FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR
NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD
WF WN WR WS WV YO ZE"""
POSTCODE = re.compile(rf"\b(?:{'|'.join(_AREAS.split())})\d[\dA-Z]? \d[ABD-HJLNP-UW-Z]{{2}}\b")

PUBLIC = re.compile(
    r"\b(?:institutes?|associations?|foundations?|society|cent(?:er|re)s?|clinics?|hospitals?|nih|building|suite|msc|"
    r"bethesda|offices?|librar\w+|clearinghouse|programs?|organi[sz]ations?|universit\w+|departments?|po box|"
    r"p\.o\. box|national|federation|coalition|networks?|alliance|hot ?line|help ?line|toll[- ]free|tty|registry|"
    r"council|agency|services?|college|school|pharmac\w+|group|cdc|administration|(?:business|office|after) hours)\b",
    re.IGNORECASE,
)
