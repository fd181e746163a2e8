"""The prompt contract: the one place that builds what the model reads, and the form its answer takes.

Training, evaluation and serving call these functions, so that for the same input they produce the
same bytes. The mode stands in the system message as ``Mode: EXAM`` or ``Mode: CLINICAL``; without a
tag the mode is CLINICAL. Retrieved passages stand numbered in the user's message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from residency.core.errors import UsageError
from residency.core.records import Message, Passage
from residency.core.text import sentences

Mode = Literal["EXAM", "CLINICAL"]
MODES: tuple[Mode, ...] = get_args(Mode)
DEFAULT_MODE: Mode = "CLINICAL"

KEY_POINT = "Key point:"
BEFORE_ACTING = "Before acting:"
KNOWN = "Known:"
NOT_SAID = "Not said:"
ANSWER = "ANSWER:"
CHOICE = "I would choose:"

IDENTITY = "You are a surgical assistant for qualified clinicians."
HOW_TO_ANSWER: dict[Mode, str] = {
    "EXAM": f"Teach for the board examination: begin with '{KEY_POINT}', and end a multiple-choice "
    f"question with a line '{ANSWER} X'.",
    "CLINICAL": f"Support a decision at the bedside: for a case, begin with lines '{KNOWN}' and '{NOT_SAID}'; "
    f"answer, then end with a line '{BEFORE_ACTING}' that says what to check.",
}
CONTEXT_ONLY = (
    "Answer only from the context. Cite the passage that supports a sentence at its end, as [1]. If the "
    "context does not hold the answer, say so and name what to look for."
)
CONTEXT_IF_IT_HELPS = (
    "Use the context where it helps, and cite the passage that supports a sentence at its end, as [1]. If the context "
    "does not bear on the question, say so and answer without it."
)
Instruction = Literal["only", "if_it_helps"]
"""What an answer may rest on: the context alone, or the context and what the model knows."""
INSTRUCTIONS: dict[Instruction, str] = {"only": CONTEXT_ONLY, "if_it_helps": CONTEXT_IF_IT_HELPS}
HINT = (
    "The answer expected at the end follows below. Reach it by reasoning of your own from the question, as though it "
    "had never been shown, and mention neither this note nor that you saw an answer:"
)
"""What stands before an answer that is shown to a model for its thoughts alone. Nothing is trained on it."""
NOTHING_FOUND = "(nothing was found)"
_CONTEXT = "Context:\n"
_OPTION = re.compile(r"([A-Z])\. (\S.*)")


def parse_mode(text: str) -> Mode:
    """``exam`` or ``clinical`` in any case; anything else is a :class:`UsageError`."""
    for mode in MODES:
        if text.strip().upper() == mode:
            return mode
    raise UsageError(f"unknown mode {text!r}", "--mode", "Choose exam or clinical")


def standard_tag(mode: Mode) -> str:
    """The mode's tag as it is served. ``residency.core.tags`` holds its other wordings."""
    return f"Mode: {mode}"


def system_message(mode: Mode, tag: str | None = "") -> Message:
    """The system message of a conversation.

    Args:
        mode: what the answer's form follows.
        tag: the wording of the mode tag; the empty string stands for the standard ``Mode: EXAM``, and
            None leaves both the tag and its explanation out (the model then behaves as CLINICAL).
    """
    if tag is None:
        return {"role": "system", "content": IDENTITY}
    tag = tag or standard_tag(mode)
    return {"role": "system", "content": f"{IDENTITY}\n{tag}\n{HOW_TO_ANSWER[mode]}"}


def format_options(options: Mapping[str, str]) -> str:
    """Options as ``A. text`` lines."""
    return "\n".join(f"{letter}. {text}" for letter, text in options.items())


def read_options(text: str) -> dict[str, str]:
    """The last options that :func:`format_options` wrote into ``text``, by letter, each in one line; empty when there
    are fewer than two."""
    found: dict[str, str] = {}
    for line in text.split("\n"):
        if match := _OPTION.fullmatch(line):
            if match[1] == "A":
                found = {}
            if match[1] == chr(ord("A") + len(found)):
                found[match[1]] = match[2]
    return found if len(found) > 1 else {}


def format_question(question: str, options: Mapping[str, str] | None = None) -> str:
    """A question, with its options below it when it is an MCQ."""
    return f"{question}\n{format_options(options)}" if options else question


def passage_heading(passage: Passage) -> str:
    """What stands before a passage's text: its title, its month, and whether newer guidance replaced it."""
    title = passage["title"].strip()
    marks = [passage.get("date", "").strip()[:7]] * bool(passage.get("date", "").strip())
    marks += ["superseded"] * bool(passage.get("superseded_by"))
    heading = f"{title.rstrip('.')} ({'; '.join(marks)})".strip() if marks else title
    return heading if not heading or heading.endswith((".", "?", "!")) else f"{heading}."


def passage_text(passage: Passage) -> str:
    """A passage as the model reads it, without its number: what its citations are held against."""
    return f"{passage_heading(passage)} {passage['text']}".strip()


def format_passages(passages: Sequence[Passage], first: int = 1) -> str:
    """Passages numbered from ``first``, each with its title and date where it has them."""
    return "\n".join(f"[{number}] {passage_text(passage)}" for number, passage in enumerate(passages, first))


def user_message(
    question: str, passages: Sequence[Passage] | None = None, instruction: Instruction = "only"
) -> Message:
    """The user's turn: the question alone, or the context, the instruction and the question.

    An empty list of passages is a context in which nothing was found; None is no context at all.
    """
    if passages is None:
        return {"role": "user", "content": question}
    return {"role": "user", "content": with_context(question, format_passages(passages) or NOTHING_FOUND, instruction)}


def with_context(question: str, context: str, instruction: Instruction = "only") -> str:
    """A question below its context and the instruction; ``context`` holds no empty line."""
    return f"{_CONTEXT}{context}\n\n{INSTRUCTIONS[instruction]}\n\nQuestion: {question}"


def has_passages(content: str) -> bool:
    """Whether a user's turn is one of :func:`user_message` with a context."""
    _, _, rest = content.partition("\n\n")  # no passage holds an empty line
    return content.startswith(_CONTEXT) and rest.startswith(tuple(INSTRUCTIONS.values()))


def with_fewer_passages(content: str, least: int) -> str | None:
    """A user's turn of :func:`user_message` without the last of its passages; None where it has no context, or no more
    than ``least`` passages. A passage begins at the first line that begins with its number."""
    if not has_passages(content):
        return None
    context, _, rest = content.removeprefix(_CONTEXT).partition("\n\n")
    number, place = 1, 0
    starts: list[int] = []
    while (place := f"\n{context}".find(f"\n[{number}] ", place)) >= 0:
        starts.append(place)
        number += 1
    if len(starts) <= max(least, 1):
        return None
    return f"{_CONTEXT}{context[: starts[-1]].rstrip()}\n\n{rest}"


def with_hint(messages: Sequence[Message], answer: str) -> list[Message]:
    """The prompt with the answer that is expected, below :data:`HINT` in the last user's message."""
    last = max(place for place, message in enumerate(messages) if message["role"] == "user")
    hinted: Message = {**messages[last], "content": f"{messages[last]['content']}\n\n{HINT}\n{answer}"}
    return [*messages[:last], hinted, *messages[last + 1 :]]


def assistant_message(content: str) -> Message:
    """An assistant turn."""
    return {"role": "assistant", "content": content}


def conversation(mode: Mode, turns: Sequence[Message], tag: str | None = "") -> list[Message]:
    """The whole prompt: the system message and the turns so far."""
    return [system_message(mode, tag), *turns]


def key_sentence(answer: str) -> str:
    """An answer's first sentence that is no question: some begin by repeating what was asked."""
    pieces = sentences(answer) or [""]
    return next((piece for piece in pieces if not piece.endswith("?")), pieces[0])


def shape_open(answer: str, mode: Mode, check: str = "", known: str = "", not_said: str = "") -> str:
    """An open answer in a mode's form, made from the same facts.

    Args:
        answer: one or more sentences.
        mode: EXAM puts the first statement after ``Key point:``; CLINICAL begins with what is known of a patient and
            what is not said, and ends in ``check``.
        check: what to verify before acting (CLINICAL only; no line is added when empty).
        known: the facts of the case (CLINICAL only; no line is added when empty).
        not_said: what the case leaves open (CLINICAL only; no line is added when empty).
    """
    if mode == "EXAM":
        first = key_sentence(answer)
        rest = answer.partition(first)[2].strip() if first else ""
        return f"{KEY_POINT} {first}\n{rest}" if rest else f"{KEY_POINT} {first}"
    lines = [f"{KNOWN} {known}"] * bool(known) + [f"{NOT_SAID} {not_said}"] * bool(not_said) + [answer]
    return "\n".join([*lines, f"{BEFORE_ACTING} {check}"] if check else lines)


def shape_mcq(
    letter: str, option: str, rationale: str, mode: Mode, check: str = "", known: str = "", not_said: str = ""
) -> str:
    """An MCQ's answer in a mode's form: reasons first and ``ANSWER: X`` last for EXAM, the choice in
    words first for CLINICAL."""
    if mode == "EXAM":
        reasons = shape_open(rationale.strip() or f"{option.rstrip('.')}.", "EXAM")
        return f"{reasons}\n{ANSWER} {letter}"
    bare = option.rstrip(".")
    reasons = rationale.strip().removeprefix(f"{bare}.")  # a rationale that begins with the choice says it twice
    return shape_open(f"{CHOICE} {bare}. {reasons.strip()}".strip(), "CLINICAL", check, known, not_said)


def body(answer: str) -> str:
    """An answer without the markers that a mode adds: no ``Key point:``, no ``Known:``, ``Not said:`` or ``Before
    acting:`` line, no ``ANSWER:`` line. This is the part that is held against references and passages."""
    return "\n".join(text for _, text in body_lines(answer))


def body_lines(answer: str) -> list[tuple[int, str]]:
    """The lines of :func:`body`, each with the character of the answer at which it begins."""
    kept = []
    offset = 0
    for line in answer.splitlines(keepends=True):
        bare = line.strip()
        if bare and not bare.startswith((BEFORE_ACTING, ANSWER, KNOWN, NOT_SAID)):
            text = bare.removeprefix(KEY_POINT).strip()
            if text:
                kept.append((offset + line.index(bare) + len(bare) - len(text), text))
        offset += len(line)
    return kept
