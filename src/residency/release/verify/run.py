"""The verification of a bundle: static checks here, and a stranger in a process of its own."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from residency.core.files import file_digest, read_json, write_json
from residency.generation.architectures import attention_for
from residency.generation.models import choose_device, choose_dtype, model_source
from residency.generation.settings import ModelSettings
from residency.release.gating import Finding
from residency.release.settings import ReleaseSettings
from residency.release.verify import contents
from residency.release.verify.rows import forbidden
from residency.release.verify.sample import recorded

STRANGER = Path(__file__).with_name("stranger.py")
VERDICT = "verify.json"


def opened(
    bundle: Path, evaluate: Path, model: ModelSettings, settings: ReleaseSettings, chosen: random.Random
) -> dict[str, Any]:
    """What a process without this package finds in a bundle, which needs neither card nor checksums yet: the cards tell
    its figures.

    Args:
        bundle: with all that runs the model.
        evaluate: the stage's folder.
        model: the base model's settings.
        settings: of the release.
        chosen: draws which recorded answers are asked for again.

    Returns:
        The ``checks`` with ``name``, ``verdict`` (``pass``, ``fail``, ``undecided``), ``detail`` and figures, the
        ``versions`` of the libraries, what the model was ``asked`` in (``dtype``, ``device``, ``attention``), and
        ``seconds``.
    """
    begun = time.monotonic()
    job = _job(evaluate, model, settings, chosen)
    checks, versions = _stranger(bundle, job)
    asked = {name: job[name] or "the library's own" for name in ("dtype", "device", "attention")}
    return {"checks": checks, "versions": versions, "asked": asked, "seconds": round(time.monotonic() - begun, 1)}


def verify(
    bundle: Path,
    inputs: Mapping[str, Path],
    model: ModelSettings,
    settings: ReleaseSettings,
    found: Mapping[str, Any],
) -> dict[str, Any]:
    """Looks through a finished bundle that was opened, and writes ``verify.json`` beside it.

    Args:
        bundle: with its card and checksums.
        inputs: the folders of the stages corpus and index.
        model: the base model's settings.
        settings: of the release.
        found: as :func:`opened` gives it.

    Returns:
        What stands in ``verify.json``: the ``verdict`` (``fail`` where a check failed, else ``pass``), the ``checks``,
        those of ``found`` first and at their places, ``versions`` and ``asked``, the digest of the ``bundle``'s
        checksums, and ``seconds``.
    """
    begun = time.monotonic()
    rows = forbidden(inputs["corpus"], inputs["index"])
    places = [bundle.absolute(), bundle.absolute().parent.parent, *([model.folder.absolute()] if model.folder else [])]
    checks = [*found["checks"], *contents.checks(bundle, rows, settings.canaries, places)]
    verdict = {
        **found,
        "verdict": "fail" if any(check["verdict"] == "fail" for check in checks) else "pass",
        "checks": checks,
        "bundle": file_digest(bundle / contents.SUMS),
        "seconds": round(found["seconds"] + time.monotonic() - begun, 1),
    }
    write_json(bundle.parent / VERDICT, verdict)
    return verdict


def failures(verdict: Mapping[str, Any]) -> list[str]:
    """The checks that failed, a sentence each, without what was found: that may be what must not go out."""
    failed = [check["name"] for check in verdict["checks"] if check["verdict"] == "fail"]
    return [f"The bundle's check {name!r} failed. {VERDICT} beside the bundle says how." for name in failed]


def verdict_of(verdict: Mapping[str, Any]) -> Finding:
    """The whole verdict, as a requirement of the release."""
    if failed := failures(verdict):
        return "fail", " ".join(failed)
    told = Counter(check["verdict"] for check in verdict["checks"])
    undecided = f", {told['undecided']} could not be made" if told["undecided"] else ""
    return "pass", f"A process without this package opened the bundle: {told['pass']} checks passed{undecided}."


def _job(evaluate: Path, model: ModelSettings, settings: ReleaseSettings, chosen: random.Random) -> dict[str, Any]:
    said = read_json(evaluate / "models.json")["final"]
    device = choose_device(model.device)
    why = ""
    if said["sampling"]["temperature"]:
        why = "the evaluation drew its answers, so that they need not come again"
    elif model.quantization != "none":
        why = "the evaluation ran on quantised weights, which the bundle does not hold"
    sample = recorded(evaluate, settings.verify_answers, chosen)
    source = model_source(model)
    return {
        "base": str(Path(source).absolute()) if Path(source).exists() else source,
        "dtype": str(choose_dtype(model.dtype, device)).removeprefix("torch."),
        "device": device,
        "attention": _attention(model, source, device),
        "limit": said["answer_tokens"] + said["thought_tokens"],
        "unanswerable": why,
        "batches": sample["batches"],
        "letters": [] if model.quantization != "none" else sample["letters"],
        "canaries": settings.canaries,
    }


def _attention(model: ModelSettings, source: str, device: str) -> str | None:
    if model.attention != "auto":
        return model.attention
    config = Path(source) / "config.json"
    return attention_for(read_json(config)["model_type"], device, False) if config.exists() else None


def _stranger(bundle: Path, job: Mapping[str, Any]) -> tuple[Sequence[dict[str, Any]], dict[str, str]]:
    """What a process finds that has the bundle and not this package."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copyfile(STRANGER, folder / STRANGER.name)
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        result = folder / "result.json"
        # Isolated: neither PYTHONPATH nor the working folder is looked into.
        command = [sys.executable, "-I", STRANGER.name, str(bundle.absolute()), "job.json", str(result)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if not result.exists():
            last = (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
            return [{"name": "opens", "verdict": "fail", "detail": f"the process ended ({last[:300]})"}], {}
        told = json.loads(result.read_text(encoding="utf-8"))
        return told["checks"], told["versions"]
