"""Personal data in what people type: found where it stands, and not found in medicine's own names and figures."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.files import read_jsonl
from residency.domain.surgery.red_flags import RED_FLAGS
from residency.judging.personal.detect import valid_nhs_number
from residency.judging.personal.find import find_personal
from residency.serving.safety import personal
from tests.conftest import EXAMPLES
from tests.typed_notes import FIRST, SECOND, notes


def kinds(text: str) -> list[tuple[str, str]]:
    return [(found.kind, found.text) for found in find_personal(text)]


@pytest.mark.parametrize(("lines", "least"), [(FIRST, 0.94), (SECOND, 0.92)], ids=["first", "second"])
def test_most_of_what_notes_hold_is_found_and_hardly_anything_else(lines: str, least: float) -> None:
    found = missed = wrong = 0
    for text, spans in notes(lines):
        places = find_personal(text)
        for start, end in spans:
            covered = sum(max(0, min(end, one.end) - max(start, one.start)) for one in places)
            found, missed = (found + 1, missed) if covered >= 0.6 * (end - start) else (found, missed + 1)
        wrong += sum(all(one.end <= start or one.start >= end for start, end in spans) for one in places)
    assert found / (found + missed) >= least
    assert wrong == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mrs okafor has a hernia", [("name", "mrs okafor")]),
        ("Mrs Patel's CT shows a 4 cm AAA", [("name", "Mrs Patel")]),
        ("SMITH, John (DOB 03/05/1957)", [("name", "SMITH, John"), ("date_of_birth", "DOB 03/05/1957")]),
        ("Jane Doe 12/04/1961, day 2", [("name", "Jane Doe"), ("date_of_birth", "12/04/1961")]),
        ("NHS number 943 476 5919", [("nhs_number", "NHS number 943 476 5919")]),
        ("known as 943-476-5919 here", [("nhs_number", "943-476-5919")]),
        ("her SSN: 219-09-9999", [("record_number", "SSN: 219-09-9999")]),
        ("219-09-9999 on the form", [("social_security_number", "219-09-9999")]),
        ("insurance AB 12 34 56 C", [("national_insurance_number", "AB 12 34 56 C")]),
        ("ring 450 0840 78", []),
        ("ring him on 450 0840", [("phone", "450 0840")]),
        ("e.m@nhs.net", [("email", "e.m@nhs.net")]),
        ("he lives at 27 mill lane", [("address", "27 mill lane")]),
        ("ls1 4ap", [("postcode", "ls1 4ap")]),
        ("of Springfield, IL 62704", [("postcode", "IL 62704")]),
    ],
)
def test_each_kind_is_found_in_its_place(text: str, found: list[tuple[str, str]]) -> None:
    assert kinds(text) == found
    assert all(text[one.start : one.end] == one.text for one in find_personal(text))


@pytest.mark.parametrize(
    "text",
    [
        "MR angiography or MR imaging of the liver? mr severe, ms intervals and MS.",
        "Is an Ann Arbor stage, a Pierre Robin sequence or an Ivor Lewis oesophagectomy meant?",
        "The Thomas test, a Denis Browne splint and Mr Hartmann's operation.",
        "Patient Safety, patient Blood Management and Patient Reported Outcomes in Hernia Surgery",
        "Acute Cholecystitis 54F, Abdominal Pain 61M, hernia in a man of 70.",
        "He was operated on 12/03/2024 and seen on 14 March 2026.",
        "What does John Smith et al report, and the technique described by Peter Jones?",
        "Call the help line, 0800 123 4567, or info@example.org.",
        "NHS number with a wrong digit 943 476 5918 is none",
        "Sodium 135, potassium 4.2, lactate 3, BP 120/80, T4 5th rib, L5 1st, B12 5 ug, 3 000 ml over 24 h.",
        "NCT01234567, doi 10.1016/0003-4975(96)00123-4, 10^9/L, ASA 3, 0.05 mg/kg, 150 000 platelets",
        "Frank haematuria, mark the side, grace period and a max dose of 2 mg/kg",
    ],
)
def test_names_of_things_and_figures_of_medicine_are_none(text: str) -> None:
    assert kinds(text) == []


def test_questions_of_the_example_bank_and_the_red_flags_own_texts_raise_no_alarm() -> None:
    texts = [row["question"] for name in ("mcq", "open") for row in read_jsonl(EXAMPLES / f"{name}.jsonl")]
    texts += [text for flag in RED_FLAGS for text in (*flag.presentations, *flag.held_out)]
    assert len(texts) > 1000
    assert [text for text in texts if find_personal(text)] == []


def test_other_spaces_and_dashes_hide_nothing_and_places_hold_in_the_text_as_typed() -> None:
    text = "Mr\u00a0Okafor, 943\u2009476\u20095919 and 943–476–5919"
    assert kinds(text) == [
        ("name", "Mr\u00a0Okafor"),
        ("nhs_number", "943\u2009476\u20095919"),
        ("nhs_number", "943–476–5919"),
    ]


@given(st.text(max_size=80), st.text(max_size=80))
def test_spans_stand_in_order_apart_and_within_any_text(before: str, after: str) -> None:
    text = f"{before} Mrs Okafor, NHS 943 476 5919, {after}"
    spans = personal(text)
    assert all(text[span.start : span.end] == span.text and span.text for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


@given(st.integers(0, 10**9 - 1), st.integers(0, 8), st.integers(1, 9))
def test_a_wrong_digit_of_an_nhs_number_is_always_noticed(nine: int, place: int, more: int) -> None:
    digits = f"{nine:09}"
    checks = [last for last in range(10) if valid_nhs_number(f"{digits}{last}")]
    assert len(checks) <= 1
    if checks:
        other = f"{digits[:place]}{(int(digits[place]) + more) % 10}{digits[place + 1 :]}{checks[0]}"
        assert not valid_nhs_number(other)
