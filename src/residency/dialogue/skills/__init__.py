"""The skills of conversation, each with its builders: from one question, or several that belong together, a draft.

A builder gives None where the question does not allow it. Its weight says how early it is tried: what few questions
allow comes before what nearly all do.
"""

from __future__ import annotations

from residency.dialogue.material import Builder
from residency.dialogue.skills import contradiction, correction, followup, missing, safety, scope, switch
from residency.domain.surgery import cautions, red_flags
from residency.domain.surgery import scope as scope_pack

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


def rule_texts() -> dict[str, str]:
    """What each entry of the domain pack that dialogues are built with states, by its name in rows."""
    return {
        **{f"rule:{flag.name}": red_flags.rule_text(flag) for flag in red_flags.RED_FLAGS},
        **{f"rule:{entry.name}": scope_pack.rule_text(entry) for entry in scope_pack.OUT_OF_SCOPE},
        **{f"rule:{caution.name}": cautions.rule_text(caution) for caution in cautions.CAUTIONS},
    }
