"""How an abstention is worded. Training draws from these; evaluation recognises abstentions by what they
say (``residency.judging.answers.is_abstention``), so that a model that words its own is counted too.

``{what}`` names what to retrieve or ask for, once in each abstention: in the first sentence where it is true
that the passages do not speak of it, else in the second.
"""

ABOUT: tuple[str, ...] = (
    "These passages do not cover {what}.",
    "None of these passages deals with {what}.",
    "Nothing in the passages above addresses {what}.",
    "The context given does not discuss {what}.",
    "The text provided says nothing about {what}.",
    "The sources given do not address {what}, so I cannot answer from them.",
    "This cannot be answered from the passages given; they do not discuss {what}.",
)
THEN: tuple[str, ...] = (
    "Please retrieve guidance on that.",
    "Look for a guideline, or ask a senior.",
    "A passage on that is needed first.",
    "Search again before deciding.",
    "I would need a reference on that.",
)

SILENT: tuple[str, ...] = (
    "The passages given do not answer this.",
    "The context does not hold the answer.",
    "None of these passages answers the question.",
    "Nothing in the passages above settles this.",
    "The text provided does not say.",
    "The answer is not in the passages given.",
    "There is not enough in this context to answer.",
    "The passages supplied do not contain the answer.",
    "I cannot answer this from the sources given.",
)
WANTED: tuple[str, ...] = (
    "Please retrieve guidance on {what}.",
    "Look for a guideline on {what}, or ask a senior.",
    "A passage on {what} is needed first.",
    "Search again for guidance on {what}.",
    "What is missing is a source on {what}.",
    "I would need a reference on {what}.",
)
UNNAMED: tuple[str, ...] = (
    "Please retrieve a passage that answers it, or ask a senior.",
    "Another source is needed before deciding.",
    "Search again in other words, or ask a senior.",
)
