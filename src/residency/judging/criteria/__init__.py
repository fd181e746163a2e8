"""Criteria: what an answer is held against point by point, in HealthBench's shape.

A question with its reference, or a file of rubrics, goes in; criteria come out, and for an answer which of them it
meets. Rules decide what has a ``check``; what stands in words alone a judge model decides, where a setting names one.
Without it such criteria are left out and counted: nothing here guesses.
"""
