"""What clients send. Keys that nobody declared are passed over, as OpenAI's clients send many; what would change an
answer's meaning and is not to be had here is refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from residency.core.prompt import DEFAULT_MODE, MODES, Mode
from residency.core.records import Message
from residency.core.tools import read_call
from residency.serving.contract import Ask, Retrieval

MODEL = "resident"
MODELS: dict[str, Mode | None] = {MODEL: None, **{f"{MODEL}-{mode.lower()}": mode for mode in MODES}}
"""The names under which the model is served, and the mode that each stands for."""
LONGEST_NAME = 128
DEEPEST = 32
"""Levels of objects and lists in the definition of a function, and in a call's arguments."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)]
StopText = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Sent(BaseModel):
    """The base of what is sent."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False, hide_input_in_errors=True)


class TextPart(Sent):
    """A part of a message's content."""

    type: Literal["text"]
    text: str


class SentMessage(Sent):
    """A message in OpenAI's form."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart] | None = None
    name: str | None = Field(default=None, max_length=LONGEST_NAME)
    tool_calls: list[dict[str, Any]] | None = None
    tool_call_id: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.content is None and not (self.role == "assistant" and self.tool_calls):
            raise ValueError("a message has no content")
        if _depth(self.tool_calls) > DEEPEST:
            raise ValueError(f"a call is nested more than {DEEPEST} levels deep")
        for call in self.tool_calls or ():
            if not isinstance(call.get("function"), dict) or not isinstance(call["function"].get("name"), str):
                raise ValueError("a call names no function")
        return self

    def message(self) -> Message:
        """As the prompt contract has it."""
        text = self.content if isinstance(self.content, str) else "".join(part.text for part in self.content or ())
        found: Message = {"role": self.role if self.role != "developer" else "system", "content": _whole(text)}
        if self.tool_calls:
            made = [read_call(call) for call in self.tool_calls]
            found["tool_calls"] = [
                {"type": "function", "function": {"name": name, "arguments": given}} for name, given in made
            ]
        if self.name and self.role == "tool":
            found["name"] = self.name
        return found


def turns_of(messages: list[SentMessage]) -> list[Message]:
    """The client's turns as the prompt contract has them: without system messages, the names of functions beside their
    results.

    Raises:
        ValueError: the last of them is neither a user's nor a function's result.
    """
    names = {
        str(call.get("id")): str(call["function"]["name"]) for message in messages for call in message.tool_calls or ()
    }
    turns: list[Message] = []
    for sent in messages:
        if sent.role in ("system", "developer"):
            continue
        message = sent.message()
        if sent.role == "tool" and "name" not in message and (name := names.get(sent.tool_call_id or "")):
            message["name"] = name
        turns.append(message)
    if not turns or turns[-1]["role"] == "assistant":
        raise ValueError("the last message must be a user's, or a function's result")
    return turns


class StreamOptions(Sent):
    """How a stream is sent."""

    include_usage: bool = False


class Function(Sent):
    """A function of the client's own."""

    model_config = ConfigDict(extra="allow", hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    description: str = ""
    parameters: dict[str, Any] = {}

    @model_validator(mode="after")
    def _is_shallow(self) -> Self:
        if _depth(self.parameters) > DEEPEST:
            raise ValueError(f"a function is nested more than {DEEPEST} levels deep")
        return self


class Tool(Sent):
    """A tool of the client's own."""

    type: Literal["function"]
    function: Function


class ChatRequest(Sent):
    """A request of ``/v1/chat/completions``. ``mode``, ``retrieval``, ``web``, ``send_personal`` and ``session`` are
    ours; ``extra_body`` of OpenAI's client sends them."""

    messages: list[SentMessage] = Field(min_length=1)
    model: Name = MODEL
    mode: Literal["EXAM", "CLINICAL", "exam", "clinical"] | None = None
    retrieval: Retrieval | None = None
    web: bool = False
    send_personal: bool | None = None
    session: str = Field(default="", max_length=LONGEST_NAME)
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    stop: StopText | Annotated[list[StopText], Field(max_length=16)] | None = None
    tools: list[Tool] | None = None
    tool_choice: str | dict[str, Any] | None = None
    n: int | None = None
    logprobs: bool | None = None
    response_format: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _can_be_had(self) -> Self:
        if self.n not in (None, 1):
            raise ValueError("one answer at a time is given: n must be 1")
        if self.logprobs:
            raise ValueError("likelihoods of tokens are not given: leave logprobs out")
        if self.response_format and self.response_format.get("type", "text") != "text":
            raise ValueError("answers are text: leave response_format out")
        if self.tool_choice not in (None, "auto", "none"):
            raise ValueError("a call cannot be demanded: tool_choice must be auto or none")
        if self.model in MODELS and MODELS[self.model] and self.mode and self.mode.upper() != MODELS[self.model]:
            raise ValueError(f"the model {self.model} and the mode {self.mode} do not go together")
        turns_of(self.messages)
        return self

    def ask(self, default: Retrieval, most: int, sends_personal: bool) -> Ask:
        """The question.

        Args:
            default: when passages are searched for, where the request does not say.
            most: tokens of an answer, where the request does not say.
            sends_personal: whether personal data is used, where the request does not say.
        """
        tools = [tool.model_dump(exclude_unset=True) for tool in self.tools or ()]
        named = MODELS.get(self.model)
        return Ask(
            messages=turns_of(self.messages),
            mode=_mode(self.mode) if self.mode else named or DEFAULT_MODE,
            retrieval=self.retrieval or default,
            web=self.web,
            tools=[] if self.tool_choice == "none" else tools,
            max_tokens=self.max_completion_tokens or self.max_tokens or most,
            temperature=self.temperature,
            top_p=self.top_p,
            seed=self.seed,
            stop=[self.stop] if isinstance(self.stop, str) else self.stop or [],
            send_personal=sends_personal if self.send_personal is None else self.send_personal,
            session=self.session,
        )


class AssistantRequest(Sent):
    """A request of the page's own, ``/assistant``."""

    messages: list[SentMessage] = Field(min_length=1)
    mode: Literal["EXAM", "CLINICAL", "exam", "clinical"] = DEFAULT_MODE
    retrieval: Retrieval | None = None
    web: bool = False
    send_personal: bool = False
    session: str = Field(default="", max_length=LONGEST_NAME)
    max_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0, le=2)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)

    @model_validator(mode="after")
    def _asks(self) -> Self:
        turns_of(self.messages)
        return self

    def ask(self, default: Retrieval, most: int) -> Ask:
        """The question; the arguments are those of :meth:`ChatRequest.ask`."""
        return Ask(
            messages=turns_of(self.messages),
            mode=_mode(self.mode),
            retrieval=self.retrieval or default,
            web=self.web,
            max_tokens=self.max_tokens or most,
            temperature=self.temperature,
            seed=self.seed,
            send_personal=self.send_personal,
            session=self.session,
        )


class Feedback(Sent):
    """What a user thinks of an answer."""

    answer_id: Name
    verdict: Literal["good", "bad"]
    reason: str = ""
    better: str = ""


class QuizDraw(Sent):
    """Which question is wanted."""

    topic: str = Field(default="", max_length=200)
    seen: list[str] = Field(default=[], max_length=5_000)


class QuizChoice(Sent):
    """What a user chose."""

    choice: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]$")]


def _whole(text: str) -> str:
    """A text with what is half a character replaced: no tokenizer and no server can read it."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text


def _depth(value: Any, most: int = DEEPEST + 1) -> int:
    """How many levels of objects and lists there are, as far as ``most``."""
    if most <= 0 or not isinstance(value, dict | list):
        return 0
    inside = value.values() if isinstance(value, dict) else value
    return 1 + max((_depth(one, most - 1) for one in inside), default=0)


def _mode(text: str) -> Mode:
    return "EXAM" if text.upper() == "EXAM" else "CLINICAL"
