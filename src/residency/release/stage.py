"""The release stage: writes the bundle and says whether it is a draft."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from residency.chat.settings import ChatSettings
from residency.core.files import folder_digests, read_json, write_text
from residency.core.stage import Counts, StageContext
from residency.generation.settings import ModelSettings
from residency.release.bundle.write import write_bundle
from residency.release.card import read_manifests, write_card
from residency.release.licences import licences, refusals
from residency.release.serving import served
from residency.release.settings import ReleaseSettings
from residency.release.verify.contents import SUMS
from residency.release.verify.rows import Finder, forbidden
from residency.release.verify.run import failures, verify

DRAFT = "DRAFT"
STAGES = ["corpus", "index", "mix", "sft", "preference", "evaluate"]


def run(context: StageContext) -> Counts:
    """Reads the earlier stages' manifests, the final model or its adapter, the passages, the rows trained on and
    what became of their thoughts; writes ``bundle/``.

    The bundle is always written, for its maker's own use. Where a gate did not pass or too many rows name no licence it
    is refused as a release: its card says draft and why, and so does the file ``DRAFT`` beside it, one reason a line.
    """
    settings = context.section("release", ReleaseSettings)
    bundle = context.out / "bundle"
    manifests = read_manifests(context.out.parent, STAGES)
    summary = read_json(context.inputs["evaluate"] / "summary.json")
    gates = summary["gates"]
    named = licences(context.inputs)
    refused = [*_gates_against(gates), *refusals(named, settings.max_unlicensed)]
    serving = served(read_json(context.inputs["thoughts"] / "report.json"), context.section("chat", ChatSettings))
    written = write_bundle(context, serving, bundle)
    report = context.inputs["evaluate"] / "report.html"
    shows = Finder(forbidden(context.inputs["corpus"], context.inputs["index"])).found(
        report.read_text(encoding="utf-8")
    )
    if not shows:  # it shows answers to held-out questions
        shutil.copyfile(report, bundle / report.name)
    shutil.copytree(context.inputs["evaluate"] / "report", bundle / "report")

    def finish() -> int:
        card = write_card(settings.title, refused, written["base_model"], manifests, summary, named, serving)
        write_text(bundle / "README.md", card)
        return _sums(bundle)

    files = finish()
    verdict = "not verified"
    if settings.verify:
        context.progress.doing("opening the bundle as a stranger")
        draw = context.random("release", "verify")
        found = verify(bundle, context.inputs, context.section("model", ModelSettings), settings, draw)
        verdict = found["verdict"]
        if failed := failures(found):
            refused += failed
            files = finish()
    if refused:
        write_text(context.out / DRAFT, "".join(f"{reason}\n" for reason in refused))
    return {
        "draft": bool(refused),
        "files": files,
        "gates": {kind: sum(gate["verdict"] == kind for gate in gates) for kind in ("pass", "fail", "undecided")},
        "licences": named,
        "refused": refused,
        "report": f"left out: it shows {len(shows)} rows that must not go out" if shows else "in the bundle",
        **{name: written[name] for name in ("conformance", "passages", "variants")},
        "verified": verdict,
    }


def _gates_against(gates: Sequence[Mapping[str, Any]]) -> list[str]:
    """Why gates stand against a release, if they do."""
    if not gates:
        return ["The recipe set no gate. Name some as [[evaluate.gates]]."]
    if any(gate["verdict"] != "pass" for gate in gates):
        return ["Not every gate of the recipe passed. The card and the report name those that did not."]
    return []


def _sums(bundle: Path) -> int:
    """Writes the checksums of all files; returns how many files there are with it."""
    digests = folder_digests(bundle, frozenset({SUMS}))
    write_text(bundle / SUMS, "".join(f"{digest}  {name}\n" for name, digest in digests.items()))
    return len(digests) + 1
