"""Whether the answer that a thought led to agrees with the gold answer of its turn."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from residency.core.prompt import ANSWER, CHOICE, body, read_options
from residency.core.records import Conversation, Message
from residency.core.text import sentences
from residency.judging.answers import chosen, is_abstention, parse_letter
from residency.judging.citations import strip_citations
from residency.judging.overlap import key_fact_recall


@dataclass(frozen=True)
class Gold:
    """What a right answer to one turn is: these ``calls`` of functions where there are any, else an option's letter
    where ``letter`` is not empty, else an abstention where ``abstains``, and otherwise the ``facts``. ``shown`` is the
    gold answer itself."""

    shown: str
    calls: list[tuple[str, Any]]
    letter: str
    options: dict[str, str]
    abstains: bool
    facts: list[str]


def gold_of(row: Conversation, place: int) -> Gold:
    """The gold answer of the assistant's turn at ``place``."""
    messages, expect = row["messages"], row["expect"]
    content, last = messages[place]["content"], place == len(messages) - 1
    options: dict[str, str] = {}
    for message in messages[:place]:
        if message["role"] == "user":
            options = read_options(message["content"]) or options
    letter = str(expect.get("letter", "")) if last else ""
    if options and not letter:
        letter = _chosen_in_form(content, options)
    facts = list(expect.get("key_facts", [])) if last else []
    calls = _calls(messages[place])
    return Gold(
        content or json.dumps(calls, ensure_ascii=False),
        calls,
        letter if letter in options else "",
        options,
        bool(expect["abstain"]) if last and "abstain" in expect else is_abstention(content),
        facts or sentences(body(strip_citations(content))),
    )


def disagreement(gold: Gold, said: Message, agreement: float) -> str:
    """Why the answer does not agree with the gold answer; empty when it does.

    Args:
        gold: what a right answer is.
        said: the model's own answer.
        agreement: the share of the facts that it must state, where there is no letter to compare.
    """
    if gold.calls:
        return "" if _calls(said) == gold.calls else "it called another function, or with other arguments"
    answer = said["content"]
    if not answer.strip():
        return "no answer came before the limit of tokens"
    if gold.letter:
        letter = chosen(answer, gold.options)
        if letter is None:
            return "no option could be read from its answer"
        return "" if letter == gold.letter else "it chose another option"
    abstains = is_abstention(answer)
    if gold.abstains:
        return "" if abstains else "it answered what the context does not hold"
    if abstains:
        return "it abstained"
    recall = key_fact_recall(answer, gold.facts)
    if recall is None:
        return "the gold answer states nothing to compare"
    return "" if recall >= agreement else "its answer does not state the gold answer"


def _chosen_in_form(content: str, options: Mapping[str, str]) -> str:
    """The letter that a gold answer gives in a mode's form; empty when it is no choice."""
    if CHOICE in content:  # after what is known of the patient, or what was said of the conversation, where it is said
        said = content[content.index(CHOICE) :]
        fit = [letter for letter, option in options.items() if said.startswith(f"{CHOICE} {option.rstrip('.')}.")]
        return max(fit, key=lambda letter: len(options[letter]), default="")
    if any(line.startswith(ANSWER) for line in content.split("\n")):
        return parse_letter(content, options) or ""
    return ""


def _calls(message: Message) -> list[tuple[str, Any]]:
    """The functions that a message calls, each with its arguments as values."""
    found = []
    for call in message.get("tool_calls", []):
        function = call.get("function", call)
        arguments = function.get("arguments", {})
        if isinstance(arguments, str):
            with contextlib.suppress(ValueError):
                arguments = json.loads(arguments)
        found.append((str(function["name"]), arguments))
    return found
