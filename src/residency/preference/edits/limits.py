"""Figures that are limits: of a rule, or bounds that only describe, which other figures may keep to as well."""

from __future__ import annotations

import re
from typing import Literal

from residency.preference.edits.places import Sentence

_LIMIT = re.compile(
    r"\b(?:above|over|at least|at most|(?:more|less|fewer|greater|higher|longer|larger|lower|smaller) than|"
    r"exceed\w*|beyond|"
    r"minimum of|below|under|up to|within|maximum of|limit\w*|reach\w*)"
    r"(?: (?:about|a|an|around|the|of|threshold|\w+ of)){0,3} $"
)
_LIMIT_AFTER = re.compile(r"(?: \w+)? (?:or|and) (?:more|above|over|higher|greater|less|below|lower)\b")
# Where a bound only describes, "at least 2" holds wherever "at least 5" does.
_RULE = re.compile(
    r"\b(?:should|must|needs?|requir\w+|recommend\w*|advis\w+|threshold|limits?|limited|criteri\w+|defin\w+|"
    r"meets?|indicat\w+|"
    r"when|if|means?|warrant\w*|prompts?|predicts?|suggests?|considered|calls?|until|given|examined|target|kept|high)\b"
)
# A share is a limit only where the sentence rules by it: "when" and "high" are words of descriptions too.
_STRICT = re.compile(
    r"\b(?:should|must|recommend\w*|advis\w+|threshold|criteri\w+|defin\w+|meets?|indicat\w+|warrant\w*|prompts?|"
    r"predicts?|target)\b"
)
_IS_SHARE = re.compile(r"\s?(?:%|per\s?cent)$")
_FLOOR = re.compile(r"\b(?:at least|(?:more|longer|greater|larger) than|over|above|exceeds?)(?: about| a)? $")
_SHARE = re.compile(
    r"\s*(?:of|in) (?:\w+ ){0,3}(?:people|patients|individuals|cases|women|men|children|families|those|all|the)\b"
)


def limit_at(text: str, sentence: Sentence, start: int, unit_end: int) -> Literal["rule", "bound", ""]:
    """Whether the figure is the limit of a rule, a bound that only describes, or neither."""
    if not (_LIMIT.search(sentence.low[: start - sentence.start]) or _LIMIT_AFTER.match(text, unit_end)):
        return ""
    rule = _STRICT if _IS_SHARE.search(text[:unit_end]) else _RULE
    return "rule" if rule.search(sentence.low) and not _SHARE.match(text, unit_end) else "bound"


def loose_floor(sentence: Sentence, start: int) -> bool:
    """Whether the figure at a place of the text is a lower bound of no rule, to which a smaller one keeps as well."""
    return _FLOOR.search(sentence.low[: start - sentence.start]) is not None and not _RULE.search(sentence.low)
