"""The assistant's flags: a patient in danger is flagged whatever the model says, and what is denied or asked is not."""

from __future__ import annotations

import pytest
from benchmarks.red_flags import calm_sets, measure, share, urgent_sets

from residency.domain.surgery.observations import alarming
from residency.domain.surgery.red_flags import RED_FLAGS
from residency.serving.safety import LONGEST, UNSTABLE, flags, personal


def names(text: str) -> list[str]:
    return [flag.name for flag in flags(text)]


def test_a_flag_says_why_what_first_and_whom_to_call() -> None:
    (flag,) = flags("He is 77 with loin pain, looks shocked, and has an expansile swelling above his umbilicus.")
    table = next(one for one in RED_FLAGS if one.name == flag.name)
    assert flag.name == "ruptured aortic aneurysm"
    assert (flag.why, flag.first, flag.call) == (table.why[0], table.first[0], table.call[0])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("She can't speak and her right arm has dropped, started 40 minutes ago.", ["acute stroke"]),
        ("She can’t feel her legs or pee, numb between the legs with sciatica.", ["cauda equina syndrome"]),
        ("He doesn't have fever, rigors or pain; gallstones and jaundice.", []),
        ("He isn't febrile. Gallstones, jaundiced.", []),
        (
            "Toddler with a burn 2 days ago, temp 40, widespread rash and floppy.",
            ["toxic shock syndrome after a burn or packed wound"],
        ),
        ("Day 8 after a hip replacement, suddenly short of breath, sats 84%, HR 120.", ["pulmonary embolism"]),
        ("Diabetic patient, insulin this morning, BM is 1.8 and she is drowsy.", ["hypoglycaemia"]),
        ("Patient safety: which fever after a prostate biopsy needs antibiotics?", []),
        ("Day 5 after resection, which fever suggests a leak?", []),
        ("What are the signs of tension pneumothorax with hypotension?", []),
        ("", []),
    ],
)
def test_what_people_type_in_a_hurry_is_read_and_theory_is_left_alone(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My patient has RR 28 and lactate of 4.2.", ("respiratory rate 28", "lactate 4.2")),
        ("55M renal failure, K 7.4 and broad QRS", ("potassium 7.4",)),
        (
            "45F BP 82/50, HR 141, sats 88%, temp 34.6, GCS 12",
            ("oxygen saturation 88", "systolic pressure 82", "pulse 141", "temperature 34.6", "Glasgow Coma Score 12"),
        ),
        ("He was GCS 15 and now he is GCS 10.", ("Glasgow Coma Score 10",)),
        ("My patient has BP 120/80, HR 72, RR 16, sats 98%, temp 36.8, K 4.1, Na 138, lactate 1.1, GCS 15.", ()),
        ("Keep her systolic pressure below 90 until theatre?", ()),
        ("If his pulse is 140, what then?", ()),
        ("She is 60; the trial gave HR 0.76 (0.61 to 0.95) and RR 0.5, P 40.", ()),
        ("A 3-month-old boy has BP 75/40 and pulse 140.", ()),
        ("Above which potassium, say 6.8, is calcium given?", ()),
        ("He weighs 80 kg, BMI 31, pulse for 30 seconds, RR 8-12.", ()),
    ],
)
def test_observations_beyond_an_adults_limits_are_alarming(text: str, found: tuple[str, ...]) -> None:
    assert set(alarming(text)) == set(found)


def test_alarming_observations_are_flagged_where_no_emergency_has_a_name() -> None:
    (flag,) = flags("Pt had a hernia repair, RR is 5.")
    assert flag.name == UNSTABLE and "respiratory rate 5" in flag.why and "senior" in flag.call
    assert UNSTABLE not in names("He is 77 with loin pain, known aneurysm, systolic pressure 74.")


def test_a_flag_far_down_in_a_long_text_is_found() -> None:
    long = "He walks and eats well. " * (3 * LONGEST // 24)
    told = "She has gallstones and is jaundiced, with fever and rigors."
    for text in (long + told, told + long, long + told + long):
        assert "acute cholangitis" in names(text)
    assert names(long) == []


def test_the_figures_are_those_that_the_documentation_gives() -> None:
    figures, _ = measure()
    for name, least in {"presentations": 1.0, "held_out": 1.0, "fresh": 0.9, "fresh_again": 0.8}.items():
        assert figures["recall"][name]["share"] >= least
    for name, most in {"calm": 0.0, "calm_held_out": 0.0, "fresh": 0.03, "fresh_again": 0.0, "theory": 0.0}.items():
        assert figures["false_alarms"][name]["share"] <= most
    named = {flag.name for flag in RED_FLAGS}
    assert all(name in named for cases in urgent_sets().values() for name, _ in cases)
    assert all(len(texts) > 20 for texts in calm_sets().values())


def test_a_share_comes_with_its_interval() -> None:
    assert share([True] * 9 + [False]) == {"share": 0.9, "n": 10, "interval": [0.5958, 0.9821]}


def test_personal_data_are_spans_of_the_text() -> None:
    text = "Mr Okafor, NHS 943 476 5919"
    assert [(span.kind, text[span.start : span.end]) for span in personal(text)] == [
        ("name", "Mr Okafor"),
        ("nhs_number", "NHS 943 476 5919"),
    ]
