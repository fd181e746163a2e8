"""Facts about a patient that a question states and that rule something out, by the rules of ``cautions``.

Reviewed 2026-11 against current British and American product information and guidance; not for clinical use. Only facts
that rule it out for the patient as told stand here; what calls for thought alone (a conditional pacemaker, a stent of
years ago) does not. The patterns are narrow on purpose, and a denied or past fact ("is not on warfarin") is none.
"""

from __future__ import annotations

import re

from residency.core.text import sentences
from residency.domain.surgery.cautions import ADVICE, CAUTIONS, PATTERNS, Caution

_TAKES = (
    r"(?:takes?|taking|uses?|using|(?:is|was|are|who is|already|while|patient) on|kept on|receives?|receiving|"
    r"prescribed|anticoagulated with) (?:[\w-]+ ){0,3}"
)
_HAS = r"(?:has|have|with|known) (?:(?!no\b|not\b|never\b)\w+ )?"
_PENICILLINS = r"(?:\w*penicillins?|\w*amoxicillin|co-amoxiclav|ampicillin|flucloxacillin|piperacillin\S*)"
_REACTED = r"(?:anaphyla\w+|severe(?:ly)? allerg\w+|life-threatening allerg\w+)"
_PREGNANT = r"(?:is|are|was|now|weeks|months) pregnant|pregnant (?:wom[ae]n|patient|lady)|in pregnancy"

_FACTS: tuple[tuple[str, str], ...] = (
    (_TAKES + r"warfarin", "warfarin-nsaid"),
    (_TAKES + r"lithium", "lithium-nsaid"),
    (_TAKES + r"methotrexate", "methotrexate-trimethoprim"),
    (r"(?:has|had|with|developed|after|known|proven) (?:\w+ )?heparin-induced thrombocytop\w+", "hit-heparin"),
    (
        rf"{_REACTED} (?:\w+ )?(?:to|after|following|with) (?:\w+ )?{_PENICILLINS}|"
        rf"(?:severe|anaphylactic) {_PENICILLINS} allergy",
        "penicillin-anaphylaxis",
    ),
    (rf"{_REACTED} (?:\w+ )?(?:to|after|following|with) (?:\w+ )?(?:cef\w+|cephal\w+)", "cephalosporin-anaphylaxis"),
    (rf"{_REACTED} (?:\w+ )?(?:to|after|following|with) (?:\w+ )?chlorhexidine", "chlorhexidine-allergy"),
    (
        rf"{_REACTED} (?:\w+ )?(?:to|after|following|with) (?:\w+ ){{0,3}}contrast",
        "contrast-reaction",
    ),
    (
        r"egfr (?:is |of |was |only |now ){0,2}(?:[12]\d|\d)(?!\d|\.\d| ?%)",
        "low-gfr-nsaid low-gfr-metformin low-gfr-nitrofurantoin",
    ),
    (_PREGNANT, "pregnancy-tetracycline pregnancy-ace-inhibitor pregnancy-radioiodine"),
    (_HAS + r"myasthenia(?: gravis)?", "myasthenia-antibiotic"),
    (_HAS + r"parkinson\W?s(?: disease)?", "parkinson-antiemetic"),
    (_HAS + r"long[- ]qt", "long-qt"),
    (_HAS + r"g6pd deficiency", "g6pd"),
    (
        r"(?:had|history of|susceptible to|susceptibility to|known) (?:\w+ )?malignant hyperthermia",
        "malignant-hyperthermia",
    ),
    (
        r"jehovah\W?s witness (?:[\w,]+ ){0,8}?refus\w+|refuses (?:all |any )?(?:blood|transfusion)",
        "refuses-blood",
    ),
    (r"(?:has|with|known) (?:an )?(?:active|bleeding|perforated) (?:\w+ )?ulcer", "ulcer-nsaid"),
    (_HAS + r"heart failure", "heart-failure-nsaid"),
    (_HAS + r"cirrhosis|cirrhotic (?:man|woman|patient)", "cirrhosis-nsaid"),
    (r"(?:has|with|known) (?:severe|brittle) asthma", "asthma-beta-blocker"),
    (
        r"(?:[1-9]|1[01])[- ]years?[- ]old|\d+[- ](?:months?|weeks?|days?)[- ]old",
        "child-codeine child-aspirin child-tetracycline",
    ),
    (r"(?:had|after|with) (?:an? )?(?:recent )?haemorrhagic stroke", "haemorrhagic-stroke-thrombolysis"),
    (r"(?:has|with) (?:an? )?(?:undrained |untreated )?pneumothorax", "pneumothorax-nitrous-oxide"),
    (
        r"potassium (?:is |of |was |now |level ){0,3}(?:6(?:\.\d)?|7(?:\.\d)?|8(?:\.\d)?)(?! ?mg| ?g\b|\d)",
        "hyperkalaemia",
    ),
)
_COMPILED = [(re.compile(rf"\b(?:{pattern})"), frozenset(names.split())) for pattern, names in _FACTS]
_DENIED = re.compile(
    r"\b(?:no|not|never|nor|denies|without|stopped|formerly|if (?:he|she|they|the patient)|whether|non)\b[^.?!;]{0,30}$"
)
_REFUSED = re.compile(
    r"\?|\b(?:not|no|nor|never|cannot|without|unless|except|avoid\w*|stop\w*|with?h[eo]ld\w*|withdraw\w*|omit\w*|"
    r"discontinu\w*|ceas\w+|contraindicat\w*|instead of|rather than|replac\w+|revers\w+|caus\w+|due to|side effects?|"
    r"adverse|allerg\w*|toxic\w*|overdos\w*|interact\w*|ruled? out|unsafe|danger\w*|harm\w*|hazard\w*|risks?|risky|"
    r"bleed\w*|takes|took|taking|already|refus\w*|delay\w*|too|less|worse\w*|seldom|rarely|would)\b"
)
"""A sentence with one of these may name what it does not recommend."""
_SHORT = 7  # words up to which a sentence that names a treatment recommends it, with no verb of advice
_OTHER_USE = re.compile(rf"\b(?:{PATTERNS['other_use']})\b")
_APPLIES = {one.name: re.compile(one.applies) for one in CAUTIONS}


def barred(question: str) -> list[Caution]:
    """The rules whose fact ``question`` states of its patient, so that what they are about should not be given."""
    low = question.lower()
    names: set[str] = set()
    for pattern, own in _COMPILED:
        if any(not _DENIED.search(low[: found.start()]) for found in pattern.finditer(low)):
            names |= own
    return [one for one in CAUTIONS if one.name in names]


def against(rule: str, answer: str) -> str:
    """What ``answer`` recommends against the rule of this name, as the rule names it; empty where it recommends nothing
    of the kind, or another use of it (on the skin, in the eye)."""
    low = answer.lower()
    if _OTHER_USE.search(low):
        return ""
    for piece in sentences(low):
        found = _APPLIES[rule].search(piece)
        if found and not _REFUSED.search(piece) and (ADVICE.search(piece) or len(piece.split()) <= _SHORT):
            return found[0]
    return ""
