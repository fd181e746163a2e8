"""Dated rules by which a fact about the patient changes an answer.

Reviewed 2026-11 against current British and American product information and guidance; not for clinical use. Only
what is widely agreed stands here, and a rule keeps silent where it may be wrong: the patterns are narrow on purpose.

The tables stand in ``caution_medicines`` and ``caution_states``. Their keys: ``fact`` and ``held`` hold wordings,
parted by "; ", for training and for evaluation; ``applies`` holds plain words, parted by ", ", and names of lists in
``WORDS``; ``unless`` is a pattern of whole words in which ``@name`` stands for one of ``PATTERNS``; ``drops`` is yes
or no; ``instead`` holds one wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from residency.core.text import sentences
from residency.domain.surgery import caution_medicines, caution_states
from residency.domain.surgery.entries import read_entries

WORDS: Mapping[str, str] = {
    "nsaids": "nsaids, an nsaid, non-steroidal anti-inflammatory drugs, nonsteroidal anti-inflammatory drugs, a "
    "non-steroidal anti-inflammatory drug, ibuprofen, naproxen, diclofenac, rectal diclofenac, ketorolac, indometacin, "
    "indomethacin, ketoprofen",
    "heparins": "heparin, unfractionated heparin, intravenous heparin, low-molecular-weight heparin, low molecular "
    "weight heparin, lmwh, enoxaparin, dalteparin, tinzaparin",
    "penicillins": "amoxicillin, co-amoxiclav, amoxicillin-clavulanate, ampicillin, ampicillin-sulbactam, "
    "flucloxacillin, benzylpenicillin, penicillin, penicillin v, piperacillin-tazobactam, piperacillin, oxacillin, "
    "nafcillin, dicloxacillin",
    "cephalosporins": "cefazolin, cefuroxime, ceftriaxone, cefotaxime, ceftazidime, cefalexin, cephalexin, cefoxitin, "
    "cefepime, cephalosporins, a cephalosporin",
    "urgent": "emergency laparotomy, urgent laparotomy, immediate laparotomy, emergency surgery, urgent surgery, "
    "immediate surgery, an emergency operation, an urgent operation, an immediate operation, emergency repair, "
    "emergency exploration, urgent exploration, immediate exploration",
    "operations": "emergency surgery, urgent surgery, elective surgery, abdominal surgery, laparoscopic surgery, open "
    "surgery, laparotomy, laparoscopy, thoracotomy, appendicectomy, cholecystectomy, laparoscopic "
    "cholecystectomy, hernia repair, mesh repair, laparoscopic repair, hemicolectomy, colectomy, splenectomy, "
    "mastectomy, thyroidectomy, parathyroidectomy, nephrectomy, orchidectomy, orchidopexy, fasciotomy, fundoplication, "
    "gastrectomy, oesophagectomy, endarterectomy",
    "mri": "mri, an mri scan, mri scanning, magnetic resonance imaging, mrcp, mr angiography, contrast-enhanced mri, "
    "pelvic mri",
}
"""Lists of words that several rules share."""

PATTERNS: Mapping[str, str] = {
    "other_use": r"topical\w*|gels?|creams?|eye drops|skin patch\w*|ercp|pancreatitis|ductus|pericardi\w+|gout\w*|"
    r"arthrit\w*|spondyl\w*|polyp\w*|desmoid\w*|bartter|histiocyt\w+|insipidus",
    "not_pregnant": r"m[ae]n|boys?|males?|he|his|prostat\w*|test(?:is|es|icul\w+)|scrot\w*|penis|penile|child(?:ren)?|"
    r"infants?|bab(?:y|ies)|neonat\w*|newborns?|paediatric|pediatric|elderly|postmenopaus\w*|"
    r"(?:5[5-9]|[6-9]\d|1[01]|\d)[- ](?:years?|months?|weeks?|days?)[- ]old",
    "child": r"(?:\d|1[0-7])[- ](?:years?|months?|weeks?|days?)[- ]old|child(?:ren|hood)?|infants?|bab(?:y|ies)|"
    r"neonat\w*|newborns?|paediatric|pediatric|boys?|girls?|toddlers?",
    "under_way": r"during (?:an? |the )?(?:\w+ )?(?:operation|surgery|\w+ectomy|laparoscop\w+|laparotomy)|bail-out|"
    r"critical view|intraoperative\w*|convert\w*|on the table",
    "aged": r"\d+[- ](?:years?|months?|weeks?|days?)[- ]old|aged \d+|adults?|elderly|older|m[ae]n|wom[ae]n|"
    r"pregnan\w*|child(?:ren)?|bab(?:y|ies)|infants?|neonat\w*|newborns?|paediatric|pediatric|boys?|girls?|teenage\w*|"
    r"alcohol\w*|smok\w+|prostat\w*",
}
"""Parts of patterns that several rules share: uses of these drugs other than for pain by mouth or vein, people who
cannot be pregnant, children where a fact is one of adults, operations under way, and words by which the
patient's age is known already."""

ADVICE = re.compile(
    r"\b(?:(?:is|are|be|was|were|been|may|can) (?:also |then |usually |often |best |therefore |"
    r"still )*(?:given|used|offered|needed|indicated|recommended|preferred|started|done|required|continued|"
    r"considered|performed|advised|chosen|added|treated|arranged|taken|prescribed|the (?:first|best|preferred|"
    r"usual|test|imaging|scan|investigation|treatment|drug|antibiotic|analgesic|operation|standard|mainstay|"
    r"method)|first|best|suitable|appropriate|include)|needs?|requires?|should|must|give|use|start|offer|"
    r"arrange|perform|treated with|treatments? (?:is with|includes?|with)|first[- ]line|first[- ]choice|suits?|"
    r"goes? to|calls? for|proceed)\b"
)
"""A sentence with one of these may recommend what it names; without one it must be as short as an option."""

_OPTION = 7
"""The most words of an option's text that stands alone as an answer."""

_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|acts?|treats?|lowers?|raises?|shows?|means?|works?|settles?|settled|relieves?)\b"
)
"""What an option's text lacks and a statement has."""

_NO_ADVICE = re.compile(
    r"\?|\b(?:not|no|nor|neither|never|cannot|without|unless|except|avoid\w*|stop\w*|with?h[eo]ld\w*|"
    r"withdraw\w*|omit\w*|paus\w+|miss\w*|skip\w*|discontinu\w*|ceas\w+|contraindicat\w*|instead of|rather than|"
    r"replac\w+|revers\w+|caus\w+|due to|induced|side effects?|adverse|allerg\w*|toxic\w*|overdos\w*|poison\w*|"
    r"interact\w*|wrong\w*|poor|unnecessary|needless\w*|danger\w*|unsafe|harm\w*|hazard\w*|fail\w*|resistan\w+|"
    r"resistant|would|previous\w*|unfit|already|earlier|history|risks?|stud(?:y|ies|ied)|trials?|research\w*|"
    r"delay\w*|waste[sd]?|adds? little|los(?:e|es|t)|seldom|rarely|too|less|worse\w*|refus\w*|takes|took|"
    r"taken by|taking|who (?:use|receive|are on|is on)|after|following|since|despite|mask\w*|exclude[sd]?|"
    r"formerly|obsolete|outdated|abandon\w*|exposure|exposed|second best|belongs?|associated|if|only|until|"
    r"kept for|reserved|between|compared?|than|against)\b"
)
"""A sentence with one of these may not recommend what it names, or not for every patient."""

_NOTHING_KNOWN = (
    r"(?:takes?|on|taking|uses?) no (?:other |regular )?(?:medic\w+|drugs?|tablets)|no (?:regular )?medic\w+|"
    r"no (?:known )?(?:allerg\w*|contraindications?|comorbidit\w*|(?:past |medical )*history)|"
    r"without contraindications|(?:previously |otherwise )?(?:healthy|well) \d+|(?:previously|"
    r"otherwise) (?:healthy|fit|well)|fit \d+|fit and (?:well|healthy)"
)
"""Words of a question that deny beforehand what any rule's fact would say."""


_BESIDE = "".join(rf"(?<!\b{word} )" for word in ("after", "before", "following", "during", "than", "around", "from"))
"""What stands after one of these words is the time of something else and not what is recommended."""


@dataclass(frozen=True, slots=True)
class Caution:
    """One fact about a patient, and what it changes.

    ``facts`` and ``held_out`` complete "the patient ...", the latter for evaluation only. ``applies`` is searched for
    in an answer's text and ``unless`` in question and answer, both in lower case. ``drops``: what the answer says with
    a match of ``applies`` is taken back; otherwise it stands, with the addition. ``instead`` says what holds now, and
    may name the match as ``{matched}``. ``words`` are all that ``applies`` can match.
    """

    name: str
    facts: tuple[str, ...]
    held_out: tuple[str, ...]
    applies: str
    unless: str
    drops: bool
    instead: tuple[str, ...]
    words: tuple[str, ...] = ()


def _read(table: str) -> Iterator[Caution]:
    for name, texts in read_entries(table, ("fact", "held", "applies", "unless", "drops", "instead")):
        named = re.sub(r"@(\w+)", lambda found: WORDS[found[1]], texts["applies"][0])
        words = tuple(sorted(named.split(", "), key=len, reverse=True))
        unless = re.sub(r"@(\w+)", lambda found: PATTERNS[found[1]], texts["unless"][0])
        yield Caution(
            name,
            tuple(texts["fact"][0].split("; ")),
            tuple(texts["held"][0].split("; ")),
            rf"(?<![\w-]){_BESIDE}(?:{'|'.join(map(re.escape, words))})(?![\w-])",
            rf"\b(?:{unless}|{_NOTHING_KNOWN})\b",
            {"yes": True, "no": False}[texts["drops"][0]],
            tuple(texts["instead"]),
            words,
        )


CAUTIONS: tuple[Caution, ...] = (*_read(caution_medicines.TABLE), *_read(caution_states.TABLE))

_COMPILED = [(one, re.compile(one.applies), re.compile(one.unless)) for one in CAUTIONS]
_FIRST_WORD = re.compile(r"[\w-]+")
_BY_FIRST_WORD: dict[str, list[int]] = {}
for _place, _caution in enumerate(CAUTIONS):
    for _first in {match[0] for match in map(_FIRST_WORD.match, _caution.words) if match}:
        _BY_FIRST_WORD.setdefault(_first, []).append(_place)


def applying(question: str, answer: str) -> list[tuple[Caution, str]]:
    """The rules that would change ``answer``, in their order, each with the word that it is about.

    The word is the first match in a sentence that recommends it, as the answer writes it in the middle of a sentence
    ("CT angiography", "ibuprofen"). A rule is left out where question or answer reckon with its fact already.
    """
    said = answer.lower()
    places = sorted({place for word in set(_FIRST_WORD.findall(said)) for place in _BY_FIRST_WORD.get(word, ())})
    if not places:
        return []
    advice = [one for one in sentences(answer) if _recommends(one.lower())]
    known = f"{question}\n{answer}".lower()
    found = []
    for caution, applies, unless in (_COMPILED[place] for place in places):
        word = next((_inside(one, match) for one in advice if (match := applies.search(one.lower()))), None)
        if word and not unless.search(known):
            found.append((caution, word))
    return found


def _recommends(sentence: str) -> bool:
    """Whether a sentence in lower case may recommend what it names to every patient whom it is about."""
    return not _NO_ADVICE.search(sentence) and (
        ADVICE.search(sentence) is not None or (len(sentence.split()) <= _OPTION and not _VERB.search(sentence))
    )


def _inside(sentence: str, match: re.Match[str]) -> str:
    """What ``match`` found in the lower case of ``sentence``, as it stands in the middle of a sentence."""
    word = sentence[match.start() : match.end()]
    if word.lower() != match[0]:  # a letter whose lower case is longer stands before it
        return match[0]
    return word if word[1:2].isupper() else word[0].lower() + word[1:]


def rule_text(entry: Caution, matched: str = "") -> str:
    """Everything that ``entry`` states, a line for each wording, with ``matched`` (or else every word that it can be
    about) where it names the match.
    """
    return "\n".join(entry.instead).replace("{matched}", matched or " or ".join(entry.words))
