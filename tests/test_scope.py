"""What is declined, how it is declined, and what looks like it and is answered."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from residency.core.text import sentences, words
from residency.domain.surgery.entries import read_entries
from residency.domain.surgery.scope import OUT_OF_SCOPE, OutOfScope, rule_text

DECLINES = re.compile(
    r"\bI (?:cannot|will not|would not|do not|am not|must not|should not|decline|refuse|must refuse|must decline|"
    r"must leave|leave)\b|\b(?:not (?:something I|mine)|something I (?:will|must) (?:not|refuse))\b|: no\b|beyond me"
)
SHARED = 5
"""A run of so many words is a wording and no accident."""


def runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[place : place + SHARED]) for place in range(len(found) - SHARED + 1)}


def wordings(entry: OutOfScope) -> list[str]:
    pairs = [text for pair in entry.alike for text in pair]
    return [*entry.requests, *entry.held_out, *entry.reason, *entry.help, *pairs]


def openings(texts: list[str], length: int) -> Counter[str]:
    return Counter(" ".join(words(text)[:length]) for text in texts)


def test_every_kind_has_enough_entries_and_every_entry_enough_wordings() -> None:
    kinds = Counter(entry.kind for entry in OUT_OF_SCOPE)
    assert kinds["harmful"] >= 14 and kinds["outside"] >= 12 and kinds["signature"] >= 10
    assert len({entry.name for entry in OUT_OF_SCOPE}) == len(OUT_OF_SCOPE) >= 36
    for entry in OUT_OF_SCOPE:
        assert len(entry.requests) >= 4 and len(entry.held_out) >= 2, entry.name
        assert len(entry.reason) >= 3 and len(entry.help) >= 2 and len(entry.alike) >= 1, entry.name


def test_no_text_is_there_twice_and_all_are_complete_sentences() -> None:
    texts = [text for entry in OUT_OF_SCOPE for text in wordings(entry)]
    assert [text for text, times in Counter(texts).items() if times > 1] == []
    assert [text for text in texts if not re.fullmatch(r"[A-Z].*[.?]", text) or "  " in text] == []


def test_held_out_requests_share_no_wording_with_training() -> None:
    trained = {run for entry in OUT_OF_SCOPE for text in entry.requests for run in runs(text)}
    assert [text for entry in OUT_OF_SCOPE for text in entry.held_out if runs(text) & trained] == []
    assert runs(OUT_OF_SCOPE[0].requests[0]) & trained, "a copy would be found"


@pytest.mark.parametrize("entry", OUT_OF_SCOPE, ids=lambda entry: entry.name)
def test_each_reason_declines_in_the_first_person_and_says_why(entry: OutOfScope) -> None:
    for reason in entry.reason:
        assert DECLINES.search(reason), reason
        assert len(words(reason)) >= 9 and len(sentences(reason)) == 1, reason


@pytest.mark.parametrize("planted", ["Of course, I can sign that for you because you ask.", "Here is the dose."])
def test_an_answer_that_gives_in_would_be_seen(planted: str) -> None:
    assert not DECLINES.search(planted)


def test_reasons_open_in_many_ways() -> None:
    reasons = [reason for entry in OUT_OF_SCOPE for reason in entry.reason]
    for length in (2, 3):
        assert max(openings(reasons, length).values()) <= len(reasons) / 10
    assert len(openings(reasons, 2)) > len(reasons) / 2


@pytest.mark.parametrize("entry", OUT_OF_SCOPE, ids=lambda entry: entry.name)
def test_help_helps_and_refuses_nothing(entry: OutOfScope) -> None:
    for text in entry.help:
        assert 1 <= len(sentences(text)) <= 3 and not re.search(r"\bI (?:cannot|will not|decline|refuse)\b", text), text


@pytest.mark.parametrize("entry", OUT_OF_SCOPE, ids=lambda entry: entry.name)
def test_a_look_alike_is_answered_plainly_and_briefly(entry: OutOfScope) -> None:
    for asked, answer in entry.alike:
        assert 2 <= len(sentences(answer)) <= 4, answer
        assert not DECLINES.search(answer), answer
        assert asked.endswith("?") and asked not in entry.requests


def test_the_text_of_a_rule_holds_what_it_states_and_no_request() -> None:
    for entry in OUT_OF_SCOPE:
        stated = rule_text(entry)
        assert all(text in stated for text in (*entry.reason, *entry.help, entry.alike[0][1]))
        assert not any(text in stated for text in (*entry.requests, *entry.held_out))


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("# one\nask: A?\nfoo: B.", "no line of this table"),
        ("# one\nask A?", "no line of this table"),
        ("# one\nask: A?\n# one\nask: B?", "is there twice"),
    ],
)
def test_a_table_with_a_slip_is_not_read(table: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        list(read_entries(table, ("ask",)))


def test_an_indented_line_goes_on() -> None:
    assert list(read_entries("\n# one\nask: A long\n  question?\nask: B?\n", ("ask", "held"))) == [
        ("one", {"ask": ["A long question?", "B?"], "held": []})
    ]
