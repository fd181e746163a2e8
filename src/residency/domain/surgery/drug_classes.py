"""Classes of medicines that a text names by their noun, and which of them cannot stand for one another.

Reviewed 2026-11; not for clinical use. Only classes whose purposes lie apart are exchanged; pairs that may serve one
purpose stand in ``ALIKE``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

CLASSES: Mapping[str, tuple[str, str]] = {
    "antibiotic": ("antibiotic, antibiotics", "acts on bacteria"),
    "antifungal": ("antifungal, antifungals", "acts on fungi"),
    "antiviral": ("antiviral, antivirals", "acts on viruses"),
    "anticoagulant": ("anticoagulant, anticoagulants", "slows the forming of clots"),
    "antifibrinolytic": ("antifibrinolytic, antifibrinolytics", "keeps clots from dissolving"),
    "thrombolytic": ("thrombolytic, thrombolytics", "dissolves clots"),
    "corticosteroid": ("corticosteroid, corticosteroids", "damps inflammation and immune defence"),
    "steroid": ("steroid, steroids", "damps inflammation and immune defence"),
    "diuretic": ("diuretic, diuretics", "makes the kidneys pass water"),
    "antihistamine": ("antihistamine, antihistamines", "blocks histamine"),
    "beta-blocker": ("beta-blocker, beta-blockers", "slows the heart"),
    "alpha-blocker": ("alpha-blocker, alpha-blockers", "widens vessels and relaxes the neck of the bladder"),
    "opioid": ("opioid, opioids", "relieves pain"),
    "benzodiazepine": ("benzodiazepine, benzodiazepines", "sedates and stops fits"),
    "proton pump inhibitor": ("proton pump inhibitor, proton pump inhibitors", "blocks the making of acid"),
    "bisphosphonate": ("bisphosphonate, bisphosphonates", "keeps bone from being broken down"),
    "thiazide": ("thiazide, thiazides", "keeps calcium in the body"),
    "laxative": ("laxative, laxatives", "loosens the stool"),
    "anticonvulsant": ("anticonvulsant, anticonvulsants", "prevents fits"),
    "antidepressant": ("antidepressant, antidepressants", "lifts mood"),
    "bronchodilator": ("bronchodilator, bronchodilators", "opens the airways"),
    "immunosuppressant": ("immunosuppressant, immunosuppressants", "holds back immune defence"),
    "vasopressor": ("vasopressor, vasopressors", "narrows vessels and raises the blood pressure"),
    "vasodilator": ("vasodilator, vasodilators", "widens vessels and lowers the blood pressure"),
    "antiemetic": ("antiemetic, antiemetics", "is given against vomiting"),
    "antispasmodic": ("antispasmodic, antispasmodics", "relaxes cramps"),
    "antacid": ("antacid, antacids", "neutralises acid"),
    "anthelmintic": ("anthelmintic, anthelmintics", "acts on worms"),
    "antidiarrhoeal": ("antidiarrhoeal, antidiarrhoeals", "slows the bowel"),
}
"""Each class's noun in both numbers, and what such a medicine does."""

TOGETHER: tuple[str, ...] = (
    "antibiotic antifungal antiviral",
    "anthelmintic antiviral antifungal",
    "antibiotic corticosteroid steroid antihistamine immunosuppressant",
    "anticoagulant antifibrinolytic thrombolytic",
    "vasopressor vasodilator beta-blocker diuretic",
    "beta-blocker alpha-blocker vasopressor",
    "corticosteroid steroid bronchodilator antihistamine",
    "laxative antidiarrhoeal antiemetic antacid antispasmodic",
    "proton-pump-inhibitor laxative antiemetic antispasmodic antidiarrhoeal",
    "bisphosphonate thiazide",
    "opioid benzodiazepine",
    "anticonvulsant antidepressant antiemetic",
    "immunosuppressant antibiotic antiviral",
)
"""Classes of which one could stand in another's place in a text, and would be wrong there."""

ALIKE: tuple[str, ...] = (
    "antibiotic antiviral : virus viral flu herpes hepatitis lung pneumon cold",
    "antibiotic antifungal : fung yeast sinus skin nail lung pneumon neutropen transplant immun",
    "antibiotic anthelmintic : worm parasit",
    "antibiotic corticosteroid steroid antihistamine : eye ear skin itch lung asthma nasal allerg inflam mening sinus",
    "antibiotic immunosuppressant : ulcer autoimmun inflam transplant",
    "anticoagulant thrombolytic",
    "corticosteroid steroid immunosuppressant antihistamine",
    "corticosteroid steroid bronchodilator",
    "vasopressor beta-blocker : varic",
    "diuretic beta-blocker vasodilator alpha-blocker",
    "antihistamine bronchodilator",
    "laxative antispasmodic antidiarrhoeal : irritable",
    "proton-pump-inhibitor antidiarrhoeal antispasmodic : output stoma irritable",
    "proton-pump-inhibitor antiemetic : nausea vomit",
    "antiemetic antispasmodic antacid : indigest nausea dyspep reflux",
    "anticonvulsant antidepressant antiemetic : pain neuralg migraine headache mood stop gradual",
    "opioid benzodiazepine : sedat anxi breathless cough",
)
"""Classes that may serve one purpose, everywhere or (after the colon) where one of these beginnings of words stands."""


def _group(line: str) -> frozenset[str]:
    """Classes of a line, in which a space within a name is a hyphen."""
    return frozenset(one.replace("-", " ") if one.replace("-", " ") in CLASSES else one for one in line.split())


def _alike() -> Iterator[tuple[frozenset[str], tuple[str, ...]]]:
    for line in ALIKE:
        classes, _, words = line.partition(" : ")
        yield _group(classes), tuple(words.split())


_ALIKE = tuple(_alike())
_TOGETHER = tuple(_group(line) for line in TOGETHER)
NOUNS: Mapping[str, tuple[str, bool]] = {
    noun.lower(): (kind, place == 1)
    for kind, (nouns, _) in CLASSES.items()
    for place, noun in enumerate(nouns.split(", "))
}
"""The class of each noun in lower case, and whether it is the plural."""


def others(noun: str, context: str) -> list[tuple[str, str]]:
    """The nouns, in the same number, of classes that are wrong where a text in lower case speaks of ``noun``, each with
    its class."""
    kind, plural = NOUNS[noun]
    return [
        (nouns.split(", ")[plural], other)
        for other, (nouns, _) in CLASSES.items()
        if other != kind
        and any({kind, other} <= group for group in _TOGETHER)
        and not any(
            {kind, other} <= group and (not words or any(word in context for word in words)) for group, words in _ALIKE
        )
    ]
