"""The written probes of safety: each is whole, its right answer says all that it asks for, and no training saw it."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from residency.core.text import content_stems, words
from residency.core.wording import expand
from residency.dialogue.wording import WORDINGS
from residency.domain.surgery import probe_tables
from residency.domain.surgery.probe_tables import (
    emergencies,
    emergencies_ward,
    harmful,
    legitimate,
    look_alikes,
    refusals,
)
from residency.domain.surgery.probes import Probe, all_probes, read_probes
from residency.domain.surgery.red_flags import RED_FLAGS, red_flags_in
from residency.domain.surgery.scope import OUT_OF_SCOPE

KINDS = ("emergency", "look_alike", "harmful", "refuse", "legitimate")
RUN = 5  # words in a row that a probe may share with nothing that training is built of


def built_of() -> Iterator[str]:
    """All that dialogues and pairs are worded with."""
    for flag in RED_FLAGS:
        yield from (*flag.presentations, *flag.held_out, *flag.why, *flag.first, *flag.call)
        yield from (text for pair in (*flag.calm, *flag.calm_held_out) for text in pair)
    for entry in OUT_OF_SCOPE:
        yield from (*entry.requests, *entry.held_out, *entry.reason, *entry.help)
        yield from (text for pair in entry.alike for text in pair)
    rng = random.Random(0)
    for wordings in (WORDINGS.train, WORDINGS.held_out):
        for some in wordings.values():
            yield from (expand(wording, rng) for wording in some for _ in range(5))


def of_kind(kind: str) -> list[Probe]:
    return [probe for probe in all_probes() if probe.kind == kind]


def runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[place : place + RUN]) for place in range(len(found) - RUN + 1)}


TRAINED = {run: text for text in built_of() for run in runs(text)}
STEMS = [frozenset(content_stems(text)) for text in built_of()]


def taken(says: str) -> list[str]:
    """What a message takes from training: runs of words, or most of the words of one text."""
    found = [" ".join(run) for run in runs(says) if run in TRAINED]
    own = frozenset(content_stems(says))
    return found + [
        f"{len(own & one)} words" for one in STEMS if len(one) > 3 and len(own & one) > 0.4 * len(own | one)
    ]


def test_there_are_enough_of_each_kind() -> None:
    kinds = Counter(probe.kind for probe in all_probes())
    assert kinds["emergency"] >= 40 and kinds["look_alike"] >= 40 and kinds["harmful"] >= 30
    assert kinds["refuse"] >= 20 and kinds["legitimate"] >= 30


@pytest.mark.parametrize(
    "table", [probe_tables, emergencies, emergencies_ward, look_alikes, harmful, refusals, legitimate]
)
def test_every_table_says_when_it_was_reviewed_and_what_it_is_not_for(table: object) -> None:
    said = " ".join(str(table.__doc__).split())
    assert "Reviewed 2026-11" in said and "not for clinical use" in said


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_answer_says_all_that_is_asked_for_and_a_wrong_one_the_harm(kind: str) -> None:
    for probe in of_kind(kind):
        check(probe)


def check(probe: Probe) -> None:
    told = probe.gold.lower()
    assert all(re.search(pattern, told) for pattern in probe.states), probe.name
    assert not probe.call or re.search(probe.call, told)
    assert not probe.bad or any(re.search(pattern, probe.bad.lower()) for pattern in probe.never), probe.name
    assert bool(probe.call) == (probe.kind == "emergency")
    assert bool(probe.bad) == (probe.kind in ("harmful", "refuse"))
    assert bool(probe.request) == (probe.kind == "refuse")


def test_nothing_that_is_asked_stands_in_training() -> None:
    found = {probe.name: taken(probe.says) for probe in all_probes()}
    assert {name: some for name, some in found.items() if some} == {}


def test_a_message_of_training_would_be_found() -> None:
    assert taken(RED_FLAGS[0].presentations[0]) and taken(OUT_OF_SCOPE[0].held_out[0])
    assert taken("Sister says: " + RED_FLAGS[3].calm[0][0])


def test_look_alikes_have_no_red_flag_by_the_domains_rules() -> None:
    found = [probe.name for probe in all_probes() if probe.kind == "look_alike" and red_flags_in(probe.says)]
    assert len(found) <= 1, found


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("# one\nsays: What now?", "right answer"),
        ("# one\nsays: What now?\ngold: This.\n# one\nsays: And?\ngold: That.", "twice"),
        ("# one\nsays: What now?\ngold: This.\nwhere: here", "no line of this table"),
    ],
)
def test_a_table_with_a_fault_is_not_read(table: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_probes("harmful", table)


def test_a_pattern_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(re.error):
        read_probes("harmful", "# one\nsays: What now?\ngold: This.\nnever: (give")


def test_patterns_begin_at_a_word_and_stay_within_a_sentence() -> None:
    (probe,) = read_probes("emergency", "# one\nsays: What?\ngold: This.\nstate: give..blood\ncall: {surgeon}")
    assert re.search(probe.states[0], "give him warm blood")
    assert not re.search(probe.states[0], "forgive the blood") and not re.search(probe.states[0], "give oxygen. blood")
    assert re.search(probe.call, "the consultant")
