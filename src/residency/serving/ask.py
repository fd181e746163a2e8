"""Answers one question from a run folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.core.errors import InputError
from residency.core.prompt import Mode, conversation, passage_text, user_message
from residency.core.records import Passage
from residency.core.runs import check_run_folder, is_finished, is_made_of, settings_of, values_of
from residency.core.text import sentences
from residency.generation.generate import generate
from residency.generation.models import load_model, load_tokenizer, tuned_folder
from residency.generation.settings import ModelSettings
from residency.judging.answers import is_abstention
from residency.judging.citations import cited_numbers, score_citations
from residency.judging.support import support
from residency.retrieval.index import open_index

ADAPTERS = {"preference": "preference", "sft": "compile"}
"""The stages that train an adapter, the last one first; each with the stage whose manifest holds the chat format."""
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
    stage = next((name for name in ADAPTERS if is_finished(run_folder, name)), None)
    if stage is None:
        raise InputError(
            "no trained adapter in this run folder", str(run_folder), "Finish it with: residency run RECIPE"
        )
    if stage == "sft" and not is_made_of(run_folder, "sft", "compile"):
        what = "the rows were compiled anew since this adapter was trained, perhaps in another chat format"
        raise InputError(what, str(run_folder), "Finish it with: residency run RECIPE")
    shown = values_of(run_folder, "grounding", "grounding")["passages"] if use_context else 0
    passages = _retrieve(run_folder, question, shown) if use_context else None
    settings = settings_of(run_folder, stage, "model", ModelSettings)
    chat = settings_of(run_folder, ADAPTERS[stage], "chat", ChatSettings)
    renderer = renderer_of(load_tokenizer(settings), chat)
    prompt = renderer.prompt(conversation(mode, [user_message(question.strip(), passages)]))
    model = load_model(settings, tuned_folder(run_folder / stage))
    limit = renderer.limit(MAX_NEW_TOKENS)
    (ids,) = generate(model, [prompt], stop=renderer.stops, max_new_tokens=limit)
    if renderer.thinking and len(ids) == limit and not renderer.answer(ids):
        raise InputError(f"the model still thought after {limit} tokens", "chat.thought_tokens", "Raise it")
    return checked(question, mode, renderer.answer(ids), passages, stage)


def checked(question: str, mode: Mode, text: str, context: list[Passage] | None, model: str) -> Answer:
    """The answer with its citations held against the passages; None stands for a question without context,
    an empty list for a search that found nothing."""
    passages = context or []
    texts = [*map(passage_text, passages)]
    abstains = context is not None and is_abstention(text)
    verdict = score_citations(text, texts, question)
    cited = set(cited_numbers(text))
    shown = [
        {
            "number": number,
            "id": passage["id"],
            "title": passage["title"],
            "date": passage.get("date", ""),
            "superseded_by": passage.get("superseded_by", ""),
            "text": passage["text"],
            "cited": number in cited,
            "supported": number in cited and _supports_its_sentence(text, number, texts[number - 1], question),
        }
        for number, passage in enumerate(passages, 1)
    ]
    unsupported = list(verdict.unsupported) if context is not None and not abstains else []
    return Answer(question, mode, text, shown, unsupported, abstains, model)


def _supports_its_sentence(answer: str, number: int, text: str, question: str) -> bool:
    return any(
        number in cited_numbers(sentence) and support(text, sentence, given=question).supported
        for sentence in sentences(answer)
    )


def _retrieve(run_folder: Path, question: str, count: int) -> list[Passage] | None:
    index = open_index(run_folder / "index")
    if not index.passages:
        return None
    return [passage for passage, _ in index.search(question, count)]
