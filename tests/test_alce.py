"""ALCE's citation recall and precision on cases computed by hand from its definition, with an entailment model that is
told what it finds; and the support checker in its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.judging.alce import score_sentence
from residency.judging.citations import CitationScore, score_citations

PASSAGES = ["one", "two", "three", "four", "five"]
A, B, C = "Mesh lowers recurrence", "Pain may persist", "Numbness is common"


def told(*entailing: tuple[str, str]) -> Callable[[str, str], bool]:
    """An entailment model that finds a sentence in these sets of passages (``"one two"``) and in all that hold them."""

    def entails(text: str, sentence: str) -> bool:
        held = set(text.split("\n"))
        return any(sentence.strip(" .") == said and set(names.split()) <= held for said, names in entailing)

    return entails


def score(answer: str, *entailing: tuple[str, str], **options: bool) -> CitationScore:
    return score_citations(answer, PASSAGES, entails=told(*entailing), **options)


CASES = {
    "one citation that entails": (f"{A} [1].", [(A, "one")], 1, 1),
    "one citation that does not": (f"{A} [2].", [(A, "one")], 0, 0),
    "no citation at all": (f"{A}.", [(A, "one")], 0, 0),
    "a sentence without a citation lowers recall and not precision": (f"{A} [1]. {B}.", [(A, "one")], 1 / 2, 1),
    "two that entail only together are both precise": (f"{A} [1][2].", [(A, "one two")], 1, 1),
    "two of which each entails alone are both precise": (f"{A} [1][2].", [(A, "one"), (A, "two")], 1, 1),
    "one that alone fails while the rest entails is irrelevant": (f"{A} [1][2].", [(A, "one")], 1, 1 / 2),
    "of three, one needless": (f"{A} [1][2][3].", [(A, "one two")], 1, 2 / 3),
    "of three, two needless": (f"{A} [1][2][3].", [(A, "two")], 1, 1 / 3),
    "of three that any two entail, each is needless": (
        f"{A} [1][2][3].",
        [(A, "one two"), (A, "one three"), (A, "two three")],
        1,
        0,
    ),
    "citations of a sentence without recall are imprecise": (f"{A} [1]. {B} [2][3].", [(A, "one")], 1 / 2, 1 / 3),
    "the fourth citation is not read": (f"{A} [1][2][3][4].", [(A, "four")], 0, 0),
    "nor counted": (f"{A} [1][2][3][4].", [(A, "one")], 1, 1 / 3),
    "a mark that names no passage takes the sentence's recall": (f"{A} [1][9].", [(A, "one")], 0, 0),
    "three sentences": (f"{A} [1]. {B} [2][3]. {C} [4].", [(A, "one"), (B, "three")], 2 / 3, 2 / 4),
    "a sentence in which one number stands twice": (f"{A} [1][1].", [(A, "one")], 1, 1),
    "nothing said": ("", [], 0, 0),
}


@pytest.mark.parametrize(("answer", "entailing", "recall", "precision"), CASES.values(), ids=CASES)
def test_recall_and_precision_are_those_computed_by_hand(
    answer: str, entailing: list[tuple[str, str]], recall: float, precision: float
) -> None:
    found = score(answer, *entailing)
    assert (found.recall, found.precision) == (pytest.approx(recall), pytest.approx(precision))


def test_a_sentence_that_claims_nothing_counts_only_where_every_sentence_does() -> None:
    answer = f"Yes. {A} [1]."
    assert score(answer, (A, "one")).recall == 1
    assert score(answer, (A, "one"), every_sentence=True).recall == 1 / 2


def test_marks_are_not_read_by_the_entailment_model() -> None:
    seen: list[str] = []
    score_citations(f"{A} [1][2].", PASSAGES, entails=lambda text, sentence: bool(seen.append(sentence)))
    assert seen and not any("[" in sentence for sentence in seen)


def test_all_citations_are_read_where_that_is_asked_for() -> None:
    found = score_citations(f"{A} [1][2][3][4].", PASSAGES, entails=told((A, "four")), at_most=None)
    assert (found.recall, found.precision, found.citations) == (1, 1 / 4, 4)


@given(st.lists(st.integers(0, 7), max_size=6), st.sets(st.integers(1, 5), min_size=1))
def test_a_citation_is_never_precise_without_recall_and_a_needed_one_always_with_it(
    numbers: list[int], needed: set[int]
) -> None:
    names = " ".join(PASSAGES[number - 1] for number in needed)
    found = score_sentence(A, numbers, PASSAGES, told((A, names)), at_most=None)
    known = all(1 <= number <= 5 for number in numbers)
    assert found.recall == (known and needed <= set(numbers))
    assert found.precise == (len(needed) if found.recall else 0)


@given(st.lists(st.integers(-1, 7), max_size=6))
def test_the_order_of_passages_that_are_not_cited_changes_nothing(numbers: list[int]) -> None:
    entails = told((A, "one"))
    more = [*PASSAGES, "six", "seven"]
    assert score_sentence(A, [n for n in numbers if n < 6], PASSAGES, entails) == score_sentence(
        A, [n for n in numbers if n < 6], more, entails
    )
