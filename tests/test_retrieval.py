"""Search by words: the right passage first, the same order everywhere, and passages checked as they come in."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.errors import InputError
from residency.core.files import file_digest, folder_digests, write_jsonl
from residency.core.records import Passage
from residency.core.stage import StageContext
from residency.retrieval.index import Index, build_index, open_index
from residency.retrieval.settings import IndexSettings
from residency.retrieval.stage import run
from tests.banks import make_passage
from tests.conftest import EXAMPLES, read_rows

TEXTS = {
    "femoral": "A femoral hernia lies below the inguinal ligament and strangulates early.",
    "umbilical": "An umbilical hernia in an adult is repaired with mesh.",
    "burn": "A fresh burn is cooled under running tap water for 20 minutes.",
    "odd": "Ödem, 手術 and \u200b emoji 🩺 stand here.",
    "empty": "of the and",
}


WORDS = IndexSettings(embeddings="none")


def made(texts: dict[str, str]) -> list[Passage]:
    return [cast(Passage, make_passage(name, text)) for name, text in texts.items()]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return build_index(tmp_path, made(TEXTS), WORDS)


def found(index: Index, query: str, count: int = 5, **options: Any) -> list[str]:
    return [passage["id"] for passage, _ in index.search(query, count, **options)]


def test_the_passage_that_shares_most_with_the_query_comes_first(index: Index) -> None:
    assert found(index, "Why do femoral hernias strangulate?") == ["femoral", "umbilical"]
    assert found(index, "cooling of burns", 1) == ["burn"]
    assert found(index, "ödem") == found(index, "手術") == ["odd"]


@pytest.mark.parametrize("query", ["", "of the", "zebra", "\u200b", "?!", "zebra " * 10_000])
def test_a_query_that_shares_no_word_finds_nothing(index: Index, query: str) -> None:
    assert found(index, query) == []


def test_what_is_to_be_left_out_is_left_out_and_no_more_than_asked_for_comes(index: Index) -> None:
    assert found(index, "hernia", without={"femoral"}) == ["umbilical"]
    assert found(index, "hernia", 1) == ["femoral"] or found(index, "hernia", 1) == ["umbilical"]
    assert found(index, "hernia", 0) == found(index, "hernia", -1) == []


def test_ties_go_to_the_earlier_passage(tmp_path: Path) -> None:
    names = [str(99 - place) for place in range(60)]
    same = build_index(tmp_path, made(dict.fromkeys(names, "Mesh repair of hernia.")), WORDS)
    assert found(same, "mesh", 60) == names


def test_an_opened_index_answers_as_the_built_one(tmp_path: Path, index: Index) -> None:
    for query in ("hernia mesh", "burn water", "ödem"):
        assert open_index(tmp_path).search(query, 5) == index.search(query, 5)


def test_an_index_of_nothing_can_be_built_opened_and_asked(tmp_path: Path) -> None:
    build_index(tmp_path, [], WORDS)
    assert open_index(tmp_path).search("hernia", 3) == []
    assert open_index(tmp_path).rarity("hernia") == 0


def test_the_same_passages_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        build_index(tmp_path / name, made(TEXTS), WORDS)
    assert folder_digests(tmp_path / "one") == folder_digests(tmp_path / "two")


def test_rarity_tells_telling_words_from_common_ones(index: Index) -> None:
    assert index.rarity("femoral") == pytest.approx(math.log(5))
    assert index.rarity("hernia") == pytest.approx(math.log(5 / 2))
    assert index.rarity("zebra") == pytest.approx(math.log(5))
    assert index.rarity("the") == index.rarity("") == 0


def test_on_the_example_corpus_the_named_passage_is_found_among_the_first_three(tmp_path: Path) -> None:
    """The planted opposite: with the passage left out it is never found."""
    index = build_index(
        tmp_path, [cast(Passage, row | {"parents": []}) for row in read_rows(EXAMPLES / "passages.jsonl")], WORDS
    )
    rows = read_rows(EXAMPLES / "open.jsonl")
    hits = sum(bool({*found(index, row["question"], 3)} & {*row["passages"]}) for row in rows)
    assert hits / len(rows) > 0.9
    assert not any({*found(index, row["question"], 3, without=row["passages"])} & {*row["passages"]} for row in rows)


@given(st.lists(st.text(), max_size=6), st.text(), st.integers(0, 4), st.sets(st.sampled_from("012345")))
def test_any_texts_can_be_indexed_and_asked(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], query: str, count: int, away: set[str]
) -> None:
    folder = tmp_path_factory.mktemp("index")
    index = build_index(folder, made({str(name): text for name, text in enumerate(texts)}), WORDS)
    ranked = index.search(query, count, without=away)
    scores = [score for _, score in ranked]
    assert len(ranked) <= count and scores == sorted(scores, reverse=True) and all(score > 0 for score in scores)
    assert not away & {passage["id"] for passage, _ in ranked}
    assert open_index(folder).search(query, count, without=away) == ranked


def stage(
    folder: Path, rows: list[dict[str, Any]] | None = None, own: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    write_jsonl(folder / "corpus" / "passages.jsonl", own or [])
    files = []
    if rows is not None:
        write_jsonl(folder / "given.jsonl", rows)
        files = [folder / "given.jsonl"]
    settings = {"index": IndexSettings(files=files, embeddings="none")}
    return run(StageContext(settings, {"corpus": folder / "corpus"}, folder / "index", 17))


def test_the_users_passages_and_those_of_the_bank_are_indexed_together(tmp_path: Path) -> None:
    counts = stage(tmp_path, [{"id": "g1", "text": "Mesh  repair\nof hernia."}], [make_passage("c1", "Hernia belt.")])
    assert counts["passages"] == 2 and counts["files"] == 1 and counts["skipped"] == 0
    index = open_index(tmp_path / "index")
    assert set(found(index, "hernia")) == {"g1", "c1"}
    assert index.by_id["g1"]["text"] == "Mesh repair of hernia."
    assert index.by_id["g1"]["licence"] == "unknown" and index.by_id["g1"]["parents"] == []


def test_passages_that_name_no_licence_have_that_of_the_settings(tmp_path: Path) -> None:
    write_jsonl(
        tmp_path / "given.jsonl", [{"id": "a", "text": "Mesh."}, {"id": "b", "text": "Belt.", "licence": "MIT"}]
    )
    write_jsonl(tmp_path / "corpus/passages.jsonl", [])
    settings = {"index": IndexSettings(files=[tmp_path / "given.jsonl"], licence="CC0", embeddings="none")}
    run(StageContext(settings, {"corpus": tmp_path / "corpus"}, tmp_path / "index", 17))
    index = open_index(tmp_path / "index")
    assert [index.by_id[name]["licence"] for name in "ab"] == ["CC0", "MIT"]


def test_a_folder_of_passages_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write_jsonl(tmp_path / "many" / f"{name}.jsonl", [{"id": name, "text": f"Mesh {name}."}])
    write_jsonl(tmp_path / "corpus" / "passages.jsonl", [])
    settings = {"index": IndexSettings(files=[tmp_path / "many"], embeddings="none")}
    run(StageContext(settings, {"corpus": tmp_path / "corpus"}, tmp_path / "index", 17))
    assert [passage["id"] for passage in open_index(tmp_path / "index").passages] == ["a", "b"]


def test_no_passages_at_all_is_said_and_no_error(tmp_path: Path) -> None:
    counts = stage(tmp_path)
    assert counts["passages"] == counts["files"] == 0
    assert list(open_index(tmp_path / "index").passages) == []


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"id": "b", "text": " "}, "given.jsonl:2: holds no text"),
        ({"id": "b", "text": None}, "given.jsonl:2: holds no text"),
        ({"id": "b", "text": "Mesh \ud800."}, "given.jsonl:2: a passage holds half of a surrogate pair"),
        ({"id": "b", "text": "Net.", "title": "\udfff"}, "half of a surrogate pair"),
    ],
)
def test_a_row_that_cannot_be_cited_has_its_line_and_the_rest_goes_on(
    tmp_path: Path, row: dict[str, Any], complaint: str
) -> None:
    counts = stage(tmp_path, [{"id": "a", "text": "Mesh."}, row, {"id": "c", "text": "Belt."}])
    assert counts["passages"] == 2 and counts["skipped"] == 1
    (line,) = read_rows(tmp_path / "index" / "skipped.jsonl")
    assert complaint in f"{line['file']}: {line['reason']}" and line["kept"] is False


def test_one_id_for_a_passage_of_the_user_and_another_of_the_bank_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two passages have the id 'a'"):
        stage(tmp_path, [{"id": "a", "text": "Mesh."}], [make_passage("a", "Net.")])
    assert stage(tmp_path / "same", [{"id": "a", "text": "Mesh."}], [make_passage("a", "Mesh.")])["passages"] == 1


def test_null_odd_and_huge_fields_are_taken(tmp_path: Path) -> None:
    rows = [
        {"id": "null", "text": "Mesh.", "title": None, "parents": None, "date": None},
        {"id": "odd", "text": "手術 🩺", "title": 2026, "extra": {"a": [1]}},
        {"id": "huge", "text": "hernia " * 200_000, "title": "t" * 100_000},
    ]
    counts = stage(tmp_path, rows)
    assert counts["rows"] == 3 and counts["rows cut"] == 1
    index = open_index(tmp_path / "index")
    assert index.by_id["null"]["title"] == "" and index.by_id["odd"]["title"] == "2026"
    assert all(name.startswith("huge-") for name in found(index, "hernia"))
    head = json.loads((tmp_path / "index" / "index.json").read_text(encoding="utf-8"))
    assert head["files"]["passages.jsonl"]["sha256"] == file_digest(tmp_path / "index" / "passages.jsonl")
