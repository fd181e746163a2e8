"""Search by meaning and by both: what it finds beyond words, filters, what is superseded, kept vectors, reranking."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from residency.core.errors import InputError, MissingDependencyError, UsageError
from residency.core.files import folder_digests, write_json
from residency.core.records import Passage
from residency.core.stage import Silent
from residency.generation.embeddings import Vectors
from residency.retrieval.index import Index, build_index, cache, encoders, open_index
from residency.retrieval.index.cache import VectorCache
from residency.retrieval.index.store import content_digest
from residency.retrieval.index.vectors import VectorSearch, write_vectors
from residency.retrieval.settings import IndexSettings
from tests.banks import make_passage

TEXTS = {
    "stomach": "Gastric ulcers may bleed, and endoscopy finds and treats the bleeding.",
    "gallbladder": "Stones in the gallbladder cause pain under the right ribs after fatty meals.",
    "burn": "A fresh burn is cooled under running tap water for 20 minutes.",
    "hernia": "A femoral hernia lies below the inguinal ligament and strangulates early.",
    "thyroid": "A lump in the thyroid is looked at by ultrasound and sampled by fine needle.",
}


class Told(Silent):
    """Keeps what a build says."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.starts: list[tuple[int | None, str, int]] = []
        self.steps = 0

    def start(self, total: int | None, unit: str, done: int = 0) -> None:
        self.starts.append((total, unit, done))

    def advance(self, steps: int = 1, **figures: float) -> None:
        self.steps += steps

    def note(self, text: str) -> None:
        self.notes.append(text)


class Letters:
    """An encoder that counts the letters of a text, and how many texts it was given."""

    name, digest, width = "letters", "d1", 26

    def __init__(self) -> None:
        self.given: list[str] = []

    def encode(self, texts: Sequence[str], kind: encoders.Kind) -> Vectors:
        self.given += texts
        counts = np.array([[text.count(chr(97 + place)) + 1 for place in range(26)] for text in texts], np.float32)
        return cast(Vectors, counts / np.linalg.norm(counts, axis=1, keepdims=True))


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESIDENCY_HOME", str(tmp_path / "home"))


def made(**fields: dict[str, Any]) -> list[Passage]:
    """The passages, those that are named with further fields."""
    return [cast(Passage, make_passage(name, text) | fields.get(name, {})) for name, text in TEXTS.items()]


def ids(found: Sequence[tuple[Passage, float]]) -> list[str]:
    return [passage["id"] for passage, _ in found]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESIDENCY_HOME", str(tmp_path_factory.mktemp("home")))
        dated = {
            "stomach": {"date": "2021-05-03", "source": "NICE"},
            "burn": {"date": "2024", "source": "BBA"},
            "thyroid": {"date": "2024-06", "source": "nice"},
            "hernia": {"date": "no idea"},
        }
        return build_index(tmp_path_factory.mktemp("index"), made(**dated))


def test_what_shares_no_word_is_found_by_its_meaning(index: Index) -> None:
    query = "losing blood from the stomach"
    assert ids(index.search(query, 5, how="lexical")) == []
    assert ids(index.search(query, 1)) == ids(index.search(query, 1, how="embeddings")) == ["stomach"]
    assert index.search("of the and", 3) == index.search("", 3) == index.search("hernia", 0) == []


def test_both_rankings_count(index: Index) -> None:
    """The first of both has 2/61, and each other one the sum of its reciprocal ranks."""
    query = "bleeding ulcers of the stomach and the burn"
    both = [ids(index.search(query, 5, how=how)) for how in ("lexical", "embeddings")]
    expected = {name: sum(1 / (61 + ranks.index(name)) for ranks in both if name in ranks) for name in TEXTS}
    for passage, score in index.search(query, 5):
        assert score == pytest.approx(expected[passage["id"]])


def test_an_opened_index_answers_as_the_built_one_and_many_queries_as_one(index: Index) -> None:
    opened = open_index(index.folder)
    queries = ["cooling of burns", "gallstones", "", "swollen gland of the neck"]
    for query in queries:
        assert opened.search(query, 3) == index.search(query, 3)
    assert index.search_many(queries, 3) == [index.search(query, 3) for query in queries]
    away = [["burn"], ["nobody"], [], ["thyroid", "burn"]]
    assert index.search_many(queries, 3, away) == [
        index.search(query, 3, without=names) for query, names in zip(queries, away, strict=True)
    ]


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"sources": ["nice"]}, {"stomach", "thyroid"}),
        ({"sources": ["NICE ", "bba"]}, {"stomach", "thyroid", "burn"}),
        ({"sources": ["nobody"]}, set()),
        ({"since": "2024"}, {"burn", "thyroid"}),
        ({"since": "2024-06-15"}, {"burn", "thyroid"}),
        ({"since": "2024-07"}, {"burn"}),
        ({"until": "2024-05"}, {"stomach", "burn"}),
        ({"since": "2021-05-03", "until": "2021-05-03"}, {"stomach"}),
        ({"since": "2024", "sources": ["NICE"]}, {"thyroid"}),
    ],
)
@pytest.mark.parametrize("how", ["hybrid", "embeddings", "lexical"])
def test_filters_leave_only_what_they_name(index: Index, filters: dict[str, Any], left: set[str], how: Any) -> None:
    query = "a lump, a burn, a hernia, gastric bleeding and gallbladder pain"
    assert {*ids(index.search(query, 9, how=how, **filters))} == left


@pytest.mark.parametrize("day", ["24", "2024-5", "May 2024", "2024-05-01T10"])
def test_what_is_no_date_is_said(index: Index, day: str) -> None:
    with pytest.raises(UsageError, match=r"is no date\. Give it as 2024"):
        index.search("hernia", 3, since=day)


def test_the_newer_edition_comes_before_the_older_one_which_is_still_found_where_it_stands_alone(
    tmp_path: Path,
) -> None:
    old = made(hernia={"superseded_by": "yes", "date": "2010"})
    new = cast(Passage, make_passage("newer", TEXTS["hernia"] + " It is then operated on at once.") | {"date": "2025"})
    query = "Where does a femoral hernia lie and does it strangulate early?"
    alone, both = build_index(tmp_path / "alone", old), build_index(tmp_path / "both", [*old, new])
    for how in ("hybrid", "lexical", "embeddings"):
        assert ids(alone.search(query, 1, how=how)) == ["hernia"]
        assert ids(both.search(query, 2, how=how)) == ["newer", "hernia"]
    plain = build_index(tmp_path / "plain", [*old, new], IndexSettings(superseded_weight=1))
    assert ids(plain.search(query, 2)) == ["hernia", "newer"]


def test_a_second_build_embeds_nothing_and_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = Told(), Told()
    build_index(tmp_path / "a", made(), progress=first)
    assert first.starts == [(5, "passages embedded", 0)] and first.steps == 5
    build_index(tmp_path / "b", made(), progress=second)
    assert second.starts == [(5, "passages embedded", 5)] and second.steps == 0
    assert folder_digests(tmp_path / "a") == folder_digests(tmp_path / "b")


def test_only_new_texts_are_embedded_and_a_text_that_stands_twice_once(tmp_path: Path) -> None:
    letters, texts = Letters(), ["hernia", "burn", "hernia"]
    kept = VectorCache(letters, tmp_path)
    first = kept.vectors(texts)
    assert sorted(letters.given) == ["burn", "hernia"] and (first[0] == first[2]).all()
    assert (kept.vectors(["burn", "mesh"])[0] == first[1]).all() and letters.given[2:] == ["mesh"]
    kept.vectors(["burn"], "query")  # a model may read queries otherwise
    assert letters.given[3:] == ["burn"]


@pytest.mark.parametrize("fault", ["cut", "garbage", "width", "infinite"])
def test_a_damaged_part_is_passed_over_with_a_note_and_its_texts_embedded_again(tmp_path: Path, fault: str) -> None:
    letters, told = Letters(), Told()
    kept = VectorCache(letters, tmp_path)
    first = kept.vectors(["hernia", "burn"])
    (part,) = tmp_path.glob("*.npz")
    data = part.read_bytes()
    keys = np.load(part)["keys"]
    if fault == "cut":
        part.write_bytes(data[:-40])
    elif fault == "garbage":
        part.write_bytes(data[:600] + b"??" + data[602:])
    else:
        bad = np.ones((2, 5), np.float32) if fault == "width" else np.full((2, 26), np.inf, np.float32)
        np.savez(part, keys=keys, vectors=bad)
    assert (kept.vectors(["hernia", "burn"], progress=told) == first).all()
    assert len(letters.given) == 4
    assert [note for note in told.notes if part.name in note and "damaged and passed over" in note]


def test_where_nothing_can_be_kept_it_is_said_once_and_the_build_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "PART", 1)
    told = Told()
    (tmp_path / "file").write_text("")
    found = VectorCache(Letters(), tmp_path / "file" / "vectors").vectors(["hernia", "burn"], progress=told)
    assert (found == Letters().encode(["hernia", "burn"], "passage")).all()
    assert len(told.notes) == 1 and "Set RESIDENCY_HOME" in told.notes[0]

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(VectorCache, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        VectorCache(Letters(), tmp_path).vectors(["hernia"])


def _embed_and_die(folder: Path, texts: list[str]) -> None:
    class Deadly(Told):
        def advance(self, steps: int = 1, **figures: float) -> None:
            super().advance(steps)
            if self.steps >= 4:
                os.kill(os.getpid(), signal.SIGKILL)

    VectorCache(Letters(), folder).vectors(texts, progress=Deadly())


def test_a_killed_build_goes_on_where_it_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "PART", 2)
    texts = [f"hernia number {number}" for number in range(9)]
    child = multiprocessing.get_context("fork").Process(target=_embed_and_die, args=(tmp_path, texts))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    letters, told = Letters(), Told()
    found = VectorCache(letters, tmp_path).vectors(texts, progress=told)
    assert told.starts == [(9, "passages embedded", 4)] and len(letters.given) == 5
    assert (found == Letters().encode(texts, "passage")).all()


def _embed(folder: Path, texts: list[str]) -> None:
    for start in range(0, len(texts), 5):
        VectorCache(Letters(), folder).vectors(texts[: start + 5])


def test_two_builds_at_once_do_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "PART", 2)
    texts = [f"hernia number {number}" for number in range(40)]
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=_embed, args=(tmp_path, texts)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0]
    letters = Letters()
    assert (VectorCache(letters, tmp_path).vectors(texts) == Letters().encode(texts, "passage")).all()
    assert letters.given == []


def test_without_the_extra_the_line_says_what_to_type_and_that_words_alone_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders.embeddings, "missing", lambda: "onnxruntime")
    with pytest.raises(MissingDependencyError) as caught:
        build_index(tmp_path / "index", made())
    assert str(caught.value) == (
        "this needs the package 'onnxruntime'. Type: pip install \"residency[semantic]\", "
        'or set index.embeddings = "none" to search by words alone'
    )
    assert not (tmp_path / "index").exists()


def test_an_index_without_vectors_says_so_when_asked_for_meaning(tmp_path: Path) -> None:
    index = build_index(tmp_path, made(), IndexSettings(embeddings="none"))
    assert ids(index.search("femoral hernia", 1)) == ["hernia"]
    with pytest.raises(InputError, match=r"has no vectors.*--how lexical"):
        index.search("femoral hernia", 1, how="hybrid")
    with pytest.raises(UsageError, match="there is no search 'magic'"):
        index.search("femoral hernia", 1, how=cast(Any, "magic"))


def test_the_vectors_of_another_model_are_refused(tmp_path: Path) -> None:
    head = build_index(tmp_path, made()).head
    model = head["model"] | {"digest": "of another"}
    content = content_digest(head["files"]["passages.jsonl"]["sha256"], head["settings"], model)
    write_json(tmp_path / "index.json", head | {"model": model, "content": content})
    with pytest.raises(InputError, match=r"vectors are of another model.*Build it again"):
        open_index(tmp_path).search("hernia", 1)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``embedder`` and ``reranker``: random models of sentence-transformers, of a few thousand weights."""
    pytest.importorskip("sentence_transformers")
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("models")
    words = sorted({word.strip(".,").lower() for text in TEXTS.values() for word in text.split()})
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", *words]))
    config = BertConfig(
        vocab_size=len(words) + 7,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        num_labels=1,
        initializer_range=0.5,
    )
    torch.manual_seed(0)
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64)
    for name, model in (("plain", BertModel(config)), ("reranker", BertForSequenceClassification(config))):
        model.save_pretrained(str(folder / name))
        tokenizer.save_pretrained(str(folder / name))
    parts = Transformer(str(folder / "plain"))
    SentenceTransformer(modules=[parts, Pooling(16)]).save(str(folder / "embedder"))
    return folder


@pytest.mark.slow
def test_any_model_of_sentence_transformers_can_embed(models: Path, tmp_path: Path) -> None:
    index = build_index(tmp_path / "a", made(), IndexSettings(embeddings=str(models / "embedder")))
    assert index.head["model"]["width"] == 16
    for name, text in TEXTS.items():
        ((found, score),) = open_index(tmp_path / "a").search(text, 1, how="embeddings")
        assert found["id"] == name and score == pytest.approx(1, abs=1e-4)
    told = Told()
    build_index(tmp_path / "b", made(), IndexSettings(embeddings=str(models / "embedder")), told)
    assert told.steps == 0 and folder_digests(tmp_path / "a") == folder_digests(tmp_path / "b")


@pytest.mark.slow
def test_a_cross_encoder_orders_the_best_anew(models: Path, tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder

    name, query = str(models / "reranker"), "a lump, a burn, a hernia and gallbladder pain"
    superseded = made(burn={"superseded_by": "yes"})
    index = build_index(tmp_path, superseded, IndexSettings(embeddings="none", rerank=name, superseded_weight=0.8))
    scores = dict(zip(TEXTS, CrossEncoder(name).predict([(query, text) for text in TEXTS.values()]), strict=True))
    scores["burn"] *= 0.8**4
    found = index.search(query, 3)
    names = {passage["id"] for passage, _ in index.search(query, 9)}
    assert ids(found) == sorted(names, key=lambda name: -scores[name])[:3]
    assert [score for _, score in found] == pytest.approx([scores[name] for name in ids(found)], abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["embeddings", "rerank"])
def test_a_model_that_is_not_there_is_named(models: Path, tmp_path: Path, key: str) -> None:
    settings = IndexSettings(**{"embeddings": "none", key: str(models / "nowhere")})  # type: ignore[arg-type]
    with pytest.raises(InputError, match=f"index.{key}: the model .*nowhere' cannot be loaded"):
        build_index(tmp_path, made(), settings)


@pytest.mark.parametrize("key", ["embeddings", "rerank"])
def test_without_sentence_transformers_the_line_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setattr("residency.retrieval.index.sentence_models.PACKAGE", "no_such_package")
    settings = IndexSettings(**{"embeddings": "none", key: "any/model"})  # type: ignore[arg-type]
    with pytest.raises(MissingDependencyError, match=r"residency\[rerank\]"):
        build_index(tmp_path / "built", made(), settings)
    assert not (tmp_path / "built").exists()


def test_a_large_index_finds_what_looking_at_every_vector_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vectors that lie, as texts' do, more in some directions than in others."""
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(4_000, 200)).astype(np.float32) / np.arange(1, 201, dtype=np.float32) ** 0.5
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = vectors[:50] + rng.normal(size=(50, 200)).astype(np.float32) * 0.02
    allowed = rng.random(4_000) < 0.7
    write_vectors(tmp_path, vectors)
    exact = VectorSearch(tmp_path)
    monkeypatch.setattr("residency.retrieval.index.vectors.EXACT", 500)
    monkeypatch.setattr("residency.retrieval.index.vectors.CANDIDATES", 400)
    write_vectors(tmp_path, vectors)
    rough = VectorSearch(tmp_path)
    for mask in (None, allowed):
        same = [{*exact.nearest(q, 20, mask)[0].tolist()} & {*rough.nearest(q, 20, mask)[0].tolist()} for q in queries]
        assert sum(map(len, same)) / (50 * 20) >= 0.99
        assert mask is None or mask[rough.nearest(queries[0], 20, mask)[0]].all()
    assert allowed[rough.nearest(queries[0], 1_990, allowed)[0]].all()  # more candidates than may be found
    few = np.zeros(4_000, np.bool_)
    few[7:9] = True
    assert {*rough.nearest(queries[0], 20, few)[0].tolist()} <= {7, 8}
