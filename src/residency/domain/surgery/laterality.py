"""Structures that have a side, and what makes a change of side between question and answer right.

Reviewed 2026-11; not for clinical use. All patterns are for text in lower case.
"""

from __future__ import annotations

from collections.abc import Mapping

STRUCTURES: Mapping[str, str] = {
    "kidney": r"kidneys?|renal|nephr\w+|ureter\w*|loin|flank|hydro(?:nephro|ureter)\w*|pyelo\w+|staghorn",
    "lung": r"lungs?|lobectomy|pneumonectomy|(?:pneumo|ha?emo|hydro|chylo)thora\w+|empyema|hemithorax|pleural?|"
    r"thora(?:cotomy|costomy)|chest|bronch\w+",
    "colon": r"colon|colonic|hemicolectomy|colectomy|colonic tumour",
    "breast": r"breasts?|mastectom\w+|nipple|lumpectomy|microdochectomy|axilla\w*",
    "testis": r"test(?:is|es|icles?|icular)|orchi\w+|orchidopexy|(?:hemi)?scrot\w+|hydroco?ele|varicoco?ele|"
    r"epididym\w+",
    "groin": r"inguinal|groin|hernia\w*|hernio\w+|femoral hernia",
    "ovary": r"ovar\w+|adnexa\w*|fallopian|salpingo?\w*|oophorectomy|tubal",
    "adrenal": r"adrenal\w*",
    "thyroid lobe": r"thyroid\w*|hemithyroid\w+",
    "parotid gland": r"parotid\w*",
    "carotid artery": r"carotid\w*|endarterectomy",
    "diaphragm": r"(?:hemi)?diaphragm\w*",
    "lower abdomen": r"iliac fossa|lower quadrant",
    "upper abdomen": r"upper quadrant|hypochondri\w+|subcostal",
    "eye": r"eyes?|eyelid|cataract|retina\w*",
    "ear": r"ears?|mastoid\w*|tympan\w+",
    "shoulder": r"shoulder",
    "arm": r"(?:fore)?arms?|upper (?:limb|extremity)|humer\w+",
    "elbow": r"elbow",
    "hand": r"hands?|thumb|finger|wrist|carpal|radius|ulna",
    "hip": r"hips?",
    "leg": r"legs?|lower (?:limb|extremity)|calf|thigh|femur|tibia\w*|deep vein thrombosis|dvt",
    "knee": r"knees?",
    "foot": r"foot|feet|toes?|ankle|heel",
}
"""A structure's name, and the words for it, for what is done to it and for what lies within it on the same side."""

DIFFER = (
    r"\b(?:contralateral\w*|opposite|other side|bilateral\w*|both sides|either side|crossed|crosses|decussat\w+|"
    r"referred|rovsing\w*|kehr\w*|unlike|whereas|compare[ds]?|comparing|comparison|mirror|situs|dextrocardia|"
    r"virchow\w*|troisier\w*|supraclavicular|recurrent laryngeal|may-?thurner|wrong[- ](?:site|side)|discrepan\w+|"
    r"disagree\w*|mismatch\w*|transplant\w*|donors?|graft|anomal\w+|duplicat\w+|why (?:is|are|does|"
    r"do) (?:the |a )?(?:left|right)|commoner|more (?:common\w*|often|frequent\w*)|preferred|longer|shorter|"
    r"metachronous|synchronous|second primary|shunt)\b"
)
"""Words with which the two sides may rightly stand in one row."""

DOUBTFUL = r"\b(?:previous\w*|earlier|years? ago|months? ago|solitary|remaining|absent|single kidney|prophyla\w+)\b"
"""Words with which a second organ or an earlier illness may be meant."""

DIFFER_FOR: Mapping[str, str] = {
    "lung": r"mediastin\w+|trache\w+|shift\w*|deviat\w+|foreign body|aspiration pneumon\w+|inhaled|heart|"
    r"cardiac|approach",
    "colon": r"extended|splenic flexure|transverse|subtotal|total colectomy",
    "testis": r"varicoco?ele|renal vein|retroperitone\w+|drain\w*",
    "kidney": r"vena cava|renal veins?|higher|lower than|lies lower|position",
    "groin": r"recurren\w+|explor\w+",
    "diaphragm": r"mediastin\w+|apex",
    "lower abdomen": r"press\w*|palpat\w*|rebound|percuss\w*|migrat\w*|diverticul\w+",
    "upper abdomen": r"port|trocar|press\w*|palpat\w*|radiat\w+",
    "carotid artery": r"tongue|vocal|nerve",
} | dict.fromkeys(
    ("eye", "ear", "shoulder", "arm", "elbow", "hand", "hip", "leg", "knee", "foot"),
    r"stroke|hemi(?:pleg|par|an|sphe)\w+|weakness|paraly\w+|paresis|numb\w*|sensation|sensory|cortex|hemisphere|"
    r"spinothalamic|brown-s\w+|cerebr\w+|brain|subdural|extradural|neurolog\w+|radiat\w+|iliac|flap|harvest\w*|radial|"
    r"arterial line|cannula\w*",
)
"""For one structure only: what lies, moves or is felt on the other side in health or by nature of the disease."""
