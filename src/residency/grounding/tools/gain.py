"""Keeps a call where its result makes the gold answer likelier under the base model (Toolformer, Schick et al. 2023).

The answer's sentences, without their marks, are held against the conversation with the last turn's calls and results
and against the same conversation without them. What ends in an abstention or needs no call is not asked about: there is
no gold answer that a result could make likelier.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from residency.chat.settings import ChatSettings
from residency.core.prompt import conversation, with_context
from residency.core.records import HELD_OUT, Conversation, Message
from residency.core.stage import StageContext
from residency.core.tools import FAILED
from residency.generation.settings import ModelSettings
from residency.grounding.tools.build import Exemplars

if TYPE_CHECKING:
    from residency.chat.gain import Compared

VALUES = "checkpoints/tool-gains.jsonl"
NO_GAIN = "the result does not make the answer likelier by tool_gain"


def keep_useful(made: Exemplars, least: float, context: StageContext) -> None:
    """Leaves exemplars out whose result gains the answer less than ``least`` nats a token, and counts them."""
    from residency.chat.gain import gains, knows_tools

    model, chat = context.section("model", ModelSettings), context.section("chat", ChatSettings)
    rows = [row for row in made.rows if is_asked(row)]
    context.progress.start(len(rows), "calls held against their results")
    flat = not knows_tools(model, chat)
    found = gains([compared(row, flat) for row in rows], model, chat, context.out / VALUES, context.progress.advance)
    out = {name for name, value in found.items() if value < least}
    for row in rows:
        if row["id"] in out:
            variant = row["expect"]["check"]["variant"]
            made.refused[variant][NO_GAIN] += 1
            made.built[row["split"]][variant] -= 1
    made.rows = [row for row in made.rows if row["id"] not in out]
    made.gain = {
        "asked": len(found),
        "left_out": len(out),
        "mean": round(sum(found.values()) / len(found), 4) if found else None,
        "least": least,
    }
    context.progress.note(f"{len(out):,} of {len(found):,} calls gain their answer nothing and are left out")


def is_asked(row: Conversation) -> bool:
    """Whether there is a gold answer that the last turn's calls should make likelier. Nothing held out is touched."""
    expect = row["expect"]
    return bool(expect["check"]["calls"]) and not expect["abstain"] and row["split"] not in HELD_OUT


def compared(row: Conversation, flat: bool) -> Compared:
    """The exemplar's gold answer after its calls and without them.

    Args:
        row: the exemplar.
        flat: whether the model knows no tools, so that results are shown to it as contexts.
    """
    from residency.chat.gain import Compared

    messages = row["messages"][:-1]
    last = max(place for place, message in enumerate(messages) if message["role"] == "user")
    shapes = [as_contexts(some) if flat else some for some in (messages, messages[: last + 1])]
    after, than = (conversation(row["mode"], some) for some in shapes)
    return Compared(row["id"], row["expect"]["reference"], after, than, () if flat else row["tools"])


def as_contexts(messages: Sequence[Message]) -> list[Message]:
    """A conversation without calls: what they gave stands as the context of the user's turn before them."""
    found: list[Message] = []
    results: list[str] = []
    for message in [*messages, None]:
        if message is None or message["role"] == "user":
            if found and results:
                place = max(place for place, one in enumerate(found) if one["role"] == "user")
                asked = found[place]["content"]
                found[place] = {"role": "user", "content": with_context(asked, "\n".join(results))}
            results = []
        if message is None:
            break
        if message["role"] == "tool":
            results += [message["content"]] if message["content"] not in FAILED.values() else []
        elif not message.get("tool_calls"):
            found.append(message)
    return found
