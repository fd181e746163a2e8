"""Pairs picked so that no word, length or direction tells the better side."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from residency.core.records import Pair
from residency.core.text import words
from residency.preference.balance import ONE_SIDED, RARE, TOLERANCE, balanced, parent_of
from residency.preference.differences import MOST, differing, signed_counts

DRUGS = "amoxicillin gentamicin metronidazole cefuroxime flucloxacillin vancomycin".split()


def pair(parent: str, chosen: str, rejected: str, number: int = 0, direction: str = "") -> Pair:
    row: dict[str, Any] = {"id": f"{parent}/drug/{number}", "kind": "drug", "parents": [parent]}
    return cast(Pair, row | {"chosen": chosen, "rejected": rejected, "edit": {"direction": direction}})


def exchanges(parents: int, rng: random.Random, drugs: Sequence[str] = DRUGS, weights: Any = None) -> list[Pair]:
    """A text for each parent with one drug, and a candidate for each drug that could stand there in its place."""
    found = []
    for number in range(parents):
        own = rng.choices(drugs, weights)[0]
        text = f"Patient {number} is given {own} before the operation."
        others = [drug for drug in drugs if drug != own]
        found += [pair(f"q{number}", text, text.replace(own, drug), place) for place, drug in enumerate(others)]
    return found


def sums(pairs: Sequence[Pair]) -> Counter[str]:
    net: Counter[str] = Counter()
    for one in pairs:
        net.update(signed_counts(one["chosen"], one["rejected"]))
    return net


def test_a_bank_of_exchanges_is_balanced_and_hardly_a_parent_is_lost() -> None:
    candidates = exchanges(300, random.Random(1))
    picked, left = balanced(candidates, 10_000, random.Random(2))
    assert len(picked) >= 290
    assert len({parent_of(one) for one in picked}) == len(picked)
    assert len(picked) + left.total() == len(candidates)
    assert max(map(abs, sums(picked).values())) <= math.sqrt(300)
    more = [len(one["chosen"]) - len(one["rejected"]) for one in picked]
    assert abs(sum(more) / len(more)) < 0.2
    assert abs(sum(n > 0 for n in more) - sum(n < 0 for n in more)) <= math.sqrt(300)


def test_a_drug_that_is_mostly_the_right_one_is_still_as_often_the_wrong_one() -> None:
    candidates = exchanges(400, random.Random(3), weights=[12, 3, 2, 1, 1, 1])
    picked, left = balanced(candidates, 10_000, random.Random(2))
    assert 100 <= len(picked) < 400 and left["left out: balance"]
    assert max(map(abs, sums(picked).values())) <= max(TOLERANCE, math.sqrt(400))


def test_what_stands_on_one_side_only_is_left_out_and_counted_and_so_is_what_then_stands_alone() -> None:
    both = [pair(f"a{n}", "Give one now.", "Give two now.") for n in range(20)]
    both += [pair(f"b{n}", "Give two now.", "Give one now.") for n in range(20)]
    alone = [pair(f"c{n}", "Give three now.", "Give never now.") for n in range(RARE)]
    # "three" is better only in the pairs that go.
    hanging = [pair(f"d{n}", "Give one now.", "Give three now.") for n in range(RARE)]
    picked, left = balanced([*both, *alone, *hanging], 100, random.Random(1))
    assert len(picked) == 40 and left == {ONE_SIDED: 2 * RARE}


def test_a_type_whose_rejected_sides_are_always_shorter_gives_nothing() -> None:
    shorter = [pair(f"q{n}", "It is repaired soon, soon.", "It is repaired soon.") for n in range(50)]
    picked, left = balanced(shorter, 100, random.Random(1))
    assert picked == [] and left == {ONE_SIDED: 50}


def test_both_directions_are_as_many() -> None:
    rng = random.Random(4)
    doses = ["1 mg", "10 mg", "100 mg"]
    found = []
    for number in range(200):
        own = rng.choices(doses, [6, 1, 6])[0]
        for place, dose in enumerate(doses):
            if dose != own:
                way = "more" if doses.index(dose) > doses.index(own) else "less"
                found.append(pair(f"q{number}", f"Give {own} at once.", f"Give {dose} at once.", place, way))
    picked, _ = balanced(found, 1_000, random.Random(1))
    counts = Counter(one["edit"]["direction"] for one in picked)
    assert len(picked) > 150 and abs(counts["more"] - counts["less"]) <= max(TOLERANCE, math.sqrt(200))


def test_no_more_are_picked_than_are_asked_for_and_they_are_balanced_too() -> None:
    candidates = exchanges(300, random.Random(1))
    picked, left = balanced(candidates, 60, random.Random(2))
    assert len(picked) == 60 and left["left out: as many as were asked for"]
    assert max(map(abs, sums(picked).values())) <= 2


TEXTS = st.lists(st.sampled_from("a b c dd eee 5 5.5 , A".split()), min_size=1, max_size=5).map(" ".join)
CANDIDATES = st.lists(
    st.tuples(st.sampled_from("pqrstuvw"), TEXTS, TEXTS, st.sampled_from(["", "up", "down"])), max_size=40
)


@settings(max_examples=150, deadline=None)
@given(CANDIDATES, st.integers(0, 12), st.integers(0, 3))
def test_whatever_is_given_the_sums_hold_every_candidate_is_accounted_for_and_order_does_not_matter(
    given_rows: list[tuple[str, str, str, str]], most: int, seed: int
) -> None:
    rows = [pair(parent, *texts, n, way) for n, (parent, *texts, way) in enumerate(given_rows)]
    picked, left = balanced(rows, most, random.Random(seed))
    assert len(picked) <= most and len(picked) + left.total() == len(rows)
    assert len({parent_of(one) for one in picked}) == len(picked)
    net: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    for one in picked:
        counts = signed_counts(one["chosen"], one["rejected"])
        counted = {token: max(-MOST, min(MOST, n)) for token, n in counts.items()}
        net.update(counted)
        amounts.update({token: n * n for token, n in counted.items()})
    assert all(abs(net[token]) <= max(TOLERANCE, math.sqrt(amounts[token])) + 1e-9 for token in net)
    more = [len(one["chosen"]) - len(one["rejected"]) for one in picked]
    assert abs(sum(n > 0 for n in more) - sum(n < 0 for n in more)) <= max(TOLERANCE, math.sqrt(len(picked)))
    turned = random.Random(seed + 1).sample(rows, len(rows))
    assert balanced(turned, most, random.Random(seed)) == (picked, left)


def test_of_thirty_thousand_candidates_as_many_are_picked_as_are_asked_for() -> None:
    candidates = exchanges(6_000, random.Random(1))
    picked, _ = balanced(candidates, 2_000, random.Random(2))
    assert len(candidates) == 30_000 and len(picked) == 2_000


@given(st.text(alphabet="ab \n.é1", max_size=12), st.text(alphabet="ab \n.é1", max_size=12), st.text(max_size=4))
def test_the_differing_parts_hold_the_whole_difference(one: str, other: str, shared: str) -> None:
    chosen, rejected = f"{shared}{one}{shared}", f"{shared}{other}{shared}"
    parts = differing(chosen, rejected)
    assert len(chosen) - len(rejected) == len(parts[0]) - len(parts[1])
    for count in (words, list):
        whole, own = Counter(count(chosen)), Counter(count(parts[0]))
        whole.subtract(count(rejected))
        own.subtract(count(parts[1]))
        assert {k: n for k, n in whole.items() if n} == {k: n for k, n in own.items() if n}
    grams = [Counter(text[i : i + 3] for i in range(len(text) - 2)) for text in (chosen, rejected)]
    near = [Counter(text[i : i + 3] for i in range(len(text) - 2)) for text in differing(chosen, rejected, 2)]
    assert grams[0] - grams[1] == near[0] - near[1] and grams[1] - grams[0] == near[1] - near[0]


def test_differing_parts_are_cut_at_words() -> None:
    assert differing("Give 250 mg of it now", "Give 25 mg of it now") == ("250", "25")
    assert differing("Give", "Give it now") == ("Give", "Give it now")
