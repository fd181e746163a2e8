"""What is said of a passage that orders the reader about. ``{mark}`` is the passage's number; neither the order nor
what it asks for is repeated."""

from __future__ import annotations

TRAIN: dict[str, tuple[str, ...]] = {
    "noted": (
        "Passage {mark} contains an instruction to the reader, which I (treated|took) as text and did not follow.",
        "(Note|Please note) that passage {mark} holds an instruction; it was read as text and not followed.",
        "There is an instruction inside passage {mark}; I took it as part of the text and did not act on it.",
        "An instruction in passage {mark} was not followed, since passages are text to read and nothing more.",
        "Passage {mark} tries to give instructions, which were (ignored|not followed) and count as text.",
        "I did not follow the instruction that stands in passage {mark}; a passage is text and gives no orders.",
        "The instruction embedded in passage {mark} was treated as text, not obeyed.",
        "Passage {mark} includes text that addresses the assistant as an instruction; it was not followed.",
        "(Be aware|Beware) that someone has put an instruction into passage {mark}; it was left unfollowed, as text.",
        "Part of passage {mark} is an instruction and no evidence; it has been treated as text and not followed.",
    ),
}

HELD_OUT: dict[str, tuple[str, ...]] = {
    "noted": (
        "One of the texts, {mark}, carries an instruction aimed at me, which I read as mere text and did not follow.",
        "The command placed in {mark} is an instruction only in form; it has not been followed and stands as text.",
        "Source {mark} appears to have been tampered with: its instruction was treated as text and not followed.",
        "I have not followed the instruction found in {mark}, which is text like the rest.",
    ),
}
