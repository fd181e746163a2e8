"""Checks of treatment advice: claims without exception, and guidance that has been overtaken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from residency.corpus.checks.base import Check, Finding
from residency.corpus.checks.parts import Parts, lower, parts, sentence_spans
from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings

REVIEWED_YEAR = 2026  # not the clock's year: the same bank gives the same report in any year
OLD = 10  # years after which guidance is taken to have been revised
SHOWN = 160  # characters of a sentence that a detail quotes

_TREATMENT = re.compile(
    r"\b(?:treat\w*|therap\w*|operat(?:ions?|e|ed|ive|ing)|surg\w+|\w+(?:ectom(?:y|ies)|otomy|ostomy|plasty|pexy|"
    r"scopy|scopic)|repair\w*|resect\w*|excis\w*|incis\w*|drain(?:ed|age|s|ing)?|stent\w*|graft\w*|transplant\w*|"
    r"transfus\w*|antibiotics?|\w+(?:cillin|mycin|xaban|parin|olol|caine|azole)|anticoagula\w*|aspirin|warfarin|"
    r"steroids?|opioids?|analgesi\w+|nsaids?|statins?|chemotherapy|radiotherapy|chemoradiotherapy|emboli[sz]\w+|"
    r"endoscop\w+|ct|mri|x-?rays?|scans?|vaccin\w+|prophyla\w+|mesh|prescri\w+|"
    r"dos(?:e|es|ed)|drugs?|medicines?|medications?|admi(?:t|ts|tted|ssion)|manage\w*|curative|cures?|cured|"
    r"ventilat\w+|intubat\w+|bridging|blood(?! (?:pressure|tests?|glucose|sugar|cells?|loss|vessels?|flow|supply|"
    r"count))|fluids?|compression|procedures?|biops\w+|catheter\w*|tubes?|insulin|heparin)\b"
)
_WHO = r"(?:patients?|cases?|children|women|men|adults|people|persons?|neonates|infants|\w+s with)"
_MUST = r"(?:should|must|needs? to|ha(?:s|ve) to|ought to)"
_DONE = (
    r"(?:treated|given|operated|offered|prescribed|started|put|admitted|resected|repaired|removed|excised|drained|"
    r"transfused|used|done|anticoagulated|scanned|bridged|stented|intubated|emboli[sz]ed|performed|undertaken|imaged|"
    r"biopsied|fixed|opened|closed)"
)
_NEEDED = (
    r"(?:needed|required|indicated|mandatory|necessary|compulsory|essential|curative|successful|effective|safe|harmless|"
    r"appropriate)"
)
_CLAIMS: dict[str, str] = {
    "always": (
        rf"\b(?:always|invariably) (?:be )?(?:the (?:best|right|first|only|correct) |a )?(?:\w+ly )?(?:{_DONE}|"
        rf"{_NEEDED}|"
        r"needs?|requires?|recovers?|superior|better|best|works?|cures?|prevents?|succeeds?|heals?|relieves?|"
        r"receives?|undergo(?:es)?|treat(?:ment)?|operat\w+|"
        rf"surg\w+|give|start|begin|remove|resect|choice)\b|\b{_MUST} always (?:have|get)\b|\b(?:{_DONE}|{_NEEDED}|"
        rf"surgery|operation) (?:in )?(?:every time|without exception)\b"
    ),
    "never": (
        rf"\bnever (?:be )?(?:{_NEEDED}|needs?|requires?|helpful|helps?|useful|recommended|beneficial|justified|"
        rf"works?|fails?|recurs?|causes?|harms?|"
        r"harmful|dangerous|operated|treated|offered|resected|repaired|transfused|anticoagulated|admitted|bleeds?|"
        r"leaks?|cures?|carries|leads? to|has (?:any )?(?:side|adverse|complications?))\b"
    ),
    "all": (
        rf"\b(?:all|every) (?:[a-z-]+ ){{0,2}}?{_WHO}\b[^.;]{{0,120}}?\b(?:{_MUST} (?:\w+ly )?(?:be {_DONE}|have|"
        rf"receive|undergo|get|take|stop|go)|needs?|requires?|(?:is|are) (?:best |usually )?{_DONE})\b"
        rf"|\b(?:{_MUST} be {_DONE}|(?:is|are) (?:{_NEEDED}|{_DONE}))\b[^.;]{{0,50}}? (?:in|to|for|on) (?:all|"
        rf"every) (?:[a-z-]+ ){{0,2}}?{_WHO}\b"
        rf"|\b(?:all|every) (?:[a-z-]+ ){{1,3}}{_MUST} be (?:operated|resected|repaired|removed|excised|drained|"
        rf"treated)\b"
    ),
    "none": rf"\bno {_WHO} (?:\w+ ){{0,6}}?(?:should|must|needs?|requires?|ever)\b|\bin no (?:cases?|patients?|"
    rf"circumstances?)\b",
    "sure": (
        r"\bguarantee[sd]?\b|\b100 ?(?:%|per ?cent) (?:safe|effective|successful|curative|reliable|accurate|success|"
        r"cure)\b|\b(?:completely|absolutely|entirely|totally|perfectly) (?:safe|harmless|risk-free)\b"
    ),
}
_DIRECTIVES = ("should", "must", "need", "requir", "mandat", "indicat")
_MARKS = ("always", "never", "all ", "every ", "invariably", "no ", "guarantee", "100", "safe", "harmless", "risk-free")
_CLAIM = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _CLAIMS.items()))
_DENIED = re.compile(
    r"\b(?:may|might|could|can) $|\b(?:no|not|none|nor|neither|without|cannot|rarely|seldom|hardly|believe\w*|think|"
    r"myth|nearly|almost|virtually|if)\b|n't\b|nt always"
)
_EXCEPTED = re.compile(r"\b(?:unless|except\w*|apart from|preventing|prevention|only way)\b")
# What guidance itself says without exception: look, ask, count, tell, and keep people from harm.
_SAFE = re.compile(
    r"\b(?:assess\w*|check\w*|confirm\w*|record\w*|document\w*|marked|counted|label\w*|identi\w+|allerg\w+|"
    r"consent\w*|inform\w*|advice|advised|counsel\w*|explain\w*|discuss\w*|follow(?:ed)?[- ]?up|monitor\w*|observ\w+|"
    r"screen\w*|examin\w+|histor\w+|review\w*|consider\w*|thromboembolism|vte|risk|thromboprophylaxis|oxygen|"
    r"pregnancy test|hand|wash\w*|gloves|checklist|count|safety|access to|"
    r"opportunity|offered|support\w*|measured|weighed|talk\w*|asked?|referred)\b"
)


def _absolute_claim(draft: Draft, settings: CorpusSettings) -> Iterable[Finding]:
    row = parts(draft)
    low = row.low
    likely = (
        "always" in low or "never" in low or "invariabl" in low or "guarant" in low or (row.digits and "100" in low)
    )
    likely = likely or "in no c" in low or "no patient" in low or "ly safe" in low
    if not likely and (" all " in low or "\nall " in low or "every " in low):
        likely = any(word in low for word in _DIRECTIVES)
    return _absolute(row) if likely else ()


def _absolute(row: Parts) -> Iterator[Finding]:
    for where, text in row.said:
        low = lower(text)
        for start, end in sentence_spans(text):
            marked = any(mark in low[start:end] for mark in _MARKS)
            claim = _CLAIM.search(low, start, end) if marked else None
            if claim and _is_advice(low, claim, start, end) and not _excused(low, claim, start, end):
                detail = f"{' '.join(text[start:end].split())[:SHOWN]!r} allows no exception"
                yield Finding(detail, where, claim.span(), "possible" if claim.lastgroup == "none" else "likely")


def _is_advice(low: str, claim: re.Match[str], start: int, end: int) -> bool:
    return "safe" in claim.group() or _TREATMENT.search(low, start, end) is not None


def _excused(low: str, claim: re.Match[str], start: int, end: int) -> bool:
    """Whether the sentence asks, takes the claim back, or says what guidance says without exception too."""
    if low[start:end].rstrip().endswith("?") or _EXCEPTED.search(low, start, end):
        return True
    before = low[start : claim.end() if claim.lastgroup == "all" else claim.start()]
    if claim.lastgroup != "none" and _DENIED.search(before):
        return True
    return claim.lastgroup in ("always", "all") and bool(_SAFE.search(low, claim.start(), min(end, claim.end() + 60)))


_SOURCE = (
    r"(?:guidelines?|guidance|recommendations?|consensus|statement|protocol|nice|surviving sepsis(?: campaign)?|"
    r"tokyo guidelines)"
)
_ADVISED = (
    r"(?:recommend\w*|advis\w+|advice|guid\w+|standard|taught|teaching|practi[cs]\w+|usual|customary|routine\w*|"
    r"accepted|consensus|protocols?|textbooks?)"
)
_ORDINAL = r"(?:[1-7](?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh)"
_YEAR = re.compile(r"[12][09][0-9]{2}(?![0-9])")
_DATED = re.compile(
    rf"\b{_ADVISED}\b[^.;]{{0,50}}?\b(?:in|of|from|since|during) the (?:early |late |mid-? ?)?(?P<decade>(?:19|"
    rf"20)\d0)s\b"
    rf"|\b(?P<year_before>(?:19|20)\d\d)(?: [a-z/&-]+){{0,4}} {_SOURCE}\b"
    rf"|\b{_SOURCE}(?:(?: [a-z/&-]+){{0,5}}?(?:,| in| of| from|(?= \()))? \(?(?P<year_behind>(?:19|"
    rf"20)\d\d)\b(?! ?(?:m[lg]|k?cal|g|units)\b)"
    r"|\b(?:recommended|advised|recommends|advises|guidelines? published|"
    r"guidance issued)\b[^.;]{0,40}? in (?P<year>(?:19|20)\d\d)\b"
    rf"|\b(?:tnm|ajcc|uicc)\b[^.;]{{0,30}}?\b{_ORDINAL} edition|\b{_ORDINAL} edition (?:of )?(?:the )?(?:tnm|ajcc|"
    rf"uicc)\b"
)
_OVERTAKEN = re.compile(
    r"\b(?:no longer|abandon\w*|replac\w+|supersed\w+|outdated|obsolete|used to be|unlike|formerly|historical\w*|"
    r"since then|has since|has changed|nowadays|withdrawn|first described|updated?|revised|reaffirmed|out of date)\b"
)
_HISTORY = re.compile(
    r"\b(?:histor(?:y|ical|ically) of (?:surgery|medicine|the)|who (?:first|described)|first described|in (?:what|"
    r"which) year|when was|pioneer\w*|invent\w+|named after|trials?|study)\b"
)


def _dated_guidance(draft: Draft, settings: CorpusSettings) -> Iterable[Finding]:
    return _dated(parts(draft))


def _dated(row: Parts) -> Iterator[Finding]:
    for asked, (where, text) in row.answered:
        low = lower(text)
        if _HISTORY.search(lower(asked)):
            continue
        for match in _DATED.finditer(low):
            start, end = next(span for span in sentence_spans(text) if span[1] >= match.end())
            age = _age(match)
            if age and not _OVERTAKEN.search(low, min(start, match.start()), end):
                yield Finding(f"{' '.join(text[slice(*match.span())].split())!r}: {age}", where, match.span(), "likely")


def _age(match: re.Match[str]) -> str | None:
    """How old the guidance is, in words; None when it is not old."""
    year = match["year_before"] or match["year_behind"] or match["year"]
    if not year and not match["decade"]:
        return "an edition that has been replaced"
    last = int(year) if year else int(match["decade"]) + 9
    return None if last >= REVIEWED_YEAR - OLD else f"at least {REVIEWED_YEAR - last} years old in {REVIEWED_YEAR}"


CHECKS: tuple[Check, ...] = (
    Check(
        "absolute_claim",
        "warns",
        "Treatment advice without exception",
        "The model learns a certainty that surgery does not have, and hedges less where it should.",
        _absolute_claim,
        (
            r"(?i)always|never|invariabl|guarant|100|in no c|no patient|ly safe|"
            rf"(?s:(?:\sall |every ).*(?:{'|'.join(_DIRECTIVES)})|(?:{'|'.join(_DIRECTIVES)}).*(?:\sall |every ))",
        ),
    ),
    Check(
        "dated_guidance",
        "warns",
        f"Guidance more than {OLD} years old",
        "The model learns advice that has been revised since, and gives it as if it were current.",
        _dated_guidance,
        ("(?i)[12][09][0-9]{2}| edition",),
    ),
)
