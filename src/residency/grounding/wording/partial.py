"""How an answer names the half that the passages do not hold.

It stands after the half that they do hold: ``gap`` (``{name}``: the kind of thing that is missing) or ``part`` (the
``{place}`` part of the question, quoted as ``{part}``), then ``look`` (``{what}``: the subject to look for) or ``ask``
where no subject can be named. The phrases for held-out splits are disjoint from those for training.
"""

from __future__ import annotations

TRAIN: dict[str, tuple[str, ...]] = {
    "gap": (
        "The passages do not (give|state) {name}.",
        "What the passages leave out is {name}.",
        "(However, |But |)none of the passages (states|gives) {name}.",
        "That is only half of it: the passages do not state {name}.",
        "Not in the passages: {name}.",
        "The passages do not go as far as {name}.",
        "As for {name}, the passages (are silent|say nothing).",
        "This (answers only a part|is half the answer): {name} cannot be taken from the passages.",
    ),
    "part": (
        "The {place} part of the question, “{part}”, is not answered (by|in) the passages.",
        "The passages do not answer “{part}”, the {place} half of the question.",
        "What the passages leave open is the {place} part of the question: “{part}”.",
        "(However, |)none of the passages answers the {place} half of the question, “{part}”.",
        "On “{part}”, the passages (say nothing|are silent).",
        "That settles only half of the question; “{part}” stays open in these passages.",
    ),
    "look": (
        "(Please look|Look) that up in a (guideline|source) on {what}.",
        "(Please retrieve|Search for|Look for) another (passage|text) on {what} for the rest.",
        "A further source on {what} is needed for that.",
        "For that, retrieve more on {what}.",
    ),
    "ask": (
        "(Please look|Look) that up, or ask a senior.",
        "That has to be retrieved (separately|before acting).",
        "Another source is needed for that.",
        "Search again for (that|the rest).",
    ),
}

HELD_OUT: dict[str, tuple[str, ...]] = {
    "gap": (
        "No excerpt here gives {name}.",
        "The other half, {name}, is absent from the excerpts.",
        "I find no statement of {name} in what I was given.",
    ),
    "part": (
        "You also asked “{part}”, which no excerpt here answers.",
        "To the {place} thing you asked, “{part}”, the excerpts give no reply.",
    ),
    "look": (
        "Could you find a fuller text on {what}?",
        "I suggest reading up on {what} for the rest.",
    ),
    "ask": (
        "Could you find a text that answers it?",
        "It would have to be found elsewhere.",
    ),
}
