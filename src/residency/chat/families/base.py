"""What a family of chat formats does: messages to segments, and back.

A family says how its models are served. Everything else follows: the inference prompt is :meth:`Family.history` and
:meth:`Family.header`; a training row is that prompt and :meth:`Family.target`, which holds the labels.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from residency.chat.segments import Segment
from residency.core.errors import UsageError
from residency.core.records import Message

Tools = Sequence[Mapping[str, Any]]
"""Functions that the model may call, as JSON objects in OpenAI's form: ``{"type": "function", "function": {"name",
"description", "parameters"}}``."""
Thinks = Literal["always", "by choice", "never"]


class Family(ABC):
    """One chat format."""

    name: ClassVar[str]
    thinks: Thinks = "never"
    """Whether its models think before they answer."""
    effort: str = ""
    """How much its models are told to reason (``low``, ``medium``, ``high``); empty where it has no such word."""
    tools: bool = True
    """Whether its models were taught to call functions."""
    stops: tuple[str, ...]
    """The control tokens that end what the model says."""

    @abstractmethod
    def history(self, messages: Sequence[Message], tools: Tools = ()) -> list[Segment]:
        """All messages as inference shows them to the model, tools among them; reasoning that inference drops is
        dropped.

        Raises:
            UsageError: the family has no form for one of the messages.
        """

    @abstractmethod
    def header(self, thinking: bool) -> list[Segment]:
        """What stands before the model's own words when it is asked to answer; ``thinking`` counts where the family
        leaves the choice."""

    @abstractmethod
    def target(self, message: Message, thinking: bool) -> list[Segment]:
        """What the model must produce for an assistant's turn after ``header(thinking)``, its stop token included."""

    def must_think(self, thinking: bool) -> bool:
        """Whether each turn must have a thought where the model is asked with ``thinking``: one without would teach it
        to leave out what it is asked for."""
        return self.thinks == "always" or (self.thinks == "by choice" and thinking)

    def prove(self, messages: Sequence[Message], tools: Tools = ()) -> None:  # noqa: B027
        """That in this conversation each assistant's turn is, after its inference prompt, what :meth:`target` says.
        Families whose form is written here hold by their tests; one that follows a foreign template checks.

        Raises:
            ProofError: it is not; both sides are shown.
            UsageError: the family has no form for one of the messages.
        """

    def settled(self, segments: Sequence[Segment]) -> Sequence[Segment]:
        """The beginning of what the model produced so far that :meth:`message` reads alike whatever follows, but for
        its last words, and for tags that are not closed yet."""
        return segments

    @abstractmethod
    def message(self, segments: Sequence[Segment], thinking: bool) -> Message:
        """What the model produced after ``header(thinking)``, without its stop token, as a message; text that no form
        fits is content. Answers that end in the middle are read as far as they go."""


def without_thought(why: str) -> UsageError:
    """What is wrong with a turn that lacks its thought."""
    return UsageError(
        f"an assistant's turn has no thought, and {why}", "", 'Set thoughts.policy to "distil" or "rationale"'
    )
