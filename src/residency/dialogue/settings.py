"""Settings of the dialogue builders."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from residency.core.stage import Settings

SKILL_NAMES = ("followup", "correction", "missing", "contradiction", "safety", "scope", "switch")


class DialogueSettings(Settings):
    """How many multi-turn conversations are built from the questions of each split, and of which skills."""

    per_question: float = Field(default=0.5, ge=0, le=4)
    """Dialogues for each question of a split, as far as the text allows."""
    most: int = Field(default=15_000, ge=0)
    """Dialogues of the train split at most; other splits in proportion."""
    skills: dict[str, float] = {
        "followup": 0.30,
        "correction": 0.15,
        "missing": 0.15,
        "contradiction": 0.12,
        "safety": 0.12,
        "scope": 0.08,
        "switch": 0.08,
    }
    """Share of the dialogues for each skill."""
    messages: dict[str, float] = {"4": 0.4, "6": 0.4, "8": 0.2}
    """Share of the dialogues with 4, 6 and 8 messages, as far as the skills allow."""
    longest_answer: int = Field(default=1_500, ge=100)
    """Characters of an answer that is said in a dialogue at most; longer ones are no conversation."""

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        faults = []
        for name, shares, known in (
            ("skills", self.skills, SKILL_NAMES),
            ("messages", self.messages, ("4", "6", "8")),
        ):
            faults += [f"{name} names {key!r}; there are: {', '.join(known)}" for key in shares if key not in known]
            faults += [
                f"{name}.{key} is {share}; a share lies between 0 and 1"
                for key, share in shares.items()
                if not 0 <= share <= 1
            ]
            total = sum(shares.values())
            if abs(total - 1) > 0.001:
                faults.append(f"the shares of {name} add up to {total:.3f}; make them add up to 1")
        if faults:
            raise ValueError("; ".join(faults))
        return self
