"""What a chat format is tried with when it is found out."""

from __future__ import annotations

from typing import Any

TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "find",
        "description": "Find a passage.",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
    },
}


def call(query: str) -> dict[str, Any]:
    """A call of :data:`TOOL`."""
    return {"type": "function", "function": {"name": "find", "arguments": {"query": query}}}
