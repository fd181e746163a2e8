"""Settings of the support checker."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from residency.core.stage import Settings
from residency.generation.settings import KeyVariable, ServerAddress, however_reached
from residency.judging.support import THRESHOLD


class SupportSettings(Settings):
    """Which layers decide whether a text supports a sentence. As it stands no model is loaded or asked."""

    words: float = Field(default=THRESHOLD, gt=0, le=1)
    """The share of a sentence's content words that a text must hold to support it."""
    cosine: float | None = Field(default=None, gt=0, le=1)
    """What ``words`` alone refuses is held against the other layers all the same where MiniLM finds a sentence of the
    text, or two that follow one another, at least this close in meaning (0.75 is measured in docs/support-checker.md).
    None: no embeddings are made for this."""
    least_cosine: float | None = Field(default=None, gt=0, le=1)
    """A sentence is refused where no place of the text comes this close. None: no embeddings are made for this."""
    nli: str = ""
    """An NLI cross-encoder of sentence-transformers, by its name on the hub or its folder; empty: none."""
    entailment: float = Field(default=0.5, gt=0, le=1)
    """The probability of entailment below which the NLI model refuses a sentence."""
    server: ServerAddress = ""
    """Base URL of an OpenAI-compatible server with a judge model, such as http://localhost:8000/v1; empty: none."""
    server_model: str = ""
    """The judge model's name on the server; empty for the only one that it has."""
    server_key: KeyVariable = "OPENAI_API_KEY"
    """Name of the environment variable that holds the server's API key."""
    server_parallel: int = Field(default=16, ge=1, le=1024)
    """Sentences asked of the server at once."""
    max_tokens: int = Field(default=1024, ge=16)
    """Tokens of a judge model's answer at most, its thought included."""
    timeout: float = Field(default=300, gt=0)
    """Seconds to wait for the server's answer."""

    def fingerprint_values(self) -> dict[str, Any]:
        """How the server is reached does not count."""
        return however_reached(super().fingerprint_values())

    def problems(self) -> list[str]:
        if not self.server and self.server_model:
            return ["a judge model is named and no server: set server to its address, or name no server_model"]
        return []


class JudgeSettings(Settings):
    """A judge model for answers, and what it may cost. As it stands none is asked."""

    server: ServerAddress = ""
    """Base URL of an OpenAI-compatible server with a judge model, such as http://localhost:8000/v1; empty: none."""
    server_model: str = ""
    """The judge model's name on the server. It stands in every label that it gives, so that it must be named."""
    server_key: KeyVariable = "OPENAI_API_KEY"
    """Name of the environment variable that holds the server's API key."""
    server_parallel: int = Field(default=16, ge=1, le=1024)
    """Prompts asked of the server at once."""
    max_tokens: int = Field(default=1024, ge=16)
    """Tokens of a judgement at most, its thought included."""
    temperature: float = Field(default=0.0, ge=0)
    """Sampling temperature; 0 takes the likeliest token each time."""
    budget_tokens: int | None = Field(default=None, ge=1)
    """Tokens, of prompts and answers together, beyond which no more is asked; what was not asked is counted."""
    budget_cost: float | None = Field(default=None, gt=0)
    """The same in money, by the two prices."""
    price_in: float = Field(default=0.0, ge=0)
    """Price of a million tokens of prompts, in any currency."""
    price_out: float = Field(default=0.0, ge=0)
    """Price of a million tokens of answers, in the same currency."""
    timeout: float = Field(default=300, gt=0)
    """Seconds to wait for the server's answer."""

    @property
    def priced(self) -> bool:
        """Whether a price is named."""
        return self.price_in > 0 or self.price_out > 0

    def fingerprint_values(self) -> dict[str, Any]:
        """How the server is reached does not count, and neither do prices."""
        values = however_reached(super().fingerprint_values())
        return {name: value for name, value in values.items() if not name.startswith("price_")}

    def problems(self) -> list[str]:
        if self.server and not self.server_model:
            return ["a judge's server is named and no model: set server_model, since labels carry the judge's name"]
        if self.server_model and not self.server:
            return ["a judge model is named and no server: set server to its address, or name no server_model"]
        if self.budget_cost is not None and not self.priced:
            return ["budget_cost is set and no price: set price_in and price_out, or budget_tokens instead"]
        return []
