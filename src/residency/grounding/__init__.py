"""Grounding: examples that teach an answer to stay with the text that it was given.

Questions and an index go in; conversations with numbered passages, citations and abstentions come out,
for every split by the same code. What no passage supports is left out or refused, with counts.
"""
