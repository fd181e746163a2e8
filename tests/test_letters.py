"""Which option an answer chooses: of a thousand messy answers none is read as a letter that it does not choose."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.judging.answers import chosen, parse_letter
from residency.judging.letters import declines, named_letters, named_option
from tests.messy_answers import CHOOSES, NAMES_NONE, Case, cases, outcome, surrounded

OPTIONS = {"A": "Inguinal hernia", "B": "Femoral hernia", "C": "Lipoma", "D": "None of the above"}


@pytest.fixture(scope="module")
def messy() -> list[Case]:
    return cases()


def test_of_a_thousand_messy_answers_none_is_read_as_a_letter_that_it_does_not_choose(messy: list[Case]) -> None:
    assert len(messy) > 1000
    for seed in range(3):
        for case in messy if seed == 0 else cases(seed):
            for letters in (case.options, "".join(case.options)):
                assert parse_letter(case.text, letters) in (case.letter, None), case


def test_what_models_put_around_an_answer_makes_no_letter_of_it_and_hides_few(messy: list[Case]) -> None:
    rng = random.Random(0)
    told: Counter[tuple[bool, bool]] = Counter()
    for case in (surrounded(case, rng) for _ in range(3) for case in messy):
        for letters in (case.options, "".join(case.options)):
            found = parse_letter(case.text, letters)
            assert found in (case.letter, None), case
            told[bool(case.letter), found is None] += 1
    assert told[True, True] / (told[True, True] + told[True, False]) < 0.1
    assert told[False, False] == 0


def test_every_kind_of_choice_is_read_where_the_options_are_known(messy: list[Case]) -> None:
    told = Counter((case.kind, outcome(case, parse_letter(case.text, case.options))) for case in messy)
    assert {kind for kind, _ in told} == {*CHOOSES, *NAMES_NONE}
    assert {result for _, result in told} == {"right"}, told


def test_most_choices_are_read_where_only_the_letters_are_known(messy: list[Case]) -> None:
    choosing = [case for case in messy if case.letter]
    unread = sum(parse_letter(case.text, "".join(case.options)) is None for case in choosing)
    assert unread / len(choosing) < 0.03


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("The answer is B. Wait for the CT before operating.", "B"),
        ("The answer is B. Wait, the lump is medial.", None),
        ("ANSWER: B. Hold on to the sac.", "B"),
        ("ANSWER: A\nB is wrong because it is rare.", "A"),
        ("Answer: B) Femoral hernia. A) Inguinal hernia is wrong.", "B"),
        ("The most common groin hernia is:\nA. Inguinal hernia\nB. Femoral hernia", None),
        ("Choose the best answer: A. Inguinal hernia B. Femoral hernia", None),
        ("B. Inguinal hernia", "B"),  # half of it is the option's own text
        ("B. Lipoma", "B"),  # another option's: the letter is what was asked for
        ("B. Hartmann's procedure", None),  # not its own option
        ("Answer: A CT scan", None),
        ("Answer: A Inguinal hernia", "A"),
        ("In answer B, the sac is described", None),
        ("The answer would be C in a child.", None),
        ("If the lump were medial, the answer would be C. ANSWER: B Would you like to know more?", "B"),
        ("If I had to choose, the answer would be C.", "C"),
        ("The answer is C. Final answer: A CT scan", None),
        ("<think>ANSWER: A", None),
        ("ANSWER: A</think>ANSWER: C", "C"),
    ],
)
def test_what_surrounds_a_letter_decides_whether_it_was_chosen(text: str, letter: str | None) -> None:
    assert parse_letter(text, OPTIONS) == letter


def test_the_options_own_words_after_answer_name_it_in_place_of_its_letter() -> None:
    assert named_option("Key point: none.\nANSWER: **Femoral hernia.**", OPTIONS) == "B"
    assert named_option("ANSWER: None of the above", OPTIONS) == "D"
    assert named_option("ANSWER: Hernia", OPTIONS) is None
    assert named_option("ANSWER: Lipoma\nANSWER:", OPTIONS) is None
    assert named_option("Femoral hernia", OPTIONS) is None
    assert named_option("ANSWER: Lipoma", {"A": "Lipoma", "B": "lipoma."}) is None


@pytest.mark.parametrize(
    "text",
    [
        "I don't know.",
        "I'm sorry, but I cannot answer this.",
        "It cannot be determined from this.",
        "No lo sé.",
        "Das weiß ich nicht.",
        "Je ne sais pas.",
        "我不知道。",
        "لا أعرف الإجابة.",
    ],
)
def test_saying_that_one_does_not_know_is_told_from_an_unreadable_answer(text: str) -> None:
    assert declines(text) and parse_letter(text, OPTIONS) is None


@pytest.mark.parametrize(
    "text", ["", "The femoral canal.", "ANSWER: E", "The patient cannot walk.", "<think>I do not know</think>B"]
)
def test_other_answers_do_not_decline(text: str) -> None:
    assert not declines(text)


def test_an_answer_that_names_two_options_names_both() -> None:
    assert named_letters("ANSWER: A\nANSWER: C", OPTIONS) == {"A", "C"}
    assert named_letters("ANSWER: A and C", OPTIONS) == frozenset()


def test_an_option_said_in_words_is_still_found_beside_the_letter() -> None:
    assert chosen("I would choose: Femoral hernia. It lies below.", OPTIONS) == "B"
    assert chosen("I would choose B.", OPTIONS) == "B"


@given(st.text(alphabet="ABCD abcd.:,()*\n\\{}<>ANSWERthinkisor/'-"))
def test_any_text_gives_an_option_or_none_whether_or_not_the_texts_are_known(text: str) -> None:
    assert parse_letter(text, OPTIONS) in {*OPTIONS, None}
    assert parse_letter(text, "ABCD") in {*OPTIONS, None}


@pytest.mark.parametrize(
    "text",
    [
        "answer " * 20_000,
        "<think>" * 20_000,
        "the answer to " * 20_000,
        "\\boxed{" * 20_000,
        "A. " * 40_000,
        "is A. " * 30_000,
        "if " * 50_000,
        "wait" + " " * 100_000,
        "答案" * 50_000,
        "*" * 200_000,
        "B or " * 30_000,
        "no, " * 40_000,
        "ANSWER: A " + "is " * 50_000,
    ],
    ids=lambda text: text[:12],
)
def test_text_made_to_be_slow_is_read_all_the_same(text: str) -> None:
    assert parse_letter(text, "ABCD") in {"A", "B", "C", "D", None}
    assert not declines(text)
