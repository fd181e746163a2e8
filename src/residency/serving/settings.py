"""Settings of the assistant: one TOML file, every key with its default, so that none is needed to begin."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from residency.core.errors import InputError, RecipeError
from residency.core.explain import explain
from residency.core.stage import Settings
from residency.serving.access.settings import AccessSettings
from residency.serving.audit.settings import AuditSettings
from residency.serving.contract import Retrieval
from residency.serving.web.settings import WebSettings


class RetrievalSettings(Settings):
    """How passages come into an answer."""

    when: Retrieval = "always"
    """Where a request does not say: before each answer (``always``), where the model calls for it (``tool``; a model
    that cannot call is searched for), or ``never``."""
    passages: int | None = Field(default=None, ge=1, le=10)
    """How many are shown; if left out, as many as the run was trained with, else 3."""
    steps: int = Field(default=4, ge=1, le=12)
    """Calls for a search, one after another, that a model may make for one answer."""
    unanswered: Literal["abstain", "answer"] = "abstain"
    """What a CLINICAL answer may be where a search found nothing at all: one that says so, and nothing else
    (``abstain``), or what the model says, which is marked (``answer``)."""


class LimitSettings(Settings):
    """What one answer may take."""

    answer_tokens: int = Field(default=1024, ge=1)
    """Tokens of an answer where a request does not say; how many it may say stands in ``access.max_tokens``."""
    context_tokens: int = Field(default=0, ge=0)
    """Tokens that prompt and answer may have where the model's own limit is not known; 0: no limit is kept."""
    seconds: float = Field(default=180.0, gt=0)
    """From the question to the end of the answer, searches among it."""
    search_seconds: float = Field(default=10.0, gt=0)
    """For a search of the guidelines; one that takes longer has failed, and the answer goes on without it."""


class ServeSettings(Settings):
    """All of the assistant."""

    retrieval: RetrievalSettings = RetrievalSettings()
    """How passages come into an answer."""
    limits: LimitSettings = LimitSettings()
    """What one answer may take."""
    web: WebSettings = WebSettings()
    """Where the web is searched; nowhere unless a provider is named."""
    audit: AuditSettings = AuditSettings()
    """What is kept of answers."""
    access: AccessSettings = AccessSettings()
    """Who may ask, from where, how much and how often."""
    personal: Literal["flag", "ask", "block"] = "ask"
    """What becomes of a question with what may be personal data: it is answered and the places are shown (``flag``);
    the page shows them first, and sends it when the user says so (``ask``); it is not answered (``block``). Detection
    is imperfect in both directions."""


def read_settings(path: Path | None) -> ServeSettings:
    """The settings of a TOML file, or the defaults.

    Raises:
        InputError: the file is missing or is not TOML.
        RecipeError: a key is unknown, or a value does not fit; every fault is told.
    """
    if path is None:
        return ServeSettings()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError((error.strerror or "cannot be read").lower(), str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"this is no TOML: {error}", str(path)) from None
    try:
        settings = ServeSettings.model_validate(values)
    except ValidationError as error:
        problems = [explain(fault, ServeSettings) for fault in error.errors()]
        raise RecipeError(problems, str(path)) from None
    if problems := settings.web.problems():
        raise RecipeError(problems, str(path))
    return settings
