"""How an abstention is worded. Evaluation recognises abstentions by what they say
(``residency.judging.answers.is_abstention``), so that a model that words its own is counted too.

``about`` (which says that the passages do not speak of ``{what}``, where that is true) goes with ``then``, ``silent``
with ``wanted``, and with ``unnamed`` where nothing can be named. ``{what}`` names what to retrieve or ask for, once in
each abstention. The phrases for held-out splits are disjoint from those for training.
"""

from __future__ import annotations

TRAIN: dict[str, tuple[str, ...]] = {
    "about": (
        "These passages do not cover {what}.",
        "None of these passages deals with {what}.",
        "Nothing in the passages above addresses {what}.",
        "The context given does not discuss {what}.",
        "The text provided says nothing about {what}.",
        "The sources given do not address {what}, so I cannot answer from them.",
        "This cannot be answered from the passages given; they do not discuss {what}.",
    ),
    "then": (
        "Please retrieve guidance on that.",
        "Look for a guideline, or ask a senior.",
        "A passage on that is needed first.",
        "Search again before deciding.",
        "I would need a reference on that.",
    ),
    "silent": (
        "The passages given do not answer this.",
        "The context does not hold the answer.",
        "None of these passages answers the question.",
        "Nothing in the passages above settles this.",
        "The text provided does not say.",
        "The answer is not in the passages given.",
        "There is not enough in this context to answer.",
        "The passages supplied do not contain the answer.",
        "I cannot answer this from the sources given.",
    ),
    "wanted": (
        "Please retrieve guidance on {what}.",
        "Look for a guideline on {what}, or ask a senior.",
        "A passage on {what} is needed first.",
        "Search again for guidance on {what}.",
        "What is missing is a source on {what}.",
        "I would need a reference on {what}.",
    ),
    "unnamed": (
        "Please retrieve a passage that answers it, or ask a senior.",
        "Another source is needed before deciding.",
        "Search again in other words, or ask a senior.",
    ),
}

HELD_OUT: dict[str, tuple[str, ...]] = {
    "about": (
        "The excerpts supplied make no mention of {what}.",
        "There is nothing on {what} in the excerpts that I was given.",
        "No passage here mentions {what}.",
    ),
    "then": (
        "A reference on it has to be found before this can be answered.",
        "Ask a senior, or give me a text that deals with it.",
    ),
    "silent": (
        "The excerpts shown are silent on this.",
        "The answer cannot be found in these passages.",
        "These texts do not tell.",
        "From the context alone, this cannot be determined.",
    ),
    "wanted": (
        "Could you find me a text on {what}?",
        "Guidance on {what} would have to be looked up.",
        "I suggest looking for a review of {what}.",
    ),
    "unnamed": (
        "Could you find me a text that answers it?",
        "Guidance on it would have to be looked up.",
    ),
}
