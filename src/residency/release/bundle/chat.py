"""The chat template that serves what was trained, and examples that prove it wherever the model is run.

A model's packaged template need not be what it was trained to read: that of gpt-oss writes today's date, that of the
hybrid Qwen3 asks for thoughts unless told otherwise, and none takes away white space around an earlier answer. The
bundle's template is the family's own (``templates/``) with the run's choices as its defaults, so that plain
``apply_chat_template(messages, add_generation_prompt=True)`` gives the ids of :meth:`Renderer.prompt`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from residency.chat.families.chatml import ChatML
from residency.chat.families.harmony import KNOWLEDGE_CUTOFF, Harmony
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings
from residency.core import prompt, tools
from residency.core.errors import ProofError, UsageError
from residency.core.records import Message, Passage

TEMPLATES = Path(__file__).parent / "templates"
QUESTION = "What is checked first after a fall from 3 m? BP 95/60 mmHg – pulse 118/min."
ANSWER = "  Key point: the airway, with the neck held still.\nThen breathing. [1]\n"
THOUGHT = "\nThe order of assessment is asked for.\n"
PASSAGES = cast(
    list[Passage],
    [
        {"title": "First assessment", "date": "2026-10-01", "text": "Airway first; the neck is held still."},
        {"title": "Breathing", "date": "2019-02", "superseded_by": "yes", "text": "Give oxygen, 15 L/min."},
        {"title": "What next?", "date": "", "text": "Two wide-bore cannulas (≥16 G)."},
    ],
)


def served_template(tokenizer: Any, renderer: Renderer, settings: ChatSettings) -> str:
    """The Jinja template for the bundle, with the choices of the run as its defaults.

    Args:
        tokenizer: the base model's, whose own template stays where the family is known by nothing else.
        renderer: of the run.
        settings: the recipe's, which say the date.
    """
    family = renderer.family
    if isinstance(family, Harmony):
        fixed = {"identity": family.identity, "knowledge_cutoff": KNOWLEDGE_CUTOFF, "date": family.date}
        return _with(_own("harmony"), fixed, {"reasoning_effort": family.effort})
    if family.name.startswith("qwen3"):
        return _with(_own("qwen3"), {"thinks": family.thinks}, {"enable_thinking": renderer.thinking})
    if isinstance(family, ChatML):
        return _with(_own("chatml"), {"default_system": family.default_system}, {})
    chosen: dict[str, Any] = {"enable_thinking": renderer.thinking} if family.thinks != "never" else {}
    chosen |= {"date_string": settings.date} if settings.date else {}
    return _with(_own("tidied") + str(tokenizer.chat_template), {}, chosen)


def _own(name: str) -> str:
    return (TEMPLATES / f"{name}.jinja").read_text(encoding="utf-8")


def _with(template: str, fixed: Mapping[str, Any], chosen: Mapping[str, Any]) -> str:
    """The template below what is set for it; what was ``chosen`` is a default that a caller may overrule."""
    lines = [f"{{%- set {name} = {_literal(value)} %}}" for name, value in fixed.items()]
    lines += [
        f"{{%- if {name} is not defined %}}{{%- set {name} = {_literal(value)} %}}{{%- endif %}}"
        for name, value in chosen.items()
    ]
    # A line's end after a block is taken away by every renderer of these templates (trim_blocks).
    return "".join(f"{line}\n" for line in lines) + template


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def conversations(renderer: Renderer) -> Iterator[tuple[str, list[Message], list[dict[str, Any]]]]:
    """What the contract can ask, each under a name: both modes, one turn and several, with passages and none found, and
    a search in its steps where the family calls functions."""
    thought: dict[str, Any] = {"thinking": THOUGHT} if renderer.thinking else {}
    answered = cast(Message, {"role": "assistant", "content": ANSWER, **thought})
    asked = prompt.user_message(QUESTION)
    given = prompt.user_message(QUESTION, PASSAGES)
    for mode in prompt.MODES:
        turns: dict[str, list[Message]] = {
            "one turn": [asked],
            "several turns": [asked, answered, prompt.user_message("And then?")],
            "passages": [given],
            "passages that may help": [prompt.user_message(QUESTION, PASSAGES, "if_it_helps")],
            "nothing found": [prompt.user_message(QUESTION, [])],
            "passages, then a turn": [given, answered, prompt.user_message("Why? 3.5 mg\n\nA. é")],
        }
        for name, messages in turns.items():
            yield f"{mode}: {name}", prompt.conversation(mode, messages), []
        if renderer.family.tools:
            call = tools.calling_message("search_guidelines", {"query": "fall airway – neck"}, THOUGHT.strip())
            if not renderer.thinking:
                call.pop("thinking", None)
            result = tools.result_message("search_guidelines", PASSAGES, 1)
            failed = tools.failed_message("search_guidelines", "timed out")
            steps: dict[str, list[Message]] = {
                "a search offered": [asked],
                "a search done": [asked, call, result],
                "a search failed, again": [asked, call, failed, call, result],
                "a search before": [asked, call, result, answered, prompt.user_message("And then?")],
            }
            for name, messages in steps.items():
                yield f"{mode}: {name}", prompt.conversation(mode, messages), list(tools.TOOLS)
    yield "no system message", [asked], []


def conformance(tokenizer: Any, renderer: Renderer) -> list[dict[str, Any]]:
    """Examples for the bundle, each proved: ``name``, ``messages``, ``tools`` and the prompt's ``ids``.

    Args:
        tokenizer: as it stands in the bundle, with :func:`served_template`.
        renderer: of the run, which is the measure.

    Raises:
        ProofError: the template gives other ids, or none for what the run has a form for.
    """
    found: list[dict[str, Any]] = []
    for name, messages, functions in conversations(renderer):
        try:
            ids = renderer.prompt(messages, functions)
        except UsageError:  # a template of the model's own may have no form for it
            continue
        example = {"name": name, "messages": messages, "tools": functions, "ids": ids}
        try:
            theirs = rendered(tokenizer, example)
        except Exception as error:  # a template is a foreign program
            raise _unequal(name, f"cannot render it ({error})") from error
        if theirs != ids:
            at = next((n for n, (one, other) in enumerate(zip(theirs, ids, strict=False)) if one != other), len(ids))
            near = slice(max(0, at - 10), at + 10)
            sides = f"gives {renderer.decode(theirs[near])!r}, trained on was {renderer.decode(ids[near])!r}"
            raise _unequal(name, sides)
        found.append(example)
    return found


def rendered(tokenizer: Any, example: Mapping[str, Any]) -> list[int]:
    """The ids that plain ``apply_chat_template`` gives for an example."""
    functions: Sequence[Any] | None = example["tools"] or None
    given = tokenizer.apply_chat_template(
        example["messages"], tools=functions, add_generation_prompt=True, tokenize=True, return_dict=True
    )
    return [int(number) for number in given["input_ids"]]


def _unequal(name: str, what: str) -> ProofError:
    return ProofError(
        f"the chat template of the bundle {what}",
        f"conformance example {name!r}",
        "Set chat.family to the family that the model belongs to, or report this model",
    )
