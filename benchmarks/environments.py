"""A virtual environment for each peer, made once below a cache folder and used again.

Peers need other versions of the same packages than Residency does, so that none is installed beside it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ALONE = " --no-deps"
DONE = "requirements.txt"  # written last: what was installed
QUIET = ("--quiet", "--disable-pip-version-check", "--no-input")

# What the peers of near_duplicate_peers.py are installed from. Of text-dedup only the MinHash script is run: what its
# other scripts need (Spark, TensorFlow, Sphinx) is left out, and so are its bounds, some of which are outdated. It was
# written for the columns of datasets before version 4, which were lists.
NEAR_DUPLICATE_PEERS: dict[str, tuple[str, ...]] = {
    "datasketch": ("datasketch==2.0.0", "xxhash==4.1.0"),
    "text_dedup": (
        "text-dedup==0.4.0" + ALONE,
        "click==8.1.8",
        "click-option-group==0.5.9",
        "datasets==3.6.0",
        "regex==2026.11.15",
        "rich==13.9.4",
        "scipy==1.17.1",
        "xxhash==4.1.0",
    ),
    # wordllama is installed for the static embeddings that it ships; its code is not run.
    "semhash": ("semhash==0.5.0", "model2vec==0.10.0", "wordllama==0.4.0.post1" + ALONE),
}


LM_EVAL = "lm-eval==0.4.13"
BESIDE_LM_EVAL = ("accelerate", "datasets", "numpy", "peft", "safetensors", "tokenizers", "torch", "transformers")
"""Packages that lm-evaluation-harness's environment has in the versions that are installed here."""


class PeerMissing(Exception):  # noqa: N818 - a peer that cannot be had is no error of the benchmark
    """A peer that cannot be had here: which one, and why in one line."""

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name, why
        super().__init__(f"{name}: {why}")


def cache() -> Path:
    """Where environments lie: below ``$RESIDENCY_HOME``, or ``~/.cache/residency``."""
    named = os.environ.get("RESIDENCY_HOME")
    return (Path(named).expanduser() if named else Path.home() / ".cache" / "residency") / "benchmarks"


def environment(name: str, requirements: Sequence[str]) -> Path:
    """The python of a virtual environment of its own with ``requirements``, which pip installs where it is not there.

    A requirement followed by :data:`ALONE` is installed without what it depends on. An environment whose making was
    stopped half-way is made again. Other requirements or another version of Python give another environment.

    Raises:
        PeerMissing: it cannot be made, for example because no package registry is reached.
    """
    listed = "\n".join(requirements) + "\n"
    version = f"{sys.implementation.cache_tag}\n"
    digest = hashlib.sha256((version + listed).encode()).hexdigest()[:12]
    folder = cache() / f"{name}-{digest}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = folder / DONE
    if done.is_file() and python.exists():
        return python
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PeerMissing(name, f"{folder} cannot be made ({error.strerror})") from None
    alone = [one.removesuffix(ALONE) for one in requirements if one.endswith(ALONE)]
    others = [one for one in requirements if not one.endswith(ALONE)]
    _run(name, [sys.executable, "-m", "venv", str(folder)])
    if others:
        _run(name, [str(python), "-m", "pip", "install", *QUIET, *others])
    if alone:
        _run(name, [str(python), "-m", "pip", "install", *QUIET, "--no-deps", *alone])
    done.write_text(listed, encoding="utf-8")
    return python


def lm_eval_environment() -> Path:
    """The python of an environment that has lm-evaluation-harness; raises PeerMissing as :func:`environment` does."""
    try:
        beside = [f"{name}=={version(name).split('+')[0]}" for name in BESIDE_LM_EVAL]
    except PackageNotFoundError as error:
        raise PeerMissing("lm_eval", f"{error.name} is not installed; type: pip install 'residency[train]'") from None
    return environment("lm_eval", (LM_EVAL, *beside))


def _run(name: str, command: Sequence[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise PeerMissing(name, f"{command[0]} does not run ({error.strerror})") from None
    if done.returncode:
        said = [line.strip() for line in (done.stdout + "\n" + done.stderr).splitlines() if line.strip()]
        errors = [line for line in said if line.lower().startswith("error")] or said or ["no word of why"]
        raise PeerMissing(name, f"{' '.join(command[1:4])} failed: {errors[-1]}")
