"""How people speak about texts: that they lack something, what they are about, that they disagree, which one counts.

All patterns are for lower-case text without citation marks, and read one sentence or clause.
"""

from __future__ import annotations

import re

from residency.core.text import content_stems

_TEXT = (
    r"(?:passages?|texts?|excerpts?|extracts?|snippets?|contexts?|documents?|sources?|articles?|references?|materials?"
    r"|guidelines?|guidance|papers?|pages?|results?|chapters?|leaflets?|statements?|recommendations?|editions?"
    r"|informations?|reviews?|studies|study|trials?|protocols?|polic(?:y|ies)|literature|evidence|data"
    r"|document(?:s|ation)?)"
)
ABOUT_TEXT = re.compile(
    rf"\b{_TEXT}\b|\b(?:retriev\w+|search\w*)\b|\b(?:what|nothing|anything)(?: that)?"
    r" (?:i (?:was|have been|am)|you|is|was) (?:given|gave|here|shown|pasted)\b"
)
"""A word for something that was given to read."""

_SAY = (
    r"(?:say|state|mention|contain|hold|cover|answer|specify|provide|give|include|address|tell|settle|discuss|speak"
    r"|describe|explain|refer|deal|touch|talk|offer|indicate|clarify|list|name|identify|detail|report|reveal|define"
    r"|elaborate|comment|help|bear|relate|concern|apply|go into|extend|look at|take up|point|supply|have|show"
    r"|set out|spell)"
)
_SAID = (
    r"(?:stated|mentioned|given|covered|found|answered|addressed|specified|provided|contained|included|described|held"
    r"|settled|discussed|explained|determined|established|clear|available|present|detailed|listed|said|defined"
    r"|indicated|named|reported|recommended|suggested|dealt|spelt|set out|touched|read off|here|there"
    r"|in (?:it|them|any))"
)
_SUBJECT = rf"(?:{_TEXT}|they|it|none(?: of (?:them|these|those))?|neither(?: of (?:them|the two))?|nothing|both|i)"
_NOT = r"(?:(?:do|does|did)(?: not|n['’]t)|cannot|can['’]t|can not|fails? to|never|stops? short of)"
LACKS = re.compile(
    rf"\b{_SUBJECT}\b[^.;]{{0,60}}?\b{_NOT}\b(?: \w+){{0,2}}? {_SAY}(?:s|ing)?\b"
    rf"|\b(?:none|neither|nothing)\b[^.;]{{0,50}}?\b{_SAY}(?:s|es)?\b"
    rf"|\bno {_TEXT}\b[^.;]{{0,50}}?\b(?:{_SAY}(?:s|es)?\b|on\b|about\b)"
    rf"|\b(?:not|never|nowhere|n['’]t)\b(?: \w+){{0,2}} {_SAID}\b"
    rf"|\bno (?:\w+ ){{1,5}}?(?:is|are|was|were) {_SAID}\b"
    r"|\b(?:silent|unanswered|unaddressed|unstated|uncovered|missing|absent|omitted|(?:left|stays?|remains?"
    r"|leaves?|leaving)(?: this| that| it)? (?:out|open)|lacks?|lacking"
    r"|omits?|leaves? (?:out|open)|remains? open|unclear|irrelevant|unrelated|beside the point|off[- ]topic|gap)\b"
    r"|\b(?:says?|tells?(?: me| us)?|holds?|gives?|contains?|offers?|states?|mentions?|makes?|has|have|find|see"
    r"|(?:brings?|brought|turn(?:s|ed)?) up)\b"
    r"(?: me| us)? (?:no|nothing|not a word|little|too little)\b"
    r"|\b(?:there is|there['’]s|there are|i (?:find|see|have)) (?:no|nothing|not enough|too little)\b"
    r"|\b(?:not enough|insufficient|too little)\b[^.;]{0,60}?\b(?:to|for|information|here)\b"
    r"|\b(?:cannot|can['’]t|unable to|not able to|not possible to|impossible to)\b[^.;]{0,40}?\b"
    r"(?:answer|check|reach|search|say|tell|find|determine|settle|judge|conclude|confirm|advise|speak"
    r"|go further|give)\w*\b"
    rf"|\b{_TEXT}\b[^.;]{{0,40}}?\bends? (?:there|before)\b|\bfor (?:that|this|it) half\b"
)
"""Says that a text does not hold something."""

_FINDABLE = (
    rf"(?:{_TEXT}|senior|consultant|colleague|specialist|pharmacist|advice|information|authorit\w+|team"
    rf"|formulary|manual|textbook|something|another"
    r"|one that|others?|search)"
)
SEEKS = re.compile(
    r"^(?:for (?:that|this|it),? |so |then |first |next |please |kindly |i suggest |better "
    r"|therefore,? )*(?:retrieve|look(?:ing)? (?:for|up|on|at|in)"
    r"|search|find|fetch|consult|ask|check|send|paste|share|supply|try|request|seek|get|turn to)\b"
    rf"|\b(?:retriev\w+|look(?:ed|ing)? (?:for|up)|search\w*|find\w*|found|fetch\w*|consult\w*|ask\w*|need\w*|requir\w+"
    rf"|request\w*|seek\w*|suppl\w+|want\w*|helps?|missing|worth|add\w*|settle\w*|suggest\w*|come from|have to"
    rf"|should)\b"
    rf"[^.;]*\b{_FINDABLE}\b"
    rf"|\b{_FINDABLE}\b[^.;]*\b(?:needed|required|wanted|missing|better|retrieved"
    rf"|found|looked up|searched"
    rf"|consulted|asked"
    r"|help|settle|sought|fetched|supplied|necessary|would (?:tell|say|answer))\b"
    r"|\b(?:i|you|we)(?:['’]d| would| could| should| might| may| can| will| need to| have to)"
    r"(?: then| first| also| rather)?"
    r" (?:search|look|try|ask|check|consult|retrieve|find|seek|turn)\b"
    r"|\b(?:revision|edition|update|version|guidance)s?\b[^.;]*\b(?:exist|list|publish)\w*"
    r"|\b(?:publish\w*|lists?)\b[^.;]*\b(?:revision|edition|update|version)s?\b"
    r"|\bread\w* (?:up|about|on)\b|\b(?:look|read|ask|search)\w* [^.;]*\belsewhere\b"
    rf"|\bwithout (?:an?|another|any) {_FINDABLE}\b"
    r"|\b(?:(?:has|have|had|ought|needs?) to|must) be (?:looked up|found|retrieved|searched|sought)\b"
)
"""Says what to look for, or whom to ask."""

ORDERS = re.compile(
    r"(?<!when to )(?<!whether to )(?<!how to )(?<!where to )(?<!if to )"
    r"\b(?:give|start|stop|continue|add|take|use|remove|resect|excise|drain|administer|prescribe|withhold|omit|transfuse|infuse|inject|amputate|operate|perform|place)\b"
    r"(?P<what>(?: [\w-]+){1,5})"
)
"""Says what to do to a patient."""

OF_THE_QUESTION = re.compile(
    r"\b(?:you (?:also |first |then )?(?:ask|asked|want|are asking)|(?:the|your|this) question|what was asked)\b"
)
SCOPE = re.compile(
    r"\b(?:is|are|was|were|being)\b(?: \w+){0,2}? (?:about|limited to|confined to|restricted to|concerned with"
    r"|written for|for|on|of)\b"
    r"|\b(?:concern|deal|speak|cover|address|describ|discuss|appl|nam|mention|compar|appear|refer|relat|pertain|look"
    r"|talk|treat|tell|go)\w*\b"
    r"|\b(?:comes? up|spoken of|subjects?|topics?|only|other matters|something else|other (?:topics|subjects"
    r"|things|conditions))\b"
)
"""Says what a text is about."""

DISAGREES = re.compile(
    r"\bdisagree\w*|\bdiffer\w*|\bconflict\w*|\bcontradict\w*|\bat odds\b|\binconsisten\w+"
    r"|\bnot (?:agree|match|tally)\b"
    r"|n['’]t (?:agree|match|tally)\b|\bdiverg\w+|\bdiscrepan\w+|\bcontrar\w+|\bopposite\b|\bincompatib\w+"
    r"|\bcannot both\b|\bcan['’]t both\b|\bin contrast\b|\bcontrasts?\b|\bpart ways\b|\bopposed?\b|\bclash\w*"
    r"|\bdo not say the same\b|\bagainst (?:usual|common|current|accepted|established|standard|general|what|the)\b"
    r"|\bruns? counter\b|\bnot what\b|\bout of (?:step|line|keeping)\b|\bunlike\b|\bdeparts?\b"
    r"|\bagainst (?:it|this|them)\b|\botherwise\b|\btwo (?:answers|minds)\b|\bsupersed\w+|\breplac(?:es"
    r"|ed) (?:the|it|this|that)\b|\bout(?:dated| of date)\b"
)
"""Says that two statements do not go together."""
CONTRASTS = re.compile(
    r"\b(?:whereas|while|but|however|yet|instead|although|though|by contrast|on the other hand|now|since then|no longer"
    r"|changed|replaced|revis\w+|supersed\w+|updat\w+|dropped|abandoned)\b"
)
"""Sets one statement against another; enough where both are attributed."""

_NEWER = (
    r"(?:newer|newest|more recent|most recent|recent|latest|later|current|updated?|up[- ]to[- ]date|revised|present"
    r"|second|\{year\})"
)
_OLDER = r"(?:older|oldest|earlier|former|outdated|out[- ]of[- ]date|superseded|previous|dated|old|\{year\})"
_FOLLOW = (
    r"(?:follow|prefer|go(?:es|ing)? (?:by|with)|use|rely(?:ing)? on|rests? on|trust|act(?:ing)? on"
    r"|choose|favou?r|take(?!s? precedence)"
    r"|adopt|apply|work from|be guided by|base|stick to|give (?:more )?weight to|lean on|answer(?:s|ed)? (?:from|by))"
)
_WILLING = r"(?<!not )(?<!never )(?<!n['’]t )"
_COUNTS = (
    r"(?:supersed\w+|replac\w+|takes? precedence|appl(?:y|ies)|holds?\b|prevail\w*|preferred|stands?\b|counts?\b"
    r"|guides?\b|carr(?:y|ies) (?:more )?weight|followed|should be used|is the one|governs?\b|takes? over|to go by"
    r"|speaks? for|overrides?|overtak\w+|outweighs?|wins?\b|comes? first|is right)"
)
_SET_ASIDE = (
    r"(?:supersed\w+|replaced|outdated|out of date|no longer|set aside|historical|withdrawn|obsolete|overtaken"
    r"|not be used|not be followed|dropped|abandoned|past)"
)


NEWER = re.compile(
    r"\b(?:newer|newest|more recent|most recent|latest|later|up[- ]to[- ]date|recent|since|older|earlier|superseded"
    r"|outdated|out of date)\b"
)
"""Calls one of two texts the newer or the older one."""


def prefers(newer: str, older: str = "") -> re.Pattern[str]:
    """Says that the newer of two texts counts. ``newer`` and ``older`` are further names of the two, as patterns."""
    new, old = (rf"(?<!\w){_named(pattern, more)}(?!\w)" for pattern, more in ((_NEWER, newer), (_OLDER, older)))
    return re.compile(
        rf"{_WILLING}\b{_FOLLOW}\w*\b[^.;]{{0,50}}?{new}|{new}[^.;]{{0,60}}?\b{_COUNTS}"
        rf"|{new}[^.;]{{0,60}}?\b(?:so|and|therefore|hence|thus),? (?:i |we |you )?(?:should |would |will )?{_FOLLOW}\b"
        rf"|{old}[^.;]{{0,60}}?\b{_SET_ASIDE}\b"
        rf"|\b(?:in favou?r of|because it is|since it is|as it is|being) (?:the )?{new}"
    )


def prefers_old(older: str, newer: str = "") -> re.Pattern[str]:
    """Says that the older of two texts counts."""
    old, new = (rf"(?<!\w){_named(pattern, more)}(?!\w)" for pattern, more in ((_OLDER, older), (_NEWER, newer)))
    between = rf"(?:(?!{_named(_NEWER, newer)}|\bover\b|\bthan\b|\binstead\b|\bnot\b)[^.;]){{0,40}}?"
    return re.compile(
        rf"{_WILLING}\b{_FOLLOW}\w*\b{between}{old}"
        rf"|\b(?:not|never|n['’]t) {_FOLLOW}\w*\b[^.;]{{0,20}}?{new}"
        rf"|{new}(?: \w+){{0,3}} (?:is|are|should be) "
        r"(?:wrong|mistaken|unsafe|(?:to be )?(?:ignored|disregarded|rejected))\b"
        rf"|{old}{between}\b(?:takes? precedence|prevails?|is (?:still )?to be followed|should (?:still )?be followed"
        r"|is preferred|still (?:holds?|applies|counts|stands))"
    )


def _named(pattern: str, more: str) -> str:
    return pattern.replace(r"|\{year\}", f"|{more}" if more else "")


LEAVES_OPEN = re.compile(
    r"\b(?:open|unsettled|undecided|neither|unclear|unknown|undated|no date|without (?:a |both )?dates?|missing date"
    r"|date is (?:missing|not)|cannot|can['’]t|nobody can|not evident|nothing to choose|no way to|not settle\w*"
    r"|does not settle|doesn['’]t settle|has itself been superseded|not mean valid)\b"
)
"""Says that it cannot be told which of two statements holds."""
DISTRUSTS = re.compile(
    r"\b(?:may be wrong|out of date|do(?:es)? not (?:act|follow|rely)|before (?:it|acting|relying|use)"
    r"|checked?|confirm\w*"
    r"|verif\w+|caution|doubt\w*|not (?:be )?(?:relied|followed|acted))\b"
)
"""Warns of a passage."""
BESIDE = re.compile(
    r"\b(?:something else|somewhere else|other (?:topics|subjects|things|matters|conditions|questions"
    r"|problems)|no bearing"
    r"|not bear|beside|not about|off[- ]topic|unrelated|irrelevant|no (?:use|help))\b"
)
"""Says that texts are about something else."""

ATTRIBUTES = re.compile(
    rf"\b(?:older|earlier|former|previous|first|dated|old|outdated|superseded)\b|\b{_TEXT}\b|\b(?:19|20)\d\d\b"
    r"|\b(?:according|used to|formerly|once|says?|states?|advis\w+|recommend\w+|reports?|holds?|claims?|writes?|gives?"
    r"|suggests?|tells?|had been|was)\b"
)
"""Says whose statement it is, or that it was so once."""
USUAL = re.compile(
    r"\b(?:usual\w*|common\w*|general\w*|standard|establish\w+|accept\w+|known|teaching|practice|mainstream|consensus"
    r"|conventional\w*|normal\w*|widely|ordinar\w+|textbooks?|elsewhere|my (?:own )?knowledge|most)\b"
)
"""Says that something is commonly held."""
INJECTED = re.compile(
    r"\b(?:instruct\w+|orders?|commands?|demands?|directives?|directed|injected|embedded|tells? me|asks? me"
    r"|telling|asking|addressed to (?:me|the)|prompts?|requests?)\b"
)
"""Speaks of an order that stands in a text."""

TEXT_TALK: frozenset[str] = frozenset(
    content_stems(
        """passage passages text texts excerpt excerpts extract extracts snippet context document source sources article
        reference references material guideline guidelines guidance edition retrieve retrieved retrieval search searched
        find finds finding found cite cited cites citation local protocol policy senior consultant colleague review
        evidence literature advise advises recommend recommends recommended recommendation report reports supplied given
        gives quote quoted published publication dated year newer newest older oldest later latest earlier current
        currently superseded supersedes outdated date dates contain contains cover covers mention instruction answerable
        judgement safe unsafe risky silent bear bears odds precedence recent weight half rest
        came web online error revision written empty version force january february march april may june july august
        september october november december
        issued issuing body site update memory failed fails failing hits query queries tool tools"""
    )
)
"""Stems of words with which people speak about texts."""

# Whom a text is about: words that mean one group stand together.
_GROUPS = (
    r"child(?:ren|hood)?|p(?:a?e)diatrics?|infan\w+|neonat\w+|newborns?|bab(?:y|ies)|toddlers?|boys?"
    r"|girls?|adolescen\w+"
    r"|teenag\w+|under[- ]?(?:fives?|\d+s?)",
    r"adults?|grown[- ]ups?",
    r"elderly|older (?:people|adults|patients|persons)|octogenarian\w*|nonagenarian\w*|frail\w*|geriatric\w*|aged over",
    r"pregnan\w+|gravid\w*|trimesters?|antenatal|obstetric\w*|expectant",
    r"breast-?feeding|lactat\w+|nursing mothers?|post-?partum|puerper\w+",
    r"wom[ae]n|females?|lad(?:y|ies)",
    r"m[ae]n|males?|gentlem[ae]n",
    r"diabet\w+",
    r"renal (?:failure|impairment|disease|function)|kidney function|filtration rate|egfr|kidney (?:failure"
    r"|disease|injury)|dialysis|end[- ]stage renal",
    r"cirrho\w+|liver (?:failure|disease)|hepatic (?:failure|impairment)",
    r"immunosuppress\w+|neutropen\w+|immunocompromis\w+|transplant\w*|hiv",
    r"obes\w+|overweight",
    r"anticoagul\w+|warfarin|doac\w*",
    r"smok\w+",
    r"cancer\w*|malignan\w+|oncolog\w+",
    r"trauma\w*|injur\w+",
    r"emergenc\w+|elective\w*",
)
POPULATIONS: tuple[re.Pattern[str], ...] = tuple(re.compile(rf"\b(?:{group})\b") for group in _GROUPS)
"""Groups of patients, each by the words for it."""


def populations(low: str) -> frozenset[int]:
    """The places in :data:`POPULATIONS` of the groups that a text names."""
    return frozenset(place for place, group in enumerate(POPULATIONS) if group.search(low))
