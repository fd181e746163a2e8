"""What the parts of the assistant hand to each other: requests to a model and its pieces, questions and events. Data.

One question goes through :class:`Ask` to a stream of events: first what was found beforehand (:class:`Flagged`,
:class:`Personal`), then searches (:class:`Searched`), the answer piece by piece (:class:`Said`), what its citations
came to (:class:`Checked`), and the end (:class:`Ended`). Who shows them, an API or a page, adds nothing to it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from residency.core.prompt import Mode
from residency.core.records import Message, Passage

Retrieval = Literal["always", "tool", "never"]
"""When passages are searched for: before each answer, where the model calls for it, never."""
Finish = Literal["", "stop", "length", "tool_calls", "error"]
Source = Literal["guidelines", "web"]


@dataclass(frozen=True)
class ModelRequest:
    """What is asked of a model. ``messages`` are those of the prompt contract, the mode's system message first."""

    messages: Sequence[Message]
    tools: Sequence[dict[str, Any]] = ()
    max_tokens: int = 512
    temperature: float | None = None
    """None: what is recommended for the model; 0 takes the likeliest token each time."""
    top_p: float | None = None
    seed: int | None = None
    stop: Sequence[str] = ()


@dataclass(frozen=True)
class Piece:
    """A part of what a model writes. The last one has a ``finish`` and, where they are known, the tokens."""

    text: str = ""
    thinking: str = ""
    tool_calls: tuple[dict[str, Any], ...] = ()
    finish: Finish = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Upstream(Protocol):
    """A model that answers, here or elsewhere. ``name`` is told in the audit log and the API, ``digest`` tells one
    state of the model from another, ``context`` is how many tokens prompt and answer may have (0: not known)."""

    name: str
    digest: str
    context: int
    calls_tools: bool

    def size(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> int:
        """Tokens of a prompt; where they are not known, its characters over four."""

    def stream(self, request: ModelRequest) -> AsyncIterator[Piece]:
        """What the model writes. Closing the iterator stops the model.

        Raises:
            ServerError: the model cannot be asked.
        """

    async def close(self) -> None:
        """Give back what it holds."""


@dataclass(frozen=True)
class Ask:
    """One question in its conversation.

    Attributes:
        messages: the client's turns, user and assistant (and tool) by turns, a user's (or tool's) last; system messages
            of a client are no part of it: the mode's takes their place.
        mode: how it is to be answered.
        retrieval: when passages are searched for.
        web: whether the web may be searched too.
        tools: functions of the client's own; with them no function of ours is offered, and calls are passed on.
        send_personal: whether the user has seen that the text holds personal data, and wants it used all the same.
        session: the client's own name for the conversation, for the audit log.
    """

    messages: Sequence[Message]
    mode: Mode
    retrieval: Retrieval = "always"
    web: bool = False
    tools: Sequence[dict[str, Any]] = ()
    max_tokens: int = 512
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: Sequence[str] = ()
    send_personal: bool = False
    session: str = ""


@dataclass(frozen=True)
class Span:
    """A place in a text: characters ``start`` to ``end``, and what stands there (``nhs_number``, ``name``)."""

    start: int
    end: int
    kind: str
    text: str


@dataclass(frozen=True)
class Flagged:
    """The user's text speaks of a patient who may be in danger, whatever the model says: why, what first, whom to
    call."""

    name: str
    why: str
    first: str
    call: str


@dataclass(frozen=True)
class Personal:
    """The text holds what may be personal data. ``blocked``: it was not used, and nothing follows but the end.
    ``where``: ``question``, or ``web query``, which is then ``held_back`` for the user to edit."""

    spans: tuple[Span, ...]
    blocked: bool = False
    where: Literal["question", "web query"] = "question"
    held_back: str = ""


@dataclass(frozen=True)
class Searched:
    """A search and its passages, numbered from ``first`` on. ``failure`` says why there is nothing where it failed."""

    source: Source
    query: str
    passages: tuple[Passage, ...] = ()
    first: int = 1
    failure: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Called:
    """The model called a function. What it said before is no part of the answer."""

    calls: tuple[dict[str, Any], ...]
    own: bool = True
    """Whether it is one of ours, which is answered here; the client's own are passed on to it."""


@dataclass(frozen=True)
class Said:
    """A piece of the answer, or of the thought before it."""

    text: str = ""
    thinking: str = ""


@dataclass(frozen=True)
class Cited:
    """One sentence of the answer, in the characters ``start`` to ``end`` of it.

    ``status``: ``supported`` by what it cites, ``unsupported`` by it, ``uncited`` though it claims something, or
    ``no_claim``. ``evidence`` are (passage's number, start, end) of the sentence of the passage that is most like it.
    """

    start: int
    end: int
    status: Literal["supported", "unsupported", "uncited", "no_claim"]
    numbers: tuple[int, ...] = ()
    evidence: tuple[tuple[int, int, int], ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Checked:
    """What became of the answer's citations; ``abstains`` where it says that the context does not hold the answer."""

    sentences: tuple[Cited, ...]
    abstains: bool
    context: bool
    """Whether there was a context at all; without one nothing is held against anything."""
    notice: str = ""
    """What is to be said below the answer, in a sentence; empty where nothing is."""


@dataclass(frozen=True)
class Ended:
    """The end: why, and what it took."""

    finish: Finish
    answer_id: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    first_token_seconds: float | None = None
    seconds: float = 0.0
    error: str = ""
    parts: dict[str, float] = field(default_factory=dict)
    """Seconds of what was done beside the model: ``checks``, ``search``, ``citations``."""


Event = Flagged | Personal | Searched | Called | Said | Checked | Ended
