"""Dangerous diagnoses, by where they arise: what a list must not lack, and what does not belong in another's list.

Reviewed 2026-11; not for clinical use. One table serves both mistakes, so that a diagnosis left out of one list is
what another list wrongly holds.
"""

from __future__ import annotations

from collections.abc import Mapping

BY_REGION: Mapping[str, tuple[str, ...]] = {
    "belly": (
        "appendicitis",
        "perforated ulcer",
        "perforation",
        "bowel perforation",
        "pancreatitis",
        "acute pancreatitis",
        "mesenteric ischaemia",
        "bowel obstruction",
        "intestinal obstruction",
        "volvulus",
        "intussusception",
        "cholangitis",
        "cholecystitis",
        "peritonitis",
        "diverticulitis",
        "anastomotic leak",
        "intra-abdominal sepsis",
        "strangulation",
        "strangulated hernia",
        "toxic megacolon",
        "colon cancer",
        "colorectal cancer",
        "stomach cancer",
        "pancreatic cancer",
        "liver cancer",
        "liver failure",
        "cirrhosis",
        "gastrointestinal bleeding",
    ),
    "pelvis and groin": (
        "ectopic pregnancy",
        "ruptured ectopic pregnancy",
        "testicular torsion",
        "ovarian torsion",
        "ovarian cancer",
        "bladder cancer",
        "Fournier's gangrene",
        "pyelonephritis",
        "kidney failure",
        "renal failure",
        "acute kidney injury",
        "pelvic inflammatory disease",
    ),
    "chest": (
        "myocardial infarction",
        "heart attack",
        "heart attacks",
        "pulmonary embolism",
        "aortic dissection",
        "pneumothorax",
        "tension pneumothorax",
        "pneumonia",
        "cardiac tamponade",
        "heart failure",
        "congestive heart failure",
        "cardiac arrest",
        "lung cancer",
        "respiratory failure",
        "endocarditis",
        "pericarditis",
        "breast cancer",
        "oesophageal cancer",
        "tuberculosis",
    ),
    "head and nerves": (
        "meningitis",
        "encephalitis",
        "subarachnoid haemorrhage",
        "subdural haematoma",
        "stroke",
        "strokes",
        "brain tumour",
        "brain abscess",
        "cauda equina compression",
        "spinal cord compression",
        "seizures",
        "coma",
        "hydrocephalus",
        "glaucoma",
        "blindness",
        "epiglottitis",
    ),
    "limbs and skin": (
        "deep vein thrombosis",
        "compartment syndrome",
        "necrotising fasciitis",
        "septic arthritis",
        "acute limb ischaemia",
        "osteomyelitis",
        "gangrene",
        "melanoma",
        "hip fracture",
        "cellulitis",
    ),
    "whole body": (
        "sepsis",
        "septic shock",
        "anaphylaxis",
        "diabetic ketoacidosis",
        "leukaemia",
        "lymphoma",
        "hypovolaemia",
        "severe bleeding",
        "internal bleeding",
        "haemorrhage",
        "bleeding",
        "ischaemia",
        "malignancy",
        "cancer",
        "shock",
        "thrombosis",
        "blood clots",
        "abscess",
        "hypoxia",
        "heart disease",
        "kidney disease",
        "liver disease",
        "brain damage",
        "sudden death",
        "organ failure",
        "infection",
        "infections",
        "dehydration",
        "high blood pressure",
        "irregular heartbeat",
        "rupture",
        "leak",
        "perforated ulcers",
        "obstruction",
    ),
}
"""Where diagnoses arise, and the diagnoses in British spelling."""

AMERICAN: Mapping[str, str] = {
    "mesenteric ischaemia": "mesenteric ischemia",
    "subarachnoid haemorrhage": "subarachnoid hemorrhage",
    "subdural haematoma": "subdural hematoma",
    "brain tumour": "brain tumor",
    "necrotising fasciitis": "necrotizing fasciitis",
    "acute limb ischaemia": "acute limb ischemia",
    "oesophageal cancer": "esophageal cancer",
    "leukaemia": "leukemia",
    "haemorrhage": "hemorrhage",
    "ischaemia": "ischemia",
    "hypovolaemia": "hypovolemia",
}
"""Diagnoses that are spelt otherwise in America."""

FOREIGN: Mapping[str, tuple[str, ...]] = {
    "belly": (
        "appendicitis",
        "intussusception",
        "volvulus",
        "diverticulitis",
        "cholecystitis",
        "bowel obstruction",
        "cirrhosis",
        "pancreatitis",
    ),
    "pelvis and groin": ("testicular torsion", "ectopic pregnancy", "ovarian torsion"),
    "chest": ("pneumothorax", "aortic dissection", "pericarditis"),
    "head and nerves": ("glaucoma", "subdural haematoma", "epiglottitis", "encephalitis", "meningitis"),
    "limbs and skin": ("septic arthritis", "compartment syndrome", "hip fracture", "osteomyelitis", "gangrene"),
}
"""Those that no list of another region has a place for."""

SEXES: Mapping[str, str] = {
    "testicular torsion": r"\b(?:woman|women|female|girl|she|her|pregnan\w*)\b",
    "ectopic pregnancy": r"\b(?:man|men|male|boy|he|his|prostat\w*|child\w*|infants?|bab(?:y|ies)|newborn\w*)\b",
    "ovarian torsion": r"\b(?:man|men|male|boy|he|his|prostat\w*|infants?|newborn\w*)\b",
}
"""Diagnoses of one sex, and words of a text that speaks of the other."""

HINTS: Mapping[str, str] = {
    "belly": r"abdom|belly|bowel|stomach|liver|intestin|gallbladder|bile|pancrea|hernia|colon|append|gut|digest|diarrh|"
    r"vomit|nausea|spleen|peritone|constipat",
    "pelvis and groin": (
        r"testi|scrot|ovar|uter|pregnan|bladder|kidney|urin|renal|groin|pelvi|prostat|fallop|"
        r"penis|vagin"
    ),
    "chest": r"chest|heart|lung|breath|cardi|pulmon|aort|oesoph|esoph|thora|cough|pleur|marfan|connective|blood vessel",
    "head and nerves": r"head|brain|eye|vision|nerv|spin|neuro|seizure|confus|conscious|throat|fall|bleeding|clot",
    "limbs and skin": (
        r"leg|arm\b|limb|joint|bone|muscle|skin|hip|knee|foot|arthr|fractur|infection|trauma|"
        r"injur|osteo|fall"
    ),
}
"""Words of a text or its question with which a diagnosis of the region may belong after all."""

CONTEXT = (
    r"\b(?:caus\w+|due to|exclud\w+|rule out|ruled out|suspect\w*|consider\w*|diagnos\w+|suggest\w*|complicat\w+|"
    r"mistaken|mimic\w*|includ\w+|such as|like|conditions?|lead to|leads to|result in|risks? (?:of|for|"
    r"factors?)|problems?|"
    r"mean\w*|present\w*|looks? like|disease|disorders|danger\w*|concern|associated|think of|sought|may (?:be|"
    r"have|develop)|"
    r"can (?:be|have|develop)|signs? of|linked)\b"
)
"""A statement whose list is one of diagnoses or of what may follow."""

DENIED = (
    r"\b(?:not|no|never|neither|nor|unlike|rather than|without|except|rarely|unlikely|history|previous\w*|had|"
    r"trials?|research\w*|"
    r"symptoms?|signs of|types? of|cancers such as|infections such as|(?:infections|cancers) include|"
    r"used to (?:treat|diagnose|prevent)|prevents?)\b"
)
"""A statement that denies what it lists, or lists what has been."""
