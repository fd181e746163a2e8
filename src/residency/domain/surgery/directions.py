"""Words of side and direction that come in twos, and the places in which one of the two is wrong.

Reviewed 2026-11; not for clinical use. ``before`` and ``after`` say what must stand around a word for it to be of
anatomy: the words are harmless elsewhere ("left open", "superior results", "lower risk"), parts of names ("lateral
sclerosis", "anterior resection"), or of no consequence (either of two paired organs).
"""

from __future__ import annotations

PARTS = (
    r"abdom\w+|quadrant|limbs?|arms?|legs?|lips?|eyelids?|jaws?|chest|lobes?|poles?|third|half|border|edge|"
    r"wall|surface|"
    r"extremit\w+|o?esophag\w+|rectum|rectal|(?:GI|gastrointestinal) (?:contrast|endoscop\w+|series)|"
    r"urinary tract|ureter\w*|femur|thigh|molars?|teeth|"
    r"airways?|stomach|spine|bowel|trunk|face|motor neurons?|sphincter"
)
FIXED = (
    r"ventric\w+|atri(?:um|al|a)\b|heart|coronary|chambers?|bundle|colon|colic|colonic|hemicolectomy|iliac fossa|"
    r"hypochondri\w+|lobe of (?:the|your) liver|hepatic (?:artery|duct|vein)|gastric artery|shoulder tip|subphrenic|"
    r"supraclavicular|adrenal vein|gonadal vein|testicular vein|renal vein|subclavian|brachiocephalic|phrenic|"
    r"paracolic|(?:upper|lower) (?:\w+ )?(?:quadrant|abdomen|side|chambers?|part|belly)|abdomen|upper quadrant|"
    r"lower quadrant|quadrant|posterolateral|side of (?:the|your|his|her) (?:abdomen|belly|heart|chest|stomach)|"
    r"(?:side )?heart failure"
)
"""What lies, is felt or is done on one side only, in health or by the nature of the disease."""
PAIRED = (
    r"kidneys?|renal|ureter\w*|loin|flank|lungs?|chest|breasts?|axilla\w*|test(?:is|es|icles?|icular)|scrot\w+|"
    r"inguinal|groin|ovar\w+|fallopian|adrenal\w*|thyroid|parotid|carotid|eyes?|ears?|shoulder|(?:fore)?arms?|hands?|"
    r"hips?|legs?|thigh|knees?|foot|feet|ankle|calf|side"
)
"""What there are two of: a side counts only where the question has named it."""

PAIRS: tuple[tuple[str, str, str, str], ...] = (
    (
        r"medial",
        r"lateral",
        r"",
        (
            r"(?! (?:or|and multiple|internal|decubitus|position|radiograph\w*|x-rays?|views?|films?|sclerosis|"
            r"canthotomy))"
        ),
    ),
    (r"medially", r"laterally", r"", r""),
    (
        r"proximal",
        r"distal",
        r"",
        r"(?! (?:myopath\w*|muscular|spinal muscular|renal|arthrogryposis|hereditary|pancreatectomy|"
        r"gastrectomy|symphal\w+|"
        r"motor|trisomy|\d|monosomy|duplication|deletion|weakness|muscle))",
    ),
    (
        r"anterior",
        r"posterior",
        r"",
        r"(?! (?:resection|polar|urethral valves?|segment|uveitis|cortical|hypopituit\w+|chamber|fossa|lip|reversible|"
        r"horn|embryotoxon|synech\w+|subcapsular|component|approach|repair))",
    ),
    (r"anteriorly", r"posteriorly", r"", r"(?! (?:rotated|placed))"),
    (
        r"superior",
        r"inferior",
        r"",
        r"(?= (?:vena cava|mesenteric|gluteal|rectal|thyroid|laryngeal|oblique|parietal|poles?|sagittal|pubic|"
        r"epigastric|"
        r"vena|parathyroid|border|surface|part|vesical|phrenic|colliculus))",
    ),
    (
        r"upper",
        r"lower",
        r"",
        rf"(?= (?:right |left |outer |inner |third of |part of |parts of )*(?:the |your )?(?:{PARTS}))",
    ),
    (r"upper", r"lower", r"", r"(?= (?:right|left|part|end|portion)\b)"),
    (r"ascending", r"descending", r"", r"(?= (?:colon|aort\w+|thoracic|part|limb))"),
    (
        r"internal",
        r"external",
        r"",
        r"(?= (?:iliac|carotid|jugular|oblique|ring|inguinal ring|sphincter|anal|os\b|openings?|ha?emorrhoids?|"
        r"rotat\w+|thoracic|mammary|pudendal|laryngeal|ear\b|urethral))",
    ),
    (
        r"above",
        r"below",
        r"",
        r"(?= (?:and (?:medial|lateral) to )?(?:the |your )?(?:diaphragm|knees?|umbilicus|navel|waist|"
        r"belly button|pubic|"
        r"inguinal|elbow|ankle|heart|clavicle|collarbone|dentate|kidneys?|bladder|stomach|liver|breastbone|larynx|"
        r"vocal|fascia|neck|hips?|groin|ribs?|skin|collar|lungs|jaw|T\d|L\d))",
    ),
    (r"in front of", r"behind", r"", r"(?= (?:the|your) (?!ears?\b|scenes|wheel|glans))"),
    (r"ventral", r"dorsal", r"", r"(?! (?:root|tegmental|hernia|rhizotomy))"),
    (r"palmar", r"dorsal", r"", r"(?= (?:surface|aspect|side|part))"),
    (r"cranial", r"caudal", r"", r"(?= (?:to|part|end|direction))"),
    (r"ipsilateral", r"contralateral", r"", r""),
    (r"afferent", r"efferent", r"", r"(?= (?:limb|loop|arteriole|pathway|nerve))"),
    (r"intraperitoneal", r"extraperitoneal", r"", r"(?! (?:approach|chemotherapy|repair))"),
    (r"antegrade", r"retrograde", r"", r"(?= (?:urethrog\w+|ejaculation|pyelog\w+|cholangio\w+))"),
    (
        r"superficial",
        r"deep",
        r"",
        r"(?= (?:to the|inguinal ring|femoral|fascia|peroneal|palmar|lobe|surgical|veins|perineal))",
    ),
)
"""Two words that are exchanged, and patterns for what stands before and after either of them."""

NO_MATTER = (
    r"\b(?:either (?:side|kidney|of|leg|arm|lung)|both (?:sides|kidneys|lungs|legs|arms)|bilateral\w*|"
    r"opposite|other side|"
    r"compared?|unlike|whereas|mirror|situs|heterotax\w+|transplant\w*|anomal\w+|any|"
    r"or (?:the )?(?:left|right)|(?:left|right) or|not|never|no|neither|nor|without|cannot|wrong\w*|would|"
    r"rather than|instead|exercis\w*|needless\w*|leaves|ventricular cardiomyopathy|airway cough|video)\b"
)
"""Words of a statement in which the other side may be right as well."""
