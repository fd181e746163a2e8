"""The manifest: what a finished stage read, wrote and used. Written last; without it nothing is done."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.files import file_digest, folder_digests, read_json, value_digest
from residency.core.stage import Settings
from residency.flow.stages import Stage

MANIFEST = "manifest.json"
STARTED = "started.json"
PACKAGES = ("residency", "numpy", "polars", "bm25s", "torch", "transformers", "trl", "peft", "accelerate")
CHECKPOINTS = "checkpoints"
NEEDED = frozenset({"parts", "outputs", "counts", "seconds", "finished"})
LARGE = 64 << 20


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """A stage folder's manifest; None while the stage has not finished, or when the file is not a manifest."""
    try:
        manifest = read_json(folder / MANIFEST)
    except InputError:
        return None
    return manifest if isinstance(manifest, dict) and manifest.keys() >= NEEDED else None


def input_digests(sections: Mapping[str, Settings]) -> dict[str, str]:
    """sha256 of each of the user's files, by file name; a folder counts file by file."""
    digests: dict[str, str] = {}
    for section in sections.values():
        for number, path in enumerate(section.input_files()):
            if path.is_dir():
                digests |= {f"{number}:{path.name}/{name}": d for name, d in folder_digests(path).items()}
            else:
                digests[f"{number}:{path.name}"] = file_digest(path)
    return digests


def fingerprint_parts(
    stage: Stage, sections: Mapping[str, Settings], seed: int, inputs: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """All that a stage's result depends on. ``inputs`` are the digests of what earlier stages wrote."""
    return {
        "code": f"{stage.name} v{stage.version}",
        "settings": {name: section.fingerprint_values() for name, section in sections.items()},
        "files": input_digests(sections),
        "seed": seed,
        "stages": {name: value_digest(digests) for name, digests in inputs.items()},
    }


def difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """In words, the first thing in which two fingerprints' parts differ; empty when they agree."""
    if before.get("code") != now["code"]:
        return f"the code changed ({before.get('code')} to {now['code']})"
    for section, values in now["settings"].items():
        old = before["settings"].get(section, {})
        changed = [key for key in values if old.get(key, ...) != values[key]]
        if changed:
            key = changed[0]
            more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
            return f"{section}.{key} changed from {old.get(key)!r} to {values[key]!r}{more}"
    if before["files"] != now["files"]:
        names = sorted(set(before["files"].items()) ^ set(now["files"].items()))
        return f"the input file {names[0][0].partition(':')[2]} changed"
    if before["seed"] != now["seed"]:
        return f"the seed changed from {before['seed']} to {now['seed']}"
    for name, digest in now["stages"].items():
        if before["stages"].get(name) != digest:
            return f"the stage {name} gave a new result"
    return "" if dict(before) == dict(now) else "what it depends on changed"


def output_fault(folder: Path, manifest: Mapping[str, Any]) -> str:
    """In words, what is wrong with a finished stage's files; empty when all are there with their sizes."""
    for name, entry in manifest["outputs"].items():
        path = folder / name
        if not path.is_file():
            return f"its file {name} is gone"
        if path.stat().st_size != entry["bytes"]:
            return f"its file {name} was changed after it was written"
        if entry["bytes"] <= LARGE and file_digest(path) != entry["sha256"]:
            return f"its file {name} was changed after it was written"
    return ""


def build_manifest(
    stage: Stage,
    parts: Mapping[str, Any],
    folder: Path,
    counts: Mapping[str, Any],
    seconds: float,
    peak_bytes: int | None,
) -> dict[str, Any]:
    """The manifest of a stage whose files are complete."""
    return {
        "stage": stage.name,
        "does": stage.does,
        "fingerprint": value_digest(parts),
        "parts": dict(parts),
        "outputs": _outputs(folder),
        "counts": dict(counts),
        "seconds": round(seconds, 2),
        "peak_memory_gb": None if peak_bytes is None else round(peak_bytes / 1e9, 2),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "packages": _versions(),
        "python": sys.version.split()[0],
        "platform": platform.platform(),
    }


def output_digests(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The digests of a finished stage's files: what stages after it depend on."""
    return {name: entry["sha256"] for name, entry in manifest["outputs"].items()}


def _outputs(folder: Path) -> dict[str, dict[str, Any]]:
    """Digest and size of each file that the stage leaves; what it needed only to resume is left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and name.parts[0] not in (MANIFEST, STARTED, CHECKPOINTS):
            found[str(name)] = {"sha256": file_digest(path), "bytes": path.stat().st_size}
    return found


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
