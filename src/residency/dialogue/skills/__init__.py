"""The skills of conversation, each with its builders: from one question, or several that belong together, a draft.

A builder gives None where the question does not allow it. Its weight says how early it is tried: what few questions
allow comes before what nearly all do.
"""

from __future__ import annotations

from residency.dialogue.material import Builder
from residency.dialogue.skills import contradiction, correction, followup, missing, safety, scope, switch

SKILLS: dict[str, dict[Builder, float]] = {
    "followup": followup.BUILDERS,
    "correction": correction.BUILDERS,
    "missing": missing.BUILDERS,
    "contradiction": contradiction.BUILDERS,
    "safety": safety.BUILDERS,
    "scope": scope.BUILDERS,
    "switch": switch.BUILDERS,
}
SAFETY = frozenset({"safety", "scope"})
"""The skills whose conversations are a share of their own in the mix."""
