"""Settings of the teacher."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from residency.core.stage import Settings
from residency.generation.settings import KeyVariable, ServerAddress, however_reached


class TeacherSettings(Settings):
    """Who rewords the built dialogues, how many of them, and what it may cost."""

    backend: Literal["none", "server", "local"] = "none"
    """``none``: dialogues stay as they were built. ``server``: an OpenAI-compatible server is asked. ``local``: the
    base model is loaded here; small ones do not manage it."""
    share: float = Field(default=1.0, ge=0, le=1)
    """Share of the train and dev dialogues that are reworded."""
    retries: int = Field(default=2, ge=0, le=10)
    """How often a dialogue is asked for again after a rewording that was not taken, with what was wrong named."""
    budget_tokens: int | None = Field(default=None, ge=1)
    """Tokens, of prompts and answers together, beyond which no more is asked; the other dialogues stay as built."""
    price_in: float = Field(default=0.0, ge=0)
    """Price of a million tokens of prompts, for the report of what it cost; in any currency."""
    price_out: float = Field(default=0.0, ge=0)
    """Price of a million tokens of answers, in the same currency."""
    temperature: float = Field(default=0.7, ge=0)
    """Sampling temperature; 0 takes the likeliest token each time."""
    max_tokens: int = Field(default=2048, ge=16)
    """Tokens of an answer at most, for a teacher that thinks its thought included."""
    history_gain: float | None = Field(default=None, ge=0)
    """How much likelier the base model, loaded here, must find a follow-up's answer after its history than without it,
    in nats a token (0.02 is little); follow-ups that need no history are left out. None does not ask."""
    batch_size: int = Field(default=8, ge=1)
    """Dialogues reworded at once by a model that is loaded here."""
    server: ServerAddress = ""
    """Base URL of an OpenAI-compatible server, such as http://localhost:8000/v1."""
    server_model: str = ""
    """The model's name on the server; empty for the only one that it has."""
    server_key: KeyVariable = "OPENAI_API_KEY"
    """Name of the environment variable that holds the server's API key."""
    server_parallel: int = Field(default=16, ge=1, le=1024)
    """Dialogues asked of the server at once."""
    timeout: float = Field(default=300, gt=0)
    """Seconds to wait for the server's answer."""

    def fingerprint_values(self) -> dict[str, Any]:
        """Prices do not count either: no answer depends on them."""
        values = however_reached(super().fingerprint_values())
        return {name: value for name, value in values.items() if not name.startswith("price_")}

    def problems(self) -> list[str]:
        if self.backend == "server" and not self.server:
            return ["backend is server and no server is named: set teacher.server to its address"]
        if self.backend != "server" and self.server:
            return [f'a server is named and backend is {self.backend}: set teacher.backend = "server", or name none']
        return []
