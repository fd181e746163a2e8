"""Presidio as a second, optional engine beside the patterns of :mod:`residency.corpus.checks.privacy`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from residency.core.errors import MissingDependencyError, UsageError
from residency.corpus.checks.base import Check, Finding
from residency.corpus.checks.parts import parts
from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings

MODEL = "en_core_web_lg"
ENTITIES = ("PERSON", "PHONE_NUMBER", "EMAIL_ADDRESS", "UK_NHS", "US_SSN", "MEDICAL_LICENSE", "IP_ADDRESS")
LIKELY = 0.7


def presidio_findings(text: str) -> list[Finding]:
    """What Presidio takes for personal data in ``text``, each with its span and Presidio's score.

    On surgical documents its published precision is 0.51 and its recall 0.74: half of what it flags is nothing,
    and a quarter of what there is it misses. Flag for review, never redact, and never call a bank clean by it.

    Raises:
        MissingDependencyError: presidio-analyzer is not installed.
        UsageError: its language model is not installed.
    """
    results = _engine().analyze(text=text, language="en", entities=list(ENTITIES))
    return [
        Finding(
            f"{result.entity_type.lower().replace('_', ' ')} by Presidio (score {result.score:.2f}), "
            f"{text[result.start : result.end]!r}",
            span=(result.start, result.end),
            sure="likely" if result.score >= LIKELY else "possible",
        )
        for result in sorted(results, key=lambda result: (result.start, result.end))
    ]


@cache
def _engine() -> Any:
    try:
        analyzer, engines, spacy = (
            import_module(name) for name in ("presidio_analyzer", "presidio_analyzer.nlp_engine", "spacy.util")
        )
    except ImportError:
        raise MissingDependencyError("presidio-analyzer", "privacy") from None
    if not spacy.is_package(MODEL):
        raise UsageError(f"Presidio needs the language model {MODEL}", fix=f"Type: python -m spacy download {MODEL}")
    models = [{"lang_code": "en", "model_name": MODEL}]
    provider = engines.NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    return analyzer.AnalyzerEngine(nlp_engine=provider.create_engine(), supported_languages=["en"])


def _find(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for where, text in parts(draft).every:
        for finding in presidio_findings(text) if text else ():
            yield Finding(finding.detail, where, finding.span, finding.sure)


CHECK = Check(
    "privacy_presidio",
    "warns",
    "Personal data, by Presidio",
    "As for the other privacy checks; half of these findings are nothing, and a quarter of the data goes unseen.",
    _find,
)
"""Not among the checks that always run: it is slow, and asked for by a setting."""
