"""What is said where retrieval brought nothing that bears on the question, and the instruction allows an answer without
it. ``aside`` stands before the answer, ``aside_after`` after it. None of these is an abstention."""

from __future__ import annotations

TRAIN: dict[str, tuple[str, ...]] = {
    "aside": (
        "The passages (given|above|shown) do not bear on (this question|the question|this), so (I answer without them|"
        "this answer is not drawn from them|the following rests on general knowledge).",
        "Nothing retrieved bears on this(; what follows is without citations|, so I answer from what I know|; I answer "
        "without it).",
        "The search (brought|returned) passages on other (matters|subjects|questions); I answer without (them|citing "
        "them).",
        "The passages are about other (things|matters) and do not bear on what is asked, so I (leave them aside|do "
        "not use them).",
        "(These|The) passages do not bear on the question; the answer comes from general knowledge and (is|stands) "
        "uncited.",
        "None of this bears on the question, so I (set it aside|leave it out) and answer from general knowledge.",
        "Retrieval brought up other subjects here, which do not bear on the question; what I say is not cited.",
        "Without help from the passages, which do not bear on the question:",
        "I leave the passages aside, because they do not bear on (this|what is asked).",
        "(As|Since) the context does not bear on the question, I answer without it.",
        "What was retrieved does not bear on this; (the answer below is from general knowledge|here is the answer "
        "without it).",
    ),
    "aside_after": (
        "The passages (given|above|shown) do not bear on (this question|the question|this), so (nothing is cited|none "
        "is cited|this stands without citations).",
        "This is general knowledge: (the|these) passages do not bear on the question.",
        "Nothing is cited, because the passages do not bear on (this|the question).",
        "The passages retrieved are about other matters and do not bear on this.",
        "I (have cited|cite) no passage, as those shown do not bear on what is asked.",
        "(I answered|This is answered) without the context, which does not bear on the question.",
        "The search (brought|returned) passages on other subjects which do not bear on this, so none is cited.",
    ),
}

HELD_OUT: dict[str, tuple[str, ...]] = {
    "aside": (
        "The excerpts I was sent do not bear on this, and I reply from general knowledge.",
        "The retrieved excerpts concern something else, so my reply does without them.",
        "Setting aside the excerpts, which do not bear on your question, I would say this.",
    ),
    "aside_after": (
        "The excerpts were of no use here, as they do not bear on your question.",
        "Since the excerpts do not bear on your question, my reply is given without a source.",
        "No source is given for this, as the excerpts do not bear on what you ask.",
        "My reply cites nothing: the excerpts concern something else and do not bear on your question.",
    ),
}
