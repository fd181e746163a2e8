"""GGUF and quantised variants, where llama.cpp's tools are installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.files import file_digest, write_json

CONVERT, QUANTIZE = "convert_hf_to_gguf.py", "llama-quantize"
WHOLE = ("f32", "f16", "bf16", "q8_0")
"""What the converter writes itself."""
FOLDER = "variants"


def write_variants(whole: Path, wanted: Sequence[str], bundle: Path) -> list[dict[str, Any]]:
    """Writes the variants that can be made here, and ``variants/variants.json`` with what became of each.

    Args:
        whole: a folder with whole weights, tokenizer and chat template.
        wanted: types as llama.cpp names them, as f16 or Q4_K_M.
        bundle: where to.

    Returns:
        For each its ``type`` and either its ``file``, ``bytes``, ``sha256`` and ``gates``, or why it is ``missing``.

    Raises:
        InputError: a tool failed.
    """
    if not wanted:
        return []
    folder = bundle / FOLDER
    folder.mkdir(exist_ok=True)
    convert, quantize = shutil.which(CONVERT), shutil.which(QUANTIZE)
    found: list[dict[str, Any]] = []
    for kind in wanted:
        target = folder / f"model-{kind}.gguf"
        if convert is None:
            found.append(_missing(kind, CONVERT))
        elif kind.lower() in WHOLE:
            _convert(convert, whole, target, kind.lower())
            found.append(_made(kind, target))
        elif quantize is None:
            found.append(_missing(kind, QUANTIZE))
        else:
            source = folder / "model-f16.gguf"
            kept = source.exists()
            if not kept:
                _convert(convert, whole, source, "f16")
            _run([quantize, str(source), str(target), kind])
            if not kept and "f16" not in [one.lower() for one in wanted]:
                source.unlink()
            found.append(_made(kind, target))
    write_json(folder / "variants.json", found)
    return found


def _convert(tool: str, whole: Path, target: Path, kind: str) -> None:
    _run([sys.executable, tool, str(whole), "--outfile", str(target), "--outtype", kind])


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or [f"exit {done.returncode}"]
        tool = next(Path(part).name for part in command if Path(part).name in (CONVERT, QUANTIZE))
        raise InputError(f"{tool} failed ({lines[-1][:200]})", "release.variants", "Mend it, or leave variants out")


def _missing(kind: str, tool: str) -> dict[str, Any]:
    return {"type": kind, "missing": f"{tool} of llama.cpp is not on the PATH"}


def _made(kind: str, path: Path) -> dict[str, Any]:
    # Its weights differ from those that were evaluated.
    told = {"type": kind, "file": path.name, "bytes": path.stat().st_size, "sha256": file_digest(path)}
    return {**told, "gates": "untested"}
