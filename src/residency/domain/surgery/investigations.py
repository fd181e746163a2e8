"""Investigations that stand in one another's place in a sentence and answer different questions.

Reviewed 2026-11; not for clinical use. A test is exchanged only where the statement chooses it or says what it does;
where another of the class would do as well, the statement is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping

CLASSES: Mapping[str, tuple[str, ...]] = {
    "imaging": ("CT", "MRI", "ultrasound", "plain radiography"),
    "a scan": ("CT scan", "MRI scan", "ultrasound scan", "bone scan", "PET scan", "thyroid scan"),
    "scans": ("CT scans", "MRI scans", "ultrasound scans", "bone scans", "PET scans"),
    "a picture of vessels": ("CT angiography", "duplex ultrasound", "catheter venography"),
    "a look into the gut": ("colonoscopy", "gastroscopy", "capsule endoscopy", "barium enema"),
    "a look into the upper gut": ("endoscopy", "barium swallow", "bronchoscopy", "laryngoscopy"),
    "a look into the urinary tract": ("cystoscopy", "urine cytology", "urography"),
    "a look into an airway": ("bronchoscopy", "laryngoscopy", "mediastinoscopy"),
    "imaging of the bile ducts": ("MRCP", "ERCP", "endoscopic ultrasound"),
    "a level in the blood": (
        "amylase",
        "lactate",
        "troponin",
        "creatinine",
        "D-dimer",
        "bilirubin",
    ),
    "a marker of thyroid cancer": ("calcitonin", "thyroglobulin"),
    "a tracing": ("ECG", "EEG", "electromyogram"),
    "a recording": ("electrocardiogram", "electroencephalogram", "electromyogram", "echocardiogram"),
    "a way to tissue": ("core biopsy", "fine-needle aspiration", "excision biopsy"),
    "a biopsy": (
        "liver biopsy",
        "kidney biopsy",
        "skin biopsy",
        "bone marrow biopsy",
        "muscle biopsy",
        "lung biopsy",
    ),
    "cultures": ("blood cultures", "stool cultures", "throat swabs"),
    "a test of a fluid": ("blood test", "urine test", "stool test", "sweat test"),
    "tests of a fluid": ("blood tests", "urine tests", "stool tests"),
    "a film": ("chest x-ray", "abdominal x-ray", "pelvic x-ray", "skull x-ray"),
    "a study of the gullet": ("manometry", "pH monitoring", "barium swallow", "scintigraphy"),
    "a puncture": ("lumbar puncture", "paracentesis", "thoracentesis"),
    "a breast test": ("mammography", "cervical smear", "bone densitometry"),
    "a clotting test": ("INR", "platelet count", "fibrinogen", "haemoglobin"),
    "a count": ("complete blood count", "urinalysis", "liver function test", "lipid profile"),
}
"""A class's name, and its members as they stand in a sentence."""

NAMED: Mapping[str, tuple[str, ...]] = {
    "imaging": (
        "CT scan (CAT scan)",
        "MRI (magnetic resonance imaging)",
        "PET scan (positron emission tomography scan)",
        "Ultrasound exam",
        "Bone scan",
    ),
    "a test of blood or urine": (
        "Complete blood count (CBC)",
        "Blood chemistry studies",
        "Urinalysis",
        "Serum tumor marker test",
        "Peripheral blood smear",
        "Liver function tests",
    ),
    "a look through a scope": (
        "Colonoscopy",
        "Cystoscopy",
        "Bronchoscopy",
        "Laparoscopy",
        "Endoscopy",
        "Mediastinoscopy",
        "Laryngoscopy",
        "Thoracoscopy",
        "Sigmoidoscopy",
        "Hysteroscopy",
        "Colposcopy",
    ),
    "a sample of tissue or fluid": (
        "Lumbar puncture",
        "Bone marrow aspiration and biopsy",
        "Lymph node biopsy",
        "Liver biopsy",
        "Thoracentesis",
    ),
    "a study of cells": ("Immunohistochemistry", "Cytogenetic analysis", "Immunophenotyping", "Flow cytometry"),
    "an examination": ("Pelvic exam", "Digital rectal exam"),
    "a trial of function": (
        "Electrocardiogram",
        "Echocardiogram",
        "Stress test",
        "Holter monitor",
        "Electroencephalogram",
    ),
}
"""Names that stand before their description in glossaries: under another's name the description is wrong."""

SAME: tuple[frozenset[str], ...] = (
    frozenset({"colonoscopy", "capsule endoscopy"}),
    frozenset({"MRCP", "endoscopic ultrasound"}),
    frozenset({"troponin", "D-dimer"}),
    frozenset({"core biopsy", "excision biopsy"}),
)
"""Members that may both be right, or of which one takes in the other."""

CHOSEN = (
    r"\b(?:first|initial|best|choice|preferred|should|must|needed|needs?|requires?|required|confirm\w*|diagnos\w+|"
    r"arranged|definitive|gold standard|indicated|key|investigat\w+|(?:is|are) (?:done|made|taken|"
    r"performed|used|measured|recorded|repeated|needed|sent|checked|planned)|goes|comes|called for|using|"
    r"with a|undergo)\b"
)
"""A statement that chooses a test, or says what one does."""

TELLS = r"\b(?:shows?|finds?|detects?|looks for|excludes?|confirms?|identif(?:y|ies)|measures?|reveals?|defines?)\b"
"""What a test does: enough where no other of its class does it too, as is so but for imaging and biopsies."""

LOOSE = (
    r"\b(?:such as|includ\w+|e\.g|other|may|might|could|sometimes|not|no|never|neither|nor|cannot|without|"
    r"unless|rather|"
    r"instead|except|or|adds?|miss(?:es)?|normal|negative|inconclusive|delays?|wait\w*|wrong\w*|would|loses?|"
    r"needless\w*|"
    r"unnecessary|rarely|seldom|later|whether|trials?|as well|too|either|some|can|seldom|usually|various|"
    r"harm\w*|second best|procedure|pictures?|images?|"
    r"risks?|also|fail\w*|leaves|exposes|corrects|require the|clearance|called|known|before or|after or|less)\b"
)
"""Words of a statement in which another test may be right as well."""

MODIFIED = (
    r"(?:contrast|enhanced|non-contrast|low-dose|triple-phase|high|low|raised|normal|computed|spiral|"
    r"helical|arterial-phase)[- ]?\w*\s$"
)
CONTRAST = r"\b(?:with|without) (?:\w+ ){0,2}contrast\b"
"""What speaks of CT or MRI alone: no other kind of imaging stands in its place."""
