"""Words of doubt and the words of certainty that stand in their place: one table, read both ways.

Reviewed 2026-11; not for clinical use. From left to right a statement claims more than holds; from right to left it
doubts what is certain, so that no word of the table tells the better answer.
"""

from __future__ import annotations

PAIRS: tuple[tuple[str, str], ...] = (
    ("may", "will"),
    ("might", "will"),
    ("could", "will"),
    ("may", "must"),
    ("may", "should"),
    ("may be", "is"),
    ("may be", "are"),
    ("is probably", "is"),
    ("are probably", "are"),
    ("is possibly", "is"),
    ("is usually", "is"),
    ("is often", "is"),
    ("are usually", "are"),
    ("usually", "always"),
    ("often", "always"),
    ("commonly", "always"),
    ("generally", "always"),
    ("sometimes", "always"),
    ("typically", "invariably"),
    ("rarely", "never"),
    ("seldom", "never"),
    ("most", "all"),
    ("some", "all"),
    ("many", "all"),
    ("probably", "certainly"),
    ("likely", "certain"),
    ("unlikely", "impossible"),
    ("possible", "certain"),
    ("suggests", "proves"),
    ("suggest", "prove"),
    ("suggests", "confirms"),
    ("suggest", "confirm"),
    ("is thought to", "is known to"),
    ("are thought to", "are known to"),
    ("is believed to", "is known to"),
    ("are believed to", "are known to"),
    ("appears to be", "is"),
    ("raises suspicion of", "proves"),
    ("should raise suspicion of", "prove"),
)
"""What doubts, and what is sure of itself."""


def _barring(word: str, before: str) -> str:
    """A pattern that fails where one of the words or phrases ``before``, parted by ", ", stands before ``word``."""
    return "".join(rf"(?<!\b{one} {word})" for one in before.split(", "))


DOUBTFUL: dict[str, str] = {
    "may": r"(?= (?:be (?:given|used|considered|offered|added|needed|required|done|tried)\b|"
    r"(?:also )?(?:cause|lead|result|"
    r"develop|occur|recur|become|have|spread|rupture|persist|mask|harm|raise|lower|increase|decrease|present|"
    r"miss|die|fail|extend|progress|"
    r"worsen|affect|damage|experience|lose|appear|begin|require|trigger|pass|grow|improve|start|happen|"
    r"interfere|last|bleed|"
    r"perforate|crystallise|explain|justify|delay|provoke|produce|show|follow|precipitate|prevent|reduce|rule out|play|"
    r"indicate|hide)\b))",
    "might": r"(?= (?:cause|lead|result|develop|occur|become|have|spread|lose|increase|affect|indicate|happen)\b)",
    "could": (
        r"(?= (?:cause|lead|result|damage|develop|become|occur|indicate|mean|rupture|make|harm|increase|"
        r"affect))(?! be\b)"
    ),
    "may be": r"(?= (?:a sign|a symptom|due to|caused by|associated|mild|severe|normal|absent|difficult|"
    r"affected|present|the result|related|"
    r"inherited|the cause|linked|involved|fatal|at risk|responsible|needed|necessary|required|slight|soft|"
    r"life-threatening|low|high|"
    r"an? (?:early|first|warning|sign)|more|less)\b)",
    "usually": r"(?! (?:by|in combination|of age|a day)\b)",
    "often": (
        _barring("often", "more, how, most, as, less, very") + r"(?! (?:than|"
        r"as|enough)\b)"
    ),
    "commonly": (
        _barring("commonly", "more, most, less") + r"(?! (?:called|known|referred|"
        r"used|found|than|inherited)\b)"
    ),
    "generally": r"(?<!\bmore generally)(?! (?:called|known|healthy|speaking)\b)",
    "sometimes": (
        r"(?! (?:called|known|referred|used|also|called|with|in|for|by)\b)(?= (?:causes?|leads?|"
        r"results?|occurs?|affects?|develops?|have|has))"
    ),
    "typically": r"",
    "rarely": _barring("rarely", "more, very, much") + r"(?=\s\w)",
    "seldom": r"(?=\s\w)",
    "most": _barring("most", "the, at, is, are, in, for, his, its, their")
    + r"(?= (?:people|patients|cases|women|men|children|babies|adults|individuals|affected|of the time|tumou?rs|"
    r"cancers|infections|"
    r"abscesses|stones|hernias|ureteric|surgical|swabs|stones|retained|aneurysms|polyps|injuries|fractures|infants|"
    r"of these|non-cardiac)\b)",
    "some": r"(?<!\bin some)(?<!\bfor some)(?= (?:people|patients|women|men|children|babies|adults|"
    r"individuals|affected|"
    r"boys|infants) (?:with|have|who|do|develop|are|complain|never)\b)",
    "many": _barring("many", "how, as, so, too, in, for") + r"(?= (?:people|"
    r"patients|women|men|children|"
    r"individuals|affected|brands|babies)\b)",
    "probably": r"",
    "likely": r"(?<=\bis likely)(?=[.;,]| that\b| to\b)",
    "unlikely": r"(?<=\bis unlikely)|(?<=\bappendicitis unlikely)|(?<=\bdisease unlikely)",
    "possible": r"(?<=\bis possible)(?=[.;,])|(?<=\bremains possible)",
    "suggests": r"(?! (?:that|a dose|an)?\s?(?:study|research))",
    "suggest": _barring("suggest", "to, doctor may, may, studies, can, might, research"),
    "is thought to": r"(?= (?:be|have|play|cause|result|occur|affect|involve|arise|increase)\b)",
    "are thought to": r"(?= (?:be|have|play|cause|result|occur|affect|involve|arise|increase)\b)",
    "is believed to": r"(?= (?:be|have|play|cause|result|occur|affect|involve|arise|increase)\b)",
    "are believed to": r"(?= (?:be|have|play|cause|result|occur|affect|involve|arise|increase)\b)",
    "appears to be": r"",
    "raises suspicion of": r"",
    "should raise suspicion of": r"",
}
"""What must stand around a word of doubt for its loss to claim too much (a permission is no doubt)."""

_KINDS = (
    r"(?:rare |common |chronic |inherited |genetic |serious |severe |progressive |medical |congenital |"
    r"bacterial |viral |infectious |"
    r"life-threatening |surgical |contagious |sexually transmitted |hereditary |malignant |benign |"
    r"neurological |autoimmune |"
    r"degenerative |skin |lung |liver |kidney |blood |brain |eye |bone |heart |metabolic )*"
    r"(?:type|form|kind|disease|condition|disorder|cancer|group|syndrome|infection|emergency|"
    r"tumou?r(?! suppressor)|illness|procedure|operation|"
    r"defect|problem|virus|bacterium|test|inflammation|parasite|loss|medicine|drug|mistake|contraindication|sign)\b"
)
_CERTAIN = (
    rf"(?= (?:an? {_KINDS}|inherited\b|caused by (?:mutations?|changes|a (?:virus|mutation|change|"
    r"parasite|bacter\w+))|passed from|contagious\b|contraindicated\b|defined|fatal\b|an emergency\b))"
)

SURE: dict[str, str] = {
    "will": (
        r"(?= (?:not (?:work|cure|help|treat|go away|heal)|die|inherit|be affected|develop|progress|cause|"
        r"harm|lead to|destroy|spread|need (?:surgery|treatment|dialysis|to be))\b)"
    ),
    "must": r"(?= (?:\w+ly )?(?:be|have|precede|cover|wait)\b)(?! be (?:an?|present|considered|at least|\d))",
    "should": r"(?= (?:be (?:given|done|started|stopped|removed|taken|called|excluded|treated|referred|"
    r"checked|repeated|admitted|"
    r"avoided|performed|used|measured|sent|suspected|drained|explored|operated|delayed|eaten|cooled|intubated|"
    r"continued)|get|see|"
    r"call|seek|avoid)\b)",
    "is": _CERTAIN,
    "are": (
        r"(?= (?:inherited\b|caused by (?:mutations?|changes)|contraindicated\b|contagious\b|fatal\b|"
        r"emergencies\b))"
    ),
    "always": _barring("always", "not, nearly, almost") + r"(?<!cannot always)(?=\s\w)",
    "invariably": r"",
    "never": _barring("never", "have, has, who, almost") + r"(?= (?:be|from|used?|given|"
    r"with|sprung|injected|take|give|started?|left|"
    r"done|apply|share|put|on|to be|closed|reuse|stop|leave)\b)",
    "all": _barring("all", "at, not, almost, nearly, of, after, virtually") + r"(?= (?:people|"
    r"patients|women|men|children|"
    r"babies|adults|individuals|affected|dressings|dead|surgical|newborns|wounds|injured|organs|cells|infants|"
    r"females|males)\b)",
    "certainly": r"",
    "certain": r"(?<=\bis certain)(?=[.;,])",
    "impossible": r"(?<=\bis impossible)(?=[.;,])",
    "proves": r"(?! (?:to|nothing|fatal)\b)",
    "prove": r"(?<!not prove)(?! (?:to|nothing|fatal)\b)",
    "confirms": r"(?= (?:the |a )?(?:diagnosis|\w+itis|\w+oma|cancer|\w+lus|\w+ation|death)\b)",
    "confirm": r"(?<!\bto confirm)(?= (?:the |a )?(?:diagnosis)\b)(?<!\bmay confirm)(?<!\bcan confirm)",
    "is known to": r"(?= (?:be|have|cause|occur|affect|increase)\b)",
    "are known to": r"(?= (?:be|have|cause|occur|affect|increase)\b)",
}
"""What must stand around a word of certainty for a doubt in its place to be needless."""

OPEN = (
    r"\b(?:suggests? that .* (?:may|might|could)|whether|stud(?:y|ies|ied)|trials?|wrong\w*|if|would|"
    r"unless|unclear|unknown|researchers?)\b|\?$"
)
"""A statement that leaves open what it speaks of: doubt is right there, and so is its absence."""
DENIED = r"\b(?:not|no|nor|neither|cannot|nothing)\b"
