"""How an abstention is worded. Training draws from these; evaluation recognises abstentions by what they
say (``residency.judging.answers.is_abstention``), so that a model that words its own is counted too.

``{what}`` is what the question asks about; ``{want}`` what to retrieve or ask for.
"""

ABSTENTIONS: tuple[str, ...] = (
    "The passages given do not say enough about {what} to answer this.",
    "The context does not hold the answer: nothing in it settles {what}.",
    "These passages do not cover {what}.",
    "None of these passages speaks of {what}.",
    "The text provided does not state {what}.",
    "Nothing in the passages above addresses {what}.",
    "The given context does not mention what is needed about {what}.",
    "This cannot be answered from the passages given; they do not discuss {what}.",
    "The excerpts do not tell us about {what}.",
    "There is not enough in this context to answer: {what} is not covered in these passages.",
    "The passages supplied do not contain the answer on {what}.",
    "The sources given do not address {what}, so I cannot answer from them.",
)

REQUESTS: tuple[str, ...] = (
    "Please retrieve guidance on {want}.",
    "Look for a guideline on {want}, or ask a senior.",
    "A passage on {want} is needed first.",
    "Search again for {want} before deciding.",
    "What is missing is a source on {want}.",
    "I would need a reference on {want}.",
)
