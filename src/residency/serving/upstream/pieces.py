"""From token ids, as they come, to the text, the thought and the calls of an answer, in pieces that stand.

What may still change is held back: half a character, white space that may turn out to be the end, what may become a
string to stop at, and whatever follows a control token that no form has read yet, as a call that is half written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os.path import commonprefix
from typing import Any

from residency.chat.renderer import Renderer
from residency.chat.segments import Control
from residency.core.records import Message
from residency.serving.upstream.stops import Stops

_CUT = "\ufffd"
"""How a decoder shows a character of which bytes are missing."""


class Pieces:
    """One answer as it is written.

    Args:
        renderer: how ids are read.
        stop: strings that end the answer.
    """

    def __init__(self, renderer: Renderer, stop: Sequence[str] = ()) -> None:
        self._renderer, self._stops = renderer, Stops(stop)
        self._text = self._thinking = ""
        self.ids: list[int] = []
        self.stopped = False
        """Whether the answer holds one of the strings that end it."""

    def add(self, ids: Iterable[int]) -> tuple[str, str]:
        """What is certain after some more ids and was not before, of the text and of the thought."""
        self.ids += ids
        segments = self._renderer.family.settled(self._renderer.segments(self.ids))
        message = self._renderer.family.message(segments, self._renderer.thinking)
        text = message["content"].lstrip()
        controls = {segment.token for segment in segments if isinstance(segment, Control)}
        unread = [place for token in controls if (place := text.find(token)) >= 0]
        text = text[: min(unread)] if unread else text
        thinking = _settled(_thought(message))
        if (end := self._stops.end(text)) is not None:
            self.stopped = True
            text = text[:end].rstrip()
        else:
            text = _settled(self._stops.settled(text.rstrip(_CUT)))
        new = _grown(self._text, text), _grown(self._thinking, thinking)
        self._text, self._thinking = self._text + new[0], self._thinking + new[1]
        return new

    def rest(self) -> tuple[str, str, tuple[dict[str, Any], ...]]:
        """What was held back until the end, and the calls."""
        message = self._renderer.message(self.ids)
        text, thinking = message["content"].strip(), _thought(message).rstrip()
        calls = tuple(message.get("tool_calls", ()))
        if (end := self._stops.end(text)) is not None:
            text, calls = text[:end].rstrip(), ()
        return _after(self._text, text), _after(self._thinking, thinking), calls


def _grown(said: str, text: str) -> str:
    """What a text adds to what was said; nothing while it reads otherwise, as the beginning of a header may."""
    return text[len(said) :] if text.startswith(said) else ""


def _after(said: str, text: str) -> str:
    return text[len(said) :] if text.startswith(said) else text[len(commonprefix([said, text])) :]


def _thought(message: Message) -> str:
    return message.get("thinking", "").lstrip()


def _settled(text: str) -> str:
    return text.rstrip().rstrip(_CUT).rstrip()
