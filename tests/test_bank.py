"""The bank as a whole: each check finds what is planted, and leaves its clean twin alone."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.files import read_jsonl
from residency.corpus.bank.answer_outliers import answer_outliers
from residency.corpus.bank.choices_only import choices_only
from residency.corpus.bank.contradictions import Contradictions, contradictions
from residency.corpus.bank.quantities import differ, quantities
from residency.corpus.bank.shortcuts import key_positions, longest_option

SURGERY = Path(__file__).parent.parent / "examples" / "surgery"
Options = list[list[str]]
Row = dict[str, Any]


def mcqs(
    count: int, change: Callable[[random.Random, list[str], int], None] = lambda *_: None
) -> tuple[Options, list[int]]:
    """MCQs of random words, whose keys nothing gives away but what ``change`` does to the options."""
    rng = random.Random(7)
    vocabulary = [f"word{number}" for number in range(300)]
    options, keys = [], []
    for _ in range(count):
        texts, key = [" ".join(rng.sample(vocabulary, rng.randint(2, 5))) for _ in range(4)], rng.randrange(4)
        change(rng, texts, key)
        options.append(texts)
        keys.append(key)
    return options, keys


def wrong(texts: list[str], key: int, word: str) -> list[str]:
    """The options with a word put before each but the key."""
    return [text if place == key else word + text for place, text in enumerate(texts)]


def compared(rows: Sequence[Row], same: bool = False) -> Contradictions:
    """Contradictions among rows, which share a key when their questions do, or all of them do."""
    rows = [{"origin": f"bank.jsonl:{number}", **row} for number, row in enumerate(rows, 1)]
    names = {question: number for number, question in enumerate({row["question"]: None for row in rows})}
    keys = np.array([0 if same else names[row["question"]] for row in rows], np.uint64)
    return contradictions(keys, rows.__getitem__)


def open_rows(*answers: str, question: str = "How is it treated?") -> list[Row]:
    return [{"question": question, "answer": answer} for answer in answers]


# Positions of keys


def test_even_positions_are_no_alarm() -> None:
    found = key_positions([0, 1, 2, 3] * 250, [4] * 1000)
    assert (found.counts, found.n, found.options, found.alarm) == ((250, 250, 250, 250), 1000, 4, False)
    assert found.verdict.startswith("The keys are spread evenly")


def test_a_preferred_position_is_an_alarm_with_its_share() -> None:
    found = key_positions([1] * 400 + [0, 2, 3] * 200, [4] * 1000)
    assert found.alarm
    assert found.position == 1
    assert found.share == pytest.approx(0.4)
    assert found.low is not None and found.high is not None and found.low < 0.4 < found.high
    assert "B holds 40.0% of 1,000 keys" in found.verdict
    assert "15.0 points above chance" in found.verdict


def test_a_skew_that_is_significant_and_too_small_to_matter_is_no_alarm() -> None:
    found = key_positions([0] * 26_000 + [1] * 25_000 + [2] * 24_500 + [3] * 24_500, [4] * 100_000)
    assert found.p is not None and found.p < 0.01
    assert not found.alarm
    assert "too little to matter" in found.verdict


def test_other_numbers_of_options_and_unusable_keys_are_counted_apart() -> None:
    found = key_positions([0, 1, 2, 3] * 10 + [4, 9, -1, 0], [4] * 40 + [5, 4, 4, 1])
    assert (found.n, found.others, found.unusable) == (40, {5: 1}, 3)


@pytest.mark.parametrize(("keys", "says"), [([], "no MCQ with a usable key"), ([0] * 5, "too few to tell")])
def test_few_keys_give_a_word_and_no_alarm(keys: list[int], says: str) -> None:
    found = key_positions(keys, [4] * len(keys))
    assert not found.alarm and found.p is None
    assert says in found.verdict


# The longest option


def test_keys_that_are_longer_are_found() -> None:
    def lengthen(rng: random.Random, texts: list[str], key: int) -> None:
        texts[key] += " in most patients who are fit for an operation" * (rng.random() < 0.5)

    found = longest_option(*mcqs(500, lengthen))
    assert found.alarm
    assert found.accuracy is not None and 0.5 < found.accuracy < 0.8
    assert found.chance == 0.25
    assert not longest_option(*mcqs(500)).alarm


def test_options_of_one_length_share_the_hit() -> None:
    found = longest_option([["aa", "bb", "c", "d"]] * 100, [0] * 100)
    assert found.accuracy == 0.5


def test_keys_that_are_shorter_are_said_to_be() -> None:
    found = longest_option([["a", "bb", "bb", "bbb"]] * 100, [0] * 100)
    assert "less than chance" in found.verdict


# Choices only


@pytest.mark.parametrize(
    ("cue", "feature"),
    [
        (lambda rng, texts, key: texts.__setitem__(key, texts[key] + " usually"), "hedging"),
        (lambda rng, texts, key: texts.__setitem__(slice(4), wrong(texts, key, "always ")), "absolute"),
        (lambda rng, texts, key: texts.__setitem__(slice(4), wrong(texts, key, "not ")), "negation"),
        (lambda rng, texts, key: texts.__setitem__(key, texts[key] + " with some more to say"), "longer"),
        (lambda rng, texts, key: texts.__setitem__(key, texts[key - 1] + " x"), "shares words"),
        (lambda rng, texts, key: texts.__setitem__(key, texts[key] + "."), "full stop"),
    ],
    ids=["hedge", "absolute", "negation", "length", "overlap", "full stop"],
)
def test_a_cue_in_the_wording_is_learnt_and_named(
    cue: Callable[[random.Random, list[str], int], None], feature: str
) -> None:
    found = choices_only(*mcqs(300, cue), seed=1)
    assert found.alarm
    assert found.accuracy is not None and found.accuracy > 0.45
    assert any(feature in text for text in found.features)


def test_a_middle_number_is_a_cue() -> None:
    rng = random.Random(3)
    options = [[f"{n} mg" for n in rng.sample(range(1, 90), 4)] for _ in range(300)]
    keys = [sorted(range(4), key=lambda place: float(texts[place].split()[0]))[1] for texts in options]
    assert any("between" in text for text in choices_only(options, keys, seed=1).features)


def test_a_bank_without_cues_is_no_alarm() -> None:
    found = choices_only(*mcqs(600), seed=1)
    assert not found.alarm
    assert found.low is not None and found.high is not None and found.low < 0.25 < found.high
    assert found.features == ()


def test_copies_of_one_item_do_not_vouch_for_each_other() -> None:
    options, keys = mcqs(60)
    groups = [str(number) for number in range(60)] * 10
    alone = choices_only(options * 10, keys * 10, seed=1)
    grouped = choices_only(options * 10, keys * 10, groups, seed=1)
    assert alone.alarm  # the copies in training tell the key
    assert not grouped.alarm
    assert grouped.low is not None and grouped.high is not None and grouped.high - grouped.low > 0.1


def test_too_few_mcqs_give_a_reason_and_no_figure() -> None:
    options, keys = mcqs(60)
    few = choices_only(options[:40], keys[:40], seed=1)
    grouped = choices_only(options, keys, ["one"] * 60, seed=1)
    assert few.accuracy is None and "40 usable MCQs are too few" in few.verdict
    assert grouped.accuracy is None and "in 1 groups are too few" in grouped.verdict
    assert choices_only([], [], seed=1).accuracy is None


def test_a_large_bank_is_sampled_by_seed_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("residency.corpus.bank.choices_only.MOST", 200)
    options, keys = mcqs(300)
    found = choices_only([*options, ["lone"]], [*keys, 0], seed=1)
    assert (found.n, found.drawn_from, found.unusable) == (200, 300, 1)
    assert "200 of 300 MCQs" in found.method
    assert found == choices_only([*options, ["lone"]], [*keys, 0], seed=1)


def test_items_of_two_and_of_five_options_go_together() -> None:
    options, keys = mcqs(200)
    found = choices_only(
        [texts[:2] if key < 2 else texts for texts, key in zip(options, keys, strict=True)], keys, seed=1
    )
    assert found.n == 200
    assert found.chance is not None and 0.25 < found.chance < 0.5


# Contradictions

STEM = "Which drug is given first in ureteric colic with normal renal function?"
FOUR = {"A": "Diclofenac", "B": "Morphine", "C": "Paracetamol", "D": "Hyoscine"}
TURNED = {"A": "morphine", "B": "Hyoscine", "C": "Diclofenac ", "D": "Paracetamol"}


def mcq(options: dict[str, str], answer: str, question: str = STEM) -> Row:
    return {"question": question, "options": options, "answer": answer}


def test_the_same_item_with_another_key_is_certain() -> None:
    found = compared([mcq(FOUR, "A"), mcq(TURNED, "A")]).found
    assert [(entry.origins, entry.answers, entry.sure) for entry in found] == [
        (("bank.jsonl:1", "bank.jsonl:2"), ("Diclofenac", "morphine"), "certain")
    ]


def test_the_same_item_with_its_options_in_another_order_is_none() -> None:
    assert compared([mcq(FOUR, "A"), mcq(TURNED, "C")]).found == []


def test_a_key_that_is_a_wrong_option_elsewhere_is_less_sure() -> None:
    other = {"A": "Diclofenac", "B": "Morphine", "C": "Tramadol"}
    one_way = {"A": "Tamsulosin", "B": "Morphine", "C": "Tramadol"}
    plain = "Which drug relieves ureteric colic by relaxing the ureter?"
    assert [entry.sure for entry in compared([mcq(FOUR, "A"), mcq(other, "B")]).found] == ["likely"]
    assert compared([mcq(FOUR, "B"), mcq(one_way, "A")]).found == []  # "first" may be another among other options
    rows = [mcq(FOUR, "B", plain), mcq(one_way, "A", plain)]
    assert [entry.sure for entry in compared(rows).found] == ["possible"]


def test_keys_under_a_stem_that_asks_nothing_are_not_compared_across_options() -> None:
    other = {"A": "Diclofenac", "B": "Morphine", "C": "Tramadol"}
    assert compared([mcq(FOUR, "A", "Which is true?"), mcq(other, "B", "Which is true?")]).found == []


@pytest.mark.parametrize(
    ("one", "other", "sure"),
    [
        ("The scald is cooled for 20 minutes.", "The scald is cooled for 2 minutes.", "likely"),
        ("Give 1 g over 10 minutes.", "Cool it first. Then 100 mg is enough.", "possible"),
        ("It must be started within 1 hour of injury.", "It must be started within 12 hours of injury.", "likely"),
        ("Drains should be left in place.", "Drains should not be left in place.", "likely"),
        ("Metformin is contraindicated here.", "Metformin is indicated here.", "likely"),
        ("Yes, after a scan.", "No; it is never needed.", "likely"),
    ],
    ids=["figure", "lone figures", "limit", "negation", "opposites", "yes and no"],
)
def test_answers_that_cannot_both_be_right_are_found(one: str, other: str, sure: str) -> None:
    assert [entry.sure for entry in compared(open_rows(one, other)).found] == [sure]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The dose is 1 g.", "The dose is 1,000 mg."),
        ("It is reviewed after 12 weeks.", "It is reviewed after 3 months."),
        ("Wait up to 24 hours.", "Wait 12 hours."),
        ("Antibiotics for 3 to 5 days.", "Antibiotics for 4 days."),
        ("A 65-year-old has a scan.", "A 40-year-old has a scan."),
        ("Drains should not be left in place.", "Drains should not be left in place for long."),
        ("The cause is not contagious.", "Not contagious The cause is not contagious."),
        ("Give 500 mg orally or 1 g by infusion.", "Give 750 mg."),
        ("No delay is allowed.", "No fluids by mouth."),
        ("It doesn't help.", "It doesnt help."),
    ],
)
def test_answers_that_may_both_be_right_are_left_alone(one: str, other: str) -> None:
    assert compared(open_rows(one, other)).found == []


def test_rows_of_a_near_duplicate_cluster_are_a_step_less_sure() -> None:
    one = open_rows("The dose is 40 mg.", question="What is the dose of enoxaparin after surgery?")
    other = open_rows("The dose is 400 mg.", question="What is the dose of enoxaparin following surgery?")
    drug = open_rows("The dose is 5 mg.", question="What is the dose of apixaban after surgery?")
    assert [entry.sure for entry in compared(one + other, same=True).found] == ["possible"]
    assert compared(one + drug, same=True).found == []


def test_a_crowded_question_says_how_many_answers_were_not_compared() -> None:
    found = compared(open_rows(*(f"Answer number {number}" for number in range(30)), "Answer number 3"))
    assert (found.groups, found.not_compared) == (1, 18)


def test_rows_without_an_answer_or_with_a_key_that_names_nothing_are_passed_over() -> None:
    rows = [mcq(FOUR, "A"), mcq(FOUR, "Z"), {"question": STEM, "answer": None}, {"question": STEM, "answer": " "}]
    assert compared(rows).found == []
    assert contradictions(np.zeros(0, np.uint64), rows.__getitem__).found == []


def test_changed_figures_and_negations_of_the_example_bank_are_found_and_its_rows_are_clean() -> None:
    rows = list(read_jsonl(SURGERY / "open.jsonl"))
    assert compared(rows).found == []
    denied = [(row, re.sub(r"\b(is|are|should|may)\b", r"\1 not", row["answer"], count=1)) for row in rows]
    twins = [{**row, "answer": answer} for row, answer in denied if answer != row["answer"]]
    found = {entry.other for entry in compared(rows + twins).found}
    assert len(found) >= 0.95 * len(twins)
    changed = [
        {
            **row,
            "answer": row["answer"].replace(first.text, re.sub(r"\d+", lambda m: str(4 * int(m[0]) + 1), first.text)),
        }
        for row in rows
        if (first := next((q for q in quantities(row["answer"]) if re.search(r"\d", q.text)), None))
    ]
    found = {entry.other for entry in compared(rows + changed).found}
    assert len(changed) > 100
    assert len(found) >= 0.8 * len(changed)


def test_quantities_are_read_in_one_unit() -> None:
    found = quantities("30-60 minutes, up to two days, at least 5.5 cm, about 100 mL, 7 g/dL and 2.5%")
    ranges = [(q.dimension, round(q.low, 4), round(q.high, 4)) for q in found]
    assert ranges == [
        ("time", 1800, 3600),
        ("time", 0, 172800),
        ("length", 0.055, float("inf")),
        ("volume", 0.085, 0.115),
        ("mass/volume", 70, 70),
        ("%", 2.5, 2.5),
    ]
    assert quantities("18G cannula, a 12-year-old, 5 years of age, L4") == []


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80) | st.from_regex(r"[\d.,]{1,9} ?(mg|g/L|days) ?\S*"))
def test_any_text_has_quantities_that_do_not_differ_from_themselves(text: str) -> None:
    for quantity in quantities(text):
        assert quantity.low <= quantity.high
        assert not differ(quantity, quantity)


# Answers to another question


def swapped(answers: Sequence[str], share: float, seed: int) -> tuple[list[str], set[int]]:
    """The answers with a share of them moved on to the next of the drawn rows, and where."""
    rng = random.Random(seed)
    places = rng.sample(range(len(answers)), max(2, round(share * len(answers))))
    found = list(answers)
    for place, source in zip(places, places[1:] + places[:1], strict=True):
        found[place] = answers[source]
    return found, {place for place in places if found[place] != answers[place]}


def test_swapped_answers_of_the_example_bank_are_found_with_few_false_alarms() -> None:
    rows = list(read_jsonl(SURGERY / "open.jsonl"))
    questions, answers = [row["question"] for row in rows], [row["answer"] for row in rows]
    assert answer_outliers(questions, answers, 0).found == []
    count: Counter[str] = Counter()
    for seed in range(6):
        changed, where = swapped(answers, 0.02, seed)
        found = {entry.row for entry in answer_outliers(questions, changed, 0).found}
        count.update(planted=len(where), right=len(found & where), found=len(found))
    assert count["right"] >= 0.6 * count["planted"]
    assert count["right"] >= 0.9 * count["found"]


def test_a_finding_names_the_other_row_and_the_words_it_rests_on() -> None:
    rows = list(read_jsonl(SURGERY / "open.jsonl"))
    questions, answers = [row["question"] for row in rows], [row["answer"] for row in rows]
    one = next(place for place, text in enumerate(questions) if "support acute cholecystitis" in text)
    other = next(place for place, text in enumerate(questions) if "core temperature and blood glucose" in text)
    answers[one], answers[other] = answers[other], answers[one]
    found = {entry.row: entry for entry in answer_outliers(questions, answers, 0).found}
    assert set(found) == {one, other}
    assert (found[one].fits, found[one].sure) == (other, "likely")
    assert {"temperature", "glucose"} <= set(found[one].shared)
    assert {"acute", "cholecystitis"} <= set(found[one].missing)
    assert found[one].own <= 0 < found[one].other


@pytest.mark.parametrize(
    "rows", [[], [("Q", "A")], [("", "")] * 5, [("what is the", "of the")] * 4, [("Why?", "Ω")] * 9]
)
def test_a_bank_with_nothing_to_go_by_gives_nothing(rows: list[tuple[str, str]]) -> None:
    found = answer_outliers([question for question, _ in rows], [answer for _, answer in rows], 0)
    assert found.found == []
