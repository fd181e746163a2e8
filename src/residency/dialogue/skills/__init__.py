"""The skills of conversation, each with its builders: from one question, or several that belong together, a draft.

A builder gives None where the question does not allow it. Its weight says how early it is tried: what few questions allow
comes before what nearly all do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from residency.dialogue.material import Draft, Material
from residency.dialogue.skills import contradiction, correction, followup, missing, safety, scope, switch

Builder = Callable[[Material], Draft | None]

SKILLS: dict[str, Mapping[Builder, float]] = {
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
