"""Medicines by what they do, and which of them a text could not name in another's place.

Reviewed 2026-11; not for clinical use. The table and its form stand in :mod:`residency.domain.surgery.medicine_table`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from residency.domain.surgery.medicine_names import Names
from residency.domain.surgery.medicine_purposes import ALIKE
from residency.domain.surgery.medicine_table import TABLE, WHERE


@dataclass(frozen=True, slots=True)
class Role:
    """What a kind of medicine is ("an anticoagulant") and does ("slows the forming of clots")."""

    group: str
    name: str
    does: str
    members: tuple[tuple[str, ...], ...]


def read_roles(table: str) -> Iterator[Role]:
    """The roles of a table, in order.

    Raises:
        ValueError: a line does not follow the table's form.
    """
    group = ""
    for line in table.strip().splitlines():
        if line.startswith("# "):
            group = line[2:]
            continue
        parts = line.split(" | ")
        if len(parts) != 3 or not group:
            raise ValueError(f"{line!r} is no line of this table")
        yield Role(group, parts[0], parts[1], tuple(tuple(one.split("=")) for one in parts[2].split(", ")))


ROLES: tuple[Role, ...] = tuple(read_roles(TABLE))
_BY_NAME: dict[str, list[Role]] = {}
_SYNONYMS: dict[str, frozenset[str]] = {}
for _role in ROLES:
    for _names in _role.members:
        for _name in _names:
            _BY_NAME.setdefault(_name.lower(), []).append(_role)
            _SYNONYMS[_name.lower()] = _SYNONYMS.get(_name.lower(), frozenset()) | {one.lower() for one in _names}
_ALIKE = {frozenset((one, other)): re.compile(words) for one, other, words in ALIKE}
if _strange := {name for pair in _ALIKE for name in pair} - {role.name for role in ROLES}:
    raise ValueError(f"no roles of the table: {sorted(_strange)}")
_WHERE = {group: re.compile(pattern) for group, pattern in WHERE.items()}
_GROUPS: dict[str, list[Role]] = {}
for _role in ROLES:
    _GROUPS.setdefault(_role.group, []).append(_role)
NAMES = Names(_BY_NAME)
"""Every name of the table, to be found in a text."""


def same(name: str, other: str) -> bool:
    """Whether two names (in lower case) are of one medicine."""
    return other in _SYNONYMS.get(name, {name})


def roles_of(name: str) -> list[Role]:
    """What the medicine of a name, in lower case, is, one role for each group that holds it."""
    return _BY_NAME.get(name, [])


def others(name: str, context: str) -> Iterator[tuple[str, Role, Role]]:
    """Each medicine that is wrong in the place of ``name`` in a text, its role, and that of ``name`` there.

    ``context`` is the text around it in lower case, in which two roles may serve one purpose. Synonyms and medicines
    that share any role with ``name`` never come.
    """
    mine = roles_of(name)
    for role in _fitting(mine, context):
        for other in _GROUPS[role.group]:
            if other is role or _serves_too(role, other, context):
                continue
            for names in other.members:
                if not same(name, names[0].lower()) and not _share_a_role(mine, roles_of(names[0].lower())):
                    yield names[0], other, role


def _fitting(mine: list[Role], context: str) -> list[Role]:
    """The roles in the groups that the context speaks of, else those in the groups that stand anywhere."""
    meant = [role for role in mine if role.group in _WHERE and _WHERE[role.group].search(context)]
    return meant or [role for role in mine if role.group not in _WHERE]


def _serves_too(role: Role, other: Role, context: str) -> bool:
    words = _ALIKE.get(frozenset((role.name, other.name)))
    return words is not None and words.search(context) is not None


def _share_a_role(mine: list[Role], theirs: list[Role]) -> bool:
    return any(one is other for one in mine for other in theirs)
