"""What one prompt is."""

from __future__ import annotations

from typing import NamedTuple

from residency.judging.instructions import Instruction


class Prompt(NamedTuple):
    """A prompt whose instructions code can verify. ``name`` is its own among all prompts."""

    name: str
    text: str
    instructions: tuple[Instruction, ...]


def prompt(name: str, text: str, *instructions: Instruction) -> Prompt:
    """A prompt with the instructions that its text gives."""
    return Prompt(name, text, instructions)
