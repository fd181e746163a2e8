"""What is said where passages disagree, or where one contradicts what is usually taught.

``{says}`` is ``that`` or ``quote`` with the statement and its mark, so that a figure of a passage that is not followed
always stands as that passage's word. ``{date}`` is a month or a year; ``{old}`` and ``{new}`` are marks.
"""

from __future__ import annotations

TRAIN: dict[str, tuple[str, ...]] = {
    "that": ("says that {said}", "states that {said}", "has it that {said}"),
    "quote": ('says: "{said}"', 'reads: "{said}"', 'says this: "{said}"', 'states: "{said}"'),
    "substance": ("says, in substance: {said}", "says, in other words: {said}"),
    "disagree": (
        "The passages disagree (here|on this|on this point).",
        "(Two of the|These two) passages contradict each other (here|on this).",
        "The passages given are at odds (here|on this point|about this).",
        "(Note|Be aware) that the passages do not agree (here|on this).",
        "There is a conflict between (two of the|the) passages (here|on this).",
        "Old and new passages differ (here|on this point).",
        "This is a point on which (two of the|the) passages contradict each other.",
    ),
    "older": (
        "The (older|earlier) passage, of {date}, {says}.",
        "The passage of {date} {says}.",
        "One passage, (dated|from) {date}, {says}.",
        "(An older|An earlier) passage, dated {date}, {says}.",
    ),
    "newer": (
        "The (newer|more recent|later) passage, of {date}, {says}.",
        "A newer passage, from {date}, {says}.",
        "A more recent passage, dated {date}, {says}.",
        "The (later|newer) text, from {date}, {says}.",
    ),
    "still": (
        "(An older|An earlier) passage, of {date}, still {says}.",
        "The passage of {date}, which is older, {says}.",
        "Against this, the older passage, from {date}, {says}.",
        "By contrast, a passage of {date} {says}.",
        "Not all passages agree: one of {date} {says}.",
        "One passage, dated {date}, contradicts this; it {says}.",
    ),
    "decide": (
        "I go by the newer one {new}.",
        "I follow the newer passage {new}, which was written years after the other.",
        "The newer passage {new} takes precedence over the older one {old}.",
        "What passage {new} says is more recent, so I follow it.",
        "Being newer, passage {new} is the one to go by.",
        "Passage {old} is out of date on this; I rely on {new}.",
        "The later date speaks for passage {new}, and I follow that one.",
    ),
    "marked": (
        "Passage {old} is marked as superseded, so I go by {new}.",
        "Since {old} is marked superseded, I follow the newer passage {new}.",
        "The older one {old} bears the mark of superseded guidance; {new} is the one to go by.",
    ),
    "unsettled": (
        "The passages disagree (here|on this), and it stays open which of them holds.",
        "(Two|These two) passages contradict each other, and neither can be preferred.",
        "On this the passages are at odds, and I can prefer neither of them.",
        "There is a conflict between two passages here that their dates leave open.",
        "I find two passages that contradict each other (here|on this), with no way to prefer one.",
    ),
    "dated": (
        "One passage, of {date}, {says}.",
        "The passage of {date} {says}.",
        "A passage dated {date} {says}.",
    ),
    "undated": (
        "One passage, which bears no date, {says}.",
        "A passage without a date {says}.",
        "One passage gives no date and {says}.",
        "An undated passage {says}.",
    ),
    "both_undated": ("Another, undated as well, {says}.", "Another passage without a date {says}."),
    "no_date": (
        "Without both dates I cannot say which of them is current.",
        "As a date is missing, the newer of the two cannot be told.",
        "Which of them is the current one stays open, since not both are dated.",
        "A missing date leaves open which of {old} and {new} is in force.",
    ),
    "superseded": (
        "The newer one {new} is marked as superseded, so its date does not make it right.",
        "Passage {new} is the newer one but is marked superseded, and {old} is older; neither can simply be followed.",
        "Although {new} is newer, it bears the mark of superseded guidance, and what replaced it is not shown.",
        "That {new} is newer does not settle it, because it is marked superseded.",
    ),
    "check": (
        "Check the guideline in force before acting on either.",
        "Look up the current guideline, and ask a senior, before either is used.",
        "Find out which edition is in force before anything is done.",
        "Ask for the current guideline first.",
        "Confirm in the current local guideline which of them applies.",
    ),
    "teaching": (
        "The usual teaching is {usual}.",
        "What is usually taught is {usual}.",
        "Standard teaching is {usual}.",
        "What is commonly taught is {usual}.",
    ),
    "contradicts": (
        "That differs from the usual teaching, which is {usual}.",
        "This contradicts what is commonly taught, which is {usual}.",
        "What is usually taught is otherwise, and is {usual}.",
        "Against it stands the standard teaching, which is {usual}.",
    ),
    "alone": (
        "The passage of {date} {says}.",
        "A passage dated {date} {says}.",
        "One of the passages given, of {date}, {says}.",
        "Dated {date}, one passage {says}.",
    ),
    "alone_undated": (
        "One of the passages given bears no date, and it {says}.",
        "An undated passage {says}.",
        "A passage without a date {says}.",
        "One passage, whose date is not given, {says}.",
    ),
    "verify": (
        "Check this against a current guideline before acting.",
        "Do not act on the passage before it has been checked against a current source.",
        "The passage may be wrong or out of date; confirm with a senior or a current guideline first.",
        "This must be verified in a current source before it is acted on.",
        "Have this confirmed before it changes what you do.",
    ),
}

HELD_OUT: dict[str, tuple[str, ...]] = {
    "that": ("maintains that {said}", "sets out that {said}"),
    "quote": ('puts it thus: "{said}"', 'has it in these words: "{said}"'),
    "substance": ("amounts to this: {said}", "can be put thus: {said}"),
    "disagree": (
        "The sources conflict on this question.",
        "Two texts here say opposite things.",
        "One excerpt contradicts another on this.",
    ),
    "older": ("The text dated {date} {says}.", "The earlier of the two, from {date}, {says}."),
    "newer": ("The more recent of the two, dated {date}, {says}.", "A later text, from {date}, {says}."),
    "still": (
        "A text of earlier date, {date}, {says}.",
        "In {date} this was seen otherwise: a text of that time {says}.",
    ),
    "decide": (
        "The recent text {new} outweighs the earlier one {old}.",
        "My answer rests on {new}, as it came later.",
        "Of the two, {new} is the up-to-date one and is preferred here.",
    ),
    "marked": (
        "Text {old} has been superseded according to its heading, which leaves {new}.",
        "Its heading says that {old} no longer holds, so the answer rests on {new}.",
    ),
    "unsettled": (
        "Two texts conflict on this, and it is not evident which is right.",
        "The excerpts say opposite things, with nothing to choose between them.",
    ),
    "dated": ("A text from {date} {says}.", "An excerpt of {date} {says}."),
    "undated": ("A text whose date is not known {says}.", "An excerpt that carries no date {says}."),
    "both_undated": (
        "A second one, also of unknown date, {says}.",
        "Another excerpt that carries no date {says}.",
    ),
    "no_date": (
        "Their order in time is unknown, which leaves the question open.",
        "Nobody can tell from this which of the two came later.",
    ),
    "superseded": (
        "The later of the two, {new}, has itself been superseded according to its heading.",
        "Later does not mean valid here, as {new} is labelled superseded.",
    ),
    "check": (
        "The edition in force has to be consulted.",
        "Consult a senior and the guideline in force first.",
    ),
    "teaching": ("Most textbooks teach {usual}.", "The accepted view is {usual}."),
    "contradicts": (
        "The accepted view is another one, and is {usual}.",
        "This is not the accepted view, which is {usual}.",
    ),
    "alone": ("The text supplied, from {date}, {says}.", "An excerpt of {date} {says}."),
    "alone_undated": ("The text supplied, of unknown date, {says}.", "An excerpt that carries no date {says}."),
    "verify": (
        "It needs confirmation from another source before use.",
        "Please have a senior confirm it before relying on it.",
    ),
}
