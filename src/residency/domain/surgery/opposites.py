"""Words of which one makes a statement say the opposite of what the other does.

Reviewed 2026-11; not for clinical use. The sets of :mod:`residency.domain.surgery.questions` tell questions apart;
these are for statements, so that words which one fact may rightly be told with (a child and an infant, a colon and a
large bowel) stand in no set. The form is the same: beginnings of words, alternatives by ``|``, members by space, ``$``
for the word's end.
"""

from __future__ import annotations

OPPOSITES: tuple[str, ...] = (
    # Where
    "left$|leftward right$|rightward",
    "ipsilateral contralateral",
    "unilateral bilateral",
    "upper$|uppermost lower$|lowermost",
    "superior$|superiorly inferior$|inferiorly",
    "cranial|cephalad caudal",
    "suprapubic|supraumbilic|supraclavic infrapubic|infraumbilic|infraclavic",
    "anterior posterior",
    "ventral dorsal",
    "medial lateral",
    "proximal distal",
    "internal external",
    "inside$|inner$|inward outside$|outer$|outward",
    "intraperitoneal extraperitoneal|retroperitoneal",
    "intracapsular extracapsular",
    "intrinsic extrinsic",
    "afferent efferent",
    "superficial deep$|deeper$|deepest$|deeply$",
    "ascending descending",
    "above$ below$|beneath$",
    "front$ behind$",
    "central peripheral",
    "antegrade retrograde",
    # When
    "before$|preoperat|beforehand after$|afterwards$|postoperat",
    "early$|earlier$|earliest$ late$|later$|latest$",
    "acute$|acutely$ chronic",
    "emergenc elective|planned",
    "immediate delayed",
    "first$ last$",
    "previous|preceding subsequent|following$",
    "start$|starts$|started$|starting$|begin|began$|resum|restart "
    "stop$|stops$|stopped$|stopping$|withh|discontinu|cease",
    "continu discontinu|interrupt",
    "always$ never$",
    "permanent temporary|transient",
    "slow$|slower$|slowly$|gradual|slowest$ fast$|faster$|rapid|quick|sudden|fastest$",
    "short$|shorter$|shortest$|shorten long$|longer$|longest$|lengthen|prolong",
    # How much
    "increas|rais|rises$|rise$|rising$|risen$|elevat decreas|lowers$|lowered$|lowering$|reduc|fall$|falls$|falling$|"
    "fallen$|fell$|drop|declin",
    "high$|higher$|highest$ low$|lower$|lowest$",
    "more$|most$|greater$|greatest$ less$|least$|fewer$|fewest$",
    "large$|larger$|largest$|big$|bigger$ small$|smaller$|smallest$",
    "wide$|wider$|widen|dilat|broad narrow|constrict",
    "thick$|thicker$|thicken thin$|thinner$|thinning$",
    "maxim minim",
    "full$|fully$|complete$|completely$|total$|totally$ partial|incomplete",
    "common$|commoner$|commonest$|commonly$|frequent|often$|usual "
    "rare$|rarer$|rarest$|rarely$|uncommon|infrequent|seldom$|"
    "unusual",
    "majority$ minority$",
    "heavy$|heavier$|heavily$ light$|lighter$|lightly$",
    "strong$|stronger$|strongest$|strongly$ weak$|weaker$|weakest$|weakly$",
    "severe$|severely$ mild$|milder$|mildly$",
    "concentrat dilut",
    "exceed below$",
    "all$|every$ none$",
    "single$ multiple",
    "same$ different",
    # What kind
    "benign malignan|cancerous",
    "congenital acquired",
    "primary secondary",
    "direct$|directly$ indirect",
    "open$ closed$|laparoscopic|endoscopic|endovascular",
    "arterial|artery|arteries venous|vein$|veins$",
    "systolic diastolic",
    "flexion|flexed extension|extended",
    "abduct adduct",
    "pronat supinat",
    "solid$|solids$ liquid|fluid|cystic",
    "sensory motor$",
    "sympathetic parasympathetic",
    "sensitiv specific$|specificity$",
    "oral$|orally$ intraven|parenteral|rectal|intramusc|subcut|topical",
    "general$ local$|regional",
    "warm$|warmer$|warming$|hot$|heat cold$|colder$|cool",
    "wet$|moist dry$|drier$|dried$",
    "sterile contaminat|infected",
    "absorbable non-absorbable|nonabsorbable",
    "positive$ negative$",
    "present$|presence$ absent$|absence$",
    "mobile fixed$",
    "soft$ hard$|rigid",
    "painful painless",
    "tender$ painless|non-tender",
    "conscious$ unconscious",
    "voluntary involuntary",
    "dominant recessive",
    "hypertension|hypertensive hypotension|hypotensive",
    "tachycardi bradycardi",
    "hyperkal hypokal",
    "hypernatr hyponatr",
    "hypercalc hypocalc",
    "hyperglyc hypoglyc",
    "hypertherm hypotherm",
    "hyperthyr hypothyr",
    "hypervol hypovol",
    "alkalo acido",
    "tachypno bradypno",
    "hypertroph atroph",
    "vasoconstrict vasodilat",
    # Good or bad, for or against
    "better$|best$|improv worse$|worst$|worsen|deteriorat",
    "safe$|safer$|safest$|safely$|safety$ danger|unsafe|hazard",
    "useful|helpful useless|unhelpful",
    "easy$|easier$|easily$ difficult|hard$|harder$",
    "succe fail",
    "protect endanger|harm",
    "encourag discourag",
    "allow|permit forbid|forbidden$|prohibit|disallow",
    "advantage|benefit$|benefits$ disadvantage|harm$|harms$",
    "include$|includes$|included$|including$ exclude$|excludes$|excluded$|excluding$",
    "confirm|prove$|proves$|proved$|proven$ exclude$|excludes$|excluded$|disprove|refute",
    "accept reject|refuse",
    "inhibit|suppress|block stimulat|activat|promot",
    "insert|inserted$ remov",
    "gain$ loss$",
    "tighten loosen",
    # Who
    "men$|man$|male$|males$|boy|his$|he$ women$|woman$|female|girl|her$|she$",
    "adult|adults$ child|paediatr|pediatr|infant|neonat",
    "old$|older$|oldest$|elderly$ young$|younger$|youngest$",
    "pregnant non-pregnant|nonpregnant",
    # Which
    "warfarin heparin|enoxaparin|dalteparin|tinzaparin rivaroxaban apixaban edoxaban dabigatran",
    "crohn ulcerative",
    "femoral inguinal umbilic",
    "colloid crystalloid",
    "hypertonic hypotonic isotonic",
    "aerobic anaerobic",
    "gram-positive gram-negative",
    "ischaem|ischem haemorrhag|hemorrhag",
)

PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis", "ab", "a")
"""Beginnings that turn a word into its opposite (``stable``, ``unstable``)."""

SEEMING = frozenset(
    "informed inform invention invert inpatient inpatients intact industry inhale inhaled inject injected "
    "invade invaded infuse infused improve improved impress imply discharge discharged disease display until under "
    "imposed inset intend intense insight inflame inflamed incline indicated indicate investigate".split()
)
"""Words that begin so and are no opposites of the rest."""
