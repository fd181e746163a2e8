"""Red flags: each entry is whole and plain, is found in a patient and not in a calm case, and says urgency first."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from residency.domain.surgery.red_flags import RED_FLAGS, RedFlag, read_table, red_flags_in, rule_text
from tests.conftest import EXAMPLES, read_rows

URGENT = re.compile(
    r"\b(?:urgent\w*|emergency|now|at once|immediate\w*|(?:not|cannot) wait|minutes|seconds|hours?|life-threatening|"
    r"limb-threatening|no time to lose)\b"
)
ALARM = re.compile(
    r"\b(?:urgent\w*|emergenc\w+|immediate\w*|at once|straight away|without delay|999|112|911|life-threatening|"
    r"call (?:the|a|your) |ring the|crash call|resuscitat\w+|tonight|right now)\b"
)
DOSE = re.compile(r"\b\d+(?:\.\d+)?\s?(?:mg|micrograms?|g|ml|units?|mmol|mg/kg)\b(?!/L)", re.IGNORECASE)
UNIT_LESS = re.compile(
    r"\b(?:adrenaline|hydrocortisone|naloxone|dantrolene|heparin|insulin|calcium gluconate|aspirin|glucose|morphine)"
    r"(?: \w+){0,2} \d+(?:\.\d+)?(?!\.?\d)(?! ?(?:mg|micrograms?|g|ml|units?|mmol|%))\b",
    re.IGNORECASE,
)
AGREED = {"0.5 mg": "anaphylaxis", "100 mg": "adrenal crisis"}
"""Doses that stand in the table since all guidance agrees on them, and where."""
FLAGS = pytest.mark.parametrize("flag", RED_FLAGS, ids=lambda flag: flag.name)


def calm_of(flag: RedFlag) -> tuple[tuple[str, str], ...]:
    return *flag.calm, *flag.calm_held_out


def texts_of(flag: RedFlag) -> Iterator[str]:
    yield from (*flag.presentations, *flag.held_out, *flag.why, *flag.first, *flag.call)
    for says, answer in calm_of(flag):
        yield from (says, answer)


def runs(text: str, length: int) -> set[str]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {" ".join(words[at : at + length]) for at in range(len(words) - length + 1)}


def test_the_table_covers_every_field_of_surgery_and_what_any_ward_meets() -> None:
    assert len(RED_FLAGS) >= 50
    assert len({flag.name for flag in RED_FLAGS}) == len(RED_FLAGS)
    topics = {topic for flag in RED_FLAGS for topic in flag.topics}
    assert topics >= {
        *("trauma", "vascular", "colorectal", "biliary", "hpb", "upper-gi", "endocrine", "urolog", "paediatric"),
        *("burn", "infection", "anticoag", "vte", "fluid", "electrolyte", "post-operative", "anaesth", "airway"),
        *("cauda", "compartment", "stroke", "cardiac", "anaphyl", "sepsis", "mening", "ectopic", "torsion", "battery"),
        "suicid",
    }


@FLAGS
def test_an_entry_is_whole(flag: RedFlag) -> None:
    assert flag.topics and all(topic == topic.lower().strip() and topic for topic in flag.topics)
    counts = [len(part) for part in (flag.presentations, flag.held_out, flag.why, flag.first, flag.call)]
    assert all(found >= asked for found, asked in zip(counts, (5, 2, 3, 2, 2), strict=True)), counts
    assert len(flag.calm) >= 2 and len(flag.calm_held_out) >= 1
    for text in texts_of(flag):
        assert re.fullmatch(r"[A-Z0-9].*[.!?]", text), text
        assert "  " not in text and "=>" not in text and "{" not in text


@FLAGS
def test_a_patient_who_has_it_is_found(flag: RedFlag) -> None:
    for text in (*flag.presentations, *flag.held_out):
        assert re.search(flag.pattern, text.lower()), text
        assert flag in red_flags_in(text)


@FLAGS
def test_no_calm_case_is_found_by_any_flag(flag: RedFlag) -> None:
    for says, _ in calm_of(flag):
        assert not re.search(flag.pattern, says.lower())
        assert [found.name for found in red_flags_in(says)] == [], says


@FLAGS
def test_the_first_sentence_of_every_why_says_that_it_is_urgent(flag: RedFlag) -> None:
    for text in flag.why:
        assert URGENT.search(re.split(r"(?<=[.!?]) ", text.lower())[0]), text
    for text in flag.call:
        assert re.search(r"\b(?:now|at once|straight away|immediate\w*)\b", text), text


@FLAGS
def test_no_calm_answer_alarms(flag: RedFlag) -> None:
    for _, answer in calm_of(flag):
        assert not ALARM.search(answer.lower()), answer


@FLAGS
def test_doses_have_units_and_stand_only_where_all_agree(flag: RedFlag) -> None:
    for text in (*flag.why, *flag.first, *flag.call, *(answer for _, answer in calm_of(flag))):
        assert not UNIT_LESS.search(text), text
        assert {dose for dose in DOSE.findall(text) if AGREED.get(dose) != flag.name} == set(), text


@pytest.mark.parametrize("text", ["Give adrenaline 0.5 into the thigh.", "Give naloxone slowly 400 now."])
def test_a_dose_without_its_unit_would_be_seen(text: str) -> None:
    assert UNIT_LESS.search(text)


def test_held_out_wordings_share_no_run_of_five_words_with_training() -> None:
    training: Counter[str] = Counter()
    for flag in RED_FLAGS:
        for text in (*flag.presentations, *(says for says, _ in flag.calm)):
            training.update(runs(text, 5))
    shared = {
        run: text
        for flag in RED_FLAGS
        for text in (*flag.held_out, *(says for says, _ in flag.calm_held_out))
        for run in runs(text, 5)
        if training[run]
    }
    assert shared == {}


def test_wordings_do_not_repeat() -> None:
    whole = Counter(text for flag in RED_FLAGS for text in texts_of(flag))
    assert [text for text, times in whole.items() if times > 1] == []


@pytest.mark.parametrize("words", [2, 3])
def test_no_opening_of_the_whys_is_shared_by_more_than_a_tenth(words: int) -> None:
    whys = [text for flag in RED_FLAGS for text in flag.why]
    opening, times = Counter(" ".join(text.split()[:words]) for text in whys).most_common(1)[0]
    assert times <= len(whys) / 10, f"{opening}: {times} of {len(whys)}"


def test_presentations_begin_in_many_ways_and_are_not_all_vignettes() -> None:
    said = [text for flag in RED_FLAGS for text in (*flag.presentations, *flag.held_out)]
    assert (
        sum(bool(re.match(r"an? [\w-]+-(?:year|month|week|day)-old", text.lower())) for text in said) < len(said) / 20
    )
    assert Counter(" ".join(text.split()[:3]) for text in said).most_common(1)[0][1] <= len(said) / 10


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("She has gallstones and is jaundiced, with no fever, rigors or pain.", []),
        ("She has gallstones and is jaundiced, with fever and rigors.", ["acute cholangitis"]),
        ("He denies headache, fever or a stiff neck.", []),
        ("My patient's CRP is 190 mg/L on day 4 after a sigmoid resection. How should I read that?", []),
        ("My patient with an epidural can no longer move her legs.", ["spinal epidural haematoma or abscess"]),
        ("A 26-year-old woman is exsanguinating.", ["major haemorrhage after trauma"]),
        ("What are the features of tension pneumothorax, and where is it decompressed?", []),
        ("How is anaphylaxis with wheeze after an antibiotic treated?", []),
        ("In testicular torsion, how soon does sudden severe pain lead to loss of the testis?", []),
    ],
)
def test_what_is_denied_or_asked_without_a_patient_is_not_found(text: str, names: list[str]) -> None:
    assert [flag.name for flag in red_flags_in(text)] == names


def test_theory_questions_of_the_example_bank_are_left_alone_and_its_emergencies_found() -> None:
    rows = [row for name in ("mcq", "open") for row in read_rows(EXAMPLES / f"{name}.jsonl")]
    hit = {row["id"]: [flag.name for flag in red_flags_in(row["question"])] for row in rows}
    patient = re.compile(
        r"-(?:year|month|week|day)-old|\b(?:s?he|man's)\b|"
        r"\b(?:my|our|an?(?: \w+)?) (?:\w+ )?(?:patient|man|woman|smoker|toddler|newborn)\b",
        re.IGNORECASE,
    )
    assert [row["question"] for row in rows if hit[row["id"]] and not patient.search(row["question"])] == []
    assert 40 <= sum(map(bool, hit.values())) <= 90
    assert "testicular torsion" in hit["urology-m01"]
    assert "neck haematoma after thyroid or neck surgery" in hit["breast-endocrine-m10"]
    assert "infected obstructed kidney" in hit["urology-q30"]


def test_finding_is_quick_on_long_and_odd_text() -> None:
    long = "He is well and walks. No pain, no fever, no stones or rigors. " * 150
    began = time.perf_counter()
    for text in (long, "no " * 3000, "he " + "no, " * 3000, "he has " + "a" * 20000):
        red_flags_in(text)
    assert time.perf_counter() - began < 10


@FLAGS
def test_the_rule_text_states_all_that_the_answers_may_state(flag: RedFlag) -> None:
    rule = rule_text(flag)
    for text in (*flag.why, *flag.first, *flag.call, *(answer for _, answer in calm_of(flag))):
        assert text in rule


def test_a_table_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(KeyError, match="sayz"):
        read_table("# bleeding\nsayz: He bleeds.")
