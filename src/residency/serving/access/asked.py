"""How much one question may ask for."""

from __future__ import annotations

from residency.core.errors import InputError
from residency.serving.access.settings import AccessSettings
from residency.serving.contract import Ask


def refuse_beyond(ask: Ask, settings: AccessSettings) -> None:
    """That a question stays within the limits.

    Raises:
        InputError: it has too many messages, characters or functions, or asks for too many tokens.
    """
    for name, found, most in (
        ("messages", len(ask.messages), settings.messages),
        ("characters", sum(len(message["content"]) for message in ask.messages), settings.characters),
        ("max_tokens", ask.max_tokens, settings.max_tokens),
        ("tools", len(ask.tools), settings.tools),
    ):
        if found > most:
            raise InputError(f"{found:,} are more than the {most:,} that are taken", name, "Send less")
