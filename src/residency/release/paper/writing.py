"""Writes the paper's folder: sections, checklists, figures, and what reviewers, regulators and those who repeat a run
ask for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from residency.core.files import read_json, write_json, write_text
from residency.release.card import tried
from residency.release.cards import facts_file
from residency.release.facts import FACTS, NUMBER, Facts, read_table
from residency.release.paper.checklists import NAMES, STATES, answered, as_markdown, checklist, counts
from residency.release.paper.derived import derived
from residency.release.paper.figures import write_figures
from residency.release.paper.latex import as_latex, document
from residency.release.paper.recipe import recipe_text
from residency.release.paper.sections import context
from residency.release.paper.texts import DERIVED, SUMMARY, Writer
from residency.release.record import RECORD, VERIFIED

SECTIONS = ("abstract", "methods", "results")
"""In Markdown and in LaTeX."""
TITLE = "Fine-tuning and evaluation of {} for surgical question answering in exam preparation and clinical support"
_LICENCE = frozenset({"2.0"})  # the program's: Apache-2.0
_OWN = {
    "training-content.md": frozenset(
        {"53", "2024", "1689", "2025", "1", "2", "3"}
        | {f"{part}.{section}" for part, last in ((1, 3), (2, 6), (3, 3)) for section in range(1, last + 1)}
    ),
    "compute.md": frozenset({"2001.08361"}),
}
PAGES = {"compute": "compute.md", "training-content": "training-content.md", "reproduce": "REPRODUCE.md"}


def write_paper(
    run_folder: Path,
    out: Path,
    *,
    base_model: str,
    base: Path | None,
    record: Mapping[str, Any],
    contract: Mapping[str, Any],
    statements: Mapping[str, str],
    verification: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write all of it to ``out``, with ``derived.json`` and ``facts.json``; counts for the manifest.

    Args:
        run_folder: of a run whose evaluation is done.
        out: ``release/bundle/paper``.
        base_model: the base model's name for readers elsewhere.
        base: the base model's folder, where it is on this machine: its parameters are counted there.
        record: as ``release.record`` makes it.
        contract: the prompt contract as the bundle holds it.
        statements: what the recipe says of the study itself (``release.statements``).
        verification: what a stranger found in this bundle, as ``release.verify`` gives it; None where nobody opened it.
    """
    out.mkdir(parents=True, exist_ok=True)
    figures = write_figures(run_folder / "evaluate/report", out / "figures")
    made = derived(run_folder, base, base_model)
    made |= _of_the_evaluation(run_folder) | _of_the_contract(contract)
    made["statements"] = {name: said.strip() for name, said in statements.items() if said.strip()}
    made["paper_title"] = TITLE.format(base_model)
    facts = Facts(run_folder, {DERIVED: made, RECORD: record, VERIFIED: dict(verification or {})}, marked=True)
    writer = Writer(facts, made["statements"])
    writer.environment.globals |= {
        "d_row": lambda model, of: _place(run_folder, "abstention", model, "of", of),
        "d_injection": lambda model: _place(run_folder, "injection", model, "order", "all orders"),
    }
    more = context(writer, figures) | {"tried": list(tried(facts))}
    made["limits"] = {"of": len(more["limits"])}
    marked = {f"{name}.md": _tidy(writer.render(name, **more)) for name in SECTIONS}
    marked |= {page: _tidy(writer.render(name, **more)) for name, page in PAGES.items()}
    lists = {name: answered(writer, checklist(name)) for name in NAMES}
    made["checklists"] = {name: counts(found) for name, found in lists.items()}
    marked |= {f"{name}.md": as_markdown(checklist(name), found, _told(facts, name)) for name, found in lists.items()}
    texts = {name: facts.placed(text, own_numbers(name)) for name, text in marked.items()}
    for name, written in texts.items():
        if written.strays:
            line, stray = written.strays[0]
            raise AssertionError(f"{name}:{line}: {stray} stands in no record")
        write_text(out / name, written.text)
    for name in SECTIONS:
        write_text(out / f"{name}.tex", as_latex(texts[f"{name}.md"].text))
    write_text(out / "paper.tex", document(made["paper_title"], record["authors"], SECTIONS))
    write_text(out / "recipe.toml", recipe_text(run_folder, base_model))
    write_json(out / "derived.json", made)
    write_json(out / FACTS, facts_file(texts))
    return {
        "figures": [figure["name"] for figure in figures],
        "facts": sum(len(written.facts) for written in texts.values()),
        "checklists": made["checklists"],
        "statements": sorted(made["statements"]),
    }


def own_numbers(page: str) -> frozenset[str]:
    """Numbers that a text says by itself: of its sections and items, of a law, of its sources."""
    name = page.removesuffix(".md")
    if name in NAMES:
        known = checklist(name)
        items = {number for item in known.items for number in NUMBER.findall(f"| {item.number} |")}
        return frozenset({*items, *NUMBER.findall(f"{known.source} {known.note}"), *_LICENCE})
    return _OWN.get(page, _LICENCE)


def _told(facts: Facts, name: str) -> str:
    states = ", ".join(f"{state}: {facts.shown(DERIVED, f'/checklists/{name}/{state}')}" for state in STATES)
    return f"Of {facts.shown(DERIVED, f'/checklists/{name}/of')} items: {states}."


def _of_the_evaluation(run_folder: Path) -> dict[str, Any]:
    summary = read_json(run_folder / SUMMARY)
    table, gates = summary["table"], summary["gates"]
    models = list(table[0]["models"]) if table else []
    return {
        "gates": {
            "of": len(gates),
            **{kind: sum(gate["verdict"] == kind for gate in gates) for kind in ("pass", "fail", "undecided")},
        },
        "metrics": {
            "of": len(table),
            "headlines": sum(row["headline"] for row in table),
            "axes": len({row["axis"] for row in table}),
            "errors": [row["title"] for row in table if not row["higher_is_better"]],
        },
        "others": {"of": sum(not row["headline"] for row in table)},
        "compared": models,
    }


def _of_the_contract(contract: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "contract": {
            "identity": contract["identity"],
            "modes": list(contract["modes"]),
            "default_mode": contract["default_mode"],
            "clinical": " ".join(contract["modes"]["CLINICAL"].removeprefix(contract["identity"]).split()),
            "nothing_found": contract["nothing_found"],
        }
    }


def _place(run_folder: Path, table: str, model: str, column: str, start: str) -> int:
    """A model's row in a table of the report; past its end where there is none, so that the item falls to a person."""
    path = run_folder / "evaluate/report" / f"{table}.csv"
    rows = read_table(path) if path.is_file() else []
    return next(
        (place for place, row in enumerate(rows) if row["model"] == model and str(row[column]).startswith(start)),
        len(rows),
    )


def _tidy(text: str) -> str:
    """One blank line between blocks, and a table's lines together."""
    lines: list[str] = []
    for line in text.splitlines():
        line = line.rstrip()
        if line or (lines and lines[-1]):
            lines.append(line)
    kept = [
        line
        for place, line in enumerate(lines)
        if line
        or not (0 < place < len(lines) - 1 and lines[place - 1].startswith("|") and lines[place + 1].startswith("|"))
    ]
    return "\n".join(kept).strip() + "\n"
