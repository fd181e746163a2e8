"""Presidio as a second, optional engine beside the patterns of :mod:`residency.corpus.checks.privacy`.

It needs the extra ``privacy`` and a spaCy language model, which is loaded once in each process that checks rows.
Presidio's own look for e-mail addresses is left out: it fetches a list from the internet, and the patterns find them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from residency.core.errors import MissingDependencyError, UsageError
from residency.corpus.checks.base import Check, Finding, Sure
from residency.corpus.checks.parts import texts
from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings
from residency.domain.surgery.eponyms import EPONYMS

MODELS = ("en_core_web_lg", "en_core_web_trf", "en_core_web_md", "en_core_web_sm")
"""Language models by preference; the first that is installed serves where the settings name none."""
NO_MODEL = "none"
ENTITIES = ("PERSON", "PHONE_NUMBER", "UK_NHS", "US_SSN", "MEDICAL_LICENSE", "IP_ADDRESS")
LIKELY = 0.7
_UNUSED = ["parser", "senter"]  # parts of a language model that nothing here reads


def require(model: str | None) -> None:
    """Make sure that Presidio can do its work, without loading a model.

    Args:
        model: as in the setting ``corpus.privacy_model``.

    Raises:
        MissingDependencyError: presidio-analyzer is not installed.
        UsageError: its language model is not installed.
    """
    _modules()
    _installed(model)


def presidio_findings(text: str, model: str | None = None) -> list[Finding]:
    """What Presidio takes for personal data in ``text``, each with its span and Presidio's score, the surest first.

    On surgical documents its published precision is 0.51 and its recall 0.74: half of what it flags is nothing,
    and a quarter of what there is it misses. Flag for review, never redact, and never call a bank clean by it. An
    eponym that stands alone is left out, as the patterns leave it; other single words are only ``possible``, for
    Presidio gives drugs and diseases the same score as names.

    Raises:
        MissingDependencyError: presidio-analyzer is not installed.
        UsageError: its language model is not installed.
    """
    results = _engine(_installed(model)).analyze(text=text, language="en", entities=list(ENTITIES))
    found = []
    for result in sorted(results, key=lambda result: (-result.score, result.start, result.end)):
        said = text[result.start : result.end]
        if result.entity_type == "PERSON" and said in EPONYMS:
            continue
        detail = f"{result.entity_type.lower().replace('_', ' ')} by Presidio (score {result.score:.2f}), {said!r}"
        found.append(Finding(detail, "", (result.start, result.end), _sure(result, said)))
    return sorted(found, key=lambda finding: finding.sure != "likely")


def _sure(result: Any, said: str) -> Sure:
    named = [word for word in said.split() if word[0].isupper() and word[1:2].islower()]  # no "Vitamin B12"
    whole = result.entity_type != "PERSON" or len(named) > 1
    return "likely" if whole and result.score >= LIKELY else "possible"


def _modules() -> tuple[ModuleType, ModuleType, ModuleType]:
    try:
        return import_module("presidio_analyzer"), import_module("presidio_analyzer.nlp_engine"), import_module("spacy")
    except ImportError:
        raise MissingDependencyError("presidio-analyzer", "privacy") from None


def _installed(model: str | None) -> str:
    """The language model that is used."""
    if model == NO_MODEL:
        return model
    is_package = _modules()[2].util.is_package
    for name in [model] if model else MODELS:
        if is_package(name) or Path(name).is_dir():
            return name
    name = model or MODELS[0]
    raise UsageError(
        f"Presidio finds names by a spaCy language model, and {name} is not installed",
        "corpus.privacy_model",
        f'Type: python -m spacy download {name} - or set privacy_model = "{NO_MODEL}" for numbers without names',
    )


@cache
def _engine(model: str) -> Any:
    analyzer, engines, spacy = _modules()
    # It warns of every recogniser of another language and of every number and date in a text.
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    # A pipeline that is handed over is not downloaded, which Presidio would do by itself.
    engine = engines.SpacyNlpEngine()
    engine.nlp = {"en": spacy.blank("en") if model == NO_MODEL else spacy.load(model, exclude=_UNUSED)}
    return analyzer.AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])


def _find(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for where, text in texts(draft):
        for finding in presidio_findings(text, settings.privacy_model) if text else ():
            yield Finding(finding.detail, where, finding.span, finding.sure)


CHECK = Check(
    "privacy_presidio",
    "warns",
    "Personal data, by Presidio",
    "As for the other privacy checks. Its published figures on surgical documents are a precision of 0.51 and a recall "
    "of 0.74: about half of these findings are nothing, and about a quarter of what there is goes unseen.",
    _find,
)
"""Not among the checks that always run: it is slow, and asked for by a setting."""
