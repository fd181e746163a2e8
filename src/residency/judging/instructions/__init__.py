"""Instructions whose fulfilment code can verify, after the idea of IFEval (Zhou et al. 2023, arXiv 2311.07911).

An instruction is plain JSON, ``{"kind": "sentences", "exactly": 3}``. ``KINDS`` holds what each kind takes and how it
is verified; ``strict`` and ``loose`` read an answer as IFEval does. They judge the form and never whether an answer is
right or good.
"""

from residency.judging.instructions.kinds import KINDS, Instruction, Kind, fault_of
from residency.judging.instructions.reading import followed, loose, strict

__all__ = ["KINDS", "Instruction", "Kind", "fault_of", "followed", "loose", "strict"]
