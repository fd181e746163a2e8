"""By which route a medicine must not be given, and why.

Reviewed 2026-11; not for clinical use. The table stands in :mod:`residency.domain.surgery.route_table`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from residency.domain.surgery.route_table import TABLE

WORDINGS: Mapping[str, tuple[str, str, str]] = {
    "oral": ("oral", "by mouth", ""),
    "intravenous": ("intravenous", "intravenously", "into a vein"),
    "intramuscular": ("intramuscular", "intramuscularly", "into a muscle"),
    "subcutaneous": ("subcutaneous", "subcutaneously", "under the skin"),
    "topical": ("topical", "topically", ""),
    "rectal": ("rectal", "rectally", ""),
    "intrathecal": ("intrathecal", "intrathecally", "into the spinal canal"),
}
"""Each route as an adjective, an adverb and a phrase (where there is one)."""
SPELLINGS: Mapping[str, tuple[str, int]] = {
    **{said: (route, form) for route, forms in WORDINGS.items() for form, said in enumerate(forms) if said},
    "orally": ("oral", 1),
    "iv": ("intravenous", 0),
    "im": ("intramuscular", 0),
}
"""What a text may write: the route, and which of its forms (0 adjective, 1 adverb, 2 phrase)."""
SHORT: Mapping[str, str] = {"intravenous": "IV", "intramuscular": "IM"}


@dataclass(frozen=True, slots=True)
class RouteRule:
    """What is wrong for one kind of medicine: by the right route, the wrong ones, each with its reason and whether it
    could kill."""

    of: re.Pattern[str]
    where: re.Pattern[str] | None
    wrong: Mapping[str, Mapping[str, tuple[str, bool]]]


def read_rules(table: str) -> Iterator[RouteRule]:
    """The rules of a table, in order.

    Raises:
        ValueError: a line does not follow the table's form.
    """
    for block in table.strip().removeprefix("# ").split("\n# "):
        _, *lines = block.splitlines()
        found = dict(line.split(": ", 1) for line in lines if ": " in line)
        if "of" not in found or len(found) != len(lines) or not set(found) <= {"of", "where", *WORDINGS}:
            raise ValueError(f"{block!r} is no entry of this table")
        where = re.compile(found["where"]) if "where" in found else None
        wrong = {route: dict(_wrong(found[route])) for route in WORDINGS if route in found}
        yield RouteRule(re.compile(rf"(?<![\w-])(?:{found['of']})(?![\w-])"), where, wrong)


def _wrong(text: str) -> Iterator[tuple[str, tuple[str, bool]]]:
    for part in text.split("; "):
        routes, _, reason = part.partition(" = ")
        for route in routes.split(", "):
            if route.removeprefix("!") not in WORDINGS or not reason:
                raise ValueError(f"{part!r} names no route or no reason")
            yield route.removeprefix("!"), (reason, route.startswith("!"))


RULES: tuple[RouteRule, ...] = tuple(read_rules(TABLE))
