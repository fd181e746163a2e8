"""What is entered of an answer, and how it is gathered while the answer is on its way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from residency.core.files import text_digest, value_digest
from residency.core.prompt import Mode
from residency.core.records import Message
from residency.serving.contract import (
    Ask,
    Checked,
    Ended,
    Event,
    Finish,
    Flagged,
    Personal,
    Retrieval,
    Said,
    Searched,
)

Outcome = Literal["answered", "blocked", "failed", "left"]
"""How it came out: ``blocked`` as the question held personal data, ``failed`` with an error, ``left`` by the client
before the end."""


def prompt_digest(messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] = ()) -> str:
    """The sha256 of a prompt: of its messages, and of the functions offered with it."""
    return value_digest({"messages": list(messages), "tools": list(tools)})


def session_key(session: str) -> str:
    """What stands in the log for the client's own name of a conversation, which may be any text; empty for none."""
    return text_digest(session)[:32] if session else ""


@dataclass(frozen=True)
class Texts:
    """What is kept of an answer only by choice. ``messages`` are the whole prompt, the context in it."""

    messages: list[Message]
    answer: str
    thinking: str = ""
    tools: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True)
class Entry:
    """One answer. Nothing in it but ``texts`` was written by the user, the model or another server.

    Attributes:
        answer: the answer's id.
        session: :func:`session_key` of its conversation.
        model: the model's name; ``model_digest`` tells one state of it from another.
        prompt_digest: :func:`prompt_digest` of what the model read last; empty where it was not asked.
        passages: ids of the passages found, in the order of their numbers.
        checks: sentences by the status of their citations.
        abstains: whether the answer says that the context does not hold it; None where nothing was checked.
        flags: names of the red flags raised.
        personal: how many places of each kind of personal data the question or a query of the web held.
        seconds: in all; ``parts`` are those of single parts.
    """

    answer: str
    session: str
    mode: Mode
    retrieval: Retrieval
    model: str
    model_digest: str
    prompt_digest: str
    passages: tuple[str, ...]
    checks: dict[str, int]
    abstains: bool | None
    flags: tuple[str, ...]
    personal: dict[str, int]
    outcome: Outcome
    finish: Finish
    prompt_tokens: int | None
    completion_tokens: int | None
    first_token_seconds: float | None
    seconds: float
    parts: dict[str, float]
    texts: Texts

    def body(self) -> dict[str, Any]:
        """The entry as plain JSON, without its texts."""
        values = asdict(self)
        del values["texts"]
        return values


class Account:
    """What is heard of one answer on its way. Cheap, and of one task.

    Args:
        answer_id: the answer's id.
        ask: the question.
        model: the model's name.
        model_digest: the digest of its state.
    """

    def __init__(self, answer_id: str, ask: Ask, model: str, model_digest: str) -> None:
        self.answer_id, self.ask, self.model, self.model_digest = answer_id, ask, model, model_digest
        self._prompt: tuple[list[Message], list[dict[str, Any]]] = [], []
        self._text: list[str] = []
        self._thinking: list[str] = []
        self._passages: list[str] = []
        self._flags: list[str] = []
        self._personal: Counter[str] = Counter()
        self._blocked = False
        self._checked: Checked | None = None
        self._ended: Ended | None = None

    def prompted(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> None:
        """The model is asked with this prompt; where it is asked several times, the last one is entered."""
        self._prompt = list(messages), list(tools)
        self._text, self._thinking = [], []

    def hear(self, event: Event) -> None:
        """An event of the answer."""
        match event:
            case Said():
                self._text.append(event.text)
                self._thinking.append(event.thinking)
            case Searched():
                self._passages += [passage["id"] for passage in event.passages]
            case Flagged():
                self._flags.append(event.name)
            case Personal():
                self._personal.update(span.kind for span in event.spans)
                self._blocked = self._blocked or event.blocked
            case Checked():
                self._checked = event
            case Ended():
                self._ended = event

    def begun(self) -> dict[str, Any]:
        """What is known before the model is asked, as plain JSON."""
        ask = self.ask
        return {
            "answer": self.answer_id,
            "session": session_key(ask.session),
            "mode": ask.mode,
            "retrieval": ask.retrieval,
            "model": self.model,
            "model_digest": self.model_digest,
        }

    def entry(self) -> Entry:
        """The entry, once the answer has ended or its client has left."""
        ended, checked = self._ended, self._checked
        messages, tools = self._prompt
        texts = Texts(messages, "".join(self._text), "".join(self._thinking), tools, ended.error if ended else "")
        return Entry(
            answer=self.answer_id,
            session=session_key(self.ask.session),
            mode=self.ask.mode,
            retrieval=self.ask.retrieval,
            model=self.model,
            model_digest=self.model_digest,
            prompt_digest=prompt_digest(messages, tools) if messages else "",
            passages=tuple(self._passages),
            checks=dict(Counter(cited.status for cited in checked.sentences)) if checked else {},
            abstains=checked.abstains if checked else None,
            flags=tuple(self._flags),
            personal=dict(self._personal),
            outcome=self._outcome(),
            finish=ended.finish if ended else "",
            prompt_tokens=ended.prompt_tokens if ended else None,
            completion_tokens=ended.completion_tokens if ended else None,
            first_token_seconds=ended.first_token_seconds if ended else None,
            seconds=ended.seconds if ended else 0.0,
            parts=dict(ended.parts) if ended else {},
            texts=texts,
        )

    def _outcome(self) -> Outcome:
        if self._ended is None:
            return "left"
        if self._ended.finish == "error":
            return "failed"
        return "blocked" if self._blocked else "answered"
