"""What is done with the hands, and the different thing that a wrong answer would have done.

Reviewed 2026-11; not for clinical use. Members of a class stand in the same form, and each is wrong where another is
right; none is another name or a part of another.
"""

from __future__ import annotations

from collections.abc import Mapping

ACTS: tuple[tuple[str, str, str], ...] = (
    (r"raised|elevated", "lowered", r"(?:limb|leg|arm|head|bed|foot|feet|hand|scrotum|part)\b"),
    ("lowered", "raised", r"(?:limb|leg|arm|head|bed|foot|feet|hand|scrotum)\b"),
    ("inflated", "deflated", ""),
    ("deflated", "inflated", ""),
    ("tightened", "loosened", ""),
    ("loosened", "tightened", ""),
    ("left open", "closed", ""),
    ("closed", "left open", r"\b(?:wound|skin|fascia|abdomen|defect|perforation|incision|bladder|stump|ring|sac)\b"),
    ("divided", "preserved", ""),
    ("ligated", "preserved", ""),
    (
        "preserved",
        "divided",
        r"\b(?:nerves?|vessels?|cord|vas|arter\w+|ligament|ducts?|veins?|glands?|sphincter|muscle)\b",
    ),
    ("flexed", "extended", ""),
    ("extended", "flexed", r"\b(?:knee|hip|elbow|wrist|neck|finger|thumb|limb)\b"),
    ("squeezed", "pulled", ""),
    ("advanced", "withdrawn", r"\b(?:tube|catheter|wire|needle|scope|endoscope|cannula|drain)\b"),
    ("withdrawn", "advanced", r"\b(?:tube|catheter|wire|needle|scope|endoscope|cannula|drain)\b"),
    ("excised", "incised", ""),
    ("incised", "excised", r"\b(?:abscess|skin|fascia|ha?ematoma)\b"),
    ("drained", "left undrained", r"\b(?:abscess|collection|pus|empyema|duct|kidney|haematoma|haemothorax|cyst)\b"),
    ("left undrained", "drained", ""),
    ("resected", "left in place", ""),
    (
        "removed",
        "left in place",
        r"\b(?:tubes?|catheters?|drains?|stents?|sutures?|stitches|lines?|tumou?rs?|cancer|gland|"
        r"foreign|battery|swabs?|packs?|nodes?|appendix|gallbladder|spleen|dead|tissue|mesh|testis|uterus|polyps?|"
        r"dressings?|casts?|collar|clothing|implants?|tissue|lump|cyst|part|organ|stones?)\b",
    ),
    ("left in place", "removed", ""),
    ("repaired", "excised", r"\b(?:hernia|defect|valve|cleft|artery|duct|tear|perforation|sphincter|nerve|ureter)\b"),
    ("covered", "left uncovered", r"\b(?:burn|wound|bowel|skin|stump|eye|sore|fragments)\b"),
    ("warmed", "cooled", ""),
    ("cooled", "warmed", ""),
    ("cooling", "warming", r"\b(?:burn|scald|water)\b"),
    ("fixed", "left free", r"\b(?:testis|mesh|catheter|tube|testicle)\b"),
    ("compressed", "stretched", r"\b(?:oedema|glans|artery|vein|bleeding)\b"),
    (
        "continued",
        "stopped",
        r"\b(?:aspirin|anticoag\w+|beta-?blocker\w*|steroids?|statins?|antibiotics?|feeding|"
        r"insulin|treatment|heparin|prophylaxis|monitoring|prednisolone|drugs?|clopidogrel|warfarin|"
        r"breastfeeding|medic\w+)\b",
    ),
    (
        "stopped",
        "continued",
        r"\b(?:aspirin|anticoag\w+|steroids?|statins?|antibiotics?|feeding|feeds|infusion|"
        r"insulin|treatment|heparin|prophylaxis|drugs?|clopidogrel|warfarin|metformin|nsaids?|"
        r"apixaban|rivaroxaban|dabigatran|medic\w+|smoking|contrast|oxytocin|transfusion)\b",
    ),
    ("omitted", "continued", r"\b(?:apixaban|rivaroxaban|dabigatran|warfarin|metformin|ticagrelor|dose|heparin)\b"),
    ("restarted", "stopped", ""),
    (
        "started",
        "withheld",
        r"\b(?:antibiotics?|heparin|fluids?|oxygen|feeding|anticoag\w+|treatment|thiamine|"
        r"prophylaxis|ppi|inhibitors?|insulin|therapy|levothyroxine|steroids?)\b",
    ),
    ("sutured", "left open", r"\b(?:wound|laceration|incision|gums|edges)\b"),
    ("irrigated", "packed", r"\b(?:wound|bladder|eye|burn|abdomen)\b"),
    ("widened", "narrowed", ""),
    ("replaced", "withdrawn", r"\b(?:fluids?|losses|blood|potassium|electrolytes|volume|enzyme|hormones?)\b"),
    ("stapled off", "joined end to end", ""),
    ("debrided", "sutured", ""),
    ("intubated", "sedated", ""),
    ("injected into", "withdrawn from", ""),
    ("inserted into", "withdrawn from", ""),
    ("withdrawn from", "injected into", ""),
    ("inserted through", "pulled out through", ""),
    ("taken from", "injected into", r"\b(?:blood|fluid|marrow|cells)\b.*\btaken from (?:a|the|your)\b"),
    ("drawn from", "injected into", r"\b(?:blood|fluid|sample|marrow|cells)\b"),
    ("removed from", "injected into", r"\b(?:blood|fluid|marrow|cells)\b.*\bremoved from (?:a|the|your)\b"),
    ("thawed", "frozen", r"\bthawed and (?:given|returned)\b"),
    ("frozen", "thawed", r"\bfrozen and stored\b"),
    ("put into", "taken out of", ""),
    ("passed into", "pulled out of", ""),
    ("passed through", "pulled out through", r"\b(?:tube|catheter|wire|scope|endoscope|needle)\b"),
    ("attached to", "detached from", r"\b(?:catheter|electrodes?|wires?|machine|bag|sensors?|monitor)\b"),
    ("kept clean and dry", "kept moist", ""),
    ("kept dry", "kept moist", ""),
    ("placed on", "taken off", r"\b(?:tube|mask|patch|pads?|electrodes?|cuff|dressing|gel|electrode)\b"),
    ("sewn", "left open", ""),
)
"""What is done (a pattern of a participle), what would be the wrong thing in the same form, and a pattern that its
statement must hold as well for the exchange to be an error ("" for none)."""

CARE: tuple[tuple[str, str, str], ...] = (
    ("widen", "narrow", r"\b(?:arter\w+|airways?|vessels?|ducts?|valve|opening|bronch\w+|veins?)\b"),
    ("open", "close", r"\bto open (?:the |a |up |your )?(?:blocked|narrowed|airways?|arter\w+|bronch\w+)\b"),
    ("freeze", "heat", r"\b(?:tissue|abnormal|cells|tumou?rs?|warts?|cryo\w+|kill|destroy)\b"),
    ("stay upright", "lie flat", ""),
    ("sit upright", "lie flat", ""),
    ("lie down", "stand up", r"\b(?:faint\w*|dizz\w*|shock)\b"),
    ("raise", "lower", r"\braise (?:the |your |his |her )?(?:head|legs?|arms?|feet|foot|bed|limb)\b"),
    ("elevate", "lower", r"\belevate (?:the |your |his |her )?(?:head|legs?|arms?|feet|foot|bed|limb)\b"),
    ("elevating", "lowering", r"\belevating (?:the |your |his |her )?(?:head|legs?|arms?|feet|foot|bed|limb)\b"),
    ("raising", "lowering", r"\braising (?:the |your |his |her )?(?:head|legs?|arms?|feet|foot|bed|limb)\b"),
    ("tighten", "relax", r"\b(?:pelvic|squeeze|kegel)\b"),
    ("cold", "hot", r"\bcold (?:packs?|compress\w*|water|cloth)\b"),
    ("cool", "warm", r"\bcool (?:running|tap)\b|\bburns?\b.*\bcool water\b"),
    ("warm", "cold", r"\bwarm (?:compress\w*|soaks?|saline|fluids?|baths?)\b"),
    ("ice", "heat", r"\b(?:apply|put|use|applying|with) ice\b"),
    ("shrink", "enlarge", r"\b(?:tumou?rs?|prostate|fibroids?|haemorrhoids|hemorrhoids|goit\w+)\b"),
    ("remove", "keep", r"\b(?:remove (?:the |your )?(?:tick|splinter|stinger|clothing|contact lens\w*|jewel\w*))\b"),
    ("thin", "thicken", r"\bthin (?:the |your )?(?:blood|mucus)\b"),
    ("replace", "remove", r"\breplace (?:the |your )?(?:lost|missing|fluids?|blood|enzyme|hormones?|platelets)\b"),
    ("drain", "retain", r"\bdrain (?:the )?(?:fluid|urine|pus|excess|bladder|cyst|blood)\b"),
    ("plenty of fluids", "little fluid", ""),
    ("lots of fluids", "little fluid", ""),
    ("prevent clots", "promote clots", ""),
    ("clamp", "unclamp", r"\b(?:artery|vessel|hilum|pedicle|pringle)\b"),
    ("retract", "release", r"\b(?:foreskin|liver|bowel)\b"),
)
"""As :data:`ACTS`, for what is told without an auxiliary: a verb, or what is laid on."""

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "an operation in the abdomen": (
        "cholecystectomy",
        "appendicectomy",
        "splenectomy",
        "gastrectomy",
        "pancreatectomy",
        "right hemicolectomy",
        "sigmoid resection",
    ),
    "an opening of a cavity": ("laparotomy", "thoracotomy", "craniotomy", "sternotomy"),
    "a look through a scope": ("laparoscopy", "thoracoscopy"),
    "an operation on the urinary tract": ("nephrectomy", "cystectomy", "prostatectomy", "nephrostomy", "lithotripsy"),
    "an operation on the neck": ("thyroidectomy", "parathyroidectomy", "tracheostomy", "parotidectomy"),
    "an operation on a vessel": ("embolectomy", "endarterectomy", "angioplasty"),
    "a release": ("fasciotomy", "escharotomy"),
    "an operation on the testis": ("orchidopexy", "orchidectomy", "vasectomy"),
    "a way through a duct": ("sphincterotomy", "choledochotomy", "myotomy", "pyloroplasty"),
    "a stoma": ("ileostomy", "colostomy", "gastrostomy", "jejunostomy"),
    "an operation on the breast": ("mastectomy", "lumpectomy"),
    "a gynaecological operation": ("hysterectomy", "myomectomy", "salpingectomy", "cystectomy"),
    "an operation on the lung": ("lobectomy", "pneumonectomy", "pleurodesis"),
    "a treatment of piles and fissures": ("rubber band ligation", "haemorrhoidectomy", "lateral sphincterotomy"),
    "an operation on the gullet or the stomach": (
        "fundoplication",
        "oesophagectomy",
        "sleeve gastrectomy",
        "pyloromyotomy",
    ),
    "a transplant": ("liver transplant", "kidney transplant", "bone marrow transplant", "heart transplant"),
    "a transplantation": ("liver transplantation", "kidney transplantation", "bone marrow transplantation"),
    "a treatment of joints": ("physical therapy", "occupational therapy", "speech therapy"),
    "a decompression": ("nasogastric decompression", "rectal decompression"),
    "a cancer treatment": ("chemotherapy", "radiation therapy"),
    "an operation on the lung or a part of it": ("lobectomy", "wedge resection"),
    "an operation on the womb": ("hysterectomy", "radical trachelectomy", "oophorectomy"),
    "an operation by cold or heat": ("cryosurgery", "electrosurgery", "laser surgery"),
    "a position": ("head-down position", "sitting position", "prone position"),
    "a pressure": ("direct pressure", "a tourniquet"),
}
"""A class's name, and its members in British spelling and lower case."""

AMERICAN: Mapping[str, str] = {
    "appendicectomy": "appendectomy",
    "haemorrhoidectomy": "hemorrhoidectomy",
    "oesophagectomy": "esophagectomy",
    "orchidopexy": "orchiopexy",
    "orchidectomy": "orchiectomy",
}
"""Members that are spelt otherwise in America."""

CHOSEN = (
    r"\b(?:should|must|is (?:needed|required|done|performed|offered|indicated|the|planned|preferred|used|"
    r"treated|also)|needs?|"
    r"calls? for|treated (?:with|by|first|endoscopically)|treatment|first|best|requires?|are (?:offered|"
    r"treated|performed)|"
    r"definitive|choice|cures?|undergo\w*|recommended|standard|main|followed|goes|go to|after|before|by|"
    r"surgery to|surgical procedure|procedure|is a|uses?)\b"
)
"""A statement that chooses what is to be done."""

DESCRIBED = (
    r"\b(?:cancer treatment that uses|uses (?:drugs|high-energy|x-rays|a machine|a radioactive)|"
    r"a surgical procedure|surgery to (?:remove|take)|procedure (?:that|to|in which))"
)
"""A statement that says what a cancer treatment is, of which another is never true."""

LOOSE = (
    r"\b(?:such as|includ\w+|for example|e\.g|others?|may|might|could|can|sometimes|not|no|never|neither|"
    r"cannot|without|"
    r"rather|instead|except|unless|or|whether|studied|trials?|would|wrong\w*|if|unnecessary|avoided|excessive|reserved|"
    r"refus\w+|does nothing|some|either|usually|many|too|fails?|failed|past|previous|had|also|possible|"
    r"options?|various|"
    r"risks?|complications?|caused|indications?|threshold|poor|output|procedure to restore|linked|clinic|needed only)\b"
)
"""Words of a statement in which the other thing may be right as well."""
