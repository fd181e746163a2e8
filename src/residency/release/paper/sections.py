"""What the sections need beyond single figures: which rows to show, and which limits the records show by rule."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from residency.release.paper.texts import DERIVED, SUMMARY, Writer

AXES = "evaluate/report/axes.csv"
REPORT = "corpus/data-report.json"
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
_WIDE = 0.1  # a smallest visible difference above which a limit is named
_LEANING = 0.05  # by how much the options alone may beat chance before a limit is named


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
        "short": lambda digest: digest[:12],
    }


def others_file(models: Sequence[str]) -> str:
    """The table of the last model's differences from the first."""
    return f"evaluate/report/differences_{models[-1]}_vs_{models[0]}.csv" if models else ""


def p_value(value: Any) -> str:
    """A p to three places; below them as less than the last."""
    return "-" if not isinstance(value, float) else "< 0.001" if value < 0.001 else f"{value:.3f}"


def limits(writer: Writer, headlines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Limitations that follow from what is recorded, a sentence each with what it means."""
    f, d, m, v = (writer.environment.globals[name] for name in ("f", "d", "m", "v"))
    found = []
    wide = [
        row
        for row in headlines
        if row["change"] and (v(AXES, f"/{row['line']}/Smallest visible difference") or 0) > _WIDE
    ]
    if wide:
        told = ", ".join(
            f"{f(AXES, '/%d/Score' % row['line'])} {f(AXES, '/%d/Smallest visible difference' % row['line'], '{:.3f}')}"
            for row in wide
        )
        found.append(
            f"Few items. Differences smaller than these would mostly go unseen: {told}. A difference that was not shown "
            "is no evidence of none."
        )
    undecided = [place for place, gate in enumerate(v(SUMMARY, "/gates")) if gate["verdict"] == "undecided"]
    for place in undecided:
        needed = f"/gates/{place}/needed_n"
        more = f"; about {f(SUMMARY, needed)} items would decide it" if v(SUMMARY, needed) else ""
        found.append(f"The gate on `{f(SUMMARY, f'/gates/{place}/metric')}` is undecided{more}.")
    sources = v(REPORT, "/provenance/sources") or {}
    if len(sources) == 1:
        found.append(
            f"All questions are of one source ({f(REPORT, '/provenance/sources')}): scores may not carry over to questions "
            "of other authors."
        )
    if not (v(REPORT, "/splits/human_test/rows") or 0):
        found.append(
            "No test question is marked as written by a person, so that no score on such questions can be given."
        )
    if not v(REPORT, "/splits/held_out_topics"):
        found.append(
            "No topic was held out as a whole: how the model does on topics that it was never trained on is not known."
        )
    seen, unseen = (
        v(REPORT, f"/passage_seen/{name}")
        for name in ("test_rows_with_a_passage_linked_from_train", "test_rows_without")
    )
    if seen and not unseen:
        count = f(REPORT, "/passage_seen/test_rows_with_a_passage_linked_from_train")
        found.append(
            f"All {count} test questions with a linked passage have one that also supported training questions: the gain on "
            "passages that were never seen is not known."
        )
    found += _options_alone(writer)
    if v(REPORT, "/duplicates/semantic/count") is None:
        found.append(
            "Rows that say the same in other words were not looked for: some may stand on both sides of the split."
        )
    found.append(
        f"One training run with one seed ({m('evaluate', '/parts/seed')}): the spread between runs is not in the intervals, "
        "which are those of the items."
    )
    if not v("evaluate/manifest.json", "/parts/settings/evaluate/judge/server_model"):
        found.append(
            "All scores come from rules of the program: what a surgeon would call a good answer was not judged."
        )
    found.append(
        f"What `{d('/base_model')}` read in its own training is not recorded here: questions of public origin may have been "
        "in it."
    )
    return found


def _options_alone(writer: Writer) -> list[str]:
    f, v = writer.environment.globals["f"], writer.environment.globals["v"]
    baselines = "evaluate/report/exam_baselines.csv"
    rows = v(baselines, "") or []
    chance = next((row["accuracy"] for row in rows if row["picks"] == "an option at random"), None)
    if chance is None:
        return []
    found = []
    for place, row in enumerate(rows):
        if row["picks"] != "an option at random" and (row["accuracy"] or 0) > chance + _LEANING:
            who = f" ({row['model']})" if row["model"] else ""
            found.append(
                f"Exam questions give something away: {f(baselines, f'/{place}/picks')}{who} scores "
                f"{f(baselines, f'/{place}/accuracy', '{:.3f}')}, an option at random "
                f"{f(baselines, '/%d/accuracy' % rows.index(next(r for r in rows if r['picks'] == 'an option at random')), '{:.3f}')}."
            )
    return found


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
