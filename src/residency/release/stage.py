"""The release stage: writes the bundle and says whether it is a draft."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from residency.chat.settings import ChatSettings
from residency.core.files import folder_digests, read_json, write_json, write_text
from residency.core.stage import Counts, StageContext
from residency.generation.settings import ModelSettings
from residency.release.base import base_record
from residency.release.bundle.contract import contract
from residency.release.bundle.write import write_bundle
from residency.release.cards import write_cards
from residency.release.gating import NOT_VERIFIED, Finding, Standing, standing
from residency.release.licences import judged, licences, model_licence
from residency.release.paper.weights import base_folder
from residency.release.paper.writing import write_paper
from residency.release.serving import served
from residency.release.settings import ReleaseSettings
from residency.release.verify.contents import SUMS
from residency.release.verify.rows import Finder, forbidden
from residency.release.verify.run import opened, verdict_of, verify

DRAFT = "DRAFT"
STANDING = "standing.json"


def run(context: StageContext) -> Counts:
    """Reads the earlier stages' manifests, the final model or its adapter, the passages, the rows trained on and
    what became of their thoughts; writes ``bundle/``, and beside it ``record.json``, what the cards show that no other
    stage wrote down.

    The bundle is always written, for its maker's own use. Where a requirement (``release/gating.py``) is not met it is
    refused as a release: its card says draft and why, and so does the file ``DRAFT`` beside it, one reason a line.
    ``standing.json`` beside it holds all requirements.
    """
    return write(context)


def write(context: StageContext, weights: bool = True) -> Counts:
    """As :func:`run`; without ``weights`` the bundle lacks them and nobody opens it."""
    settings = context.section("release", ReleaseSettings)
    bundle = context.out / "bundle"
    gates = read_json(context.inputs["evaluate"] / "summary.json")["gates"]
    fit = read_json(context.inputs["corpus"] / "data-report.json")["fit"]
    named = licences(context.inputs)
    named_or_not = judged(named, settings.max_unlicensed) | {"licence": model_licence(settings.licence)}
    model = context.section("model", ModelSettings)
    serving = served(read_json(context.inputs["thoughts"] / "report.json"), context.section("chat", ChatSettings))
    written = write_bundle(context, serving, bundle, weights)
    shows = _put_report(context.inputs, bundle)

    def stands_with(verification: Finding | None) -> Standing:
        return standing(gates, fit, named_or_not, settings.overrides, verification)

    def finish(stands: Standing) -> dict[str, Any]:
        told: dict[str, Any] = {"base": base_record(model), "serving": serving, "licences": named}
        told |= {"refused": stands.refused, "overridden": [one.told() for one in stands.overridden]}
        record = write_cards(context.out.parent, bundle, settings, written["passages"]["published"], told, seen)
        paper = (
            write_paper(
                context.out.parent,
                bundle / "paper",
                base_model=written["base_model"],
                base=base_folder(model),
                record=record,
                verification=seen,
                contract=contract(),
                statements=settings.statements,
            )
            if settings.paper
            else None
        )
        digests = folder_digests(bundle, frozenset({SUMS}))
        write_text(bundle / SUMS, "".join(f"{digest}  {name}\n" for name, digest in digests.items()))
        return {"files": len(digests) + 1, "data": record["data"], "paper": paper}

    seen: dict[str, Any] | None = None
    if settings.verify and weights:
        context.progress.doing("opening the bundle as a stranger")
        draw = context.random("release", "verify")
        seen = opened(bundle, context.inputs["evaluate"], model, settings, draw)
    stands = stands_with(verdict_of(seen) if seen else None if settings.verify else ("undecided", NOT_VERIFIED))
    counts = finish(stands)
    verified = "not verified"
    if seen:
        found = verify(bundle, context.inputs, model, settings, seen)
        verified, was = found["verdict"], stands.told()["refused"]
        stands = stands_with(verdict_of(found))
        if stands.refused != was:  # the card was written as if its own files would pass
            counts = finish(stands)
    write_json(context.out / STANDING, stands.told())
    if stands.draft:
        write_text(context.out / DRAFT, "".join(f"{reason}\n" for reason in stands.refused))
    return {
        "draft": stands.draft,
        **counts,
        "gates": {kind: sum(gate["verdict"] == kind for gate in gates) for kind in ("pass", "fail", "undecided")},
        "licences": named,
        "refused": stands.refused,
        "overridden": [one.name for one in stands.overridden],
        "report": f"left out: it shows {shows} rows that must not go out" if shows else "in the bundle",
        **{name: written[name] for name in ("conformance", "passages", "variants")},
        "verified": verified,
    }


def _put_report(inputs: Mapping[str, Path], bundle: Path) -> int:
    """Copies the evaluation's tables, and its page unless that shows rows that must not go out; returns how many."""
    report = inputs["evaluate"] / "report.html"
    shows = Finder(forbidden(inputs["corpus"], inputs["index"])).found(report.read_text(encoding="utf-8"))
    if not shows:  # it shows answers to held-out questions
        shutil.copyfile(report, bundle / report.name)
    shutil.copytree(inputs["evaluate"] / "report", bundle / "report")
    return len(shows)
