"""Each clinical and privacy check finds its own planted faults and leaves their clean twins alone."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from residency.core.errors import MissingDependencyError, UsageError
from residency.core.files import read_json, write_jsonl
from residency.core.reading.read import Raw
from residency.core.stage import StageContext
from residency.corpus.checks import clinical, presidio, privacy
from residency.corpus.checks.amounts import read_doses
from residency.corpus.checks.base import Finding
from residency.corpus.checks.doses import implausible
from residency.corpus.checks.parts import whole
from residency.corpus.checks.quick import may_find
from residency.corpus.reading.shapes import Draft, parse
from residency.corpus.settings import CorpusSettings
from residency.corpus.stage import run
from residency.domain.surgery.doses import RANGES, read_table
from residency.judging.personal.detect import valid_nhs_number
from tests.conftest import EXAMPLES, read_rows

SETTINGS = CorpusSettings(files=[Path("bank.jsonl")])
CHECKS = {check.id: check for check in (*clinical.CHECKS, *privacy.CHECKS)}
ENOUGH = 0.95


def make_draft(question: str = "", answer: str = "", **fields: Any) -> Draft:
    found = parse(Raw("bank.jsonl", 1, {"question": question, "answer": answer, **fields}), SETTINGS)
    assert isinstance(found, Draft)
    return found


def drafts_of(name: str) -> list[tuple[dict[str, Any], Draft]]:
    return [(row, make_draft(**row)) for row in read_rows(EXAMPLES / f"{name}.jsonl")]


def findings(check: str, draft: Draft) -> list[Finding]:
    found = list(CHECKS[check].find(draft, SETTINGS))
    assert not found or may_find([CHECKS[check]], [whole(draft)]) == [[True]], "the quick look overlooks it"
    return found


def recall(check: str, plants: Iterable[Draft]) -> tuple[float, list[str]]:
    """The share of planted faults that a check finds, and what it missed."""
    plants = list(plants)
    missed = [f"{draft.question} | {draft.answer}" for draft in plants if not findings(check, draft)]
    assert len(plants) >= 40
    return 1 - len(missed) / len(plants), missed


def alarms(check: str, rows: Iterable[Draft], sure: Sequence[str] = ("certain", "likely", "possible")) -> list[str]:
    return [f"{d.question} | {f.detail}" for d in rows for f in findings(check, d) if f.sure in sure]


# ------------------------------------------------------------------------------------------------ the example corpus


def test_each_flaw_planted_in_the_example_corpus_is_found_by_its_own_check():
    planted = [(row, draft) for row, draft in drafts_of("flaws") if row["planted"] in CHECKS]
    assert Counter(row["planted"] for row, _ in planted) == {
        "dose_out_of_range": 5,
        "laterality_conflict": 4,
        "dated_guidance": 1,
        "privacy_name_dob": 5,
    }
    for row, draft in planted:
        assert findings(row["planted"], draft), row["id"]


@pytest.mark.parametrize("check", CHECKS)
def test_the_clean_example_corpus_raises_no_alarm(check):
    rows = [draft for name in ("open", "mcq") for _, draft in drafts_of(name)]
    assert len(rows) == 720
    assert alarms(check, rows) == []


def test_a_finding_names_its_field_and_the_characters_it_rests_on():
    draft = make_draft("Which dose of enoxaparin?", "Give enoxaparin 400 mg subcutaneously once daily.")
    (finding,) = findings("dose_out_of_range", draft)
    assert finding.where == "answer"
    assert draft.answer[slice(*finding.span)] == "400 mg"
    assert finding.detail == "enoxaparin 400 mg once daily: 400 mg a day, plausible 10 to 250 mg"
    assert finding.sure == "likely"


# ------------------------------------------------------------------------------------------------------------- doses

READ = {
    "Paracetamol 500 mg four times a day": (500, 2000),
    "paracetamol 1 g qds": (1000, 4000),
    "Paracetamol 1g PO q.d.s.": (1000, 4000),
    "half a gram of paracetamol": (500, None),
    "Give two tablets of 500 mg paracetamol every 4 to 6 hours": (1000, 4000),
    "two 500 mg paracetamol tablets": (1000, None),
    "paracetamol 2 x 500 mg tds": (1000, 3000),
    "Enoxaparin 40 mg (0.4 ml) subcutaneously once daily": (40, 40),
    "40 mg of enoxaparin od": (40, 40),
    "The usual dose of amoxicillin is 500 mg 8-hourly": (500, 1500),
    "amoxicillin 1.5 grams per day in three divided doses": (1500, 1500),
    "Hydrocortisone 200 mg over 24 hours": (200, 200),
    "a daily dose of 5 mg of warfarin": (5, 5),
    "levothyroxine 100 micrograms daily": (0.1, 0.1),
    "Levothyroxine 0.1 mg once a day": (0.1, 0.1),
    "tamsulosin 400 mcg every morning": (0.4, 0.4),
    "fentanyl 50 µg": (0.05, None),
    "atropine 0.6mg stat": (0.6, None),
    "atropine 0·6 mg": (0.6, None),
    "atropine 0,6 mg": (0.6, None),
    "tranexamic acid 1,000 mg over 10 minutes": (1000, None),
    "metronidazole 500 milligrams every eight hours": (500, 1500),
    "ciprofloxacin 500 mg bd": (500, 1000),
    "Ciprofloxacin 500mg b.i.d.": (500, 1000),
    "codeine 30 to 60 mg up to four times daily": (30, 120),
    "alendronic acid 70 mg once weekly": (70, None),
    "Morphine q4h 10 mg orally": (10, 60),
    "ketorolac 30 mg every six hours": (30, 120),
}


@pytest.mark.parametrize("text", READ)
def test_a_dose_is_read_in_milligrams_and_for_the_day(text):
    first = next(dose for dose in read_doses(text) if dose.kind == "mg")
    assert (first.low, first.per_day) == pytest.approx(READ[text])
    assert first.basis == ""


@pytest.mark.parametrize(
    ("text", "kind", "basis", "amount"),
    [
        ("heparin 5,000 units sc bd", "units", "", 5000),
        ("heparin 5000 IU", "units", "", 5000),
        ("benzylpenicillin 2.4 MU", "units", "", 2_400_000),
        ("benzylpenicillin 4 million units every 4 hours", "units", "", 4_000_000),
        ("heparin 18 units/kg/hour", "units", "kg h", 18),
        ("insulin at 0.1 units/kg/h", "units", "kg h", 0.1),
        ("noradrenaline 0.1 micrograms/kg/min", "mg", "kg h", 0.006),
        ("gentamicin 5 mg per kg once daily", "mg", "kg", 5),
        ("gentamicin 5 mg/kg/day", "mg", "kg", 5),
        ("lidocaine with adrenaline 7 mg/kg", "mg", "kg", 7),
        ("potassium chloride at 10 mmol per hour", "mmol", "h", 10),
        ("20 mmol of potassium chloride", "mmol", "", 20),
        ("lipid emulsion 1.5 ml/kg", "ml", "kg", 1.5),
        ("radioiodine 30 mCi", "MBq", "", 1110),
    ],
)
def test_units_weight_and_rates_are_brought_to_one_form(text, kind, basis, amount):
    (dose,) = read_doses(text)
    assert (dose.kind, dose.basis) == (kind, basis)
    assert dose.low == pytest.approx(amount)


@pytest.mark.parametrize(
    "text",
    [
        "The potassium is 6.2 mmol/L after salbutamol",
        "Lidocaine 10 mg/ml is used",
        "bupivacaine 0.25%",
        "insulin clears 50 g of carbohydrate",
        "An 18 G cannula is placed for propofol",
        "cisplatin and zopentyl 30 mg",
        "Protamine 1 mg for every 100 units of heparin",
        "methotrexate 50 mg/m2 was given with folic acid",
        "After warfarin, four units of packed red cells were needed",
    ],
)
def test_levels_concentrations_needles_and_other_substances_are_no_doses_of_the_drug(text):
    assert [dose for dose in read_doses(text) if implausible(dose)] == []
    assert all(dose.kind != "mg" or "0 mg" not in dose.said for dose in read_doses(text))


REGIMENS = """\
Paracetamol 1 g by mouth four times a day
Intravenous paracetamol 15 mg/kg every 6 hours, maximum 60 mg/kg/day
Adults should not take more than 4 grams (4,000 mg) of acetaminophen in a single day
Ibuprofen 400 mg three times daily with food
Diclofenac 50 mg tds
Naproxen 500 mg twice daily
Rectal indometacin 100 mg before ERCP
Ketorolac 30 mg IV every 6 hours
Celecoxib 200 mg twice daily
Codeine 30-60 mg every 4 to 6 hours, to a maximum of 240 mg a day
Tramadol 50 to 100 mg every 6 hours
Morphine 10 mg intramuscularly
Morphine 2 mg IV every 5 minutes, titrated to pain
Oral morphine 10 mg every four hours
Morphine 0.1 mg/kg intravenously
Intrathecal morphine 100 micrograms
Oxycodone 5 mg orally every 4 hours
Fentanyl 50 to 100 micrograms intravenously
Intranasal fentanyl, 1.5 micrograms/kg
A fentanyl patch of 25 micrograms/hour
Remifentanil 0.1 micrograms/kg/min
Pethidine 50-100 mg IM
Naloxone 400 micrograms IV
Ketamine 1-2 mg/kg intravenously
Gabapentin 300 mg tds
Lidocaine 3 mg/kg, or 7 mg/kg with adrenaline
Tumescent lidocaine up to 35 mg/kg
Bupivacaine 2 mg/kg
Hyperbaric bupivacaine 12.5 mg intrathecally
Ropivacaine 3 mg/kg
Prilocaine 6 mg/kg
Lipid emulsion 1.5 ml/kg as a bolus
Amoxicillin 500 mg three times daily
Amoxicillin 1 g three times a day and gentamicin 400 mg
Co-amoxiclav 1.2 g intravenously three times a day
Flucloxacillin 2 g IV every 4 hours
Benzylpenicillin 1.2 g IV
Benzylpenicillin 4 million units every 4 hours
Piperacillin-tazobactam 4.5 g every 8 hours
Cefazolin 2 g within 60 minutes of incision
Cefuroxime 1.5 g at induction
Ceftriaxone 2 g once daily
Gentamicin 5 mg/kg once daily
Gentamicin 120 mg IV at induction
Metronidazole 500 mg IV every 8 hours
Oral vancomycin 125 mg four times daily
Vancomycin 15 mg/kg every 12 hours
Teicoplanin 400 mg
Clindamycin 600 mg IV qds
Meropenem 1 g tds
Ciprofloxacin 500 mg bd
Doxycycline 100 mg twice daily
Erythromycin 250 mg IV before endoscopy
Co-trimoxazole 960 mg twice daily
Nitrofurantoin 100 mg bd for five days
Fosfomycin 3 g as a single dose
Neomycin 1 g
Fluconazole 400 mg once daily
Caspofungin 70 mg on day one, then 50 mg daily
Aciclovir 10 mg/kg every 8 hours
Enoxaparin 40 mg subcutaneously once daily
Enoxaparin 1 mg/kg twice daily
Enoxaparin 4,000 units once daily
Dalteparin 5000 units once daily
Tinzaparin 175 units/kg once daily
Fondaparinux 2.5 mg once daily
Unfractionated heparin 5000 units subcutaneously every 8-12 hours
Heparin 80 units/kg as a bolus, then 18 units/kg/h
Heparin 300 units/kg before bypass
Warfarin 5 mg once daily
Vitamin K 10 mg by slow intravenous injection
Four-factor prothrombin complex concentrate 25 to 50 units/kg
Protamine 50 mg
Idarucizumab 5 g IV
Aspirin 75 mg once daily
Clopidogrel 300 mg, then 75 mg daily
Dabigatran 150 mg twice daily
Rivaroxaban 15 mg twice daily for 21 days, then 20 mg once daily
Apixaban 5 mg bd
Tranexamic acid 1 g over 10 minutes, then 1 g over 8 hours
Desmopressin 0.3 micrograms/kg
Alteplase 0.9 mg/kg, to a maximum of 90 mg
Omeprazole 20 mg once daily
Pantoprazole 80 mg IV, then 8 mg/h for 72 hours
Octreotide 50 micrograms as a bolus, then 50 micrograms/hour
Octreotide LAR 30 mg every 4 weeks
Terlipressin 2 mg every 4 hours
Hyoscine butylbromide 20 mg IV
Loperamide 4 mg four times daily before meals
Lactulose 15 ml twice daily
Metoclopramide 10 mg tds
Ondansetron 4 mg IV
Cyclizine 50 mg tds
Droperidol 0.625 mg
Dexamethasone 8 mg at induction
Hydrocortisone 100 mg IV, then 200 mg over 24 hours
Prednisolone 40 mg once daily
Methylprednisolone 1 g daily for three days
Fludrocortisone 100 micrograms daily
Insulin 0.1 units/kg/h
Ten units of insulin in 50 ml of 50% glucose
Insulin glargine 20 units at night
Glucagon 1 mg IM
Levothyroxine 1.6 micrograms/kg daily
Liothyronine 20 micrograms three times a day
Carbimazole 40 mg daily
Propylthiouracil 200 mg every 4 hours
Potassium iodide 60 mg three times daily
Radioiodine 1.1 GBq
Cinacalcet 30 mg bd
Pamidronate 90 mg over 2 hours
Zoledronic acid 4 mg over 15 minutes
Phenoxybenzamine 10 mg twice daily
Tamsulosin 400 micrograms once daily
Potassium chloride 40 mmol in 1 litre over 4 hours
Potassium 10 mmol/h
Magnesium sulfate 2 g over 15 minutes
Magnesium sulfate 8 mmol over 10 minutes
Calcium gluconate 10% 30 ml over 10 minutes
Sodium bicarbonate 50 mmol
Mannitol 0.5-1 g/kg
Hartmann's 20 ml/kg
Furosemide 40 mg IV
Adrenaline 0.5 mg IM
Adrenaline 1 mg every 3 to 5 minutes
Noradrenaline 0.05 to 0.5 micrograms/kg/min
Vasopressin 0.03 units/min
Phenylephrine 100 micrograms IV
Metaraminol 0.5 mg
Atropine 600 micrograms
Glycopyrronium 200 micrograms
Amiodarone 300 mg over 20-60 minutes, then 900 mg over 24 hours
Labetalol 20 mg IV
Nebulised salbutamol 5 mg
Propofol 2 mg/kg
Propofol 4 mg/kg/h
Thiopental 4 mg/kg
Midazolam 2 mg IV
Lorazepam 4 mg IV
Suxamethonium 1.5 mg/kg
Rocuronium 1.2 mg/kg
Neostigmine 2.5 mg
Sugammadex 16 mg/kg
Dantrolene 2.5 mg/kg
Tetanus immunoglobulin 250 units IM
Anti-D 500 units
Acetylcysteine 150 mg/kg over one hour
Methylene blue 1 mg/kg
Phenytoin 20 mg/kg
Azathioprine 2 mg/kg daily
Intravenous contrast 100 ml""".splitlines()

TENFOLD = """\
Paracetamol 10 g by mouth four times a day
Paracetamol 5000 mg qds
Ibuprofen 4000 mg three times daily
Diclofenac 500 mg tds
Ketorolac 300 mg IV
Celecoxib 2000 mg twice daily
Codeine 600 mg every six hours
Tramadol 1 g every 6 hours
Morphine 100 mg intramuscularly
Fentanyl 100 mg intravenously
Fentanyl 5 mg IV
Remifentanil 10 micrograms/kg/min
Naloxone 40 mg IV
Ketamine 20 mg/kg intravenously
Lidocaine 30 mg/kg
Lidocaine with adrenaline 70 mg/kg
Bupivacaine 20 mg/kg
Prilocaine 60 mg/kg
Amoxicillin 5 g three times daily
Co-amoxiclav 12 g intravenously
Flucloxacillin 5 mg four times daily
Cefuroxime 15 g at induction
Ceftriaxone 20 g once daily
Gentamicin 50 mg/kg once daily
Gentamicin 1.2 g IV
Metronidazole 5 g IV every 8 hours
Oral vancomycin 12.5 mg four times daily
Ciprofloxacin 5 g bd
Enoxaparin 4 mg once daily
Enoxaparin 10 mg/kg twice daily
Enoxaparin 40,000 units once daily
Dalteparin 50,000 units once daily
Fondaparinux 25 mg once daily
Heparin 50,000 units subcutaneously twice daily
Heparin 500 units subcutaneously twice daily
Heparin 180 units/kg/h
Warfarin 50 mg once daily
Vitamin K 100 mg by slow intravenous injection
Prothrombin complex concentrate 250 to 500 units/kg
Idarucizumab 50 g IV
Rivaroxaban 200 mg once daily
Apixaban 50 mg bd
Tranexamic acid 10 g over 10 minutes
Desmopressin 3 micrograms/kg
Omeprazole 200 mg once daily
Octreotide 50 mg as a bolus
Octreotide 500 micrograms/hour
Terlipressin 20 mg every 4 hours
Metoclopramide 100 mg tds
Ondansetron 40 mg IV
Dexamethasone 80 mg at induction
Hydrocortisone 1 g every six hours
Insulin 1 unit/kg/h
Insulin 1000 units at night
Levothyroxine 100 mg once daily
Carbimazole 400 mg daily
Pamidronate 900 mg over 2 hours
Zoledronic acid 40 mg
Potassium chloride 40 mmol over 10 minutes
Potassium 100 mmol/h
Calcium gluconate 10% 300 ml
Adrenaline 5 mg IM
Hydrocortisone 200 mg and adrenaline 5 mg IM
Noradrenaline 10 micrograms/kg/min
Atropine 6 g
Propofol 20 mg/kg
Thiopental 40 mg/kg
Midazolam 200 mg IV
Suxamethonium 15 mg/kg
Rocuronium 12 mg/kg
Neostigmine 25 mg
Sugammadex 160 mg/kg
Tetanus immunoglobulin 25 units IM""".splitlines()

FRAMES = (
    ("What is given?", "{} is given, if renal function is normal."),
    ("What would you prescribe after the operation?", "Start {}. Review the patient daily."),
    ("Which regimen is usual?", "After resuscitation the usual regimen is {}, unless contraindicated."),
)


def framed(doses: Sequence[str]) -> list[Draft]:
    """Each dose in a question and answer, the frames in turn."""
    pairs = [(FRAMES[number % len(FRAMES)], dose) for number, dose in enumerate(doses)]
    return [make_draft(question, answer.format(dose)) for (question, answer), dose in pairs]


def test_doses_wrong_by_a_factor_of_ten_or_more_are_found():
    share, missed = recall("dose_out_of_range", framed(TENFOLD))
    assert share >= ENOUGH, missed


def test_usual_adult_childrens_and_loading_regimens_raise_no_alarm():
    assert len(REGIMENS) > 140
    assert [text for text in REGIMENS if not read_doses(text)] == []
    assert alarms("dose_out_of_range", framed(REGIMENS)) == []


def test_a_thousandfold_unit_slip_in_a_row_of_the_example_corpus_is_found():
    slips = {" mg": " g", " micrograms": " mg", " units": "000 units", " mmol/hour": "0 mmol/hour", " mg/kg": " g/kg"}
    plants = []
    for _, draft in [*drafts_of("open"), *drafts_of("mcq")]:
        text = draft.answer if draft.kind == "open" else draft.options[draft.answer]
        for old, new in slips.items():
            drug = draft.question if draft.kind == "mcq" else ""
            if re.search(rf"\d{old}\b(?!/[mLl])", text) and read_doses(text, drug):
                slipped = re.sub(rf"(?<=\d){old}\b", new, text)
                options = {letter: slipped if letter == draft.answer else o for letter, o in draft.options.items()}
                plants.append(replace(draft, answer=draft.answer if options else slipped, options=options))
    missed = [draft.id for draft in plants if not findings("dose_out_of_range", draft)]
    assert len(plants) >= 20
    assert len(missed) <= (1 - ENOUGH) * len(plants), missed


def test_the_drug_may_stand_in_the_question_or_in_the_sentence_before():
    asked = make_draft("Which dose of enoxaparin is usual?", "400 mg subcutaneously once daily.")
    before = make_draft("What is usual?", "Enoxaparin is the usual choice. The dose is 400 mg once daily.")
    assert [f.sure for d in (asked, before) for f in findings("dose_out_of_range", d)] == ["possible", "possible"]
    two = make_draft("Is enoxaparin or aspirin usual?", "400 mg once daily.")
    assert findings("dose_out_of_range", two) == []


def test_wrong_options_are_not_read_nor_what_a_rationale_says_of_them():
    options = {"A": "Enoxaparin 400 mg once daily", "B": "Enoxaparin 40 mg once daily"}
    rationale = "Enoxaparin 40 mg once daily is usual. Enoxaparin 400 mg is ten times that."
    assert findings("dose_out_of_range", make_draft("Which?", "B", options=options, rationale=rationale)) == []
    assert [f.where for f in findings("dose_out_of_range", make_draft("Which?", "A", options=options))] == ["option A"]


@pytest.mark.parametrize(
    ("answer", "sure"),
    [
        ("A patient who ingested 25 g of paracetamol needs acetylcysteine.", []),
        ("Paracetamol 12 g was taken in an overdose.", []),
        ("Never give enoxaparin 400 mg once daily.", ["possible"]),
        ("Lidocaine 50 mg/kg would be toxic.", ["possible"]),
        ("The recommended dietary intake is vitamin K 120 micrograms a day.", []),
    ],
)
def test_poisonings_are_left_alone_and_warnings_are_only_possible(answer, sure):
    assert [finding.sure for finding in findings("dose_out_of_range", make_draft("What then?", answer))] == sure


def test_the_table_of_doses_holds_together():
    assert len({rows[0].drug for rows in RANGES.values()}) >= 200
    for rows in RANGES.values():
        for row in rows:
            assert 0 <= row.low < row.high <= (row.daily or row.high)
    with pytest.raises(ValueError, match="ether: 'a lot' is no range"):
        read_table("ether: a lot")


# -------------------------------------------------------------------------------------------------------- laterality

SIDED = (
    ("A man has a renal cell carcinoma of the {s} kidney. Which operation is planned?", "A {o} radical nephrectomy."),
    ("A 3 cm cancer of the {s} breast is found. What is offered?", "{O} mastectomy, or excision and radiotherapy."),
    ("A boy of 13 has acute {s} testicular pain. What now?", "The {o} testis is explored at once, and both are fixed."),
    ("CT shows a cancer of the {s} colon. Which resection?", "A {o} hemicolectomy with a primary anastomosis."),
    (
        "A fit man has a {s} inguinal hernia. What are his choices?",
        "His {o} inguinal hernia may be watched or repaired.",
    ),
    ("A stab wound has caused a {s} pneumothorax. What is next?", "A {o} chest drain is placed in the safe triangle."),
    ("How is a 5 cm {s} adrenal tumour removed?", "By laparoscopic {o} adrenalectomy, after alpha-blockade if needed."),
    ("A nodule in the {s} lobe of the thyroid is follicular. What next?", "{O} hemithyroidectomy gives the diagnosis."),
    ("A woman has fever and a stone in the {s} ureter.", "The {o} kidney is drained by a nephrostomy or a stent."),
    ("Torsion of the {s} ovary is suspected.", "Laparoscopy is done and the {o} ovary is untwisted."),
    ("A slow lump grows in the {s} parotid gland.", "It is taken out by {o} superficial parotidectomy."),
    (
        "There is a symptomatic stenosis of the {s} internal carotid artery.",
        "{O} carotid endarterectomy within 14 days.",
    ),
    ("An old woman falls and breaks her {s} hip.", "She has a hemiarthroplasty of the {o} hip the next day."),
    ("The {s} knee is hot and full of pus.", "The {o} knee is washed out in theatre."),
    ("A man has a swollen {s} calf after surgery. Which test?", "Duplex ultrasound of the {o} leg."),
    ("A diabetic woman has a wet gangrene of the {s} foot.", "The {o} foot is debrided without delay."),
    ("The {s} wrist tingles at night.", "The median nerve of the {o} wrist is decompressed."),
    ("An empyema fills the {s} pleural cavity.", "A drain in the {o} pleural space and antibiotics."),
    ("A cancer of the {s} upper lobe of the lung is operable.", "A {o} upper lobectomy with node sampling."),
    ("A man has a large {s} hydrocele.", "The {o} hydrocele is opened through the scrotum."),
    ("The {s} eye was splashed with lye.", "The {o} eye is rinsed for half an hour."),
    ("A baby has a {s}-sided Bochdalek hernia.", "The {o}-sided hernia is closed once the child is stable."),
    ("Stones fill the {s} renal pelvis.", "Percutaneous {o} nephrolithotomy clears them."),
)


def sided(template: tuple[str, str], side: str, same: bool) -> Draft:
    other = side if same else {"left": "right", "right": "left"}[side]
    question, answer = (text.format(s=side, o=other, O=other.capitalize()) for text in template)
    return make_draft(question, answer)


def test_an_answer_about_the_other_side_is_found():
    plants = [sided(template, side, same=False) for template in SIDED for side in ("left", "right")]
    share, missed = recall("laterality_conflict", plants)
    assert share >= ENOUGH, missed


def test_an_answer_about_the_same_side_is_left_alone():
    twins = [sided(template, side, same=True) for template in SIDED for side in ("left", "right")]
    assert alarms("laterality_conflict", twins) == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Where is pain felt when the left iliac fossa is pressed?", "In the right iliac fossa: Rovsing's sign."),
        (
            "Where does the trachea go in a right tension pneumothorax?",
            "To the left of the chest, as the lung collapses.",
        ),
        ("Which artery is narrowed when the right arm is weak?", "The left internal carotid, since the fibres cross."),
        ("A stroke has made the left leg weak. Which side of the brain?", "The right, and the right leg is normal."),
        ("A baby has a right inguinal hernia. What about the other side?", "The left groin is explored if it bulges."),
        (
            "Why does a varicocele arise on the left?",
            "The left testicular vein joins the renal vein; the right does not.",
        ),
        ("Where is a left donor kidney placed?", "In the right iliac fossa, and a right kidney likewise."),
        ("Which operation for a cancer of the left colon at the splenic flexure?", "An extended right hemicolectomy."),
        ("How is a left inguinal hernia treated?", "It is right to offer a repair of the hernia with mesh."),
        ("How does a patient lie for a left nephrectomy?", "On the right side, with the left flank uppermost."),
        ("How does a cancer of the left colon present?", "With obstruction, unlike one of the right colon."),
        ("Is the left kidney the better one to give?", "Yes, its vein is longer than that of the right kidney."),
        ("What is left in place after a right hemicolectomy?", "A drain is seldom left in the colon bed."),
        ("Pain goes from the right upper quadrant to where?", "To the tip of the right shoulder, as referred pain."),
        ("Which lung has three lobes?", "The right lung; the left lung has two."),
    ],
)
def test_sides_that_rightly_differ_raise_no_alarm(question, answer):
    assert findings("laterality_conflict", make_draft(question, answer)) == []


def test_the_organ_that_is_left_after_an_operation_is_only_possible():
    draft = make_draft("A man had a right pneumonectomy. How does he breathe?", "With the left lung alone.")
    assert [finding.sure for finding in findings("laterality_conflict", draft)] == ["possible"]


def test_a_key_and_its_rationale_may_not_differ_but_a_rationale_may_speak_of_other_options():
    options = {"A": "Left nephrectomy", "B": "Right nephrectomy"}
    question = "The only tumour lies in the left kidney. What is done?"
    wrong = make_draft(question, "A", options=options | {"B": "Biopsy"}, rationale="Right nephrectomy removes it.")
    right = make_draft(question, "A", options=options, rationale="Right nephrectomy would leave the tumour.")
    assert {finding.where for finding in findings("laterality_conflict", wrong)} == {"rationale"}
    assert findings("laterality_conflict", right) == []
    assert [f.where for f in findings("laterality_conflict", make_draft(question, "B", options=options))] == [
        "option B"
    ]


# --------------------------------------------------------------------------------------------------- absolute claims

TREATMENTS = (
    ("laparoscopic cholecystectomy", "gallstones"),
    ("mesh repair", "an inguinal hernia"),
    ("emergency surgery", "a small bowel obstruction"),
    ("a course of antibiotics", "diverticulitis"),
    ("endoscopic stenting", "a malignant stricture"),
    ("heparin", "a swollen leg"),
)
CLAIMS = (
    "{T} is always needed in {c}.",
    "{T} should always be used for {c}.",
    "All patients with {c} should have {t}.",
    "Every patient with {c} must be given {t}.",
    "{T} never fails in {c}.",
    "{T} is never indicated in {c}.",
    "In no case may {t} be left out in {c}.",
    "{T} is guaranteed to work in {c}.",
    "{T} is 100% safe in {c}.",
    "{T} is required in all patients with {c}.",
)


def test_treatment_advice_without_exception_is_found():
    plants = [
        make_draft("What is done?", claim.format(T=treatment.capitalize(), t=treatment, c=condition))
        for claim in CLAIMS
        for treatment, condition in TREATMENTS
    ]
    share, missed = recall("absolute_claim", plants)
    assert share >= ENOUGH, missed


@pytest.mark.parametrize(
    "answer",
    [
        "Laparoscopic cholecystectomy is usually needed for gallstones that cause pain.",
        "Most patients with an inguinal hernia are offered a repair.",
        "Surgery is not always needed, and not all patients should have it.",
        "Antibiotics are almost always given before the operation.",
        "No treatment works in all patients, and no guarantee of cure can be given.",
        "Always check the patient's identity, side and consent before an operation.",
        "Never cut what you cannot see, and never force a catheter.",
        "All patients should be assessed for the risk of thromboembolism before surgery.",
        "Every patient must be asked about allergies before an antibiotic is given.",
        "All patients must give consent before surgery.",
        "A bolus of potassium must never be injected, because it stops the heart.",
        "The appendix always arises from the caecum, where the taeniae meet.",
        "The cystic artery always lies in this triangle in textbooks of surgery.",
        "A wrong-site operation is a never event.",
        "A man who has never had a stroke stops his warfarin.",
        "All patients in the trial had a mesh repair.",
        "Some tumours grow so slowly that they may never cause harm without treatment.",
        "Do all patients with gallstones need surgery? Few do.",
    ],
)
def test_hedged_claims_anatomy_and_rules_of_safety_raise_no_alarm(answer):
    assert findings("absolute_claim", make_draft("What is right?", answer)) == []


# ---------------------------------------------------------------------------------------------------- dated guidance

DATED = (
    "{a}, as recommended in the {d}s.",
    "{a}, which was standard practice in the late {d}s.",
    "{a}: this was taught in the {d}s and is followed here.",
    "{a}, according to the {y} guideline.",
    "{a}, as the {y} NICE guidance says.",
    "{a} (national guidelines, {y}).",
    "{a}, in line with the consensus statement of {y}.",
    "{a}, as the society recommended in {y}.",
)
ADVICE = (
    "Bed rest for a week follows the repair",
    "The bowel is prepared for three days",
    "A nasogastric tube stays until flatus is passed",
    "Bridging heparin is given to everyone with a valve",
    "Feeding starts on the fifth day",
)


def test_guidance_of_another_decade_is_found():
    plants = [
        make_draft("What is done after the operation?", form.format(a=advice, d=1980 + 10 * (n % 3), y=1996 + n % 19))
        for n, (form, advice) in enumerate((form, advice) for form in DATED for advice in ADVICE)
    ]
    share, missed = recall("dated_guidance", plants)
    assert share >= ENOUGH, missed
    assert findings("dated_guidance", make_draft("Stage?", "It is T3 by the TNM 6th edition."))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is done?", "Early feeding is advised, according to the 2023 guideline."),
        ("What is done?", "Staging follows the TNM 8th edition."),
        ("What is done?", "Bed rest was recommended in the 1980s and is no longer advised."),
        ("What is done?", "The 2012 guideline was replaced, and early feeding is now usual."),
        ("Who first described this operation?", "Bassini, whose standard repair was taught in the 1890s."),
        ("How common is it?", "In 2008 about 12,700 people were found to have it."),
        ("Who is he?", "Halsted was born in 1852 and taught residents."),
        ("How large is it?", "The guideline sets the limit at 2000 ml a day."),
        ("Which trial?", "The trial of 1991 supports endarterectomy, as guidelines say."),
    ],
)
def test_new_guidance_history_and_epidemiology_raise_no_alarm(question, answer):
    assert findings("dated_guidance", make_draft(question, answer)) == []


# ----------------------------------------------------------------------------------------------------------- privacy

NAMES = (
    "Alfred Quillfeather",
    "Edith Marlowe",
    "Siobhán O'Dowda",
    "Jean-Luc Petit",
    "Ada M. Thornbury",
    "Iris McTavish",
)
NAMED = (
    "Mr {n} has a lump in the groin.",
    "A scan of Mrs {n} shows stones.",
    "{n}, born 14/03/1961, has a fever.",
    "{n} (date of birth 3 May 1957) is listed for surgery.",
    "Patient name: {n}. He is 54.",
    "Miss {n} was seen in clinic.",
    "{n}, DOB: 1957-05-03, has a hernia.",
    "{n}, D.O.B. 03.05.57, has a hernia.",
)
IDENTIFIERS = {
    "privacy_record_number": (
        "NHS number 943 476 5919",
        "NHS no: 9434765919",
        "known as 943 476 5919",
        "MRN 00482913",
        "MRN: 48-29-13",
        "hospital number X482913",
        "Hospital No. 482913",
        "patient ID 4829137",
        "record number 4829137",
        "social security number 219-09-9999",
    ),
    "privacy_phone": (
        "his mobile is 07700 900123",
        "ring 020 7946 0018",
        "her number is (0161) 496 0123",
        "tel. +44 7700 900123",
        "tel. +44 (0)20 7946 0018",
        "call 212-555-0147",
        "call (212) 555-0147",
        "phone 212.555.0147",
        "phone +1 212 555 0147",
        "phone +49 30 901820",
    ),
    "privacy_address": (
        "lives at 14 Acacia Avenue, Leeds",
        "lives at Flat 3, 27 Mill Lane, York YO1 7HX",
        "of 221B Baker Street",
        "at 1600 Elm Road, Springfield, IL 62704",
        "at 9 St. Mary's Close",
        "postcode LS1 4AP",
        "postcode SW1A 1AA",
        "at 52 Queen's Gardens",
        "of 7 Park St, Bath",
        "at 880 N. Michigan Avenue",
    ),
    "privacy_email": (
        "a.quillfeather@example.com",
        "edith_marlowe57@mail.example.co.uk",
        "e.m@nhs.net",
        "iris+clinic@example.net",
        "j.petit@example.fr",
        "ada-t@example.io",
        "o.dowda@example.ie",
        "the.thornburys@example.com",
        "quill@example.me",
        "m57@example.co",
    ),
}
SAYING = ("The patient, {}, asks about her scan.", "Letter: {}.", "She can be found by this: {}", "{} is in the notes.")


def test_names_and_dates_of_birth_are_found():
    plants = [make_draft("What is next?", form.format(n=name)) for form in NAMED for name in NAMES]
    share, missed = recall("privacy_name_dob", plants)
    assert share >= ENOUGH, missed


@pytest.mark.parametrize("check", IDENTIFIERS)
def test_numbers_addresses_and_mail_are_found(check):
    plants = [make_draft("What?", form.format(text)) for text in IDENTIFIERS[check] for form in SAYING]
    share, missed = recall(check, plants)
    assert share >= ENOUGH, missed


@pytest.mark.parametrize(
    "text",
    [
        "Mr Gram's stain and Dr Alvarado's score are used, as are Hartmann's and Whipple's operations.",
        "Dr Alvarado described it, and Crohn's disease is named after Dr Burrill Crohn.",
        "Master the basics, and do not Miss the diagnosis.",
        "He was born in 1957 and weighs 80 kg.",
        "Halsted, born September 23, 1852, taught residents.",
        "Pulse 112, blood pressure 128/76 mmHg, creatinine 190 micromol/litre, CRP 140 mg/L, platelets 150 000.",
        "White cells 11.2 x 10^9/L, sodium 135-145 mmol/L, PaO2 10.5 kPa, 3 000 ml over 24 hours, 1,000,000 units.",
        "The NHS screening programme, NHS ward 4B and case number 3 are named.",
        "A 12 Fr drain, a 5 Way Foley and 3/0 sutures at 10-15 cm.",
        "T2 N1 M0, L5 and S1 roots, C6 level; doi 10.1016/0003-4975(96)00123-4.",
    ],
)
def test_eponyms_and_figures_of_medicine_are_no_personal_data(text):
    draft = make_draft("What is this?", text)
    assert [f.detail for check in CHECKS if check.startswith("privacy") for f in findings(check, draft)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Call the National Cancer Institute at 1-800-422-6237.",
        "The helpline is 0800 123 4567.",
        "Write to the National Eye Institute, 31 Center Drive, Bethesda, MD 20892.",
        "Ask info@cancer.example.com or help@nih.gov.",
        "Dr Hannah Field will see you.",
        "Mrs Jones is 67 and has a hernia.",
    ],
)
def test_what_belongs_to_public_bodies_and_lone_surnames_are_only_possible(text):
    draft = make_draft("Whom?", text)
    found = [f for check in CHECKS if check.startswith("privacy") for f in findings(check, draft)]
    assert found
    assert {finding.sure for finding in found} == {"possible"}


def test_a_name_beside_a_date_of_birth_is_certain():
    draft = make_draft("Mr Alfred Quillfeather, born 14/03/1961, has a fever. Why?", "He may have a leak.")
    assert {finding.sure for finding in findings("privacy_name_dob", draft)} == {"certain"}


def test_the_check_digit_of_an_nhs_number_is_reckoned():
    assert valid_nhs_number("9434765919")
    assert not valid_nhs_number("9434765918")
    assert not valid_nhs_number("943476591")
    assert not valid_nhs_number("９434765919")


def test_personal_data_in_contexts_and_wrong_options_are_found_too():
    draft = make_draft("Which?", "A", options={"A": "Rest", "B": "Ask Mr Alfred Quillfeather"})
    assert [finding.where for finding in findings("privacy_name_dob", draft)] == ["option B"]
    draft = make_draft("Which?", "Rest.", contexts=["Mail a.quillfeather@example.com"])
    assert [finding.where for finding in findings("privacy_email", draft)] == ["context 1"]


# ---------------------------------------------------------------------------------------------------------- presidio


class FakeModels:
    """Stands for the language models that are installed, and counts how often Presidio is started."""

    def __init__(self) -> None:
        self.installed = {"en_core_web_sm", "en_core_web_md"}
        self.loaded: list[str] = []


@pytest.fixture
def fake_presidio(monkeypatch):
    """Presidio and spaCy as modules that find the words Quill, Crohn and DRUG."""
    models = FakeModels()

    def analyze(text, language, entities):
        assert "EMAIL_ADDRESS" not in entities, "this one asks the internet"
        found = [(word, text.find(word)) for word in ("DRUG", "Crohn", "Ada Quill", "Quill")]
        return [
            SimpleNamespace(entity_type="PERSON", start=start, end=start + len(word), score=0.85)
            for word, start in found
            if start >= 0
        ]

    modules = {
        "presidio_analyzer": {"AnalyzerEngine": lambda **_: SimpleNamespace(analyze=analyze)},
        "presidio_analyzer.nlp_engine": {"SpacyNlpEngine": SimpleNamespace},
        "spacy": {
            "util": SimpleNamespace(is_package=lambda name: name in models.installed),
            "load": lambda name, exclude: models.loaded.append(name),
            "blank": lambda name: models.loaded.append("blank"),
        },
    }
    for name, content in modules.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    presidio._engine.cache_clear()
    yield models
    presidio._engine.cache_clear()


def test_presidio_gives_findings_with_spans_the_surest_first(fake_presidio):
    first, *others = presidio.presidio_findings("Give DRUG to Ada Quill.")
    assert first.detail == "person by Presidio (score 0.85), 'Ada Quill'"
    assert (first.span, first.sure) == ((13, 22), "likely")
    assert {finding.sure for finding in others} == {"possible"}, "one word may be a drug as well as a name"
    draft = make_draft("Who is it?", "Mr Quill.")
    assert [found.where for found in presidio.CHECK.find(draft, SETTINGS)] == ["answer"]
    assert presidio.presidio_findings("Is it Crohn disease?") == []


def test_presidio_takes_the_largest_model_that_is_installed_and_loads_it_once(fake_presidio):
    for _ in range(2):
        presidio.presidio_findings("Ada Quill")
    assert fake_presidio.loaded == ["en_core_web_md"]
    presidio.presidio_findings("Ada Quill", "none")
    assert fake_presidio.loaded == ["en_core_web_md", "blank"]


def test_presidio_without_its_model_says_what_to_type(fake_presidio):
    fake_presidio.installed.clear()
    with pytest.raises(UsageError, match=r"privacy_model: .*python -m spacy download en_core_web_lg"):
        presidio.require(None)
    with pytest.raises(UsageError, match="de_core_news_sm is not installed"):
        presidio.require("de_core_news_sm")
    presidio.require("none")


def test_presidio_that_is_not_installed_says_what_to_type_before_anything_is_read(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    asked = CorpusSettings(files=[tmp_path / "absent.jsonl"], privacy_engine="presidio")
    with pytest.raises(MissingDependencyError, match=r'pip install "residency\[privacy\]"'):
        run(StageContext({"corpus": asked}, {}, tmp_path, seed=17))


def gate(folder: Path, **keys: Any) -> tuple[dict[str, Any], bytes, list[dict[str, str]]]:
    """The report, the kept rows and the table for review of two rows, one of which names a person."""
    folder.mkdir()
    bank = folder / "bank.jsonl"
    rows = [("What did Ada Quill have?", "An inguinal hernia."), ("How is a burn cooled?", "With running water.")]
    write_jsonl(bank, [{"question": question, "answer": answer} for question, answer in rows])
    run(StageContext({"corpus": CorpusSettings(files=[bank], **keys)}, {}, folder, seed=17))
    with (folder / "review.csv").open(encoding="utf-8-sig", newline="") as handle:
        table = list(csv.DictReader(handle))
    return read_json(folder / "data-report.json"), (folder / "kept.jsonl").read_bytes(), table


def test_presidio_flags_for_review_and_changes_nothing(fake_presidio, tmp_path):
    report, kept, table = gate(tmp_path / "asked", privacy_engine="presidio")
    (check,) = [check for check in report["checks"] if check["id"] == "privacy_presidio"]
    assert (check["count"], check["severity"]) == (1, "warns")
    assert "precision of 0.51 and a recall of 0.74" in check["means"]
    assert check["examples"][0]["span"] == [9, 18]
    assert [(line["check"], line["where"]) for line in table] == [("privacy_presidio", "question")]
    assert kept == gate(tmp_path / "not", privacy_engine="patterns")[1]


def test_nobody_loads_presidio_who_has_not_asked_for_it(monkeypatch, tmp_path):
    for name in ("presidio_analyzer", "spacy"):
        monkeypatch.setitem(sys.modules, name, None)  # importing it would be an error
    report, _, table = gate(tmp_path / "bank")
    assert "privacy_presidio" not in {check["id"] for check in report["checks"]} and table == []


def test_the_real_presidio_finds_numbers_without_a_model_and_names_with_one():
    pytest.importorskip("presidio_analyzer")
    import spacy

    text = "Mrs Jane Quill, NHS number 943 476 5919, was seen."
    details = [finding.detail for finding in presidio.presidio_findings(text, "none")]
    assert "uk nhs by Presidio (score 1.00), '943 476 5919'" in details
    assert all("Quill" not in detail for detail in details)
    models = [name for name in spacy.util.get_installed_models() if name.startswith("en")]
    if not models:
        pytest.skip("no English spaCy model is installed")
    for finding in (found := presidio.presidio_findings(text, models[0])):
        start, stop = finding.span
        assert repr(text[start:stop]) in finding.detail
    assert any("Jane Quill" in finding.detail and finding.sure == "likely" for finding in found)


# ------------------------------------------------------------------------------------------------------------ any text

WORDS = st.sampled_from(
    "enoxaparin paracetamol 40 1,5 .5 0 mg g units/kg mmol/h every 6 0 hours q0h tds x of the left right kidney hernia "
    "Mr Ms Dr O'Dowda born DOB 14/03/1961 NHS 943 476 5919 never always all patients should surgery 1990s guideline "
    "2003 in İ µg ( ) ; . , - \n @ a@b.c +44 0 7700 900123 LS1 4AP 14 Acacia Avenue 1/2 million MU ²".split(" ")
)


@settings(max_examples=300)
@given(st.one_of(st.text(), st.lists(WORDS, max_size=30).map(" ".join)), st.one_of(st.text(), st.none()))
@example("İ enoxaparin 400 mg İ", "İ left kidney")
@example("paracetamol 1 g every 0 hours", "q0h 0-hourly")
def test_no_text_makes_a_check_raise_and_spans_lie_within_the_text(answer, question):
    draft = replace(make_draft("x", "y"), question=question, answer=answer)
    mcq = replace(draft, kind="mcq", options={"A": answer, "B": question or ""}, answer="A", rationale=answer)
    for row in (draft, mcq):
        texts = {"question": question or "", "answer": answer, "rationale": answer}
        texts |= {f"option {letter}": text for letter, text in row.options.items()}
        for check in CHECKS.values():
            for finding in check.find(row, SETTINGS):
                start, end = finding.span
                assert 0 <= start < end <= len(texts[finding.where])
                assert finding.detail
