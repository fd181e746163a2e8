"""ChatML (SmolLM2 and others): ``<|im_start|>role``, a line end, the content, ``<|im_end|>``."""

from __future__ import annotations

from collections.abc import Sequence

from residency.chat.families.base import Family, Tools
from residency.chat.segments import Control, Segment, shown
from residency.core.errors import UsageError
from residency.core.records import Message

START, END = Control("<|im_start|>"), Control("<|im_end|>")


class ChatML(Family):
    """The plain form: no reasoning, no tools.

    Args:
        default_system: what some models' templates put before a conversation that has no system message.
    """

    name = "chatml"
    tools = False
    stops = (END.token,)

    def __init__(self, default_system: str = "") -> None:
        self.default_system = default_system

    def history(self, messages: Sequence[Message], tools: Tools = ()) -> list[Segment]:
        if tools:
            raise UsageError("this family's models know no tools", "", "Take tools out, or choose another base model")
        found: list[Segment] = []
        if self.default_system and messages and messages[0]["role"] != "system":
            found += [START, f"system\n{self.default_system}", END, "\n"]
        for message in messages:
            if message["role"] == "tool" or message.get("tool_calls"):
                raise UsageError("this family's models know no tools", "", "Choose another base model")
            found += [START, f"{message['role']}\n{message['content']}", END, "\n"]
        return found

    def header(self, thinking: bool) -> list[Segment]:
        return [START, "assistant\n"]

    def target(self, message: Message, thinking: bool) -> list[Segment]:
        if message.get("tool_calls"):
            raise UsageError("this family's models know no tools", "", "Choose another base model")
        return [message["content"], END]

    def message(self, segments: Sequence[Segment], thinking: bool) -> Message:
        return {"role": "assistant", "content": shown(segments)}
