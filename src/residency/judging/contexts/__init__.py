"""Verifiers of answers over a context: does an answer do what its row asks, and say nothing that it may not?

A row, an answer and the passages go in, faults come out, each with a short reason to count. They judge by what is said
and know no builder: an answer made by rules, by hand or by a model is read alike. They read words, not meanings, and
cannot see a fault that leaves all words in place. The form of a mode is not their business.
"""

from residency.judging.contexts.verify import SKILLS, verify_context

__all__ = ["SKILLS", "verify_context"]
