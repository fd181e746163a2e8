"""The functions that gpt-oss may call, as its developer message tells them: TypeScript-like types out of JSON Schema.

The models are used to what openai-harmony writes, so that its oddities are kept: a nested object's description stands
twice, the values of an enum show only for strings, and ``anyOf``, ``$ref`` and ``const`` are ``any``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from residency.chat.families.base import Tools
from residency.core.errors import UsageError

NAMESPACE = "functions"
NAME = re.compile(r"[A-Za-z0-9_-]+")
"""What a function may be called: its name stands in headers, which it must not be able to forge."""
_PLAIN = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean"}


def checked_name(name: Any) -> str:
    """The name of a function.

    Raises:
        UsageError: it is not of the form :data:`NAME`.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name of a function", "", "Use letters, digits, _ and - only")
    return name


def tools_section(tools: Tools) -> str:
    """The section ``# Tools`` of the developer message.

    Raises:
        UsageError: a function's name cannot stand in a header.
    """
    told = "\n\n".join(_function(tool.get("function", tool)) for tool in tools)
    return f"# Tools\n\n## {NAMESPACE}\n\nnamespace {NAMESPACE} {{\n\n{told}\n\n}} // namespace {NAMESPACE}"


def _function(function: Mapping[str, Any]) -> str:
    name, parameters = checked_name(function.get("name")), function.get("parameters")
    lines = re.split(r"\r?\n", function.get("description") or "")
    about = "".join(f"// {line}\n" for line in (lines if lines[-1] else lines[:-1]))
    takes = "" if parameters is None else f"_: {typescript(parameters)}"
    return f"{about}type {name} = ({takes}) => any;"


def typescript(schema: Any, indent: str = "") -> str:
    """The type that a JSON schema describes; ``indent`` is white space before the lines of an object's type."""
    if not isinstance(schema, Mapping):
        return "any"
    if isinstance(schema.get("oneOf"), list):
        variants = (
            (variant, [_text(variant, "description"), _default(variant, bare=False)]) for variant in schema["oneOf"]
        )
        return "".join(f"\n{indent} | {_variant(variant, indent, comments)}" for variant, comments in variants)
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join("number" if one == "integer" else one for one in kind if isinstance(one, str)) or "any"
    if kind == "object":
        return _object(schema, indent)
    if kind == "array":
        return f"{typescript(schema['items'], indent)}[]" if "items" in schema else "Array<any>"
    if kind == "string" and isinstance(schema.get("enum"), list):
        return " | ".join(f'"{value}"' for value in schema["enum"] if isinstance(value, str)) or "string"
    return _PLAIN.get(kind, "any") if isinstance(kind, str) else "any"


def _object(schema: Mapping[str, Any], indent: str) -> str:
    properties, required = schema.get("properties"), schema.get("required")
    needed = required if isinstance(required, list) else []
    fields = "".join(
        _field(f"{key}{'' if key in needed else '?'}:", value, indent)
        for key, value in (properties.items() if isinstance(properties, Mapping) else ())
    )
    return f"{_comment(_text(schema, 'description'), indent)}{{\n{fields}{indent}}}"


def _field(label: str, schema: Any, indent: str) -> str:
    """One property: comments, ``label`` (its name and a colon), its type."""
    title, examples = _text(schema, "title"), _get(schema, "examples")
    one_of = _get(schema, "oneOf")
    head = "" if title is None else f"{indent}// {title}\n{indent}//\n"
    head += "" if one_of is not None else _comment(_text(schema, "description"), indent)
    if isinstance(examples, list) and examples:
        shown = "".join(f'{indent}// - "{example}"\n' for example in examples if isinstance(example, str))
        head += f"{indent}// Examples:\n{shown}"
    if isinstance(one_of, list):
        return f"{head}{_alternatives(label, schema, indent)}"
    default = _default(schema) if one_of is None else None
    written = _nullable(schema, f"{indent}    ")
    return f"{head}{indent}{label} {written},{'' if default is None else f' // {default}'}\n"


def _alternatives(label: str, schema: Mapping[str, Any], indent: str) -> str:
    """A property that is one of several types, each in a line of its own. Its description stands above it and in place
    of its first type's, unless both are the same: then neither stands."""
    about, variants = _text(schema, "description"), schema["oneOf"]
    above = about is not None and not (variants and _text(variants[0], "description") == about)
    head = _comment(about if above else None, indent) + _comment(_default(schema), indent)
    lines = []
    for place, variant in enumerate(variants):
        own = _text(variant, "description")
        silent = own == about or (place == 0 and above)
        lines.append(f"{indent} | {_variant(variant, indent, [None if silent else own, _default(variant)])}\n")
    return f"{head}{indent}{label}\n{''.join(lines)}{indent},\n"


def _variant(schema: Any, indent: str, comments: Iterable[str | None]) -> str:
    """One of several types, with comments after it; None is none."""
    told = [comment for comment in comments if comment is not None]
    return _nullable(schema, f"{indent}   ") + (f" // {' '.join(told)}" if told else "")


def _nullable(schema: Any, indent: str) -> str:
    written = typescript(schema, indent)
    return f"{written} | null" if _get(schema, "nullable") is True and "null" not in written else written


def _comment(text: str | None, indent: str) -> str:
    return "" if text is None else f"{indent}// {text}\n"


def _default(schema: Any, bare: bool = True) -> str | None:
    """The default; with ``bare``, one among the values of an enum stands without quotes."""
    if not isinstance(schema, Mapping) or "default" not in schema:
        return None
    value = schema["default"]
    if isinstance(value, str):
        if not schema.get("enum"):
            return f'default: "{value}"'
        return f"default: {value if bare else _json(value)}"
    return f"default: {_json(value)}"


def _get(schema: Any, key: str) -> Any:
    return schema.get(key) if isinstance(schema, Mapping) else None


def _text(schema: Any, key: str) -> str | None:
    value = _get(schema, key)
    return value if isinstance(value, str) else None


def _json(value: Any) -> str:
    """Compact JSON with numbers as openai-harmony writes them."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_json(str(key))}:{_json(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, float) and "e" in repr(value):
        digits, _, power = repr(value).partition("e")
        return format(Decimal(repr(value)), "f") if int(power) == -5 else f"{digits}e{int(power)}"
    return json.dumps(value, ensure_ascii=False)
