"""The skills of an answer over a context, each with its builder: from one question, a draft, or why there is none."""

from __future__ import annotations

from residency.grounding.kinds.abstention import abstention
from residency.grounding.kinds.cited import cited_answer
from residency.grounding.kinds.conflict import conflict
from residency.grounding.kinds.injected import injected
from residency.grounding.kinds.irrelevant import irrelevant
from residency.grounding.kinds.partial import partial
from residency.grounding.material import Builder

BUILDERS: dict[str, Builder] = {
    "cited_answer": cited_answer,
    "abstention": abstention,
    "partial": partial,
    "conflict": conflict,
    "injected": injected,
    "irrelevant": irrelevant,
}
BOTH_WAYS = frozenset({"cited_answer", "abstention"})
"""Asked of every held-out question, so that both errors are measured on the same items."""
