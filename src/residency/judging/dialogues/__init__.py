"""Verifiers of dialogues: does a dialogue show its skill, and does the assistant say nothing that it may not?

A row and the texts of its sources go in, faults come out, each with a short reason to count. They judge by what is
said: a dialogue built by rules, written by a teacher or by hand, and a model's answer in its place are read alike. They
read words, not meanings, and cannot see a fault that leaves all words in place.
"""

from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.verify import verify, verify_turn

__all__ = ["Fault", "verify", "verify_turn"]
