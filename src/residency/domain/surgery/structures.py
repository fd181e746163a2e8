"""Structures that a careless reader might take for one another: closed classes, within which one is wrong for another.

Reviewed 2026-11; not for clinical use. Members of a class fit the same sentences, in the same number. No two of them
are names of one thing, nor is one a part of another (the sigmoid is a part of the colon, so they share no class).
"""

from __future__ import annotations

from collections.abc import Mapping

CLASSES: Mapping[str, tuple[str, ...]] = {
    "a nerve of the leg": (
        "femoral nerve",
        "obturator nerve",
        "sciatic nerve",
        "common peroneal nerve",
        "tibial nerve",
    ),
    "a nerve of the skin of the leg": ("saphenous nerve", "sural nerve", "superficial peroneal nerve"),
    "a nerve of the arm": ("ulnar nerve", "radial nerve", "median nerve", "axillary nerve", "musculocutaneous nerve"),
    "a nerve of the neck": (
        "recurrent laryngeal nerve",
        "phrenic nerve",
        "vagus nerve",
        "hypoglossal nerve",
        "accessory nerve",
        "superior laryngeal nerve",
    ),
    "a nerve of the head": ("facial nerve", "lingual nerve", "optic nerve", "trigeminal nerve", "auditory nerve"),
    "nerves of the neck": ("recurrent laryngeal nerves", "phrenic nerves", "hypoglossal nerves", "accessory nerves"),
    "a nerve of the groin": ("ilioinguinal nerve", "genitofemoral nerve", "iliohypogastric nerve", "pudendal nerve"),
    "a nerve of the chest wall": ("long thoracic nerve", "thoracodorsal nerve", "intercostobrachial nerve"),
    "an artery of the abdomen": (
        "splenic artery",
        "gastroduodenal artery",
        "cystic artery",
        "hepatic artery",
        "renal artery",
        "mesenteric artery",
    ),
    "an artery of the leg": ("femoral artery", "popliteal artery", "tibial artery"),
    "an artery of the arm": ("brachial artery", "radial artery", "ulnar artery"),
    "an artery of the neck": ("carotid artery", "vertebral artery", "subclavian artery"),
    "arteries": ("coronary arteries", "carotid arteries", "renal arteries", "pulmonary arteries"),
    "a vein of the leg": ("femoral vein", "saphenous vein", "popliteal vein"),
    "a vein of the abdomen": ("portal vein", "splenic vein", "renal vein", "hepatic vein"),
    "a duct": ("cystic duct", "common bile duct", "pancreatic duct"),
    "a tube of the pelvis": ("ureter", "urethra", "vas deferens"),
    "the upper gut": ("oesophagus", "stomach", "duodenum"),
    "the middle of the gut": ("jejunum", "ileum", "caecum"),
    "the lower gut": ("sigmoid", "rectum", "caecum"),
    "a bowel": ("small bowel", "large bowel"),
    "an intestine": ("small intestine", "large intestine"),
    "a solid organ": ("liver", "spleen", "pancreas"),
    "an organ with a duct": ("gallbladder", "pancreas"),
    "a pelvic organ": ("bladder", "rectum"),
    "paired organs of the back": ("kidneys", "adrenal glands"),
    "a kidney or its gland": ("kidney", "adrenal gland"),
    "female paired organs": ("ovaries", "fallopian tubes"),
    "a vital organ": ("heart", "brain"),
    "the nervous system": ("brain", "spinal cord"),
    "glands": ("adrenal glands", "parathyroid glands", "salivary glands", "thyroid glands"),
    "a gland": ("thyroid gland", "pituitary gland", "parathyroid gland", "adrenal gland"),
    "a short name of a gland": ("thyroid", "pituitary"),
    "a salivary gland": ("parotid gland", "submandibular gland", "sublingual gland"),
    "a male organ": ("prostate", "bladder"),
    "a female organ": ("uterus", "vagina", "cervix"),
    "a bone of the leg": ("femur", "tibia", "fibula"),
    "a bone of the arm": ("humerus", "radius", "ulna"),
    "a joint of the leg": ("hip", "knee", "ankle"),
    "a joint of the arm": ("shoulder", "elbow", "wrist"),
    "a part of the brain": ("cerebellum", "brain stem", "hypothalamus", "cerebral cortex", "thalamus", "basal ganglia"),
    "a part of the eye": ("retina", "cornea", "iris", "lens"),
    "a part of the ear": ("inner ear", "middle ear", "outer ear"),
    "a layer of the skin": ("epidermis", "dermis"),
    "blood cells": ("red blood cells", "white blood cells", "platelets"),
    "a ligament": ("inguinal ligament", "lacunar ligament", "pectineal ligament"),
    "a canal": ("femoral canal", "inguinal canal", "obturator canal"),
    "a membrane": ("pleura", "pericardium", "peritoneum"),
    "a cavity": ("pleural space", "pericardial space", "peritoneal cavity"),
    "a muscle": ("psoas", "sartorius", "rectus abdominis", "external oblique"),
    "a layer of a wall": ("mucosa", "serosa", "submucosa"),
    "a valve of the heart": ("mitral valve", "aortic valve", "tricuspid valve", "pulmonary valve"),
    "vessels": ("arteries", "veins"),
    "a great vessel": ("aorta", "vena cava"),
    "where food goes": ("windpipe", "gullet"),
    "a passage": ("trachea", "oesophagus", "larynx"),
    "a part of a limb": ("forearm", "upper arm"),
    "a part of the leg": ("thigh", "calf"),
    "nerve cells": ("motor neurons", "sensory neurons"),
    "a part of the kidney's work": ("glomeruli", "tubules"),
    "a part of a bone": ("bone marrow", "cartilage"),
}
"""A class's name, and its members in British spelling and lower case."""

AMERICAN: Mapping[str, str] = {"oesophagus": "esophagus", "caecum": "cecum"}
"""Members that are spelt otherwise in America."""

HEAD = (
    r"(?=\s*(?:[.;:)?]|$)|,|\s\(|\s(?:is|are|was|were|of|in|to|from|with|that|which|by|during|may|can|must|"
    r"should|has|have|had|"
    r"at|on|for|when|because|before|after|do|does|but|where|who|through|into|until|cannot|so|as|and|or|without|make|"
    r"makes|produces?|contains?|lies?|if|while|than|carr(?:y|ies)|under|over|above|below|filters?|pumps?|normally|also|"
    r"becomes?|stops?|causes?|called|known|itself)\b)"
)
"""What stands after a structure that is spoken of itself, and is no part of another term ("liver function tests")."""

LEAD = (
    r"(?<![\w-])(?:(?:the|a|an|each|your|his|her|their|this|that|one|both|two|of|in|to|from|through|into|"
    r"affects?|involv\w+|called|"
    r"common|distal|proximal|superior|inferior|left|right|external|internal|lower|upper|pregnant|thoracic|"
    r"whole|healthy|"
    r"injured|perforated|damaged|donor|and|or|,) )+"
)
"""What stands before it."""

LOOSE = (
    r"\b(?:such as|includ\w+|for example|e\.g|others?|like|spread\w*|metasta\w+|parts? of the body|many|"
    r"several|various|"
    r"rarely|sometimes|occasionally|not|no|never|neither|nor|cannot|without|rather|unlike|except|instead|any|"
    r"organs|may|"
    r"might|could|can|also|whether|differ\w*|similar|both|or|wrong\w*|would|less often|pain in|pains?)\b"
)
"""Words of a statement in which another member of the class may be right too."""
