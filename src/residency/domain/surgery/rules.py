"""The texts of all dated rules of this domain pack, by name: what a dialogue built with one of them rests on.

Reviewed 2026-11; not for clinical use.
"""

from __future__ import annotations

from functools import cache

from residency.domain.surgery import cautions, changes, red_flags, scope


@cache
def rule_texts() -> dict[str, str]:
    """All that each rule states, by its name, which no two rules share."""
    return {
        **{flag.name: red_flags.rule_text(flag) for flag in red_flags.RED_FLAGS},
        **{entry.name: scope.rule_text(entry) for entry in scope.OUT_OF_SCOPE},
        **{caution.name: cautions.rule_text(caution) for caution in cautions.CAUTIONS},
        **{change.name: changes.rule_text(change) for change in changes.CHANGES},
    }
