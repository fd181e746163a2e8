"""Says in one clause what is wrong with a recipe's key, and which known key is nearest."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def explain(fault: Any, root: type[BaseModel], extra_keys: Iterable[str] = ()) -> str:
    """One of pydantic's faults in one clause that names the key, the value and the nearest known key.

    Args:
        fault: an entry of ``ValidationError.errors()``.
        root: the model that was validated.
        extra_keys: keys that are known at the top although ``root`` does not declare them.
    """
    location = fault["loc"]
    where = ".".join(str(part) for part in location)
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        model = model_at(root, location[:-1])
        known = [*(model.model_fields if model else ()), *(extra_keys if model is root else ())]
        return f"unknown key {where!r}; {_hint(str(location[-1]), known, root)}"
    if fault["type"] == "missing":
        doc = _summary(field_at(root, location))
        return f"missing key {where!r}" + (f" ({doc})" if doc else "")
    if fault["type"] == "value_error":
        return f"{where}: {message}" if where else message
    if fault["type"] == "model_type":
        return f"{where} = {fault['input']!r}: a table was expected, as in [{where}]"
    return f"{where} = {fault['input']!r}: {message[0].lower()}{message[1:]}"


def field_at(root: type[BaseModel], location: Iterable[Any]) -> FieldInfo | None:
    """The declaration of the key at ``location``; None when there is none."""
    *parents, last = location
    model = model_at(root, parents)
    return model.model_fields.get(str(last)) if model else None


def model_at(root: type[BaseModel], location: Iterable[Any]) -> type[BaseModel] | None:
    """The settings class of the table at ``location``; positions in a list are passed over."""
    model: type[BaseModel] | None = root
    for part in location:
        if isinstance(part, int) or model is None:
            continue
        field = model.model_fields.get(part)
        model = model_in(field.annotation) if field else None
    return model


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The settings class that an annotation such as ``list[Gate]`` holds, if any."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (list, typing.Union, types.UnionType):
        for part in typing.get_args(annotation):
            if (model := model_in(part)) is not None:
                return model
    return None


def takes_text_alone(field: FieldInfo) -> bool:
    """Whether a key's values are texts or paths and nothing else, so that ``7`` must mean ``"7"``."""
    if typing.get_origin(field.annotation) not in (None, typing.Union, types.UnionType):
        return False
    parts = typing.get_args(field.annotation) or (field.annotation,)
    return all(part in (str, Path, type(None)) for part in parts)


def _hint(key: str, known: list[str], root: type[BaseModel]) -> str:
    if near := difflib.get_close_matches(key, known, n=1):
        return f"did you mean {near[0]!r}?"
    for section, field in root.model_fields.items():
        model = model_in(field.annotation)
        if model is not None and key in model.model_fields:
            return f"it belongs in [{section}]"
    return f"known keys: {', '.join(sorted(known))}"


def _summary(field: FieldInfo | None) -> str:
    """The first clause of a key's documentation."""
    text = " ".join((field.description or "").split()) if field else ""
    return text.partition(". ")[0].partition(";")[0].partition(":")[0].rstrip(".").lower()
