"""Agreement beyond chance, against worked examples that were published."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.judging.kappa import Kappa, cohen, fleiss

# Fleiss 1971's example as it is worked through in textbooks: ten subjects, fourteen raters, five categories.
SUBJECTS = """
0 0 0 0 14
0 2 6 4 2
0 0 3 5 6
0 3 9 2 0
2 2 8 1 1
7 7 0 0 0
3 2 6 3 0
2 5 3 2 2
6 5 2 1 0
0 2 2 3 7
"""


def ratings(cells: list[list[int]]) -> tuple[list[str], list[str]]:
    pairs = [(str(a), str(b)) for a, row in enumerate(cells) for b, count in enumerate(row) for _ in range(count)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def has_an_interval(kappa: Kappa) -> bool:
    return kappa.low is not None and kappa.high is not None and kappa.value is not None and kappa.low < kappa.high


def test_cohens_own_example() -> None:
    """Cohen 1960, table 1: 200 patients, 0.70 agree, 0.41 by chance, kappa 0.492."""
    kappa = cohen(*ratings([[88, 14, 18], [10, 40, 10], [2, 6, 12]]))
    assert (kappa.n, kappa.raters) == (200, 2)
    assert kappa.observed == pytest.approx(0.70)
    assert kappa.expected == pytest.approx(0.41)
    assert kappa.value == pytest.approx(0.492, abs=5e-4)
    assert kappa.low == pytest.approx(0.39, abs=0.03) and kappa.high == pytest.approx(0.59, abs=0.03)


def test_two_readers_of_fifty_grants() -> None:
    kappa = cohen(*ratings([[20, 5], [10, 15]]))
    assert kappa.value == pytest.approx(0.4) and has_an_interval(kappa)


def test_fleiss_example() -> None:
    rows = [[int(count) for count in line.split()] for line in SUBJECTS.split("\n") if line]
    kappa = fleiss([{str(place): count for place, count in enumerate(row)} for row in rows])
    assert (kappa.n, kappa.raters) == (10, 14)
    assert kappa.observed == pytest.approx(0.378, abs=5e-4)
    assert kappa.expected == pytest.approx(0.213, abs=5e-4)
    assert kappa.value == pytest.approx(0.210, abs=5e-4)
    assert has_an_interval(kappa)


def test_what_cannot_be_said_is_not_said() -> None:
    assert cohen([], []).value is None
    assert cohen(["a"] * 9, ["a"] * 9).value is None  # by chance alone they would agree as well
    assert fleiss([{"a": 1}, {"b": 1}]).value is None  # nobody judged twice
    with pytest.raises(ValueError, match="zip"):
        cohen(["a"], [])


def test_full_agreement_still_has_an_interval() -> None:
    few, many = cohen(list("abab"), list("abab")), cohen(list("ab") * 100, list("ab") * 100)
    assert few.value == many.value == 1.0
    assert few.low is not None and many.low is not None and few.low < 0.2 < 0.9 < many.low


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=40))
def test_the_value_lies_in_its_interval_and_raters_may_change_places(pairs: list[tuple[str, str]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    kappa, other = cohen(first, second), cohen(second, first)
    assert (kappa.value is None) == (other.value is None)
    if kappa.value is not None and kappa.low is not None and kappa.high is not None and other.value is not None:
        assert kappa.value == pytest.approx(other.value)
        assert -1 <= kappa.low <= kappa.value <= kappa.high <= 1
