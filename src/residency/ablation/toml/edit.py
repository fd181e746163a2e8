"""Values put into a TOML text, one at a time, in the form in which the text has them."""

from __future__ import annotations

import copy
import json
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from residency.ablation.toml.scan import Entry, Layout, Path, scan
from residency.core.errors import InputError

BY_HAND = "Put it into the recipe by hand"
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_MARK = re.compile(r"[ \t]*\[ablate: [^\]\n]*\]")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\]]+")


def with_values(
    text: str, values: Mapping[str, Any], reasons: Mapping[str, str] | None = None, last: str = "profiles"
) -> str:
    """The text with the values set.

    Args:
        text: valid TOML.
        values: what to set, by dotted key. A table replaces the table that stands there; None takes the key out.
        reasons: by dotted key, what the comment of each changed line says, after ``[ablate:``. An earlier such
            comment of the line goes, any other stays.
        last: a table before which new sections are written.

    Raises:
        InputError: the text is no TOML, or a value has no place in it without other lines being rewritten.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    wanted = _parsed(text)
    for key, value in values.items():
        location = key.split(".")
        found = _set(text, location, value, (reasons or {}).get(key, ""), last)
        _assign(wanted, location, value, key)
        try:
            fits = tomllib.loads(found) == wanted
        except tomllib.TOMLDecodeError:
            fits = False
        if not fits:
            raise InputError("its form leaves no place for the value", key, f"{BY_HAND}: {rendered(value)}")
        text = found
    return mark + text


def rendered(value: Any) -> str:
    """A value as TOML, on one line.

    Raises:
        InputError: TOML has no such value.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key([key])} = {rendered(one)}" for key, one in value.items() if one is not None)
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(rendered, value))}]"
    raise InputError(f"TOML has no value such as {value!r}", fix=BY_HAND)


def _set(text: str, location: Sequence[str], value: Any, reason: str, last: str) -> str:
    path = tuple(location)
    layout = scan(text)
    exact = next((entry for entry in layout.entries if entry.path == path), None)
    if exact is not None:
        return _taken_out(text, exact, layout, reason) if value is None else _replaced(text, exact, value, reason)
    below = [entry for entry in layout.entries if entry.path[: len(path)] == path]
    if below or any(header.path[: len(path)] == path for header in layout.headers):
        return _of_table(text, location, value, reason, last, below)
    return text if value is None else _added(text, layout, location, value, reason, last)


def _of_table(text: str, location: Sequence[str], value: Any, reason: str, last: str, below: Sequence[Entry]) -> str:
    """A table that is written as a section, or by dotted keys: key by key."""
    depth = len(location)
    names = list(dict.fromkeys(entry.path[depth] for entry in below if len(entry.path) > depth))
    if any(isinstance(name, int) for name in names) or not isinstance(value, Mapping | None):
        raise InputError("it is written as tables of its own", ".".join(location), f"{BY_HAND}: {rendered(value)}")
    kept = value or {}
    for name, one in kept.items():
        text = _set(text, [*location, name], one, reason, last)
    for name in names:
        if name not in kept:
            text = _set(text, [*location, str(name)], None, reason, last)
    return text


def _replaced(text: str, entry: Entry, value: Any, reason: str) -> str:
    old = tomllib.loads(f"value = {text[entry.start : entry.end]}")["value"]
    if _same(old, value):
        return text
    if isinstance(old, dict) and isinstance(value, Mapping):  # the order that its writer chose
        value = {key: value[key] for key in (*old, *(key for key in value if key not in old)) if key in value}
    line = text[entry.line : entry.start] + rendered(value) + text[entry.end : entry.tail]
    return text[: entry.line] + line + _told(text[entry.tail : entry.stop], reason) + text[entry.stop :]


def _taken_out(text: str, entry: Entry, layout: Layout, reason: str) -> str:
    if not entry.inside:
        return text[: entry.line] + text[entry.stop :]
    around = [one for one in layout.entries if one.inline and one.start < entry.start and one.end > entry.end]
    outer = max(around, key=lambda one: one.start)
    values = tomllib.loads(f"value = {text[outer.start : outer.end]}")["value"]
    inner = values
    for part in entry.path[len(outer.path) : -1]:
        inner = inner[part]
    del inner[entry.path[-1]]
    line = text[outer.line : outer.start] + rendered(values) + text[outer.end : outer.tail]
    return text[: outer.line] + line + _told(text[outer.tail : outer.stop], reason) + text[outer.stop :]


def _added(text: str, layout: Layout, location: Sequence[str], value: Any, reason: str, last: str) -> str:
    """A key that the text lacks: where its nearest table is, or else in a section of its own."""
    newline = "\r\n" if "\r\n" in text else "\n"
    for depth in range(len(location) - 1, 0, -1):
        path: Path = tuple(location[:depth])
        outer = next((one for one in layout.entries if one.path == path), None)
        if outer is not None:
            return _inside(text, outer, location[depth:], value, reason)
        if any(header.path == path and not header.listed for header in layout.headers):
            within = [one for one in layout.entries if one.table == path]
            head = next(header.stop for header in layout.headers if header.path == path)
            place, depth_of_table = max([head, *(one.stop for one in within)]), depth
        else:
            dotted = [one for one in layout.entries if one.path[:depth] == path and len(one.table) < depth]
            if not dotted:
                continue
            place, depth_of_table = dotted[-1].stop, len(dotted[-1].table)
        line = _statement(location[depth_of_table:], value, reason, newline)
        return _broken(text[:place], newline) + line + text[place:]
    if len(location) < 2:
        raise InputError("no section is named", ".".join(location), "Name it as SECTION.KEY")
    place = _before(text, layout, last)
    section = f"[{_key(location[:-1])}]{newline}" + _statement(location[-1:], value, reason, newline)
    before = _broken(text[:place], newline)
    gap = newline if before and not before.endswith(newline * 2) else ""
    return before + gap + section + (newline if text[place:] else "") + text[place:]


def _inside(text: str, outer: Entry, keys: Sequence[str], value: Any, reason: str) -> str:
    """A key added to an inline table."""
    if not outer.inline:
        raise InputError("it is no table", ".".join(map(str, outer.path)), BY_HAND)
    end = outer.end - 1
    inner = text[outer.start + 1 : end]
    gap = ", " if inner.strip() else " "
    added = f"{text[outer.start]}{inner.rstrip()}{gap}{_key(keys)} = {rendered(value)} }}"
    line = text[outer.line : outer.start] + added + text[outer.end : outer.tail]
    return text[: outer.line] + line + _told(text[outer.tail : outer.stop], reason) + text[outer.stop :]


def _statement(keys: Sequence[str], value: Any, reason: str, newline: str) -> str:
    return f"{_key(keys)} = {rendered(value)}{_told(newline, reason)}"


def _told(rest: str, reason: str) -> str:
    """What follows a statement's value on its line, with the reason as its comment, or as the last part of it."""
    bare = rest.rstrip("\r\n")
    end = rest[len(bare) :]
    said = _MARK.sub("", bare)
    said = "" if said.strip() == "#" else said
    if not reason:
        return said + end
    words = " ".join(_CONTROL.sub(" ", reason).split())
    return f"{said.rstrip() if said.strip() else '  #'} [ablate: {words}]{end}"


def _before(text: str, layout: Layout, last: str) -> int:
    """Where a new section goes: before the tables that stand last, and the comment above them."""
    place = next((header.line for header in layout.headers if header.path[:1] == (last,)), len(text))
    while place < len(text):
        start = text.rfind("\n", 0, max(0, place - 1)) + 1
        if start >= place or not text[start:place].lstrip().startswith("#"):
            break
        place = start
    return place


def _broken(text: str, newline: str) -> str:
    """The text with its last line ended."""
    return text + newline if text and not text.endswith("\n") else text


def _key(keys: Sequence[str]) -> str:
    return ".".join(key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False) for key in keys)


def _same(old: Any, value: Any) -> bool:
    """Whether nothing needs to be written. 1 and true are told apart, and 1 and 1.0 are not."""
    if isinstance(old, bool) or isinstance(value, bool):
        return old is value
    if isinstance(old, list) and isinstance(value, Sequence) and not isinstance(value, str):
        return len(old) == len(value) and all(map(_same, old, value))
    if isinstance(old, dict) and isinstance(value, Mapping):
        return old.keys() == value.keys() and all(_same(old[key], value[key]) for key in old)
    return bool(old == value)


def _assign(into: dict[str, Any], location: Sequence[str], value: Any, key: str) -> None:
    for part in location[:-1]:
        if value is None and part not in into:
            return
        into = into.setdefault(part, {})
        if not isinstance(into, dict):
            raise InputError(f"{part} is no table", key, BY_HAND)
    if value is None:
        into.pop(location[-1], None)
    else:
        into[location[-1]] = copy.deepcopy(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items() if one is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML ({error})", "the recipe", "Mend the file") from None
