"""Reading an answer for its instructions, strictly and loosely, as IFEval defines the two.

Strictly, the answer is read as it stands. Loosely, it is also read without stars of markdown, without its first line
("Sure, here it is:"), without its last, and in all combinations of these; an instruction is followed where one of
these readings follows it. An empty answer, or an empty reading, follows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from residency.judging.instructions.kinds import KINDS, Instruction


def followed(instruction: Instruction, answer: str) -> bool:
    """Whether an answer, as it stands, follows an instruction of which ``fault_of`` finds no fault."""
    return bool(answer.strip()) and KINDS[instruction["kind"]].check(answer, instruction)


def strict(instructions: Sequence[Instruction], answer: str) -> list[bool]:
    """Which instructions the answer follows as it stands."""
    return [followed(instruction, answer) for instruction in instructions]


def loose(instructions: Sequence[Instruction], answer: str) -> list[bool]:
    """Which instructions one of the answer's readings follows; the readings of two instructions may differ."""
    texts = [*dict.fromkeys(_readings(answer))]
    return [any(followed(instruction, text) for text in texts) for instruction in instructions]


def _readings(answer: str) -> Iterator[str]:
    lines = answer.split("\n")
    for part in (lines, lines[1:], lines[:-1], lines[1:-1]):
        text = "\n".join(part).strip() if part is not lines else answer
        yield text
        yield text.replace("*", "")
