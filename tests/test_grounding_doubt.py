"""Contexts that are not to be trusted as they stand: passages that disagree, that give orders, or that are beside the
point."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest

from residency.core.prompt import INSTRUCTIONS, body, format_passages, with_fewer_passages
from residency.core.records import HELD_OUT, Passage
from residency.core.text import CONTROL_TOKEN, content_stems, sentences
from residency.core.wording import expand
from residency.domain.surgery.altering import alterations
from residency.domain.surgery.changes import CHANGES, changes_of
from residency.domain.surgery.rules import rule_texts
from residency.grounding.disagreeing import said_date
from residency.grounding.injections import HELD_OUT as OTHER_ORDERS
from residency.grounding.injections import TRAIN as ORDERS
from residency.grounding.kinds.injected import with_order
from residency.grounding.wording import conflict, injected, irrelevant
from residency.judging.answers import is_abstention, obeys_mode
from residency.judging.citations import cited_numbers, score_citations, strip_citations
from residency.judging.editions import other_edition, stands_alone
from residency.judging.support import THRESHOLD, support
from tests.banks import REPAIR, make_passage
from tests.conftest import read_rows

Row = dict[str, Any]
TELLING = {*content_stems("appendicitis pancreatitis hernia tranexamic warfarin burn gallstone haemorrhoids torsion")}
SKILLS = {"conflict": conflict, "injected": injected, "irrelevant": irrelevant}


@pytest.fixture(scope="module")
def rows(example_run: Path) -> list[Row]:
    return read_rows(example_run / "grounding" / "conversations.jsonl")


@pytest.fixture(scope="module")
def index(example_run: Path) -> dict[str, Row]:
    return {row["id"]: row for row in read_rows(example_run / "index" / "passages.jsonl")}


@pytest.fixture(scope="module")
def answers(example_run: Path) -> dict[str, str]:
    return {row["id"]: row["answer"] for row in read_rows(example_run / "corpus" / "kept.jsonl")}


def of(rows: list[Row], skill: str) -> list[Row]:
    return [row for row in rows if row["skill"] == skill]


def said(row: Row) -> str:
    return str(row["messages"][-1]["content"])


def with_answer(row: Row, answer: str) -> Row:
    return row | {"messages": [row["messages"][0], {"role": "assistant", "content": answer}]}


def faults_of_conflict(row: Row) -> set[str]:
    """What is wrong with a conflict; empty when nothing is."""
    check, shown, found = row["expect"]["check"], row["shown"], set()
    by_id = {passage["id"]: place for place, passage in enumerate(shown)}
    old = shown[by_id[check["old"]]]
    new = shown[by_id[check["new"]]] if check["new"] else None
    plain = row["expect"].get("rules") is None
    if not support(old["text"], check["said_old"], given=row["expect"]["question"]).supported:
        found.add("the old passage does not say it")
    if plain and support(old["text"], check["said_new"], given=row["expect"]["question"]).supported:
        found.add("the passages do not disagree")
    if new and check["settled"] == "newer" and (not old["date"] < new["date"] or new.get("superseded_by")):
        found.add("the one followed is not the newer")
    if new and check["settled"] == "undated" and old["date"] and new["date"]:
        found.add("both are dated")
    if is_abstention(said(row)) or not obeys_mode(said(row), row["mode"]):
        found.add("form")

    def holds(sentence: str, statement: str) -> bool:
        bare = strip_citations(sentence).lower()
        return statement.removesuffix(".").lower() in bare

    of_old = [one for one in sentences(body(said(row))) if holds(one, check["said_old"])]
    of_new = [one for one in sentences(body(said(row))) if holds(one, check["said_new"])]
    if not of_old or not of_new:
        found.add("one of the two is not said")
    for one in of_old:
        lead = one.lower().partition(check["said_old"].removesuffix(".").lower())[0]
        if not re.search(r"\b(?:passages?|text|excerpt|one|it|another|earlier)\b", lead):
            found.add("a wrong statement stands without attribution")
        if cited_numbers(one) != [by_id[check["old"]] + 1]:
            found.add("the old statement's citation")
        if old["date"] and said_date(old["date"]) not in one:
            found.add("the old statement's date")
    wanted = [by_id[check["new"]] + 1] if new else []
    if any(cited_numbers(one) != wanted for one in of_new):
        found.add("the new statement's citation")
    for one in sentences(body(said(row))):
        marks = cited_numbers(one)
        for fact in [fact for fact in (check["said_old"], *row["expect"]["key_facts"]) if marks and holds(one, fact)]:
            if not support(shown[marks[0] - 1]["text"], fact, given=row["expect"]["question"]).supported:
                found.add("a citation does not hold")
    return found


def test_nothing_is_wrong_with_any_conflict(rows: list[Row]) -> None:
    some = of(rows, "conflict")
    assert len(some) > 30
    assert {row["id"]: found for row in some if (found := faults_of_conflict(row))} == {}
    assert {row["expect"]["check"]["settled"] for row in some} >= {"newer", "alone"}
    old_first = [
        [passage["id"] for passage in row["shown"]].index(row["expect"]["check"]["old"])
        < [passage["id"] for passage in row["shown"]].index(row["expect"]["check"]["new"])
        for row in some
        if row["expect"]["check"]["new"]
    ]
    assert 0.2 < sum(old_first) / len(old_first) < 0.8


def test_each_fault_planted_in_a_conflict_is_found(rows: list[Row]) -> None:
    row = next(
        row for row in of(rows, "conflict") if row["expect"]["check"]["settled"] == "newer" and "says" in said(row)
    )
    check = row["expect"]["check"]
    old, new = check["said_old"], check["said_new"]
    assert "a wrong statement stands without attribution" in faults_of_conflict(
        with_answer(row, said(row) + f"\n{old}" if row["mode"] == "EXAM" else f"{old} {said(row)}")
    )
    without = " ".join(one for one in sentences(said(row)) if old.removesuffix(".").lower()[5:] not in one.lower())
    assert "one of the two is not said" in faults_of_conflict(with_answer(row, without))
    bare = strip_citations(said(row))
    assert {"the old statement's citation", "the new statement's citation"} <= faults_of_conflict(
        with_answer(row, bare)
    )
    swapped = [passage | {"date": "2030" if passage["id"] == check["old"] else "2001"} for passage in row["shown"]]
    assert {"the one followed is not the newer", "the old statement's date"} <= faults_of_conflict(
        row | {"shown": swapped}
    )
    same = row | {"expect": row["expect"] | {"check": check | {"said_old": new}}}
    assert "the old passage does not say it" in faults_of_conflict(same) or row["expect"].get("rules")


def test_rows_that_show_other_texts_than_the_index_keep_them_and_are_traced(
    rows: list[Row], index: dict[str, Row]
) -> None:
    for row in [*of(rows, "conflict"), *of(rows, "injected")]:
        shown = [cast(Passage, passage) for passage in row["shown"]]
        instruction = row["expect"]["check"]["instruction"]
        context = f"Context:\n{format_passages(shown)}\n\n{INSTRUCTIONS[instruction]}\n\nQuestion: "
        assert row["messages"][0]["content"] == context + row["expect"]["question"]
        assert len(row["passages"]) == len(shown)
        for name, passage in zip(row["passages"], shown, strict=True):
            pack = name.startswith("changes/")
            assert pack == bool(passage["source"] == "domain pack")
            assert pack or passage == index[name] or name in (passage["id"], *passage["parents"])
        assert set(row["expect"].get("rules", [])) <= set(rule_texts())
        assert bool(row["expect"].get("rules")) == any(name.startswith("changes/") for name in row["passages"])


def test_orders_in_passages_are_not_obeyed_and_the_rest_is_the_ordinary_answer(
    rows: list[Row], index: dict[str, Row], answers: dict[str, str]
) -> None:
    some, noted = of(rows, "injected"), 0
    assert len(some) > 40 and {row["expect"]["abstain"] for row in some} == {True, False}
    for row in some:
        check = row["expect"]["check"]
        answer = said(row)
        number = [passage["id"] for passage in row["shown"]].index(check["place"]) + 1
        assert check["order"] in row["shown"][number - 1]["text"]
        assert check["marker"] in check["order"].lower() and check["marker"] not in answer.lower()
        assert obeys_mode(answer, row["mode"]) and is_abstention(answer) == row["expect"]["abstain"]
        notes = [one for one in sentences(body(answer)) if re.search(r"instruction|command", one)]
        assert all(cited_numbers(one) == [number] for one in notes) and len(notes) < 2
        noted += bool(notes)
        if row["expect"]["abstain"]:
            continue
        rest = " ".join(one for one in sentences(body(answer)) if one not in notes)
        assert set(sentences(strip_citations(rest))) <= set(sentences(answers[row["parents"][-1]]))
        score = score_citations(rest, [p["text"] for p in row["shown"]], row["expect"]["question"])
        assert score.f1 == 1 and not score.unknown
    assert 0.35 < noted / len(some) < 0.65


def test_irrelevant_passages_do_not_bear_on_the_question_and_the_gold_answer_stands_uncited(
    rows: list[Row], index: dict[str, Row], answers: dict[str, str]
) -> None:
    some = of(rows, "irrelevant")
    assert len(some) > 40
    for row in some:
        gold = answers[row["parents"][-1]]
        for name in row["passages"]:
            assert not any(support(index[name]["text"], claim).supported for claim in sentences(gold))
            assert not {*content_stems(index[name]["title"])} & TELLING & {*content_stems(row["expect"]["question"])}
        answer = body(said(row))
        assert not cited_numbers(answer) and not is_abstention(said(row))
        assert "bear" in answer or "concern something else" in answer
        assert all(one in answer for one in sentences(gold))
        assert row["expect"]["check"]["instruction"] == "if_it_helps"


def test_under_the_other_instruction_the_same_passages_give_an_abstention(rows: list[Row]) -> None:
    by_id = {row["id"]: row for row in rows}
    twins = [row for row in rows if row["id"].endswith("/irrelevant/only")]
    assert len(twins) > 10 and not {row["split"] for row in twins} & HELD_OUT
    for twin in twins:
        other = by_id[twin["id"].removesuffix("/only")]
        assert twin["passages"] == other["passages"] and twin["skill"] == "abstention"
        assert twin["expect"]["check"]["instruction"] == "only" and twin["expect"]["abstain"]
        assert is_abstention(said(twin))


def test_the_changes_of_practice_are_dated_and_say_what_their_texts_hold() -> None:
    assert len(CHANGES) >= 30
    for change in CHANGES:
        assert int(change.then.year) < int(change.now.year) <= 2026
        for edition in (change.then, change.now):
            assert sentences(edition.text)[0] == edition.says and 2 <= len(sentences(edition.text)) <= 4, change.name
            assert support(edition.text, edition.says).supported
        assert support(change.now.text, change.why).supported
        assert not (
            support(change.now.text, change.then.says).supported
            and support(change.then.text, change.now.says).supported
            and change.then.says in change.now.text
        )
        assert len(change.questions) >= 2 and change.held_out and not {*change.questions} & {*change.held_out}
        assert all(one.endswith("?") for one in (*change.questions, *change.held_out))
        assert change in changes_of(f"{change.questions[0]} {change.now.text}")
    assert not changes_of("How is a ganglion of the wrist treated?")


@pytest.mark.parametrize(
    ("sentence", "after"),
    [
        ("Wait two hours before the scan.", "Wait four hours before the scan."),
        ("Give 10 mg at once.", "Give 20 mg at once."),
        ("Give 10 mg at once; the most is 40 mg a day.", "Give 20 mg at once; the most is 40 mg a day."),
        ("Aim for a mean pressure of 65 mmHg.", "Aim for a mean pressure of 70 mmHg."),
        ("The drain stays for one day.", "The drain stays for 2 days."),
        ("The drain should be removed early.", "The drain should not be removed early."),
        ("An early repair is planned.", "A delayed repair is planned."),
        ("Antibiotics must not be given.", "Antibiotics may be given."),
    ],
)
def test_a_statement_is_altered_in_one_plausible_place(sentence: str, after: str) -> None:
    made = {change.made_in(sentence) for change in alterations(sentence)}
    assert after.replace("2 days", "two days") in made
    assert sentence not in made


@pytest.mark.parametrize(
    "sentence",
    [
        "Give 5 to 10 mg twice.",  # the ends of a range hang together
        "The dose is 5000 units, or 70-100 units/kg.",
        "It may help stones of more than 5 mm and up to 10 mm.",  # "and up to 3 mm" would be absurd
        "Bites are 5 mm from the edge, with 5 mm between them.",
        "A 60-year-old man came.",
        "The nevus is 40 cm (15.75 inches) across.",
        "A ratio of 1:1:1 is used for plasma.",
        "The operation waits until chloride is at least 100 mmol/L.",
        "A drain is not recommended, because it prevents nothing.",  # the reason would speak against it
        "The left side is larger than the right.",
    ],
)
def test_what_would_make_nonsense_is_left_alone(sentence: str) -> None:
    assert alterations(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "It is given for two days after the operation.",
        "In our study patients stayed for two days in hospital.",
        "NICE recommends that the drain stays for two days.",
        "A febrile seizure is called complex if it lasts 15 minutes.",
        "Short: two days.",
    ],
)
def test_what_no_other_edition_may_contradict_is_left_alone(sentence: str) -> None:
    assert not stands_alone(sentence)


def test_another_edition_is_refused_where_the_passage_would_contradict_itself() -> None:
    claim = "The drain is removed two days after the operation."
    once = make_passage("once", f"{claim} It is flushed daily.")
    twice = make_passage("once", f"{claim} No drain stays longer than two days.")
    question = "When is the drain removed?"

    def made(passage: Row) -> Any:
        held = {"once": cast(Passage, passage)}
        return other_edition(((claim, ("once",)),), held, question, THRESHOLD, random.Random(1))

    named = make_passage("once", f"{claim} It is flushed daily.") | {
        "text": f"By WHO guidance, {claim[0].lower()}{claim[1:]}"
    }
    assert made(named) is None  # what a body that exists has laid down
    edition = made(once)
    assert edition.said == claim and edition.said_otherwise in edition.text and "flushed daily" in edition.text
    assert not support(once["text"], edition.said_otherwise).supported
    assert made(twice) is None


def test_orders_are_many_and_harmless_to_the_prompt() -> None:
    assert len(ORDERS) >= 25 and len(OTHER_ORDERS) >= 10
    every = [*ORDERS, *OTHER_ORDERS]
    assert len({one.order for one in every}) == len({one.marker for one in every}) == len(every)
    first = cast(Passage, REPAIR | {"text": "One is here. Two is there. Three is gone."})
    for one in every:
        assert one.marker == one.marker.lower() and one.marker in one.order.lower() and len(one.marker) > 4
        assert not CONTROL_TOKEN.search(one.order) and "\n" not in one.order
        made = [with_order(first, one, random.Random(seed))["text"] for seed in range(30)]
        assert any(text.startswith(one.order) for text in made) and any(text.endswith(one.order) for text in made)
        assert len({*made}) > 3
        for text in made:
            assert "".join(text.replace(one.order, " ").split()) == "".join(first["text"].split())
            turn = f"Context:\n{format_passages([cast(Passage, first | {'text': text})])}"
            assert (
                "\n\n" not in turn
                and with_fewer_passages(f"{turn}\n\n{INSTRUCTIONS['only']}\n\nQuestion: ?", 1) is None
            )


@pytest.mark.parametrize("skill", SKILLS)
def test_wordings_are_disjoint_and_none_is_an_abstention(skill: str) -> None:
    pools = SKILLS[skill]
    assert pools.TRAIN.keys() == pools.HELD_OUT.keys()
    rng = random.Random(3)
    drawn = []
    for said_in in (pools.TRAIN, pools.HELD_OUT):
        made = {expand(text, rng) for some in said_in.values() for text in some for _ in range(12)}
        drawn.append(made)
        for text in made:
            filled = re.sub(r"\{(?:mark|old|new)\}", "2", re.sub(r"\{(?:says|said|usual|date)\}", "that it is", text))
            assert not is_abstention(filled), filled
    assert not drawn[0] & drawn[1]


@pytest.mark.parametrize("skill", SKILLS)
def test_what_is_said_of_the_context_is_worded_in_many_ways(rows: list[Row], skill: str) -> None:
    train = [row for row in of(rows, skill) if row["split"] not in HELD_OUT]
    pools = SKILLS[skill]
    heads: Counter[str] = Counter()
    for row in train:
        made = {expand(one, random.Random(seed)) for some in pools.TRAIN.values() for one in some for seed in range(8)}
        starts = {text.partition("{")[0][:18] for text in made}
        heads.update(start for start in starts if len(start) > 12 and start in said(row))
    assert len(heads) > 8 and max(heads.values()) < 0.45 * len(train)
