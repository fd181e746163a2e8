"""The commented recipe that a new user starts from, written out of the settings' own documentation."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from residency.core.explain import model_in
from residency.flow.recipe import Recipe

WIDTH = 100
NEEDED: dict[str, Any] = {"run.name": "first", "corpus.files": ["questions.jsonl"]}
HEAD = """\
# A recipe: one file is one run.
#   residency recipe check FILE    checks it, and says all that is wrong at once
#   residency run FILE             runs it; the same command goes on after a stop
# Only keys without a # in front count; the others show their defaults. Files' paths are relative to
# this file. A table [profiles.NAME.section] holds values for:  residency run FILE --profile NAME"""


def starter_recipe() -> str:
    """A recipe in which every key stands, documented; the keys that have a default are commented out."""
    blocks = [HEAD]
    for name, field in Recipe.model_fields.items():
        model = model_in(field.annotation)
        if model is not None:
            blocks += _table(name, model, field.description or "")
    blocks.append("# [profiles.quick.sft]\n# max_steps = 20")
    return "\n\n".join(blocks) + "\n"


def _table(name: str, model: type[BaseModel], doc: str) -> list[str]:
    """A section's block of lines, and those of the tables within it."""
    lines = [_comment(doc), f"[{name}]"]
    inner: list[str] = []
    for key, field in model.model_fields.items():
        nested = model_in(field.annotation)
        if nested is not None and isinstance(field.default, BaseModel):
            inner += _table(f"{name}.{key}", nested, field.description or "")
            continue
        lines += [_comment(field.description or ""), _assignment(f"{name}.{key}", key, field)]
        if nested is not None:
            lines += _entry(f"{name}.{key}", nested)
    return ["\n".join(lines), *inner]


def _assignment(path: str, key: str, field: FieldInfo) -> str:
    if path in NEEDED:
        return f"{key} = {toml_value(NEEDED[path])}"
    if field.default is None or field.default is PydanticUndefined:
        return f"# {key} is not set"
    return f"# {key} = {toml_value(field.default)}"


def _entry(path: str, model: type[BaseModel]) -> list[str]:
    """What one entry of a list of tables holds, as prose: it has no default to show."""
    lines = [f"#   [[{path}]]"]
    for key, field in model.model_fields.items():
        default = "" if field.is_required() or field.default is None else f" (default {toml_value(field.default)})"
        lines.append(_comment(f"{key}: {field.description or ''}{default}", "#     "))
    return lines


def toml_value(value: Any) -> str:
    """A default as TOML. Texts, numbers and truth values are written as in JSON."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{key} = {toml_value(part)}" for key, part in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, list):
        return f"[{', '.join(toml_value(part) for part in value)}]"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return _text(str(value))


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # JSON allows this character bare


def _comment(text: str, mark: str = "# ") -> str:
    words = " ".join(text.replace("``", "").split())
    return textwrap.fill(words, WIDTH, initial_indent=mark, subsequent_indent=mark)
