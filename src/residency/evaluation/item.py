"""What is asked, what was answered, and what that earned: the three records of an evaluation.

Items and answers are written before anything is graded, and grading reads nothing else, so that any score can be
computed again without a model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NotRequired, TypedDict, cast

from residency.core.errors import InputError
from residency.core.prompt import Mode
from residency.core.records import Message

Metrics = dict[str, float | None]
"""What an item earned, by metric; None where it could not be scored, which is never 0."""
Status = Literal["ok", "unparsed", "errored"]
GIVEN = "given"
"""The key of the ask that gives a question as it stands."""


@dataclass(frozen=True)
class Ask:
    """One way of asking an item.

    ``messages`` are the whole prompt. ``script`` are further turns of the user, each asked after the model's own answer
    to the one before. ``tools`` are functions that the model may call; the task answers the calls. Of each of
    ``letters`` the likelihood after ``ANSWER:`` is wanted too, from models that do not think and can be looked into.
    ``samples`` answers are drawn, ``thinking_samples`` from a model that thinks. A ``written`` ask wants an answer in
    words; one that is not wants the letters alone.
    """

    key: str
    messages: list[Message]
    script: list[str] = field(default_factory=list)
    tools: list[dict[str, Any]] = field(default_factory=list)
    letters: str = ""
    samples: int = 1
    thinking_samples: int = 1
    written: bool = True


@dataclass(frozen=True)
class Item:
    """One question, in all the ways in which it is asked: the unit of every statistic.

    ``cluster`` groups items that are not independent (near-duplicates, one passage, one dialogue). ``source`` is that
    of the record, or ``written`` or ``public:NAME`` for what comes from a file. ``expect`` holds all that the grader
    needs, as plain JSON.
    """

    id: str
    axis: str
    task: str
    mode: Mode
    cluster: str
    topic: str
    asks: list[Ask]
    expect: dict[str, Any]
    source: str = ""
    difficulty: str = ""
    split: str = "test"
    passage_seen: bool | None = None

    @property
    def first(self) -> Ask:
        """The ask that stands for the item where one is shown."""
        return self.asks[0]

    def as_row(self) -> dict[str, Any]:
        """The item as a line of ``items.jsonl``."""
        return asdict(self)


def item_of(row: Mapping[str, Any]) -> Item:
    """The item of a line of ``items.jsonl``.

    Raises:
        InputError: it is none, or was written by a version whose items hold something else.
    """
    try:
        return Item(**{**row, "asks": [Ask(**ask) for ask in row["asks"]]})
    except (KeyError, TypeError):
        what = "not an item as this version's evaluation writes it"
        raise InputError(what, str(row.get("id", "items.jsonl")), "Evaluate again, with another --out") from None


class Turn(TypedDict):
    """What a model said in one step. ``finish`` is ``stop``, ``length`` (cut at the limit), ``filtered`` or ``error``;
    with a ``fault`` it cannot be used, for this reason. ``tokens`` counts what was written, the thought included."""

    text: str
    finish: str
    tokens: int | None
    thinking: NotRequired[str]
    tool_calls: NotRequired[list[dict[str, Any]]]
    fault: NotRequired[str]


class Answer(TypedDict):
    """A line of ``answers-MODEL.jsonl``: one sample of one ask; ``said`` has an entry for each step, and ``letters``
    the log-probability of each letter asked for, in nats. Answers with the same ``batch`` were asked together: a model
    rounds otherwise in other company, and who asks again needs to know it."""

    id: str
    ask: str
    sample: int
    batch: NotRequired[int]
    said: list[Turn]
    letters: list[float] | None


Answers = Mapping[str, Sequence[Answer]]
"""The answers to one item, by the key of the ask, in the order of their samples."""


def fault_of(answers: Answers, key: str) -> str:
    """Why an ask has no answer that can be used; empty where it has one of each sample."""
    given = answers.get(key, ())
    if not given:
        return "it was not answered"
    return next((turn["fault"] for answer in given for turn in answer["said"] if turn.get("fault")), "")


def texts(answers: Answers, key: str) -> list[str]:
    """The last text of each usable sample of an ask."""
    return [
        answer["said"][-1]["text"]
        for answer in answers.get(key, ())
        if answer["said"] and not any(turn.get("fault") for turn in answer["said"])
    ]


def cut_thoughts(answers: Answers) -> int:
    """How many samples, of all asks, were cut at the limit before anything but a thought was said."""
    ends = [answer["said"][-1] for given in answers.values() for answer in given if answer["said"]]
    return sum(turn["finish"] == "length" and not turn["text"] and bool(turn.get("thinking")) for turn in ends)


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of those that are not None; None where there is none."""
    found = [value for value in values if value is not None]
    return sum(found) / len(found) if found else None


@dataclass(frozen=True)
class Graded:
    """What a grader found: the item's metrics, whether its main answer could be read, and what a reader may want to
    see of how it was graded. ``grader`` in the details names a judge model where one was asked."""

    metrics: Metrics
    status: Status = "ok"
    details: dict[str, Any] = field(default_factory=dict)


class Result(TypedDict):
    """A line of ``scores-MODEL.jsonl``. ``prompt``, ``output`` and ``reference`` are of the item's first ask."""

    id: str
    axis: str
    task: str
    mode: str
    cluster: str
    topic: str
    source: str
    difficulty: str
    split: str
    passage_seen: bool | None
    metrics: Metrics
    status: Status
    details: dict[str, Any]
    prompt: str
    output: str
    reference: str


def result_of(item: Item, answers: Answers, graded: Graded) -> Result:
    """The line of an item, for people to read and for every later figure."""
    shown = "\n\n".join(f"{message['role']}: {message['content']}" for message in item.first.messages)
    said = texts(answers, item.first.key)
    return cast(
        Result,
        {
            **{name: getattr(item, name) for name in ("id", "axis", "task", "mode", "cluster", "topic")},
            **{name: getattr(item, name) for name in ("source", "difficulty", "split", "passage_seen")},
            "metrics": graded.metrics,
            "status": graded.status,
            "details": graded.details | ({"cut_thoughts": cut} if (cut := cut_thoughts(answers)) else {}),
            "prompt": shown,
            "output": said[0] if said else "",
            "reference": str(item.expect.get("reference", "")),
        },
    )
