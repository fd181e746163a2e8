"""The index's folder: whole or not there, verified when opened, and no place for other people's files."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.errors import InputError
from residency.core.files import folder_digests
from residency.core.records import Passage
from residency.retrieval.index import build_index, open_index, store
from residency.retrieval.settings import IndexSettings
from tests.banks import make_passage

WORDS = IndexSettings(embeddings="none")
OLD, NEW = "A femoral hernia is repaired.", "A fresh burn is cooled with water."


def passages(text: str, count: int = 3) -> list[Passage]:
    return [cast(Passage, make_passage(f"p{number}", text)) for number in range(count)]


def texts(folder: Path) -> list[str]:
    return [passage["text"] for passage in open_index(folder).passages]


def spoilt(kind: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        data = path.read_bytes()
        if kind == "missing":
            path.unlink()
        elif kind == "cut short":
            path.write_bytes(data[:-1])
        else:
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    return spoil


@pytest.mark.parametrize("kind", ["missing", "cut short", "changed"])
def test_every_file_is_verified_and_the_faulty_one_named(tmp_path: Path, kind: str) -> None:
    build_index(tmp_path / "whole", passages(OLD), WORDS)
    names = open_index(tmp_path / "whole").head["files"]
    assert {"passages.jsonl", "columns.npz", "bm25/data.csc.index.npy"} <= names.keys()
    for number, name in enumerate(names):
        folder = tmp_path / str(number)
        build_index(folder, passages(OLD), WORDS)
        spoilt(kind)(folder / name)
        with pytest.raises(InputError, match=rf"{name}: a file .*{kind}.*residency index build") as caught:
            open_index(folder)
        assert "\n" not in str(caught.value)


def test_a_file_that_grew_was_changed(tmp_path: Path) -> None:
    build_index(tmp_path, passages(OLD), WORDS)
    with (tmp_path / "passages.jsonl").open("a") as handle:
        handle.write("{}\n")
    with pytest.raises(InputError, match=r"passages\.jsonl: a file was changed"):
        open_index(tmp_path, verify=False)


@pytest.mark.parametrize(
    ("head", "complaint"),
    [
        ("{", "not valid JSON"),
        ("[]", "has format none, and 2 is read"),
        ('{"format": 3}', "has format 3, and 2 is read"),
        ('{"passages": 3, "sha256": ""}', "has format 1, and 2 is read"),
        ('{"format": 2}', "was changed after the index was built"),
        ('{"format": 2, "files": [], "counts": {}}', "was changed after the index was built"),
    ],
)
def test_another_head_is_named(tmp_path: Path, head: str, complaint: str) -> None:
    build_index(tmp_path, passages(OLD), WORDS)
    (tmp_path / "index.json").write_text(head)
    with pytest.raises(InputError, match=f"index.json: .*{complaint}.*residency index build"):
        open_index(tmp_path)
    build_index(tmp_path, passages(NEW), WORDS)  # and is mended by what the line says
    assert texts(tmp_path) == [NEW] * 3


def test_a_head_of_which_a_part_was_changed_is_named(tmp_path: Path) -> None:
    build_index(tmp_path, passages(OLD), WORDS)
    written = json.loads((tmp_path / "index.json").read_text())
    for changed in (
        *({key: value for key, value in written.items() if key != left} for left in written if left != "format"),
        {**written, "settings": {**written["settings"], "superseded_weight": 1}},
        {**written, "passages": "3"},
        {**written, "files": {name: {} for name in written["files"]}},
    ):
        (tmp_path / "index.json").write_text(json.dumps(changed))
        with pytest.raises(InputError, match=r"index\.json: a file was changed"):
            open_index(tmp_path, verify=False)


def test_a_new_build_replaces_the_old_one_and_leaves_other_files(tmp_path: Path) -> None:
    build_index(tmp_path, passages(OLD), WORDS)
    (tmp_path / "notes.txt").write_text("mine")
    old = open_index(tmp_path)
    build_index(tmp_path, passages(NEW, 5), WORDS)
    assert texts(tmp_path) == [NEW] * 5 and old.passages[2]["text"] == OLD  # what is open stays as it was
    build_index(tmp_path, [], WORDS)
    assert texts(tmp_path) == []
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", "index.json", "passages.jsonl", "columns.npz"}


@pytest.mark.parametrize("name", ["passages.jsonl", "index.json"])
def test_files_that_no_index_left_are_not_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}\n")
    with pytest.raises(InputError, match="no index left it there"):
        build_index(tmp_path, passages(OLD), WORDS)
    assert (tmp_path / name).read_text() == "{}\n"
    with pytest.raises(InputError, match="a folder was expected"):
        build_index(tmp_path / name, passages(OLD), WORDS)


def test_two_passages_of_one_id_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two passages have the id 'p0'"):
        build_index(tmp_path / "new", [*passages(OLD), *passages(NEW)], WORDS)
    assert not (tmp_path / "new").exists()


def _build_and_die(folder: Path, steps: int) -> None:
    """Killed at the ``steps``-th time that a file is put in place or removed."""
    left = steps

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*given, **named)

        return call

    Path.replace = counted(Path.replace)  # type: ignore[method-assign]
    Path.unlink = counted(Path.unlink)  # type: ignore[method-assign]
    store.shutil.rmtree = counted(store.shutil.rmtree)  # type: ignore[assignment]
    build_index(folder, passages(NEW), WORDS)


def test_a_kill_at_any_step_leaves_the_old_index_or_none_and_the_next_build_is_whole(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    seen = set()
    for steps in range(40):
        build_index(tmp_path, passages(OLD), WORDS)
        child = fork.Process(target=_build_and_die, args=(tmp_path, steps))
        child.start()
        child.join()
        if (tmp_path / "index.json").exists():
            seen.add((child.exitcode, texts(tmp_path)[0]))
            if child.exitcode == 0:
                break
            continue
        seen.add((child.exitcode, "none"))
        with pytest.raises(InputError, match="there is no index, or its build was broken off"):
            open_index(tmp_path)
    killed = -signal.SIGKILL
    assert seen == {(killed, OLD), (killed, "none"), (killed, NEW), (0, NEW)}
    build_index(tmp_path, passages(NEW), WORDS)
    clean = build_index(tmp_path / "clean", passages(NEW), WORDS)
    names = {*clean.head["files"], "index.json"}
    assert not list(tmp_path.glob(".building-*"))
    assert {name: folder_digests(tmp_path)[name] for name in names} == folder_digests(tmp_path / "clean")


def _build_again_and_again(folder: Path, text: str) -> None:
    for _ in range(15):
        build_index(folder, passages(text), WORDS)


def test_builds_at_once_do_not_mix_and_what_is_opened_meanwhile_is_whole(tmp_path: Path) -> None:
    build_index(tmp_path, passages(OLD), WORDS)
    fork = multiprocessing.get_context("fork")
    builders = [fork.Process(target=_build_again_and_again, args=(tmp_path, text)) for text in (OLD, NEW)]
    for builder in builders:
        builder.start()
    while any(builder.is_alive() for builder in builders):
        assert texts(tmp_path) in ([OLD] * 3, [NEW] * 3)
    assert [builder.exitcode for builder in builders] == [0, 0]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), unique=True, max_size=5), st.text())
def test_passages_are_read_back_as_they_were_given_by_place_and_by_id(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], text: str
) -> None:
    given_rows = [cast(Passage, make_passage(name, text)) for name in names]
    index = build_index(tmp_path_factory.mktemp("index"), given_rows, WORDS)
    assert list(index.passages) == index.passages[:] == given_rows
    assert dict(index.by_id) == {row["id"]: row for row in given_rows} and "no such id" not in index.by_id
    assert [index.passages[place - len(names)] for place in range(len(names))] == given_rows
    with pytest.raises(IndexError):
        index.passages[len(names)]


def test_the_content_tells_passages_and_settings_apart(tmp_path: Path) -> None:
    def content(name: str, text: str, settings: IndexSettings) -> str:
        build_index(tmp_path / name, passages(text), settings)
        return str(json.loads((tmp_path / name / "index.json").read_text())["content"])

    first = content("a", OLD, WORDS)
    assert content("b", OLD, WORDS) == first
    assert len({first, content("c", NEW, WORDS), content("d", OLD, WORDS.model_copy(update={"k1": 1.5}))}) == 3


def test_a_model_in_a_folder_counts_among_the_files_of_the_index(tmp_path: Path) -> None:
    """Where its weights change, the vectors are to be made again, and the stage must not be skipped."""
    for name in ("embedder", "cross-encoder"):
        (tmp_path / name).mkdir()
    named = IndexSettings(embeddings=str(tmp_path / "embedder"), rerank=str(tmp_path / "cross-encoder"))
    assert named.input_files() == [tmp_path / "embedder", tmp_path / "cross-encoder"]
    assert IndexSettings(embeddings="minilm").input_files() == IndexSettings(embeddings="none").input_files() == []
    assert IndexSettings(embeddings="a/model-on-the-hub").input_files() == []
