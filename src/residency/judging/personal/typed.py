"""What clinicians type into a field for free text, beyond what a bank's rows are looked through for.

Notes are written fast: "mrs okafor", "pt Jane Doe 54F", "SMITH, John", a date of birth with no word before it. Each
detector here finds more at a price: a bank of 90,000 rows would be full of its false alarms, and in one question they
cost a click.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from residency.core.text import STOPWORDS
from residency.domain.surgery import diagnoses, investigations, medicine_table, structures
from residency.domain.surgery.eponyms import EPONYMS
from residency.domain.surgery.red_flags import RED_FLAGS, rule_text
from residency.judging.personal import written
from residency.judging.personal.detect import Found, Kind, Sure, is_free, valid_nhs_number
from residency.judging.personal.given_names import GIVEN_NAMES

# Beyond the letters of Western Europe, which are those of a bank's checks.
_LOW = "a-zß-öø-ÿĀ-ž"
_NAME = rf"(?:(?:O['’]|Mc|Mac|D['’])?[A-ZÀ-ÖØ-ÞĀ-Ž][{_LOW}]+(?:['’-][A-ZÀ-ÖØ-ÞĀ-Ž][{_LOW}]+)?)"
_MORE = rf"(?: (?:[A-Z]\.? |(?:de|van|von|der|la|bin|al) )*{_NAME})"
_FULL = rf"{_NAME}{_MORE}{{1,2}}"
_TITLED = re.compile(
    r"\b(?P<title>mrs|mr)\b\.? (?P<name>(?:o['’]|mc|mac)?[^\W\d_]{2,}(?:['’-][^\W\d_]{2,})?)", re.IGNORECASE
)
_OWNED = re.compile(rf"\b(?:Mrs|Mr|Ms|Miss|Mx)\b\.? (?P<name>{_NAME})(?=['’]s\b)")
_PERSON = (
    r"(?i:patient|pt|client|m[ae]n|wom[ae]n|boy|girl|child|baby|infant|toddler|lady|gentleman|male|female|teenager|"
    r"he|she|his|her|my|i|son|daughter|wife|husband|mother|father|brother|sister|partner)"
)
_CALLED = re.compile(
    rf"\b{_PERSON}\b[^.!?\n]{{0,40}}?\b(?i:called|named|known as|name is|name was|name['’]s|names?:) "
    rf"(?P<name>{_NAME}(?:{_MORE}){{0,2}})"
)
_PATIENT = re.compile(
    rf"\b(?i:patient|pt|client|my (?:wife|husband|son|daughter|mother|father))\b(?: is|,| -|:)? "
    rf"(?P<name>{_FULL})"
)
_AGE = r"\d{1,3}(?: ?(?:years?\b|y ?/ ?o\b|yrs?\b|yo\b)|-year-old| ?[MF]\b|(?=[),]))"
_AGED = re.compile(rf"(?P<name>{_FULL}),? \(?(?:aged? )?{_AGE}")
_LOWER_AGED = re.compile(
    rf"(?<![\w-])(?P<name>(?P<given>[{_LOW}]+) [{_LOW}'’-]{{2,}}),? \(?(?:aged? )?{_AGE.replace('MF', 'MFmf')}"
)
_UPPER = re.compile(r"\b(?P<name>(?P<given>[A-ZÀ-Þ]{2,}) (?:[A-Z]\.? )?(?P<family>[A-ZÀ-Þ'’-]{2,}))\b")
_LONE = re.compile(
    rf"\b(?P<given>{_NAME})(?= (?:is|was|has|had|needs|wants|came|presented)\b|,? \(?(?:aged? )?{_AGE})"
    rf"|\b{_PERSON},? (?P<near>{_NAME})\b"
)
_SHORT = re.compile(rf"\b(?:[Pp]t\.?,? (?P<one>{_NAME})|(?:ms|miss|dr|prof)\b\.? (?P<name>{_FULL}))")
_LISTED = re.compile(rf"\b(?P<name>[A-ZÀ-Þ][A-ZÀ-Þ'’-]+, (?P<given>{_NAME}))\b")
_PAIR = re.compile(rf"\b(?P<given>{_NAME})(?=(?P<rest>(?: [A-Z]\.?)? (?P<family>{_NAME}))\b)")
# After an eponym: "the Thomas test", "a Denis Browne splint".
_THING = re.compile(
    r"(?:['’]s?)? (?:sign|test|syndrome|disease|splint|procedure|operation|repair|technique|classification|score|scale|"
    r"criteri\w+|stain|forceps|retractor|incision|method|manoeuvre|maneuver|triangle|ligament|fascia|law|rule|trial|"
    r"study|hospital|clinic|institute|university|college|prosthesis|knot|suture|stitch|and colleagues|et al)\b",
    re.IGNORECASE,
)
_AUTHOR = re.compile(r"\b(?:named (?:after|for)|described by|discover\w+|invented|pioneer\w*|introduced by|et al)\b")
_IN_FULL = frozenset(
    "Ann Arbor|Austin Moore|Denis Browne|Graham Steell|Ivor Lewis|Marie Curie|Marie Unna|Mary Joseph|Pierre Robin|"
    "Gordon Taylor|Martin Gruber|Simon Broome|Florence Nightingale|Henry Ford|Robert Koch|Robert Jones".split("|")
)
"""Names in full by which something else is called."""
_LOWER_GIVEN = frozenset(name.lower() for name in GIVEN_NAMES)
_IMAGING = frozenset(
    """angio angiogram angiographic angiography arthrogram arthrography brain breast cardiac cholangiogram
    cholangiography cholangiopancreatogram cholangiopancreatography colonography contrast defaecography diagnosis
    diagnostic elastography enteroclysis enterography examination fistulogram findings gradient guided head image
    images imaging jet knee liver lymphangiography mammography mild moderate myelogram myelography neurography neck
    pelvis perfusion physics prostate proctography protocol report safe scan scanned scanner scanning scans sequence
    sequences severe severity signal spectroscopy spine staging study tomography trivial urogram urography venogram
    venography""".split()
)
"""What follows "MR" where it stands for magnetic resonance, or for a mitral valve that leaks."""
_ISSUED = re.compile(
    r"\b(?:hosp(?:ital)?|pt|patient|mr|mrn|unit|case|chart|emis|episode|encounter|nhs|passport)\.? ?"
    r"(?:#|num(?:ber)?|no\b\.?|id)[\s.:#=-]*(?:is )?(?P<id>[a-z]{0,3}-?\d{4,12}[a-z]?)\b",
    re.IGNORECASE,
)
_NHS = re.compile(r"(?<![\w.+-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w-])")
# Form of the social security number: https://www.ssa.gov/employer/randomization.html (areas 000, 666 and 900-999,
# group 00 and serial 0000 are not given out).
_SOCIAL = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-])")
# Form of the national insurance number: HMRC's manual NIM39110.
_INSURANCE = re.compile(
    r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]\b", re.IGNORECASE
)
# A number that alone might be anything, after a word that says what it is.
_PHONE = re.compile(
    r"\b(?:phone|mobile|mob|cell|tel(?:ephone)?|landline|fax|whatsapp|(?:call|ring|text|reach)\w*(?: \w+)? (?:on|at))\b"
    r"(?: no\.?| number)?[\s.:#=-]*(?:is )?(?P<number>\+?\(?\d(?:[ ()./-]{0,2}\d){5,14})(?![\w-]|\.\d)",
    re.IGNORECASE,
)
_BORN = re.compile(rf"\b(?:d/o/b|d o b|b\.)[\s:=-]*(?P<date>{written.DATE})", re.IGNORECASE)
_DATE = re.compile(rf"[\s,(-]{{0,3}}(?:(?:aged? )?{_AGE}[\s,()-]{{0,3}})?(?P<date>{written.DATE})", re.IGNORECASE)
_AGE_DATE = re.compile(rf"\b\d{{1,3}} ?(?:[MF]|yo|y/o)\b[ ,(]{{1,3}}(?P<date>{written.DATE})")
_POSTCODE = re.compile(rf"(?:{written.POSTCODE.pattern})(?<!st)(?<!nd)(?<!rd)(?<!th)(?<!hr)(?<!ug)", re.IGNORECASE)
_LOWER_STREET = re.compile(
    r"\b(?:lives?|living|resides?|residing|address)\b(?: at| is|:)? (?P<place>(?:flat \d+[a-z]?,? )?\d{1,5}[a-z]? "
    r"(?:[a-z'’.-]+ ){1,3}(?:street|road|avenue|lane|drive|close|court|crescent|gardens|grove|terrace|place|square|"
    r"mews|way|st|rd|ave))\b",
    re.IGNORECASE,
)
_STATES = """AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK
OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC"""
_ZIP = re.compile(rf", (?:{'|'.join(_STATES.split())}),? \d{{5}}(?:-\d{{4}})?\b")


def names(text: str) -> Iterator[Found]:
    """Names as notes hold them, and a date right behind one as a date of birth."""
    for start, end in _names(text):
        yield _found("name", "a name", text, start, end, "possible")
        if born := _DATE.match(text, end):
            yield _found("date_of_birth", "a date after a name", text, *born.span("date"), "likely")


def births(text: str) -> Iterator[Found]:
    """Dates after other words for a birth, or after an age and a sex."""
    for pattern in (_BORN, _AGE_DATE):
        for found in pattern.finditer(text):
            yield _found("date_of_birth", "a date of birth", text, *found.span("date"), "likely")


def numbers(text: str) -> Iterator[Found]:
    """Numbers that offices give out to a person."""
    for found in _ISSUED.finditer(text):
        yield _found("record_number", "a record number", text, *found.span(), "likely")
    for found in _NHS.finditer(text):
        if valid_nhs_number(re.sub(r"\D", "", found.group())):
            yield _found("nhs_number", "an NHS number by its check digit", text, *found.span(), "likely")
    for found in _PHONE.finditer(text):
        if not is_free(found["number"]):
            yield _found("phone", "a telephone number", text, *found.span("number"), "likely")
    for found in _SOCIAL.finditer(text):
        yield _found("social_security_number", "a social security number by its form", text, *found.span(), "likely")
    for found in _INSURANCE.finditer(text):
        yield _found("national_insurance_number", "a national insurance number", text, *found.span(), "likely")


def places(text: str) -> Iterator[Found]:
    """Postcodes however they are written, and streets after "lives at"."""
    for pattern in (_POSTCODE, _ZIP):
        for found in pattern.finditer(text):
            start = found.start() + 2 * found.group().startswith(", ")
            yield _found("postcode", "a postcode", text, start, found.end(), "possible")
    for found in _LOWER_STREET.finditer(text):
        yield _found("address", "a street address", text, *found.span("place"), "likely")


def _names(text: str) -> Iterator[tuple[int, int]]:
    for found in _TITLED.finditer(text):
        word = found["name"].lower()
        if word not in STOPWORDS and word not in _IMAGING and not _named_after(found["name"], text, found.end()):
            yield found.span()
    for found in _OWNED.finditer(text):
        if found["name"] not in EPONYMS:
            yield found.span()
    for found in _CALLED.finditer(text):
        if found["name"].split()[-1] not in EPONYMS and not _named_after(found["name"], text, found.end()):
            yield found.span("name")
    for found in _LOWER_AGED.finditer(text):
        if found["given"] in _LOWER_GIVEN:
            yield found.span("name")
    for pattern in (_PATIENT, _AGED):
        for found in pattern.finditer(text):
            said = found["name"].split()
            if said[0] in GIVEN_NAMES or not _speaks_of_medicine(said):
                yield found.span("name")
    for found in _UPPER.finditer(text):
        if found["given"].capitalize() in GIVEN_NAMES and not _speaks_of_medicine([found["family"].capitalize()]):
            yield found.span("name")
    for found in _LONE.finditer(text):
        group = found.lastgroup or "given"
        if found[group] in GIVEN_NAMES:
            yield found.span(group)
    for found in _SHORT.finditer(text):
        group = found.lastgroup or "name"
        if not _speaks_of_medicine(found[group].split()):
            yield found.span(group)
    for found in _LISTED.finditer(text):
        if found["given"] in GIVEN_NAMES:
            yield found.span("name")
    for found in _PAIR.finditer(text):
        if found["given"] in GIVEN_NAMES and not _is_thing(found, text):
            yield found.start(), found.end("rest")


def _is_thing(found: re.Match[str], text: str) -> bool:
    """Whether a given name and the word after it are an author's, or part of what a thing is called."""
    family, end = found["family"], found.end("rest")
    named = f"{found['given']} {family}" in _IN_FULL or family in EPONYMS or family.lower() in STOPWORDS
    if named or _THING.match(text, end):
        return True
    if re.fullmatch(_THING.pattern, f" {family}", re.IGNORECASE):
        return True
    return _AUTHOR.search(text, max(0, found.start() - 40), end + 20) is not None


def _named_after(name: str, text: str, end: int) -> bool:
    return name.capitalize() in EPONYMS and (_THING.match(text, end) is not None or text[end : end + 1] in "'’")


def _speaks_of_medicine(words: list[str]) -> bool:
    known = _vocabulary()
    return any(word.lower().strip(".") in known or word in EPONYMS for word in words)


@cache
def _vocabulary() -> frozenset[str]:
    """Words that stand in texts of medicine and are no names: those of the specialty's own tables."""
    said = [" ".join((*flag.presentations, *flag.held_out, rule_text(flag))) for flag in RED_FLAGS]
    for table in (diagnoses.BY_REGION, structures.CLASSES, investigations.CLASSES):
        said += [" ".join(members) for members in table.values()]
    said.append(medicine_table.TABLE)
    return frozenset(re.findall(r"[a-z]+", " ".join(said).lower())) | STOPWORDS | _OTHER


_OTHER = frozenset(
    """advocacy aid autonomy based care case centred centre clinic clinical consent controlled counselling decision
    education engagement experience factors focus group groups guide guidelines handover history identification
    information initiated input journey leaflet leaflets management manual monitoring mortality numbers outcome
    outcomes participation pathway pathways perspective position positioning positions preference preferences
    preparation presentation priorities quality question questions record records registry report reported
    responsibility review rights risk safety satisfaction selection services specific study summary support survey
    transfer transport warming welfare""".split()
)


def _found(kind: Kind, what: str, text: str, start: int, end: int, sure: Sure) -> Found:
    return Found(start, end, kind, text[start:end], what, sure)
