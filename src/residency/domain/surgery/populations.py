"""Groups of patients for whom an answer about patients in general may not hold, and how a question is asked of them.

Reviewed 2026-11; not for clinical use. Nothing here says what holds for a group: only that a text which does not speak
of it has not answered for it. Each entry of the table names in ``suits`` what an answer, and in ``asks`` what a
question, must speak of for the group to matter, and in ``unless`` what already reckons with the group or rules it out
in either. All are searched for in lower case, as whole words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from residency.domain.surgery.cautions import PATTERNS, WORDS
from residency.domain.surgery.doses import RANGES
from residency.domain.surgery.entries import read_entries

_NOT_CHILD = (
    r"adults?|m[ae]n|wom[ae]n|prostat\w*|breasts?|mastectom\w*|menopaus\w*|pregnan\w*|aneurysm\w*|aort\w+|carotid|"
    r"varicose|claudicat\w*|aspirin|clopidogrel|warfarin|dabigatran|diverticul\w*|haemorrhoid\w*|sphincterotomy|ankle-brachial|bariatric|sleeve|bypass|consent|capacity|checklist|stroke|smok\w+|alcohol\w*|"
    r"varices|variceal|barrett\w*|colorectal|gastric cancer|oesophageal|dementia|elderly|older|"
    r"\d\d[- ]year-old|dialysis|stent\w*"
)
_PROCEDURE = (
    r"operat\w+|surg\w+|\w+ectom\w+|\w+otom\w+|\w+oplast\w+|repair\w*|laparoscop\w+|biops\w+|punctur\w+|"
    r"drain\w*|endoscop\w+|ercp|inject\w+|epidural|nerve block|sphincterotomy|band\w*|incis\w+|debrid\w+"
)
_DRUG = "|".join(re.escape(name) for name in sorted(RANGES, key=len, reverse=True) if len(name) > 3)
_ANTIBIOTIC = r"antibiotics?|" + "|".join(
    re.escape(w) for w in f"{WORDS['penicillins']}, {WORDS['cephalosporins']}".split(", ")
)

_TABLE = r"""
# child
group: children
mentions: child\w*|infan\w*|bab(?:y|ies)|neonat\w*|newborns?|paediatric\w*|pediatric\w*|boys?|girls?|toddlers?|adolescen\w*|teenage\w*|juvenil\w*
suits: @drug|@procedure|antibiotics?|fluids?|ct|x-rays?|radiographs?|scans?|doses?
asks: dos\w+|drugs?|antibiotics?|treat\w*|scans?|imaging|tests?|fluids?|potassium|crystalloid|regimen|repaired|operat\w+|surg\w+|ppi|inhibitor|given|cooled|closed|oxygen|analges\w+
unless: @not_child
fact: {He} is a child of six; {He} is a seven-year-old child; {He} is a child of four, weighing 16 kg
held: {He} is a five-year-old child; {He} is a child of nine
in: in a child of six; in a seven-year-old child; in a four-year-old child
heldin: in a five-year-old child; in a child of nine
# pregnancy
group: pregnancy
mentions: pregnan\w*|gestation\w*|trimester\w*|obstetric\w*|fetal|foetal|fetus|foetus|antenatal|maternal
suits: @drug|antibiotics?|ct|x-rays?|radiographs?|laparoscop\w+|nsaids?|contrast|radioiodine|chemotherapy|radiotherapy
asks: dos\w+|drugs?|antibiotics?|treat\w*|scans?|imaging|ct|tests?|regimen|given|appendic\w+|inhibitor|prophyla\w*|prescribed|heparin\w*|warfarin
unless: @not_pregnant|contracepti\w*|menopaus\w*|breast-?feed\w*|hysterectom\w*|aneurysm\w*|dementia|older
fact: {He} is 20 weeks pregnant; {He} is in the third trimester of pregnancy; {He} is in the second trimester of pregnancy
held: {He} is in the 22nd week of pregnancy; {He} is in the 31st week of pregnancy
in: in a pregnant woman; in the second trimester of pregnancy; during pregnancy
heldin: in a woman who is 22 weeks pregnant; late in pregnancy
# renal impairment
group: poor kidney function
mentions: renal|kidney\w*|egfr|filtration|creatinine|\w*dialysis|nephro\w*|ckd
suits: @drug|antibiotics?|nsaids?|heparins?
asks: dos\w+|drugs?|regimen|heparin\w*|analges\w+|inhibitor|which antibiotics?|how many days|treatments?|treated
unless: (?:is|are|be) not given|should not|cultures?|urine|urinary|ureter\w*|prostat\w*|potassium|topical\w*|creams?|allopurinol|child\w*|bab(?:y|ies)|newborns?
fact: {He} has an estimated filtration rate of 20 mL/min; {He} has chronic kidney disease, stage 4; {He} is on haemodialysis
held: {He} has severely impaired renal function; {He} has a creatinine clearance of 18 mL/min
in: in a patient with severe renal impairment; in someone on haemodialysis; in chronic kidney disease, stage 4
heldin: in a patient with a creatinine clearance of 18 mL/min; in advanced kidney disease
# anticoagulant
group: patients who take an anticoagulant
mentions: anticoagul\w*|warfarin|\w+xaban|dabigatran|heparin\w*|enoxaparin|blood thinners?|inr
suits: @procedure
asks: @procedure|removed|come out
unless: bleed\w*|h(?:a)?emorrh\w*|clot\w*|thromb\w*|embol\w*|transfus\w*|platelet\w*|aspirin|clopidogrel|antiplatelet\w*|blood|consent|checklist|count\w*|swabs?|child\w*|bab(?:y|ies)|newborns?|infan\w*|toddlers?|eat|food|feed\w*|antibiotics?|drugs?|scans?|imaging
fact: {He} takes apixaban for atrial fibrillation; {He} takes warfarin for a mechanical heart valve; {He} is on rivaroxaban
held: {He} is anticoagulated with edoxaban; {He} has long been on warfarin
in: in a patient on apixaban; in someone who takes warfarin for a mechanical heart valve; in a patient on rivaroxaban
heldin: in a patient who is anticoagulated with edoxaban; in someone long on warfarin
# immunosuppression
group: immunosuppressed patients
mentions: immun\w*|steroids?|transplant\w*|chemotherap\w*|hiv|neutropeni\w*|prednisolone|methotrexate|ciclosporin|tacrolimus
suits: antibiotics?|infect\w+|abscess\w*|appendic\w+|diverticul\w+|fever|cellulitis|wounds?|sepsis|non-operative\w*
asks: antibiotics?|infect\w+|abscess\w*|appendic\w+|diverticul\w+|operat\w+|non-operative\w*|treat\w*
unless: vaccin\w*|splen\w*|crohn\w*|colitis|lymphom\w*|leuk\w*|consent|checklist|child\w*|bab(?:y|ies)|newborns?
fact: {He} takes tacrolimus after a kidney transplant; {He} is having chemotherapy; {He} takes prednisolone 30 mg a day
held: {He} is neutropenic after chemotherapy; {He} is on ciclosporin
in: in a patient on tacrolimus after a transplant; in someone who is having chemotherapy; in an immunosuppressed patient
heldin: in a patient who is neutropenic after chemotherapy; in someone on ciclosporin
# frailty
group: frail older patients
mentions: frail\w*|elderly|old(?:er)?|aged|ageing|geriatric\w*|unfit|high-risk|comorbid\w*|[6-9]\d[- ]year
suits: operat\w+|surg\w+|\w+ectomy|resect\w+|laparoscop\w+|chemotherapy|anaesthe\w+
asks: operat\w+|surg\w+|repair\w*|\w+ectomy|chemotherapy
unless: child\w*|bab(?:y|ies)|infan\w*|newborns?|neonat\w*|boys?|girls?|toddlers?|pregnan\w*|\d+[- ](?:year|month|week|day)s?[- ]old|young\w*|consent|checklist|count\w*|swabs?|labour|athlet\w*|fit|feed\w*|malnour\w*
fact: {He} is 91 and frail; {He} is 88, frail and has severe heart failure
held: {He} is 90 and very frail; {He} is 93, frail and needs help with everything
in: in a frail patient of 91; in an 88-year-old with severe heart failure
heldin: in a very frail patient of 90; in a 93-year-old who needs help with everything
# penicillin allergy
group: patients with a penicillin allergy
mentions: allerg\w*|anaphyla\w*|hypersensitiv\w*
suits: @antibiotic
asks: (?:which|what) (?:\w+ ){0,2}antibiotics?|treated|treatment|drug treatment
unless: vaccin\w*|no antibiotic\w*|without antibiotic\w*|duration|how long|how many days|how soon|stop\w*|(?:is|are) not given|when
fact: {He} has had anaphylaxis to penicillin; {He} carries a label of severe penicillin allergy
held: {He} once had an anaphylactic reaction to amoxicillin; {He} cannot have penicillin because of anaphylaxis
in: in a patient who has had anaphylaxis to penicillin; in someone with a severe penicillin allergy
heldin: in a patient who once had an anaphylactic reaction to amoxicillin
"""  # noqa: E501
_PARTS = dict(PATTERNS) | {"drug": _DRUG, "procedure": _PROCEDURE, "antibiotic": _ANTIBIOTIC, "not_child": _NOT_CHILD}


@dataclass(frozen=True, slots=True)
class Population:
    """A group of patients.

    ``group`` names it in the middle of a sentence. ``facts`` are sentences about one patient, without their stop, in
    which ``{He}`` stands for the patient; ``inside`` are the same within a question ("in a pregnant woman"). Of both
    there is a set for training and one for evaluation (``held_out``).
    """

    name: str
    group: str
    mentions: re.Pattern[str]
    suits: re.Pattern[str]
    asks: re.Pattern[str]
    unless: re.Pattern[str]
    facts: tuple[str, ...]
    held_out_facts: tuple[str, ...]
    inside: tuple[str, ...]
    held_out_inside: tuple[str, ...]

    def matters(self, question: str, answer: str) -> bool:
        """Whether ``answer``, which reckons with the group nowhere, may be another for it."""
        both = f"{question}\n{answer}".lower()
        relevant = self.suits.search(answer.lower()) and self.asks.search(question.lower())
        return bool(relevant) and not (self.unless.search(both) or self.mentions.search(both))


def _pattern(text: str) -> re.Pattern[str]:
    whole = re.sub(r"@(\w+)", lambda found: _PARTS[found[1]], text)
    return re.compile(rf"(?<![\w-])(?:{whole})(?![\w-])")


def _read() -> Iterator[Population]:
    keys = ("group", "mentions", "suits", "asks", "unless", "fact", "held", "in", "heldin")
    for name, texts in read_entries(_TABLE, keys):
        mentions, suits, asks, unless = (_pattern(texts[key][0]) for key in ("mentions", "suits", "asks", "unless"))
        facts, held, inside, held_inside = (
            tuple(texts[key][0].split("; ")) for key in ("fact", "held", "in", "heldin")
        )
        yield Population(name, texts["group"][0], mentions, suits, asks, unless, facts, held, inside, held_inside)


POPULATIONS: tuple[Population, ...] = tuple(_read())


def named_in(text: str) -> list[Population]:
    """The groups of which a text speaks."""
    said = text.lower()
    return [one for one in POPULATIONS if one.mentions.search(said)]
