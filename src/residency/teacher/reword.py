"""Has dialogues reworded: asks, reads, checks, and asks again for what cannot be taken.

All dialogues are asked for once before any is asked for again, each time in their order, so that what a budget pays for
depends on nothing but the answers, and a run that was stopped ends as it would have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import cast

from residency.core.records import Conversation, Message
from residency.core.stage import StageContext
from residency.generation.said import Said
from residency.teacher.answers import Answers, Request
from residency.teacher.guards import objections
from residency.teacher.objections import Against, Objection, Verify
from residency.teacher.reading import read
from residency.teacher.settings import TeacherSettings
from residency.teacher.teachers import Teacher
from residency.teacher.wording import request, request_again

LETTERS_PER_TOKEN = 3  # fewer than English has, so that a prompt is counted as longer than it is


@dataclass(frozen=True)
class Attempt:
    """One answer of the teacher with its tokens (of the prompt, of the answer), what it was read as, and what stands
    against it."""

    said: Said
    tokens: tuple[int, int]
    reworded: Sequence[Message] | None
    against: Sequence[Objection]

    @property
    def reasons(self) -> list[str]:
        """Why it was not taken, each reason once; none where it was."""
        return list(dict.fromkeys(objection.reason for objection in self.against))


@dataclass
class Reworded:
    """What became of one dialogue: ``row`` as it was built, what was tried, and ``taken`` where a rewording was."""

    row: Conversation
    sources: Mapping[str, str]
    attempts: list[Attempt] = field(default_factory=list)
    taken: Conversation | None = None


class Budget:
    """Tokens that may be used. What is asked and not answered yet counts with the most that it may cost.

    Args:
        tokens: prompts and answers together; None for as many as it takes.
        max_tokens: the most tokens of one answer.
    """

    def __init__(self, tokens: int | None, max_tokens: int) -> None:
        self._tokens, self._max_tokens = tokens, max_tokens
        self._used = self._reserved = 0
        self._asked: list[int] = []

    def reserve(self, asked: Request) -> bool:
        """Whether the request may be asked; if so, it counts from now on."""
        most = _letters(asked.messages) // LETTERS_PER_TOKEN + self._max_tokens
        if self._tokens is not None and self._used + self._reserved + most > self._tokens:
            return False
        self._reserved += most
        self._asked.append(most)
        return True

    def settle(self, asked: Request, said: Said) -> None:
        """The next of the requests, in the order in which they were reserved, is answered."""
        self._reserved -= self._asked.pop(0)
        self._used += sum(tokens_of(asked, said))


def tokens_of(asked: Request, said: Said) -> tuple[int, int]:
    """Tokens of prompt and answer: as counted by the server, else guessed, none where there is no answer."""
    if said.prompt_tokens is not None and said.completion_tokens is not None:
        return said.prompt_tokens, said.completion_tokens
    if said.fault:
        return 0, 0
    return _letters(asked.messages) // LETTERS_PER_TOKEN, len(said.text) // LETTERS_PER_TOKEN + 1


def reword(
    dialogues: Sequence[Reworded],
    teacher: Teacher,
    verify: Verify,
    answers: Answers,
    settings: TeacherSettings,
    context: StageContext,
) -> bool:
    """Fills in what becomes of each dialogue.

    Args:
        dialogues: rows with their sources; nothing tried yet.
        teacher: who is asked.
        verify: what finds something wrong with a dialogue; it says nothing of the dialogues as they were built.
        answers: where answers are kept.
        settings: the recipe's.
        context: for its seed and its progress.

    Returns:
        Whether the budget allowed for all that there was to ask.

    Raises:
        ServerError: the server that is asked is gone, or gives no usable answer.
    """
    budget = Budget(settings.budget_tokens, settings.max_tokens)
    for number in range(settings.retries + 1):
        left = [dialogue for dialogue in dialogues if dialogue.taken is None]
        if not left:
            break
        context.progress.start(len(left), "dialogues" if not number else f"dialogues, retry {number}")
        jobs = [(dialogue, _request(dialogue, number, context)) for dialogue in left]
        asked = 0
        for (dialogue, sent), said in zip(jobs, _answers(jobs, teacher, answers, budget), strict=False):
            asked += 1
            _judge(dialogue, sent, said, teacher, verify)
            context.progress.advance()
        if asked < len(jobs):
            return False
    return True


def _request(dialogue: Reworded, number: int, context: StageContext) -> Request:
    row = dialogue.row
    said = [attempt for attempt in dialogue.attempts if not attempt.said.fault]
    if said:
        messages = request_again(row, dialogue.sources, said[-1].reworded, said[-1].against)
    else:
        messages = request(row, dialogue.sources)
    return Request(row["id"], number, messages, context.random("teacher", row["id"], number).getrandbits(31))


def _answers(
    jobs: Sequence[tuple[Reworded, Request]], teacher: Teacher, answers: Answers, budget: Budget
) -> Iterator[Said]:
    """The answers to the jobs in their order, as far as the budget goes. What was reserved for answers that turn out
    shorter is asked with again."""
    place = 0
    while place < len(jobs):
        begun = place
        with closing(teacher.say(_within(jobs[place:], budget), answers)) as said:
            for answer in said:
                budget.settle(jobs[place][1], answer)
                place += 1
                yield answer
        if place == begun:
            return


def _within(jobs: Iterable[tuple[Reworded, Request]], budget: Budget) -> Iterator[Request]:
    for _, sent in jobs:
        if not budget.reserve(sent):
            return
        yield sent


def _judge(dialogue: Reworded, sent: Request, said: Said, teacher: Teacher, verify: Verify) -> None:
    row = dialogue.row
    tokens = tokens_of(sent, said)
    reworded = Against(said.fault, said.fault) if said.fault else read(said, row["messages"])
    if isinstance(reworded, Against):
        dialogue.attempts.append(Attempt(said, tokens, None, [reworded]))
        return
    candidate = cast(
        Conversation,
        {**row, "messages": reworded, "teacher": {"model": said.model, "backend": teacher.backend}},
    )
    against = [*objections(row["messages"], reworded), *verify(candidate, dialogue.sources)]
    dialogue.attempts.append(Attempt(said, tokens, reworded, against))
    if not against:
        dialogue.taken = candidate


def _letters(messages: Sequence[Message]) -> int:
    return sum(len(message["content"]) for message in messages)
