"""What tells two questions apart that a model of meaning takes for the same: sides, ages, routes, what is asked for.

Each entry of :data:`OPPOSED` is a set of words of which a question means one: beginnings of words, alternatives by
``|``, members by space. ``*`` before a member: a question that has it asks something else than one that names none.
"""

from __future__ import annotations

OPPOSED: tuple[str, ...] = (
    "left right bilateral",
    "upper lower|leg$ middle",
    "superior inferior",
    "anterior posterior",
    "medial lateral",
    "proximal distal",
    "internal external",
    "superficial deep",
    "ascending descending transverse sigmoid",
    "large|colon|colorect small|duoden|jejun|ile[ua]",
    "adult|grown *child|paediatric|pediatric|juvenil *neonat|newborn|infant|baby|babies *elderly|frail *adolescen",
    "*pregnan|gestation|trimester",
    "man$|men$|male *woman$|women$|female",
    "acute *chronic *recurren|relaps",
    "open laparoscop|keyhole|minimally robot endoscop|endovascular|evar$ percutan",
    "direct indirect",
    "benign malignan|cancer|carcinoma",
    "emergen|urgent elective|planned",
    "primary secondary",
    "arter venous|vein",
    "oral|mouth intraven|iv$|parenteral intramusc|im$ subcut rectal|suppositor",
    "before|ahead|preoperat|prior after|postoperat|following during|intraoperat",
    "hyper hypo",
    "tachy brady",
    "rais|increas|high|elevat|excess|rise|rising low|decreas|fall|deficien|reduc|drop",
    "congenital acquired",
    "first-degree|first-grade second third fourth fifth",
    "systolic diastolic",
    "afferent efferent",
    "flex exten",
    "maxim|upper|most minim|least",
    "early late",
    "long short",
    "start|begin|resum|restart|given stop|withh|discontinu|cease",
    "fluid|drink|liquid solid|eat$|eating|food",
    "femoral inguinal|groin umbilic|paraumbil incision|ventral epigast hiat|diaphrag obturator spigel",
    "warfarin heparin|enoxaparin|dalteparin|tinzaparin rivaroxaban|apixaban|edoxaban dabigatran aspirin clopidogrel",
    "lidocain|lignocain bupivacain ropivacain prilocain",
    "crohn ulcerative",
)

ASKED: tuple[str, ...] = (
    "caus aetiolog etiolog why$ reason",
    "symptom sign$ signs$ present$ presents$ presentation clinically manifest recogni suggest",
    "diagnos test$ tests$ investigat imag scan confirm detect proved recogni",
    "treat manag therap repair handl operat surg",
    "prevent prophyla",
    "complicat",
    "risk likely",
    "outlook prognos mortal surviv",
    "inherit",
    "genetic gene$ genes$ mutation",
    "affected prevalen inciden frequency",
    "stage$ stages$ staging classif",
    "research trial",
    "dose$ doses$ dosage",
    "indication$ indications$ indicated",
    "contraindicat",
)
"""What a question may ask for, as beginnings of words; one that asks for none of these and begins with "what is" asks
what the thing is."""

DENIES = "not no never without cannot avoid contraindicat except least unlike absen withh fals incorrect"
"""Beginnings of words that turn a question round."""

GENERAL = frozenset(
    "patient patients people person case cases condition usual usually common commonly choice used use given clinical "
    "clinically suspected known need needed best preferred typical typically main following".split()
)
"""Words that a question may have or lack without asking something else."""
