"""Antibacterials by class, and where a class is wrong: what it does not reach, or must not be given for.

Reviewed 2026-11 against current British, European and American guidance; not for clinical use. Local resistance and
local guidelines go before any such table, so only what holds everywhere stands here: a class is named as wrong for a
setting when its spectrum, its place in the body or its harm rules it out there, and never because another comes first.
"""

from __future__ import annotations

from collections.abc import Mapping

CLASSES: Mapping[str, tuple[str, str]] = {
    "aminopenicillin": ("amoxicillin=aminopenicillin=amoxycillin, ampicillin", "a penicillin"),
    "staphylococcal penicillin": ("flucloxacillin, cloxacillin, dicloxacillin, oxacillin, nafcillin", "a penicillin"),
    "penicillin": ("benzylpenicillin=penicillin g, phenoxymethylpenicillin=penicillin v", "a penicillin"),
    "protected penicillin": (
        "co-amoxiclav=amoxicillin-clavulanate=amoxicillin-clavulanic acid=augmentin, ampicillin-sulbactam",
        "a penicillin with a beta-lactamase inhibitor",
    ),
    "antipseudomonal penicillin": (
        "piperacillin-tazobactam=tazocin=zosyn",
        "a penicillin with a beta-lactamase inhibitor",
    ),
    "first cephalosporin": ("cefazolin=cephazolin, cefalexin=cephalexin", "a first-generation cephalosporin"),
    "cephalosporin": ("cefuroxime, ceftriaxone=rocephin, cefotaxime", "a cephalosporin"),
    "ceftazidime": ("ceftazidime", "a cephalosporin"),
    "carbapenem": ("meropenem, imipenem", "a carbapenem"),
    "monobactam": ("aztreonam", "a monobactam"),
    "aminoglycoside": ("gentamicin, amikacin, tobramycin, streptomycin", "an aminoglycoside"),
    "macrolide": ("erythromycin, clarithromycin, azithromycin", "a macrolide"),
    "lincosamide": ("clindamycin", "a lincosamide"),
    "quinolone": ("ciprofloxacin=cipro", "a quinolone"),
    "respiratory quinolone": ("levofloxacin, moxifloxacin", "a quinolone"),
    "glycopeptide": ("vancomycin, teicoplanin", "a glycopeptide"),
    "nitroimidazole": ("metronidazole=flagyl", "a nitroimidazole"),
    "tetracycline": ("doxycycline=vibramycin, minocycline", "a tetracycline"),
    "trimethoprim": ("trimethoprim", "an antifolate"),
    "co-trimoxazole": (
        "co-trimoxazole=trimethoprim-sulfamethoxazole=trimethoprim/sulfamethoxazole=bactrim=septra",
        "an antifolate",
    ),
    "nitrofurantoin": ("nitrofurantoin", "a urinary antiseptic"),
    "oxazolidinone": ("linezolid", "an oxazolidinone"),
    "macrocycle": ("fidaxomicin", "a macrocyclic antibiotic"),
    "rifamycin": ("rifampicin=rifampin", "a rifamycin"),
}
"""Members of each class (the first name of each is put into a text) and what the class is called."""

NOUNS: Mapping[str, str] = {
    "macrolide": "macrolide",
    "tetracycline": "tetracycline",
    "aminoglycoside": "aminoglycoside",
    "carbapenem": "carbapenem",
    "cephalosporin": "cephalosporin",
    "quinolone": "quinolone=fluoroquinolone",
    "glycopeptide": "glycopeptide",
    "penicillin": "penicillin",
}
"""Classes that a text may name by their noun."""

_PENICILLINS = (
    "aminopenicillin, staphylococcal penicillin, penicillin, protected penicillin, antipseudomonal penicillin"
)
_BETA_LACTAMS = f"{_PENICILLINS}, first cephalosporin, cephalosporin, ceftazidime, carbapenem, monobactam"
_NO_ANAEROBES = "aminoglycoside, quinolone, first cephalosporin, monobactam, trimethoprim, ceftazidime, nitrofurantoin"
_ONLY_GRAM_POSITIVE = (
    "glycopeptide, lincosamide, staphylococcal penicillin, oxazolidinone, macrolide, penicillin, macrocycle"
)

SETTINGS: tuple[tuple[str, str, str, str, str], ...] = (
    (
        r"penicillin(?: allergy| anaphyla)|allergic to penicillin|in penicillin allergy",
        _PENICILLINS,
        "macrolide, lincosamide, tetracycline, glycopeptide, aminoglycoside, quinolone, co-trimoxazole, monobactam",
        "it must not be given in penicillin allergy",
        "dangerous",
    ),
    (
        r"c\. ?difficile|clostridioides|clostridium difficile|pseudomembran",
        "lincosamide, cephalosporin, quinolone, protected penicillin, carbapenem, aminoglycoside, first cephalosporin",
        "glycopeptide, macrocycle, nitroimidazole",
        "it does not treat C. difficile, and an antibiotic that is not needed keeps the disease going",
        "dangerous",
    ),
    (
        r"toxin",
        "nitroimidazole, aminoglycoside, quinolone, glycopeptide, cephalosporin, first cephalosporin, trimethoprim",
        "lincosamide",
        "it does not stop bacteria from making toxin",
        "major",
    ),
    (
        r"\bmrsa\b|methicillin-resistant",
        f"{_PENICILLINS}, first cephalosporin, cephalosporin, ceftazidime, carbapenem, nitroimidazole, monobactam",
        "glycopeptide, oxazolidinone, lincosamide, tetracycline, co-trimoxazole, rifamycin",
        "MRSA is resistant to it",
        "dangerous",
    ),
    (
        r"anaerob|bacteroides|tetanus|gas gangrene|non-lactational|hirschsprung",
        _NO_ANAEROBES,
        "nitroimidazole, protected penicillin, antipseudomonal penicillin, carbapenem, lincosamide",
        "it does not act on anaerobes",
        "major",
    ),
    (
        r"(?<!non-)lactational|breast abscess|staphylococc|cellulitis|mastitis|spreading infection of the skin|"
        r"s\. aureus|impetigo",
        "nitroimidazole, aminoglycoside, monobactam, nitrofurantoin, ceftazidime, trimethoprim, macrocycle",
        "staphylococcal penicillin, macrolide, lincosamide, first cephalosporin, glycopeptide, tetracycline, "
        "protected penicillin",
        "it is no treatment for the staphylococci and streptococci of this infection",
        "major",
    ),
    (
        r"varic|cholang|bil(?:e|iary)|append|periton|divertic|e\. coli|escherichia|gram-negative|pyeloneph|"
        r"obstructed kidney|"
        r"prostat|necroti|fasci|intra-abdominal|sepsis|klebsiella",
        _ONLY_GRAM_POSITIVE + ", nitroimidazole",
        "cephalosporin, antipseudomonal penicillin, carbapenem, aminoglycoside, quinolone, protected penicillin, "
        "ceftazidime, monobactam",
        "it does not act on the Gram-negative bacteria that must be covered here",
        "dangerous",
    ),
    (
        r"\bcystitis|urinary tract infection|\buti\b|bladder infection",
        "nitroimidazole, lincosamide, glycopeptide, staphylococcal penicillin, macrolide, macrocycle, oxazolidinone",
        "nitrofurantoin, trimethoprim, co-trimoxazole, quinolone, protected penicillin, cephalosporin, aminoglycoside",
        "it does not reach or does not act on the usual bacteria of the urinary tract",
        "major",
    ),
    (
        r"side chain",
        "glycopeptide, aminoglycoside, macrolide, lincosamide, quinolone, tetracycline, nitroimidazole, oxazolidinone",
        "first cephalosporin, ceftazidime, monobactam, cephalosporin, carbapenem, aminopenicillin",
        "it is no beta-lactam, so the words about side chains do not hold for it",
        "major",
    ),
    (
        r"\b(?:is|are) (?:a )?penicillins?\b|is therefore contraindicated",
        "glycopeptide, aminoglycoside, macrolide, lincosamide, quinolone, tetracycline, nitroimidazole, monobactam",
        "antipseudomonal penicillin, protected penicillin",
        "it is no penicillin",
        "dangerous",
    ),
    (
        r"infuses? slowly|within 120 minutes|red man|infusion reaction",
        "first cephalosporin, cephalosporin, protected penicillin, staphylococcal penicillin, aminopenicillin, "
        "antipseudomonal penicillin",
        "glycopeptide",
        "it is given over minutes, and the words about a slow infusion do not hold for it",
        "major",
    ),
    (
        r"\bq fever|rickettsi|spotted fever|anaplasm|ehrlichi|scrub typhus|chlamydia|mycoplasma|legionella|pertussis|"
        r"whooping",
        f"{_BETA_LACTAMS}, glycopeptide, nitroimidazole, nitrofurantoin",
        "tetracycline, macrolide, respiratory quinolone",
        "these bacteria have no cell wall that it could act on, or live within cells that it does not reach",
        "major",
    ),
    (
        r"tubercul|\btb\b",
        f"nitroimidazole, macrolide, lincosamide, nitrofurantoin, {_PENICILLINS}, tetracycline",
        "rifamycin, aminoglycoside",
        "it does not act on tubercle bacilli",
        "major",
    ),
    (
        r"amoeb|ameb|giardia|trichomon",
        f"{_BETA_LACTAMS}, aminoglycoside, quinolone, macrolide, glycopeptide",
        "nitroimidazole",
        "it does not act on protozoa",
        "major",
    ),
    (
        r"whipple|whipplei|brucell",
        "nitroimidazole, glycopeptide, nitrofurantoin, lincosamide",
        "cephalosporin, carbapenem, co-trimoxazole, tetracycline, aminoglycoside, penicillin",
        "it does not cure this infection",
        "major",
    ),
    (
        r"kidneys?, hearing|ototox|nephrotox|trough",
        "macrolide, first cephalosporin, nitroimidazole, tetracycline, lincosamide",
        "aminoglycoside, glycopeptide",
        "it is dosed without levels and spares the kidneys and the ear",
        "major",
    ),
    (
        r"tendon",
        f"macrolide, glycopeptide, nitroimidazole, {_PENICILLINS}, first cephalosporin",
        "quinolone, respiratory quinolone",
        "it does not harm tendons",
        "major",
    ),
    (
        r"\bteeth|breast-?feeding|lactation",
        "macrolide, first cephalosporin, staphylococcal penicillin",
        "tetracycline",
        "it does not stain teeth",
        "major",
    ),
)
"""Settings: a pattern of text in lower case, the classes that are wrong there, those of which the text may rightly
speak there, what is wrong with the former, and how grave that is."""
