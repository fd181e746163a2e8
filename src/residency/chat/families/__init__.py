from typing import Any

from residency.chat.families import qwen3
from residency.chat.families.base import Family
from residency.chat.families.chatml import ChatML


def family_of(tokenizer: Any, name: str = "auto", *, effort: str = "medium", date: str = "") -> Family:
    table = {"qwen3-thinking": qwen3.Qwen3Thinking, "qwen3": qwen3.Qwen3Hybrid, "qwen3-instruct": qwen3.Qwen3Instruct}
    return table[name]() if name in table else ChatML()
