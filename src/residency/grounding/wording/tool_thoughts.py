"""How the thoughts around a call are worded: why it searches, what came, what it does with it.

``{what}`` names what is asked, ``{marks}`` are the passages that answer
("[2]", "[1] and [3]"). ``{short}`` is a query that was too short, ``{other}`` the word that it used and ``{word}`` the
usual one; ``{since}`` is a month. Those for held-out splits are disjoint from those for training.
"""

from __future__ import annotations

TRAIN: dict[str, tuple[str, ...]] = {
    "think_search": (
        "This is a clinical question, so I (search|look in) the guidelines before I answer.",
        "Guidance on {what} may have changed since I learnt it, so I look it up.",
        "The user needs to be able to check this, so I find a passage to cite. I search for {what}.",
        "I should not answer this from memory. A search for {what} comes first.",
        "No passage is given here. I search the guidelines for {what}.",
        "Nothing has been looked up yet on {what}, so I start with the guidelines.",
    ),
    "think_search_unnamed": (
        "This is a clinical question, so I (search|look in) the guidelines before I answer.",
        "I should not answer this from memory. A search comes first.",
        "No passage is given here, so I search the guidelines.",
        "The user needs to be able to check this, so I look for a passage to cite.",
    ),
    "think_dose": (
        "This asks for a figure that a patient may be treated by. I look it up and do not recall it.",
        "Doses and limits are looked up, not remembered, so I search the guidelines first.",
        "A number from memory would not be safe here. I search for a text that gives it.",
    ),
    "think_refers": (
        "The question leaves out what it is about: (it must be|from before it is) {what}. I search for it by name.",
        "From the turn before, this is about {what}; (I search for that|the query has to say so).",
        "Here the user means {what}. The query has to name it, since the search does not know the conversation.",
    ),
    "think_found": (
        "The answer is in {marks}, so I answer from there and cite it.",
        "What is asked stands in {marks}. (The answer rests on that|I keep to what it says).",
        "The search found it: {marks}. I answer from that and add nothing of my own.",
        "I have what I need in {marks}.",
    ),
    "think_introduced": (
        "The user names a subject, {what}, and asks nothing yet. I need to know what to look for.",
        "No question so far, so there is nothing to search for; I ask what it is.",
    ),
    "think_short": (
        "These passages come from a query that was too broad. I name what is asked of it.",
        "“{short}” was too wide a query: none of these passages answers. I ask more closely.",
        "None of this answers the question. The query needs more than “{short}”.",
    ),
    "think_other_word": (
        "These do not answer it. The texts may write {word}, where I wrote {other}; I try that.",
        "Nothing here fits, perhaps because I searched for {other}. I search again with {word}.",
    ),
    "think_since": (
        "The user wants guidance from {since} on only, so I set that date in the search.",
        "Only what is dated {since} or later is wanted; the search can be limited to that.",
    ),
    "think_none_since": (
        "The guidelines hold nothing of that date on it. The web may have something newer, so I try that as well.",
        "Nothing since {since} in the guidelines. One more place to look is the web.",
    ),
    "think_without_date": (
        "Nothing is as recent as that. Older guidance is better than none, if I say how old it is: I search without "
        "the date.",
        "No result since {since}. I drop the date, and will say so.",
    ),
    "think_nowhere": (
        "Neither search found anything. I say so and name what to look for; I do not answer from memory.",
        "Both came back empty. The honest answer is that I found nothing, and where to go on.",
    ),
    "think_found_older": (
        "The answer in {marks} is older than what was asked for. I give it with its date.",
        "There is an answer in {marks}, from before the date asked for. That has to be said first.",
    ),
    "think_newer": (
        "What the guidelines say is in {marks}. Whether there is anything newer, only the web can tell.",
        "I have the guideline's answer in {marks}. The user also asks for what came after it, so I search the web.",
    ),
    "think_newer_none": (
        "The web search gave nothing, so I keep to {marks} and say that nothing newer was found.",
        "No newer text was found. I answer from {marks} and give the date.",
    ),
    "think_newer_failed": (
        "The web search failed, so I cannot tell whether there is anything newer. I give {marks} and say that.",
        "Without the web I only have {marks}. I must not make it look as if I had checked.",
    ),
    "think_retry": (
        "The search failed, which says nothing about the question. I try once more.",
        "No result because of an error. The same search again may work.",
    ),
    "think_other_tool": (
        "The guidelines cannot be searched at the moment. I try the web instead.",
        "That search does not work now; the other tool may.",
    ),
    "think_failed": (
        "I could not look anything up. I say so rather than answer from memory.",
        "Both searches failed. Without a source I do not answer a clinical question; I say what to look for.",
    ),
    "think_unsupported": (
        "None of these passages answers it. I try once more in other words.",
        "These are near the question and do not answer it. Another query may.",
    ),
    "think_still_unsupported": (
        "Still nothing that answers it. I say that and name what is missing.",
        "Two searches found nothing to rest an answer on, so I do not give one.",
    ),
    "think_courtesy": (
        "This asks for nothing that has to be looked up.",
        "No clinical question here, so no search. A short reply will do.",
    ),
    "think_said_before": (
        "The user asks about what I just said. It stands in the conversation, so I need no search.",
        "That is answered by what was found before. I look there, not in the index.",
    ),
    "think_found_before": (
        "What was found for the last question answers this one too: {marks}. A second search would add nothing.",
        "The search before found this as well, in {marks}, so I need no new one.",
    ),
    "think_sum": (
        "All the figures are given, so this is arithmetic and needs no search.",
        "This is a sum of the user's own numbers. I work it out.",
    ),
    "think_given": (
        "The passages are given already, and the answer is in {marks}. No search is needed.",
        "I have this in front of me: {marks}. I answer from it.",
    ),
}

HELD_OUT: dict[str, tuple[str, ...]] = {
    "think_search": (
        "Before answering I want a source for this, so I query the guidelines.",
        "I want to read what current guidance says on {what}.",
    ),
    "think_search_unnamed": (
        "Before answering I want a source for this, so I query the guidelines.",
        "I want to read what current guidance says on it.",
    ),
    "think_dose": (
        "A figure like this one has to come from a source. I query the guidelines for it.",
        "I do not trust my memory with such a value, so I look for a text that has it.",
    ),
    "think_refers": (
        "The subject is carried over from the last question: {what}. I put it into the query.",
        "This goes on about {what}; a new query must say so.",
    ),
    "think_found": (
        "The text that matters is {marks}; the answer follows it.",
        "The question is covered in {marks}, which I cite.",
    ),
    "think_introduced": (
        "Only {what} has been named. First I need the question.",
        "There is no query to be made of this alone.",
    ),
    "think_short": (
        "A query of “{short}” brings too much that does not matter here. I make it narrower.",
        "That was not specific enough. I add to the query what the user wants to know.",
    ),
    "think_other_word": (
        "Perhaps the wording was wrong: {word} could be the index's term, and not {other}.",
        "I replace {other} by {word} and search afresh.",
    ),
    "think_since": (
        "A date is given, {since}, and I pass it on to the search.",
        "The query gets a lower limit for the date: {since}.",
    ),
    "think_none_since": (
        "That limit leaves no guideline. I ask the web too before I give up.",
        "No guideline is that new. Next, the web.",
    ),
    "think_without_date": (
        "The date excludes everything. Without it there may be something to go by.",
        "I take the limit away and see what the older texts say.",
    ),
    "think_nowhere": (
        "I have no text to go by, from either place. That is what I report.",
        "Two empty results: there is nothing here that I could cite.",
    ),
    "think_found_older": (
        "What answers it, in {marks}, predates the limit, and the reader must know it.",
        "I use {marks} and state the date before anything else.",
    ),
    "think_newer": (
        "The guideline speaks in {marks}. For later work I turn to the web.",
        "The standing advice is in {marks}; now I check for an update.",
    ),
    "think_newer_none": (
        "No update turned up. The latest that I have is {marks}.",
        "The web brought nothing, which leaves {marks}.",
    ),
    "think_newer_failed": (
        "I was not able to check for an update, and have to say so beside {marks}.",
        "The check failed; only {marks} can be reported.",
    ),
    "think_retry": (
        "An error, not an answer. I repeat the search.",
        "I give the search a second chance before I report a failure.",
    ),
    "think_other_tool": (
        "With this one down, I turn to the other search.",
        "I go to the second tool, since the first is out of order.",
    ),
    "think_failed": (
        "Neither tool works, so nothing can be checked. I report that.",
        "I have no access to any text now, and an unchecked answer would not help.",
    ),
    "think_unsupported": (
        "What came back misses the point. I reword the query.",
        "Related texts, but no answer among them; one more attempt.",
    ),
    "think_still_unsupported": (
        "The second attempt did not help either. I report the gap.",
        "No text supports an answer, and I leave it at that.",
    ),
    "think_courtesy": (
        "A friendly word is all that is wanted.",
        "There is no question of medicine in this, and nothing to look for.",
    ),
    "think_said_before": (
        "I only have to read back what was retrieved.",
        "What is wanted is already on the page above.",
    ),
    "think_found_before": (
        "I have read the answer already, in {marks}.",
        "Among the passages retrieved above, I find it in {marks}.",
    ),
    "think_sum": (
        "The message holds every number that it takes. I calculate.",
        "Plain arithmetic; no text could add to it.",
    ),
    "think_given": (
        "The text supplied contains it, in {marks}; a search would add nothing.",
        "I only need to read {marks}, which the user has supplied.",
    ),
}
