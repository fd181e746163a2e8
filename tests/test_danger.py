"""Patients in danger, told in sentences or in the shorthand of notes."""

from __future__ import annotations

import random
from typing import cast

import pytest

from residency.core.records import Question
from residency.dialogue.library import Library
from residency.dialogue.material import Material
from residency.dialogue.skills.safety import emergency_asked
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.red_flags import red_flags_in
from residency.domain.surgery.shorthand import describes, spelled_out
from residency.mix.modes import single_turns
from tests.banks import make_question


@pytest.mark.parametrize(
    "text",
    [
        "33M GSW abdomen, GCS 14, BP 70/p, HR 145, cold and clammy. Next step?",
        "24M s/p stab wound L chest, SOB, trachea deviated to R, absent breath sounds L. BP 76/40, SpO2 82%. Now?",
        "52F pedestrian struck by car, pelvis unstable, BP 82/48, HR 128. What is the most appropriate next step?",
        "40 y.o. male house fire, 30% TBSA, soot in nares, hoarse voice. What comes first?",
        "62 yo M w/ severe epigastric pain. Rigid abdomen. HR 124, BP 88/50. How is he managed?",
        "A 35-year-old woman has a systolic pressure of 84 mmHg from vomiting. What is the first bolus?",
    ],
)
def test_a_patient_in_danger_is_known_and_not_answered_in_clinical_mode_without_an_escalation(text: str) -> None:
    assert in_danger(text)
    assert [row["mode"] for row in single_turns(cast(Question, make_question(question=text)), random.Random(1))] == [
        "EXAM"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "19 yo F MVC, restrained. LUQ tenderness. BP 118/72, HR 92. What next?",
        "44M pigmented lesion on back, Breslow 1.6 mm. What next?",
        "A 6-month-old boy has a blood pressure of 82/50 mmHg and feeds well. What next?",
        "At what blood pressure below 90 mmHg is shock diagnosed?",
        "Which 5 M solutions are there?",
    ],
)
def test_stable_patients_small_children_and_theory_are_not_in_danger(text: str) -> None:
    assert not in_danger(text)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("45F c/o RLQ pain", "A 45-year-old woman complains of right lower quadrant pain"),
        ("62 yo M w/ pain", "A 62-year-old man with pain"),
        ("56 y/o male", "A 56-year-old man"),
        ("Temp 101.3 F, BP 90/60", "temperature 38.5, blood pressure 90/60"),
        ("The flap is 45 mm wide at 4 F.", "The flap is 45 mm wide at 4 F."),
    ],
)
def test_shorthand_is_spelled_out(short: str, full: str) -> None:
    assert spelled_out(short) == full
    assert describes(short) == full.startswith("A ")


def test_the_red_flag_is_found_in_shorthand_as_in_sentences() -> None:
    told = (
        "A 33-year-old man with a gunshot wound to the abdomen has a blood pressure of 70/40 mmHg and a pulse of 145."
    )
    noted = "33M GSW to abdomen, BP 70/40, HR 145."
    assert [flag.name for flag in red_flags_in(noted)] == [flag.name for flag in red_flags_in(told)] != []


def test_the_escalation_is_for_what_the_answer_treats_and_the_choice_is_said_once() -> None:
    rows = [
        make_question(
            f"q{number}",
            question=f"{age}F AFib, severe abd pain out of proportion to exam. BP 88/64 HR 132. Diagnosis?",
            options={"A": "Acute mesenteric ischemia", "B": "Diverticulitis"},
            answer="A",
            topic="t",
            cluster=f"c{number}",
        )
        for number, age in enumerate((71, 79))
    ]
    assert len(red_flags_in(rows[0]["question"])) > 1
    calm = make_question("calm", question="How is a hernia found?", topic="t", cluster="calm")
    library = Library([cast(Question, row) for row in (*rows, calm)], 1500)
    for seed in range(5):
        draft = emergency_asked(Material(cast(Question, rows[0]), library, "CLINICAL", random.Random(seed)))
        assert draft is not None and draft.rules[0] == "acute mesenteric ischaemia"
        assert draft.turns[-1]["content"].count("Acute mesenteric ischemia") == 1
