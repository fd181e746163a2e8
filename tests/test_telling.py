"""What an abstention or a conflict says of its passages is true of them: they tell no part of the answer, and what
stands between quotation marks stands there."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any, cast

import pytest

from residency.core.records import Passage, Question
from residency.core.text import content_stems, sentences
from residency.grounding.align import align, supports_any
from residency.grounding.asked import Asked
from residency.grounding.kinds.abstention import says_so
from residency.grounding.material import Material
from residency.grounding.settings import GroundingSettings
from residency.grounding.telling import clauses, nearly_tells, tells_of
from residency.judging.answers import is_abstention
from residency.judging.support import THRESHOLD
from residency.retrieval.index import Index, build_index, open_index
from residency.retrieval.settings import IndexSettings
from tests.banks import BELT, make_passage, make_question
from tests.conftest import read_rows

Row = dict[str, Any]


@pytest.fixture(scope="module")
def rows(example_run: Path) -> list[Row]:
    return read_rows(example_run / "grounding" / "conversations.jsonl")


@pytest.fixture(scope="module")
def index(example_run: Path) -> Index:
    return open_index(example_run / "index")


def passage(text: str, title: str = "A title") -> Passage:
    return cast(Passage, make_passage("one", text, title))


@pytest.mark.parametrize(
    ("question", "claim", "text"),
    [
        (  # a list that names the drug and its time in passing
            "Which drugs reduce the output of a stoma, and when are they taken?",
            "Loperamide is taken 30-60 minutes before meals to reduce a high stoma output.",
            "Output above 1.5 litres a day is high: exclude sepsis, limit drinks, give loperamide before meals.",
        ),
        (  # the question's own figure
            "A gallbladder polyp has grown from 4 mm to 6 mm. What does guidance advise?",
            "Growth of 2 mm or more prompts reassessment.",
            "By guidance, a gallbladder polyp of 6 mm without a risk factor is rescanned.",
        ),
        (  # half of what is asked for by yes or no
            "Is ultrasound the first imaging test for both intussusception and appendicitis in children?",
            "Sonography leads in the two conditions.",
            "Ultrasound is the first imaging test in children.",
        ),
    ],
)
def test_a_passage_that_tells_a_part_without_supporting_a_sentence_is_told(
    question: str, claim: str, text: str, index: Index
) -> None:
    assert nearly_tells(question, [claim], passage(text), index.rarity)
    assert not nearly_tells(question, [claim], passage("Compression is worn for six weeks."), index.rarity)


def test_a_claim_that_joins_two_is_not_missing_where_one_of_them_is_told(index: Index) -> None:
    claim = "Ultrasound comes first in pregnant women, and the transvaginal route is the imaging of choice."
    assert clauses(claim)[-1] == "the transvaginal route is the imaging of choice"
    early = "It is likely, since it follows reperfusion and pain on passive stretch is an early sign."
    assert clauses(early)[-1] == "pain on passive stretch is an early sign"
    assert clauses("Mesh is used.") == [] and clauses("Mesh is used, and often.") == []
    question = cast(Question, make_question(question="Which scan is best?", answer=claim))
    asked = Asked(question, align(question, [], THRESHOLD))
    material = Material(asked, index, GroundingSettings(), "EXAM", random.Random(1))
    assert material.tells(passage("The transvaginal route is the imaging of choice."))
    assert not material.tells(passage("Compression is worn for six weeks."))


def test_no_half_answer_calls_a_half_missing_of_which_a_part_is_told(rows: list[Row], index: Index) -> None:
    for row in rows:
        if row["skill"] == "partial":
            shown = row.get("shown") or [index.by_id[name] for name in row["passages"]]
            parts = [part for claim in row["expect"]["check"]["missing"] for part in clauses(claim)]
            assert not supports_any(parts, shown, THRESHOLD, row["expect"]["question"]), row["id"]


def test_what_the_question_gives_away_and_what_has_nothing_to_do_with_it_tell_nothing(index: Index) -> None:
    question, claim = "Why is a femoral hernia repaired soon?", "A femoral hernia may strangulate within months."
    assert not tells_of(question, [claim], passage("A femoral hernia is felt below the ligament."), index.rarity)
    assert not tells_of(question, [claim], passage("A gut may strangulate in the months."), index.rarity)
    assert tells_of(question, [claim], passage("A hernia can strangulate in the first months."), index.rarity)


def test_no_passage_of_an_abstention_tells_a_part_of_the_answer(rows: list[Row], index: Index) -> None:
    seen = 0
    for row in rows:
        if row["skill"] != "abstention" or row["expect"]["check"]["near_miss"] == "population":
            continue
        shown = row.get("shown") or [index.by_id[name] for name in row["passages"]]
        claims = sentences(row["expect"]["reference"])
        assert not any(nearly_tells(row["expect"]["question"], claims, one, index.rarity) for one in shown), row["id"]
        seen += 1
    assert seen > 50


def test_what_stands_between_quotation_marks_stands_in_the_passage(rows: list[Row]) -> None:
    quoted = 0
    for row in rows:
        if row["skill"] != "conflict":
            continue
        texts = " ".join(one["text"] for one in row["shown"])
        for part in re.findall(r'"([^"]+)"', row["messages"][-1]["content"]):
            assert part in texts, row["id"]
            quoted += 1
    assert quoted


@pytest.mark.parametrize("split", ["train", "test"])
def test_where_a_patient_is_in_danger_an_abstention_calls_a_senior_and_does_not_only_search(
    split: str, tmp_path: Path
) -> None:
    shock = make_passage("shock", "A burst spleen is taken out.", "A burst spleen")
    held = build_index(tmp_path, [cast(Passage, one) for one in (shock, BELT)], IndexSettings(embeddings="none"))

    def said(asked: str, seed: int) -> str:
        lead = cast(Question, make_question(question=asked, answer="A burst spleen is taken out.", split=split))
        aligned = align(lead, list(held.passages), THRESHOLD)
        material = Material(Asked(lead, aligned), held, GroundingSettings(), "EXAM", random.Random(seed))
        return says_so(material, [held.by_id["belt"]])

    for seed in range(20):
        urgent = said("A man with a burst spleen is unstable and in shock. What now?", seed)
        assert re.search(r"senior[^.]*\b(?:now|at once|immediately)\b", urgent, re.IGNORECASE) and is_abstention(urgent)
        assert "or ask a senior" not in urgent
        assert re.search(r"senior", said("Stridor appears after thyroidectomy. What now?", seed), re.IGNORECASE)
        assert not re.search(r"senior[^.]*\b(?:now|at once|immediately)\b", said("How is a spleen mended?", seed))


def test_what_is_shown_under_a_title_is_not_to_be_looked_for_under_it_again(rows: list[Row], index: Index) -> None:
    for row in rows:
        if row["skill"] != "abstention" or row["expect"]["check"]["near_miss"] == "population":
            continue
        what = row["expect"]["check"]["wanted"]
        titles = [index.by_id[name]["title"].lower() for name in row["passages"]]
        if what and any(title.startswith(what.lower()) for title in titles):
            said = row["messages"][-1]["content"].lower()
            plain = re.search(rf"guidance on {re.escape(what.lower())}\b", said)
            assert not plain and set(content_stems(what)) <= set(content_stems(said)), row["id"]
