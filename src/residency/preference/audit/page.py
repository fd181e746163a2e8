"""The audit as one page that people read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from residency.core.files import write_text
from residency.preference.audit.classify import LEAST, PENALTY, Z
from residency.preference.audit.clusters import FOLDS, NEAR
from residency.preference.audit.features import GRAMS
from residency.preference.audit.run import READERS, TOLD
from residency.preference.audit.verdict import LEAST as LEAST_PAIRS
from residency.preference.audit.verdict import LIMIT

LISTED = 15  # topics and directions
SIGNS = {"abstains": "abstains", "hedges": "is hedged more", "escalates": "escalates"}


def write_page(found: Mapping[str, Any], path: Path) -> None:
    """Write an audit, as :func:`residency.flow.auditing.audit_file` gives it, as one self-contained HTML page."""
    environment = Environment(
        loader=PackageLoader("residency.preference.audit"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {
        "one": one,
        "two": two,
        "percent": lambda share: f"{share:.0%}",
        "n": lambda count: f"{count:,}",
    }
    gates = {(gate["type"], gate["reader"], gate["model"]): gate["verdict"] for gate in found["verdict"]["gates"]}
    page = environment.get_template("audit.html.j2").render(
        a=found,
        name=Path(found["file"]).name,
        gates=gates,
        readers=READERS,
        told=TOLD,
        limit=LIMIT,
        least_pairs=LEAST_PAIRS,
        folds=FOLDS,
        near=NEAR,
        grams=GRAMS,
        penalty=PENALTY,
        z=Z,
        least=LEAST,
        listed=LISTED,
        signs=SIGNS,
    )
    write_text(path, page.encode("utf-8", "replace").decode())  # half a surrogate pair cannot be written


def two(value: float | None, signed: bool = False) -> str:
    """Two decimals with a true minus sign; a dash for None."""
    return "\N{EN DASH}" if value is None else _spelt(value, 2, "+" if signed else "")


def one(value: float) -> str:
    """One decimal with its sign."""
    return _spelt(value, 1, "+")


def _spelt(value: float, decimals: int, sign: str) -> str:
    return f"{round(value, decimals) + 0.0:{sign}.{decimals}f}".replace("-", "\N{MINUS SIGN}")
