"""Evaluation: four axes, models compared on the same items, intervals, gates and the report.

Held-out records and adapters go in; raw answers, scores, a summary and a page come out. It trains nothing,
and an answer that it cannot read is counted as such and never as a wrong one.
"""
