"""The prompt of an answer: the client's turns under the mode's system message, with passages, within the budget.

What does not fit is left out as the compiler leaves it out in training: first passages, the last of them first, then
the oldest exchanges. What the user asked is never cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from residency.core.errors import InputError
from residency.core.prompt import Mode, conversation, user_message
from residency.core.records import Message, Passage

Size = Callable[[Sequence[Message]], int]


class TooLongError(InputError):
    """What is asked does not fit into the model's context."""


def last_question(messages: Sequence[Message]) -> int:
    """The place of the last user's turn.

    Raises:
        InputError: there is none, or it is empty.
    """
    place = next((at for at in range(len(messages) - 1, -1, -1) if messages[at]["role"] == "user"), -1)
    if place < 0:
        raise InputError("no user's message was sent", "messages", "Send the question as the last message")
    if not messages[place]["content"].strip():
        raise InputError("the question is empty", "messages", "Send the question as the last message")
    return place


def prompt_of(mode: Mode, messages: Sequence[Message], passages: Sequence[Passage] | None) -> list[Message]:
    """The messages of a prompt: the last user's turn with its passages as in training, and the others as they are."""
    place = last_question(messages)
    asked = user_message(messages[place]["content"].strip(), passages)
    return conversation(mode, [*messages[:place], asked, *messages[place + 1 :]])


def fitted(
    mode: Mode, messages: Sequence[Message], passages: Sequence[Passage] | None, budget: int, size: Size
) -> tuple[list[Message], list[Passage] | None]:
    """A prompt of at most ``budget`` tokens, and the passages that it still holds.

    Args:
        mode: of the answer.
        messages: the client's turns.
        passages: best first; None for no context at all.
        budget: tokens; 0: as many as it takes.
        size: tokens of a prompt.

    Raises:
        TooLongError: the question with the best of its passages does not fit.
    """
    left, shown = list(messages), None if passages is None else list(passages)
    prompt = prompt_of(mode, left, shown)
    if not budget:
        return prompt, shown
    while size(prompt) > budget:
        place = last_question(left)
        if shown and len(shown) > 1:
            shown = shown[:-1]
        elif place:
            left = left[_first_exchange(left, place) :]
        else:
            what = f"the question and what it is answered from take more than the {budget:,} tokens that there are"
            raise TooLongError(what, "messages", "Shorten it, or ask for fewer tokens (max_tokens)")
        prompt = prompt_of(mode, left, shown)
    return prompt, shown


def _first_exchange(messages: Sequence[Message], last: int) -> int:
    """Where the second user's turn begins."""
    return next(at for at in range(1, last + 1) if messages[at]["role"] == "user")
