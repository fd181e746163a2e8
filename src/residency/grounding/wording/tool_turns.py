"""What is said around calls: a user's wish for newer guidance or a word between questions, and the answers to them.

``{what}`` names what to look for, ``{since}`` and ``{dated}`` are months ("October 2026"), ``{question}`` is the user's
question, ``{marks}`` a passage's mark. Answers that find nothing are abstentions (``residency.judging.answers``). Those
for held-out splits are disjoint from those for training.
"""

from __future__ import annotations

TRAIN: dict[str, tuple[str, ...]] = {
    "ask_since": (
        "{question} (Please use only|I only want) guidance from {since} or later.",
        "{question} Nothing older than {since}, please.",
    ),
    "ask_newer": (
        "{question} (And has|Has) anything newer come out than the guideline?",
        "{question} Please also check for anything more recent than our guidelines.",
    ),
    "none_since": (
        "I could not find any guidance from {since} or later on {what}, neither among the guidelines nor on the web.",
        "There is nothing in the sources searched on {what} that is dated {since} or later; guidelines and web both "
        "came back empty.",
    ),
    "look_for_since": (
        "Look on the issuing body's own site for an update on {what}, or tell me to use older guidance.",
        "Older guidance may exist, and I can search for it if you want; else ask a senior which version is in force.",
    ),
    "only_older": (
        "Nothing dated {since} or later was found; what follows is from {dated}, so check that it still holds.",
        "I found no guidance as recent as {since}; this is from {dated}.",
    ),
    "newer_none": (
        "A web search found nothing newer than this text of {dated}, which does not prove that there is nothing.",
        "This is dated {dated}; a search of the web for anything later came back empty.",
    ),
    "newer_failed": (
        "This is dated {dated}. I could not check for anything newer, since the web search failed.",
        "The web search did not work, so that I cannot say whether anything newer than {dated} has come out.",
    ),
    "failed": (
        "I could not find any guidance on this, because both searches failed. I do not want to answer from memory.",
        "I cannot look this up now: neither search works, so I could not find any guidance to answer from.",
    ),
    "look_for_failed": (
        "Please look up {what} in your unit's guidelines, or ask me again later.",
        "Read the local guideline on {what}, or ask a senior; I can try again in a while.",
    ),
    "unsupported": (
        "I searched twice and could not find any passage with the information asked for. None of the passages found "
        "answers this.",
        "None of the passages that I found answers this question, and I searched for it in two ways.",
    ),
    "look_for": (
        "What is missing is a source on {what}.",
        "Please give me a text on {what}, or ask a senior.",
        "A guideline on {what} would have to be found first.",
    ),
    "introduce": (
        "I have a question about {what}.",
        "I am reading up on {what}.",
        "Can we talk about {what}?",
    ),
    "introduced": (
        "Of course. What would you like to know?",
        "Gladly. What is your question? I will look up what the guidelines say.",
        "Yes. What about {what} do you want to know?",
    ),
    "hello": (
        "(Hello|Good morning|Good evening). (Are you there?|)",
        "Hi, I am the new surgical registrar.",
        "What can you help me with?",
    ),
    "hello_back": (
        "(Hello|Good to meet you). What would you like to know? I can search the guidelines for you.",
        "Yes, I am here. Ask me a surgical question, and I will look up what the guidelines say.",
    ),
    "thanks": (
        "(Thanks|Thank you), that (helps|is clear).",
        "Great, that is all I needed.",
        "OK, thank you for looking that up.",
    ),
    "thanks_back": (
        "You are welcome. (Ask again when something else comes up.|)",
        "Glad it helped. Do check it against your local guideline.",
    ),
    "ask_source": (
        "Which source (says that|is that from)?",
        "Where did you get that from?",
        "Could you name the passage you took this from, and its date?",
    ),
    "ask_point": (
        "Can you give me (just|only) the main point again?",
        "In one sentence, please.",
        "Sorry, I was interrupted. What was the most important part?",
    ),
    "source": (
        "That is from passage {marks}, “{title}”{dated}.",
        "It stands in passage {marks}: “{title}”{dated}.",
    ),
    "turn_to": (
        "Another thing: {question}",
        "Thanks. And a sum: {question}",
        "Before I go: {question}",
    ),
}

HELD_OUT: dict[str, tuple[str, ...]] = {
    "ask_since": (
        "{question} I can do with texts of {since} and after, but with none before.",
        "{question} Leave out whatever was issued before {since}.",
    ),
    "ask_newer": (
        "{question} Is this still up to date, or is there later work?",
        "{question} Do also see whether it has been revised since.",
    ),
    "none_since": (
        "I did not find any guidance on {what} issued in {since} or after, here or online.",
        "On {what}, I could not find any information that is as recent as {since}.",
    ),
    "look_for_since": (
        "An earlier edition on {what} may serve, if that is acceptable to you.",
        "Whoever publishes guidance on {what} may list a revision.",
    ),
    "only_older": (
        "All that I have is earlier than {since}: it was written in {dated}.",
        "Please note the date, {dated}: there was no text after {since}.",
    ),
    "newer_none": (
        "The text was written in {dated}, and my look online brought up no revision.",
        "As far as my search went, nothing has replaced this text of {dated}.",
    ),
    "newer_failed": (
        "Whether this text of {dated} has been revised I was unable to check, as the web could not be reached.",
        "Written in {dated}; the online search gave an error, and a revision may exist.",
    ),
    "failed": (
        "My searches ended in errors and I did not find any information to rely on.",
        "Since the tools are down, I could not find any reference for this.",
    ),
    "look_for_failed": (
        "You will need to read about {what} elsewhere for now.",
        "Until it works again, a colleague or the printed guideline on {what} is the better source.",
    ),
    "unsupported": (
        "Two attempts brought up related texts, and none of these texts gives the answer.",
        "I could not find any information that settles this, though I tried two queries.",
    ),
    "look_for": (
        "Could you point me to a document on {what}?",
        "It would take a reference on {what} to answer.",
    ),
    "introduce": (
        "My next topic is {what}.",
        "Something on {what}, please.",
    ),
    "introduced": (
        "Go on: what is it that you want to find out?",
        "Tell me which part of it interests you, and I will search for that.",
    ),
    "hello": (
        "Hey there, just starting my shift.",
        "Is this the surgical assistant?",
    ),
    "hello_back": (
        "Hello there. Tell me what you want to find out, and I will see what is written on it.",
        "It is. What shall I look into for you?",
    ),
    "thanks": (
        "Perfect, cheers.",
        "Understood, much appreciated.",
    ),
    "thanks_back": (
        "My pleasure. I hope the shift goes well.",
        "Happy to be of use.",
    ),
    "ask_source": (
        "What is your reference for this?",
        "And who says so?",
    ),
    "ask_point": (
        "Could you cut that down to the essential?",
        "If I only remember one thing of this, what should it be?",
    ),
    "source": (
        "The reference is {marks}, entitled “{title}”{dated}.",
        "I took it out of {marks}, “{title}”{dated}.",
    ),
    "turn_to": (
        "Now some arithmetic: {question}",
        "Quick calculation, please: {question}",
    ),
}
