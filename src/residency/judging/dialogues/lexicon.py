"""Words that claim nothing about a patient: talk about the conversation, and words too general to tell facts apart."""

from __future__ import annotations

import re

from residency.core.text import content_stems

_TALK = """
about absolutely accept accordingly account acknowledge actually add added address adjust advice advise advised affect
afraid agree ahead almost alone already alright alter alters although always another answer answered answering answers
anything apart apologies apologise apologize apply appreciate approach argue aside ask asked asking aspect assume
assumed assuming assumption available aware away back based basic basis beginning best better bit both brief briefly
bring broadly call can't cannot careful case certain certainly chance change changed changes chat check choice choices
choose chose chosen clarification clarify clarity clear clearly come comes comment commit completely conclusion
confirm confirmed conflict conflicting conflicts consider consideration considered consistent contradict contradiction
contradictory contradicts contrary conversation correct corrected correcting correction correctly couldn't course
curious deal decide decided decides deciding decision depend depended depends describe described description detail
details didn't differ difference different differently direct directly disagree discrepancy doesn't don't doubt easy
either else end enough entirely especially essential evening everything exact exactly example exchange explain
explained explanation explicit express extra fact facts fair fairly far feel fill final finally find fine firm first
fit fits follow followed following follows forget forgive former forward four frank full fully general generally glad
gladly go goes going gone good grateful great ground guess guessing guidance guide half happy hasn't haven't he's hear
heard hello help helpful helps hence hesitate hi hinge hinges hint honest hope i'd i'll i'm i've idea imagine
importance important impossible inconsistency inconsistent indeed inform information initial initially instead intend
intended interpret isn't it's item items jump key kind know knowing known knows lack lacking last lastly later latest
latter lead least let let's light like likewise line list listed little longer look looking lot main mainly make makes
making many match matches matter matters maybe mean meaning means meant meanwhile mention mentioned message messages
mind misread miss missed missing mistake mistaken moment moreover morning name namely near necessarily necessary
neither new newer next nice none note noted nothing notice now number obvious obviously offer ok okay one opinion
opposite option options original originally otherwise outright overall pair paragraph part particular particularly
past patient patients people perfect perhaps person picture piece place plain plainly plan please point pointed
pointing points possible possibly precise precisely previous previously principle probably properly provide provided
put puts question questions quick quickly quite range rather ready real really reason reasoned reasoning reasons
recall received recent recently reconcile reconsider refer reference regard regarding regardless related relevant rely
remain remains remark remember remind repeat rephrase replace replaces reply request respond response responsibly rest
result rethink retract return revise revised rule said sake say saying says second see seem seemed seems seen send
sense sensible sensibly sent sentence separate serve set settle settled settles share she's shortly shouldn't show
shows simple simply single situation slightly something soon sorry sorted sounds speak specific specifically specify
spoke spoken stand standing stands state stated statement statements states step stick still straight strictly subject
suggest suggested suggestion suit sum summary supersede supply suppose sure surely take taken talk tell telling tells
terms thank thanks that's there's thereby therefore they're thing things think third thought three throw throws thus
today together told tonight topic total totally touch true trust try turn turns twice two type uncertain unclear
understand understood unfortunately unless unlike unsure update updated urgent use useful usual usually valid value
various version view want wants wasn't way we're weigh welcome well what's whatever whichever whole wish withdraw
withdrawn won't wonder word wording words work worked works worry worth wouldn't write writing written wrong wrote yes
yesterday yet you'd you're you've
amended became become becomes began begin begins bargain common chart charts copied decisive firmly hold holds keep
keeping keeps kept letter letters memory move moved moves need needs needed outweigh outweighs paper persuaded read
reading record slip slips recorded records remembered respect stay staying stays swap swapped
"""
TALK: frozenset[str] = frozenset(content_stems(_TALK))
"""Stems of words with which people speak about a conversation, its questions and its answers."""

# "Right" is a side as well, so that it is talk only in these.
TALK_PHRASES = re.compile(
    r"\b(?:you(?:['’]re| are| were)|that(?:['’]s| is| was)|quite|all|is|are|was|be|seems?|not|which (?:one"
    r"|of (?:them|the two|"
    r"these)) is)\s+right\b(?=\s*(?:[.,;:!?]|$|to\b|that\b|about\b|and\b|but\b|then\b|here\b|now\b|in\b))"
    r"|\bthe right (?:answer|option|choice|one|way|thing|step|question|value|figure|version|place|person|people)\b"
    r"|\b(?:treat|regard|take|handle) (?:this|that|it) as (?:an? )?(?:life|limb)?(?:[- ]threatening)?"
    r"|\bright (?:away|now)\b|\b(?:option|answer|choice|letter)s?\s+\(?[A-H]\)?(?![\w'’])"
    r"|\b[1-4]\s+(?:questions?|things?|points?|details?|facts?)\b",
    re.IGNORECASE,
)
LETTERS = re.compile(r"(?:^|(?<=[\s(]))\(?[B-H]\)?(?=[\s.,;:)]|$)|^\(?A[.)]\s")
LIST_MARK = re.compile(r"^\s*(?:\(?\d{1,2}[.)]|[-*•–])\s+")

GENERAL: frozenset[str] = frozenset(
    content_stems(
        """patient patients person man men woman women lady gentleman boy girl child he she year years yr old aged
        age day days week weeks month months hour hours ago taking takes take took using uses use used known
        history background currently now today yesterday recent recently previous previously past actually really
        already still only just is has have had lives living well also mmhg mmol mol micromol umol mg g kg l ml
        litre litres liter min minute minutes beats beat per cent percent cm mm x c degree degrees unit units
        show shows showed reveal reveals find finding findings found reading result results level value measured
        measurement present presents presented presenting feature say says said told mention case fact one two
        three four first second come came been being because since due there get got gets make made no not never
        none without any"""
    )
)
"""Stems that do not tell one fact about a patient from another."""

NEGATION = re.compile(
    r"\b(?:no|not|never|without|nor|neither|none|nil|den(?:y|ies|ied)|cannot|free of|absent)\b|n['’]t\b"
)
"""A denial, in lower-case text."""
