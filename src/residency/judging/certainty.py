"""How certain a sentence sounds: what hedges it, and what claims more than medicine can.

Reviewed 2026-11; not for clinical use.
"""

from __future__ import annotations

import re

HEDGES = re.compile(
    r"\b(?:may|might|could|can be|usually|often|generally|typically|commonly|sometimes|occasionally|rarely|"
    r"probabl[ey]|possibl[ey]|perhaps|likely|unlikely|appears?|seems?|suggests?|tends?|consider\w*|"
    r"in (?:most|many|some) (?:cases|patients|people)|most (?:patients|people|cases)|limited evidence|"
    r"(?:is|are|remains?) (?:not )?(?:uncertain|unclear|unknown|debated|controversial)|"
    r"where (?:possible|available)|depend\w* on|not (?:always|necessarily|every)|individuali[sz]ed?|"
    r"case by case|unless)\b"
)
"""In lower-case text: leaves room for the exception, or says that it is not known."""

ABSOLUTES = re.compile(
    r"\b(?:always|never|invariabl[ey]|without exception|(?:in )?(?:all|every) (?:cases|patients?|people)|every time|"
    r"definite(?:ly)?|undoubtedly|unquestionabl[ey]|without (?:any )?(?:doubt|question)|beyond (?:any )?doubt|"
    r"no doubt|certain(?:ly)?|guarante\w+|100 ?%|one hundred per cent|(?:completely|entirely|perfectly|totally|"
    r"absolutely) (?:safe|harmless|effective|reliable|certain|sure|curative)|(?:no|zero|without(?: any)?) "
    r"(?:risks?|complications?|side effects|danger)|risk[- ]free|no need to (?:check|monitor|confirm|ask|call|refer)|"
    r"cannot (?:fail|go wrong)|foolproof|rules? (?:it )?out (?:completely|entirely|with certainty))\b"
)
"""In lower-case text: claims certainty or safety without exception."""

_DENIED = re.compile(r"\b(?:not|never|no|isn['’]t|aren['’]t|nothing is|hardly)\s+(?:\w+\s+)?$")


def hedged(sentence: str) -> bool:
    """Whether a sentence leaves room for doubt."""
    return HEDGES.search(sentence.lower()) is not None


def absolute(sentence: str) -> bool:
    """Whether a sentence claims certainty or safety without exception; "not always" and "not without risk" do not."""
    low = sentence.lower()
    return any(not _DENIED.search(low[: found.start()]) for found in ABSOLUTES.finditer(low))
