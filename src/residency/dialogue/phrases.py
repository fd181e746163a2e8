"""What users and the assistant say between the facts. No phrase here holds a medical claim.

The phrases for held-out splits are disjoint from those for training, so that evaluation does not measure
whether a wording was learnt.
"""

from __future__ import annotations

from residency.core.records import HELD_OUT

TRAIN: dict[str, tuple[str, ...]] = {
    "letter_only": (
        "Just your choice, please.",
        "Only the choice for now.",
        "Your pick, in one line?",
        "Choose; reasons later.",
    ),
    "why": ("Why?", "What is the reasoning?", "Explain that choice.", "Why is that the one?", "Talk me through it."),
    "why_not": (
        "Why not {option}?",
        "And what is wrong with {option}?",
        "I had thought of {option}. Why is it not that?",
        "What speaks against {option}?",
    ),
    "recap": (
        "Back to my first question: what was the main point?",
        "Remind me of your answer to my first question, in one sentence.",
        "And the first thing I asked, in short?",
        "Before I go: sum up the first answer in a line.",
    ),
    "ask_options": (
        "Which options are you choosing between? Please list them.",
        "I do not see the options. Could you send them?",
        "The options are missing; please paste them, and I will choose.",
    ),
    "no_options": ("Which of these is right?", "Which one would you pick?", "Which option is correct?"),
    "give_options": ("Sorry, here they are:", "The options:", "These are the options:"),
    "next": ("{question}", "Next: {question}", "And another: {question}", "On the same subject: {question}"),
}

EVALUATION: dict[str, tuple[str, ...]] = {
    "letter_only": ("One line only: which is it?", "State the choice and nothing else."),
    "why": ("What makes that the right one?", "On what grounds?"),
    "why_not": ("My colleague says {option}. Why would that be wrong?", "Could it not be {option}?"),
    "recap": (
        "Earlier I asked you something else first. What did you say to that, briefly?",
        "Repeat the gist of your very first answer.",
    ),
    "ask_options": ("Please give me the options first.",),
    "no_options": ("Which answer would you give?", "So which is it?"),
    "give_options": ("You are right, I forgot them:", "Here is the list:"),
    "next": ("Thank you. {question}", "Understood. {question}"),
}


def phrases(split: str) -> dict[str, tuple[str, ...]]:
    """The phrases for a split: held-out splits have their own."""
    return EVALUATION if split in HELD_OUT else TRAIN
