"""How an abstention is worded. Evaluation recognises abstentions by what they say
(``residency.judging.answers.is_abstention``), so that a model that words its own is counted too.

An abstention is one of these openings and what goes with it: ``silent`` with ``wanted``, or with ``unnamed`` where
nothing can be named; ``about``, where it is true that the passages do not speak of ``{what}``, with ``then``; ``near``,
where they speak of ``{subject}`` and leave open what is asked of it, with ``side``, or with ``other_side`` where the
kind of thing that is asked for (``{aspect}``) cannot be named; ``group``, where the question is about patients
(``{group}``) of whom no passage speaks, with ``for_group``. Between or after them stands what the passages do say:
``still_...``, or ``general_...`` after ``group``. These end in the sentence quoted: ``{whole}`` as it stands,
``{inside}`` as it stands in the middle of a sentence. The phrases for held-out splits are disjoint from those for
training.
"""

from __future__ import annotations

TRAIN: dict[str, tuple[str, ...]] = {
    "about": (
        "These passages do not (cover|mention) {what}.",
        "None of these passages (deals with|is about|speaks of) {what}.",
        "Nothing in the passages above (addresses|is about|touches on) {what}.",
        "The context given does not discuss {what}.",
        "The text provided says nothing (about|on) {what}.",
        "The sources given do not address {what}, so I cannot answer from them.",
        "This cannot be answered from the passages given; they do not (discuss|cover) {what}.",
    ),
    "then": (
        "Please retrieve guidance on that.",
        "Look for a guideline, or ask a senior.",
        "A passage on that is needed first.",
        "Search again before deciding.",
        "I would need a reference on that.",
    ),
    "silent": (
        "The passages given do not (answer|settle) (this|the question|what is asked).",
        "The context does not (hold|give|contain) the answer.",
        "None of these passages (answers|settles) (the question|this).",
        "Nothing in the passages above (settles|answers) this.",
        "The text provided does not say.",
        "The answer is not in the (passages|texts) given.",
        "There is not enough in this context to answer.",
        "The passages supplied do not contain (the answer|what is asked for|an answer).",
        "I cannot answer this from the (sources|passages) given.",
        "I have read (all|each) of the passages, and none of them (answers this|holds the answer).",
        "What is asked is not (stated|covered|answered) in the (passages|context) above.",
        "The (passages|sources) I was given leave this (open|unanswered).",
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
    "near": (
        "The passages (speak of|are about|do deal with) {subject}, but they do not answer (this|what is asked).",
        "The passages given mention {subject} and do not (settle|answer) (this|the question).",
        "The context does (speak of|bring up) {subject}, but does not say what is asked.",
        "These passages do not answer the question, although they (speak of|mention|are about) {subject}.",
        "The answer is not in the passages given, though they (are about|speak of|mention) {subject}.",
        "None of these passages answers this, even though {subject} (comes up|is spoken of) in them.",
    ),
    "side": (
        "(Please retrieve|Look for|Search again for) a (text|source|guideline) on {subject} that (gives|covers) "
        "{aspect}.",
        "What is (missing|needed) is a source on {subject} that (gives|covers) {aspect}.",
        "To learn {aspect}, (please retrieve|look for|search for) another text on {subject}.",
        "A passage on {subject} that also (gives|covers) {aspect} is needed first.",
    ),
    "other_side": (
        "(Please retrieve|Look for|Search again for) another (text|source|guideline) on {subject}, or ask a senior.",
        "What is needed is a passage on {subject} that (answers|settles) this very point.",
        "A guideline on {subject} should be (looked for|retrieved) before deciding.",
    ),
    "urgent": (
        "(Call|Get) a senior (now|at once), without waiting for it.",
        "This cannot wait for a search: call a senior (now|at once).",
        "Meanwhile, call for senior help (now|at once).",
    ),
    "still_inside": (
        "What they do say is that {inside}",
        "(They|The passages) do (say|tell us) that {inside}",
        "What can be said from them is that {inside}",
    ),
    "still_whole": (
        "What can be (said|taken) from them is this: {whole}",
        "One thing that they (do give|state): {whole}",
        "Beside the point, but stated there: {whole}",
        "On the subject itself, they say this, for instance: {whole}",
        "What they do say: {whole}",
    ),
    "group": (
        "The passages (given |above |)do not (speak of|cover|mention) {group}.",
        "None of these passages (deals with|is about|speaks of) {group}, so they do not settle this.",
        "The context says nothing about {group}, so it does not answer this.",
        "Nothing in the passages above (covers|is about|addresses) {group}.",
        "The passages do not say what holds for {group}.",
        "What holds for {group} is not (stated|covered) in the passages given.",
    ),
    "general_inside": (
        "What they (do |)say (in general|at large|without that in view) is that {inside}",
        "(In general|For patients at large|As a rule), they (say|state) that {inside}",
    ),
    "general_whole": (
        "What they give is general: {whole}",
        "For other patients, they say this: {whole}",
        "Without such a condition in view, they say this: {whole}",
        "In general, they (say|state) this: {whole}",
    ),
    "for_group": (
        "(Please retrieve|Look for|Search again for) guidance (for|that covers) {group}, or ask a senior.",
        "Whether that holds for {group} must be looked up first.",
        "Before that is applied here, a source (on|that covers) {group} is needed.",
        "I would need a reference that covers {group} before I say more.",
        "Do not carry this over to {group} without a source that does.",
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
        "Please give me a text that deals with it.",
    ),
    "silent": (
        "The excerpts (shown|supplied) are silent on this.",
        "(The|An) answer cannot be found in (these|the) passages.",
        "These texts do not tell(.| what you ask.)",
        "From the context alone, this cannot be determined.",
        "No passage here gives (an|the) answer.",
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
    "near": (
        "The excerpts do touch on {subject}, but do not tell what you ask.",
        "{subject} does come up here, yet the answer cannot be found in these passages.",
        "These texts do not tell, although there is something on {subject} in them.",
    ),
    "side": (
        "Could you find me a text on {subject} with {aspect} in it?",
        "A review of {subject} would have to be looked up for {aspect}.",
    ),
    "other_side": (
        "Could you find me a fuller text on {subject}?",
        "A review of {subject} would have to be looked up for this point.",
    ),
    "urgent": (
        "Senior help must be called immediately, whatever a search brings.",
        "Do not delay for it: a senior is needed immediately.",
    ),
    "still_inside": (
        "The nearest that they come is that {inside}",
        "It is stated, though, that {inside}",
    ),
    "still_whole": (
        "What the excerpts do offer is a statement such as this: {whole}",
        "The nearest statement there is the following: {whole}",
    ),
    "group": (
        "The excerpts are silent on {group}.",
        "No passage here mentions {group}.",
        "For {group}, the answer cannot be found in these passages.",
    ),
    "general_inside": (
        "The general statement there is that {inside}",
        "It is stated of patients overall that {inside}",
    ),
    "general_whole": (
        "It is stated of patients overall: {whole}",
        "The statement there is a general one: {whole}",
    ),
    "for_group": (
        "Could you find me a text that deals with {group}?",
        "Guidance on {group} would have to be looked up before this is used.",
    ),
}
