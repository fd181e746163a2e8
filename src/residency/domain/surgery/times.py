"""Words of time that are exchanged for others, each way, and the places in which either would do.

Reviewed 2026-11; not for clinical use.
"""

from __future__ import annotations

UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
"""In order: a unit is exchanged for the next or the last."""

NUMBER = (
    r"(?:\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|a few|several)(?: minutes|"
    r" hours| days| weeks| "
    r"months| years)?(?:(?: ?[-–] ?| to | or | and )(?:\d+(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|"
    r"ten|twelve))?"
)

NO_TIME = (
    r"\b(?:ago|old|aged?|surviv\w+|per cent|trials?|stud(?:y|ies)|history|pregnan\w+|gestation\w*|trimester|every|each|"
    r"previous\w*|last|past|decades?|born|birth|diet|calories|wrong|would|per|about 1 in|live[ds]?|life|people|"
    r"school|work|interval is|first year|approved|known|reported|estimated|not|never|no later|neither|may|"
    r"can|could|might|waiting|too (?:short|late|early|long|soon)|adds?|exceeds?|understates?|loses?|"
    r"only delays|wait(?:s|ing)?)\b"
)
"""Words of a statement in which a stretch of time is no advice and no course of an illness, or is denied."""

SWIFT = (
    "immediately",
    "at once",
    "without delay",
    "straight away",
    "as soon as possible",
    "urgently",
    "promptly",
    "right away",
)
SLOW = ("electively", "within 48 hours", "within a few days", "within a week", "after 24 hours")
"""Adverbs of haste, and of none."""

ADJECTIVES: tuple[tuple[str, str, str], ...] = (
    (
        "immediate",
        "delayed",
        r"surgery|operation|exploration|laparotomy|decompression|referral|repair|treatment|fasciotomy|"
        r"MRI|imaging|removal|drainage|reduction|medical|care|delivery|resuscitation|closure|reconstruction|intubation|"
        r"surgical|transfer|assessment|review|admission|isolation|feeding|release",
    ),
    ("delayed", "immediate", r"surgery|operation|repair|closure|treatment|cholecystectomy|reconstruction|feeding"),
    (
        "urgent",
        "elective",
        r"surgery|operation|exploration|laparotomy|decompression|repair|drainage|endoscopy|return|"
        r"biliary drainage|embolectomy|biliary|surgical|imaging|scan|incision|debridement|thoracotomy",
    ),
    (
        "emergency",
        "elective",
        r"surgery|operation|laparotomy|repair|endoscopy|thoracotomy|colectomy|delivery|resection|"
        r"decompression|thoracotomy|surgical",
    ),
    ("elective", "emergency", r"surgery|operation|repair|cholecystectomy|resection|colectomy"),
    (
        "early",
        "late",
        r"surgery|operation|repair|cholecystectomy|feeding|drainage|exploration|diagnosis|treatment|"
        r"antibiotics|mobilisation|mobilization|excision|detection|referral|enteral|laparoscopic|recognition|"
        r"intubation|endoscopy|"
        r"thoracoscopic|delivery|intervention|stages?|childhood|infancy|sign|TIPS|debridement|tracheostomy",
    ),
    (
        "late",
        "early",
        r"stages?|childhood|sign|complications?|adulthood|pregnancy|effects?|in the disease|in life|"
        r"middle|phase|onset|infection",
    ),
    ("preoperative", "postoperative", r"\w+"),
    ("postoperative", "preoperative", r"\w+"),
    (
        "acute",
        "chronic",
        r"pancreatitis|appendicitis|cholecystitis|limb|mesenteric|retention|dissection|"
        r"diverticulitis|urinary|cholangitis",
    ),
    ("chronic", "acute", r"pancreatitis|venous|fissure|limb|subdural"),
    ("short-term", "long-term", r"treatment|use|follow-up|therapy|monitoring|side effects"),
    (
        "long-term",
        "short-term",
        (
            r"treatment|use|follow-up|therapy|monitoring|imaging|oxygen|anticoag\w+|steroids?|surveillance|care|"
            r"medic\w+|antibiotics|condition|disease"
        ),
    ),
)
"""An adjective, another, and what must follow for the other to be an error."""

ADVERBS: tuple[tuple[str, str], ...] = (
    ("early", "late"),
    ("late", "early"),
    ("preoperatively", "postoperatively"),
    ("postoperatively", "preoperatively"),
    ("suddenly", "gradually"),
    ("gradually", "suddenly"),
    ("rapidly", "slowly"),
    ("quickly", "slowly"),
    ("slowly", "rapidly"),
)

EVENTS = (
    r"surgery|the operation|operation|an operation|elective surgery|major surgery|ERCP|endoscopy|"
    r"an(?:a)?esthesia|incision|skin incision|"
    r"the incision|discharge|induction|feeding|imaging|CT|antibiotics|transfusion|consent|delivery|birth|meals?|eating|"
    r"sex|exercise|exposure|bed|going to bed|treatment|chemotherapy|radiation therapy|radiotherapy|"
    r"splenectomy|drainage|contrast|closure|wound closure|removal|resection|transplant(?:ation)?|pregnancy|"
    r"becoming pregnant|travel\w*|puberty|menopause|\w+ectomy|\w+oscopy|laparotomy|biopsy|the procedure|"
    r"rate control|any glucose|glucose|premedication|the patient leaves|a trial without|definitive|any major|"
    r"parathyroidectomy|(?:spinal|epidural|antireflux|bariatric|abdominal) \w+|dental work|the age of|age"
)
"""What "before" and "after" are said of."""
