"""Answers one question from a run folder, by the assistant that is served."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from residency.core.errors import InputError, ServerError
from residency.core.prompt import Mode
from residency.core.records import Passage
from residency.core.runs import check_run_folder
from residency.serving.assistant import Assistant
from residency.serving.contract import Ask, Checked, Cited, Ended, Event, Said, Searched
from residency.serving.opening import INDEX, passages_of
from residency.serving.settings import ServeSettings
from residency.serving.shelf import Shelf
from residency.serving.upstream.opening import open_upstream

MAX_NEW_TOKENS = 256


@dataclass(frozen=True)
class Answer:
    """An answer and what it rests on.

    ``passages`` are those that were given, each with ``number``, ``id``, ``title``, ``text``, whether the
    answer cites it and whether it supports a sentence that cites it. ``unsupported`` are the answer's
    sentences that their citations do not support; empty without context.
    """

    question: str
    mode: Mode
    text: str
    passages: list[dict[str, Any]]
    unsupported: list[str] = field(default_factory=list)
    abstains: bool = False
    model: str = "base"


def ask(run_folder: Path, question: str, mode: Mode, use_context: bool = True) -> Answer:
    """Ask the model that a run trained: the preference-tuned adapter, else the SFT adapter.

    Args:
        run_folder: ``runs/NAME``.
        question: what the user types.
        mode: EXAM or CLINICAL.
        use_context: retrieve passages and ask for an answer from them alone.

    The prompt is that of the chat format with which the adapter was trained, whatever the recipe says by now.

    Raises:
        InputError: the folder holds no trained adapter, or the question is empty.
    """
    if not question.strip():
        raise InputError("the question is empty", fix='Type: residency ask RUN --mode exam "..."')
    check_run_folder(run_folder)
    shelf = Shelf(run_folder / INDEX) if use_context else None
    settings = ServeSettings(personal="flag")
    upstream = open_upstream(str(run_folder))
    assistant = Assistant(upstream, shelf, settings, passages=passages_of(run_folder))
    asked = Ask([{"role": "user", "content": question}], mode, max_tokens=MAX_NEW_TOKENS)
    return answer_of(question, mode, _run(assistant, asked), upstream.name)


def answer_of(question: str, mode: Mode, events: Sequence[Event], model: str) -> Answer:
    """The answer that an assistant's events tell.

    Raises:
        InputError: the model thought until its tokens were used up.
        ServerError: it failed.
    """
    (ended,) = (event for event in events if isinstance(event, Ended))
    if ended.finish == "error":
        raise ServerError(ended.error)
    text = "".join(event.text for event in events if isinstance(event, Said)).strip()
    if ended.finish == "length" and not text:
        what = f"the model still thought after {ended.completion_tokens or 0:,} tokens"
        raise InputError(what, "chat.thought_tokens", "Raise it")
    checked = next((event for event in events if isinstance(event, Checked)), Checked((), False, False))
    passages = [passage for event in events if isinstance(event, Searched) for passage in event.passages]
    faulty = [one for one in checked.sentences if one.status in ("unsupported", "uncited")]
    said = "".join(event.text for event in events if isinstance(event, Said))
    return Answer(
        question,
        mode,
        text,
        [_shown(number, passage, checked.sentences) for number, passage in enumerate(passages, 1)],
        [said[one.start : one.end] for one in faulty],
        checked.abstains,
        model,
    )


def _shown(number: int, passage: Passage, sentences: Sequence[Cited]) -> dict[str, Any]:
    citing = [one for one in sentences if number in one.numbers]
    return {
        "number": number,
        "id": passage["id"],
        "title": passage["title"],
        "date": passage.get("date", ""),
        "superseded_by": passage.get("superseded_by", ""),
        "text": passage["text"],
        "cited": bool(citing),
        "supported": any(one.status == "supported" for one in citing),
    }


def _run(assistant: Assistant, ask: Ask) -> list[Event]:
    async def all_of_it() -> list[Event]:
        try:
            return [event async for event in assistant.answer(ask)]
        finally:
            await assistant.upstream.close()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(all_of_it())
    with ThreadPoolExecutor(1) as pool:  # a notebook's loop is running already
        return pool.submit(asyncio.run, all_of_it()).result()
