"""What the sections need beyond single figures: which rows of the evaluation they show, and in which form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from residency.release.paper.limits import AXES, REPORT, limits
from residency.release.paper.texts import DERIVED, SUMMARY, Writer, plain

REASONS = {
    "mcq": "exam questions, asked as in the exam",
    "open": "open questions, without passages",
    "dialogue": "later turns: follow-up, correction, missing facts",
    "context_dialogue": "later turns over passages",
    "safety": "emergencies, and what is out of scope",
    "context": "answers from passages, with citations",
    "insufficient": "passages that do not hold the answer",
    "tool": "calls of tools",
    "anchor": "general conversations, so that less is forgotten",
}
"""Why a kind of row is in the mix."""
_BANDS = ((1e9, "less than one billion tokens"), (1e13, "one billion to ten trillion tokens"))


def context(writer: Writer, figures: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """For all templates: rows of the evaluation by their places, and forms for figures."""
    table = writer.value(SUMMARY, "/table")
    models = list(table[0]["models"]) if table else []
    axes = writer.value(AXES, "") or []
    lines = {row["Score"]: line for line, row in enumerate(axes)}
    change = next((name for name in (axes[0] if axes else ()) if " minus " in name and ":" not in name), "")
    headlines = [
        {"place": place, "line": lines.get(row["title"], 0), "change": change if row["title"] in lines else ""}
        for place, row in enumerate(table)
        if row["headline"]
    ]
    others = others_file(models)
    return {
        "models": models,
        "headlines": headlines,
        "largest": max(
            (row["place"] for row in headlines), key=lambda place: table[place]["models"][models[-1]]["n"], default=0
        ),
        "figures": figures,
        "changed": _changed(writer, others, {table[row["place"]]["title"] for row in headlines}),
        "safety": [place for place, row in enumerate(table) if row["axis"] == "safety"],
        "unscored": {table[row["place"]]["axis"]: row["place"] for row in headlines},
        "limits": limits(writer, headlines),
        "reasons": REASONS,
        "size_band": _band(writer.value(DERIVED, "/tokens/all")),
        "language_check": _check(writer, "wrong_language"),
        "p_value": p_value,
        "number": lambda value: f"{value:.3f}" if isinstance(value, float) else "-",
        "compact": lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True).replace("`", "'"),
        "public": lambda version: str(version).partition("+")[0],
        "sizes": lambda rows: plain(max(map(int, rows), default=0)),
        "short": lambda digest: digest[:12],
    }


def others_file(models: Sequence[str]) -> str:
    """The table of the last model's differences from the first."""
    return f"evaluate/report/differences_{models[-1]}_vs_{models[0]}.csv" if models else ""


def p_value(value: Any) -> str:
    """A p to three places; below them as less than the last."""
    return "-" if not isinstance(value, float) else "< 0.001" if value < 0.001 else f"{value:.3f}"


def _changed(writer: Writer, file: str, headline: set[str]) -> list[dict[str, Any]]:
    """The other scores whose interval of the difference excludes zero."""
    rows = writer.value(file, "") if file and (writer.facts.run_folder / file).is_file() else []
    return [
        {"file": file, "line": line}
        for line, row in enumerate(rows or ())
        if row["Score"] not in headline
        and isinstance(row["Difference: low"], float)
        and (row["Difference: low"] > 0 or row["Difference: high"] < 0)
    ]


def _band(tokens: int | None) -> str:
    if tokens is None:
        return "amount not recorded"
    return next((told for most, told in _BANDS if tokens < most), "more than ten trillion tokens")


def _check(writer: Writer, name: str) -> int:
    checks = writer.value(REPORT, "/checks") or []
    return next((place for place, check in enumerate(checks) if check["id"] == name), 0)
