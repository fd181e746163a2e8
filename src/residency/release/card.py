"""The model card: every number on it is read from a manifest or from the evaluation's summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from residency.core.files import read_json

TEMPLATES = Path(__file__).parent / "templates"


def write_card(
    title: str,
    refused: Sequence[str],
    base_model: str,
    manifests: Mapping[str, Mapping[str, Any]],
    summary: Mapping[str, Any],
    licences: Mapping[str, Mapping[str, Any]],
    serving: Mapping[str, Any],
    overridden: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The card as Markdown with the hub's YAML head.

    Args:
        title: the model's name.
        refused: why it is a draft, one sentence or more each; empty when it is none.
        base_model: what the adapter belongs to.
        manifests: each stage's manifest.
        summary: the evaluation's ``summary.json``.
        licences: of the questions trained on and of the passages, as ``release.licences`` counts them.
        serving: what a server must be told, as ``release.serving`` gives it.
        overridden: requirements that did not pass and are passed over, as ``release.gating`` tells them.
    """
    environment = jinja2.Environment(  # noqa: S701 - Markdown, in which HTML's escapes would be shown
        loader=jinja2.FileSystemLoader(TEMPLATES),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["interval"] = interval
    environment.filters["code"] = lambda text: f"`{text.replace('`', chr(39))}`"
    return environment.get_template("card.md.j2").render(
        title=title,
        refused=refused,
        licences=licences,
        serving=serving,
        overridden=overridden,
        base_model=base_model,
        stages=manifests,
        level=f"{manifests['evaluate']['parts']['settings']['evaluate']['confidence']:.0%}",
        table=summary["table"],
        gates=summary["gates"],
    )


def interval(estimate: Mapping[str, Any]) -> str:
    """``0.42 [0.35, 0.49], n=120, 3 unparsed``; a dash for the value where nothing was measured."""
    bounds = "" if estimate["low"] is None else f" [{estimate['low']:.2f}, {estimate['high']:.2f}]"
    value = "-" if estimate["value"] is None else f"{estimate['value']:.2f}{bounds}, n={estimate['n']}"
    # An item whose answer could not be read may still have a value, such as a likelihood.
    lost = [f"{estimate[kind]} {kind}" for kind in ("unparsed", "errored") if estimate["missing"] and estimate[kind]]
    return ", ".join([value, *lost])


def read_manifests(run_folder: Path, names: list[str]) -> dict[str, Any]:
    """The manifests of the named stages."""
    return {name: read_json(run_folder / name / "manifest.json") for name in names}
