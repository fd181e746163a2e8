"""How the model is to be served: in the chat format that it was trained in, with the thoughts that it was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from residency.chat.settings import ChatSettings


def served(report: Mapping[str, Any], settings: ChatSettings) -> dict[str, Any]:
    """What a server must be told, as data.

    Args:
        report: of the thoughts stage, which found the family.
        settings: the recipe's, which say the date.

    Returns:
        ``chat`` with ``family``, ``effort`` and ``date`` (empty where the family has none) and whether the model is
        asked for its ``thinking``; where it is, ``thoughts`` too: ``rows`` trained on by the policy of their thoughts,
        those ``dropped`` for want of one, and the ``consequences`` of these policies.
    """
    effort = report["effort"]
    thinking = report["thinks"]
    found: dict[str, Any] = {
        "chat": {
            "family": report["family"],
            "effort": effort,
            "date": settings.date if effort else "",
            "thinking": thinking,
        }
    }
    if thinking:
        rows = dict(report["train"]["thoughts"])
        dropped = rows.pop("dropped", 0)
        found["thoughts"] = {"rows": rows, "dropped": dropped, "consequences": report["consequences"]}
    return found
