"""The recipe as it may leave this machine: what was set, and not left to the program's defaults."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from residency.core.files import read_json
from residency.release.paper.derived import told_outside

HERE = ("run.folder", "release.", "serve.")
"""Keys that say nothing of how the model was made: where a run lies, what its release is called, how it is served."""
ADDRESS = "(an address)"
HEAD = "# What this run's recipe sets; all else are defaults. Files are named without their folders.\n"


def recipe_text(run_folder: Path, base_model: str) -> str:
    """The recipe of a run as TOML, of its ``recipe.json``: keys whose value was given, by the recipe or a command.

    Paths of this machine are their last parts, the base model's path is ``base_model``, and addresses are left out.

    Args:
        run_folder: ``runs/NAME``.
        base_model: the base model's name for readers elsewhere.
    """
    kept = read_json(run_folder / "recipe.json")
    given: dict[str, Any] = {}
    for key, origin in kept["origins"].items():
        if origin == "default" or key.startswith(HERE):
            continue
        value = _outside(_at(kept["values"], key), key, base_model)
        if value not in (None, ADDRESS):
            *way, last = key.split(".")
            inner = given
            for part in way:
                inner = inner.setdefault(part, {})
            inner[last] = value
    return HEAD + "".join(_tables(given))


def _at(values: Mapping[str, Any], key: str) -> Any:
    found: Any = values
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _outside(value: Any, key: str, base_model: str) -> Any:
    """As others may read it. A relative path is of this machine's folders too."""
    if key == "model.name" and value != "embedded":
        return base_model
    if isinstance(value, list):
        return [_outside(one, "", base_model) for one in value]
    if isinstance(value, str) and len(Path(value).parts) > 1 and Path(value).suffix and " " not in value:
        return Path(value).name
    return told_outside(value, base_model)


def _tables(values: Mapping[str, Any], name: str = "") -> Iterator[str]:
    plain = {key: value for key, value in values.items() if not isinstance(value, Mapping)}
    if plain:
        yield f"\n[{name}]\n" if name else "\n"
        yield from (f"{_key(key)} = {_value(value)}\n" for key, value in plain.items())
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _tables(value, f"{name}.{_key(key)}" if name else _key(key))


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else json.dumps(name)


def _value(value: Any) -> str:
    """JSON's texts, numbers and truths are TOML's, but for half surrogates, which no recipe holds; a TOML table has no
    empty value."""
    if isinstance(value, Mapping):
        held = ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items() if one is not None)
        return f"{{ {held} }}" if held else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)
