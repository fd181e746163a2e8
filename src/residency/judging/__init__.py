"""Judging: small checks of an answer that building, pairs, evaluation and serving share.

An answer and what it is held against go in; verdicts and scores come out. Nothing here writes text for anybody,
reads files but those of models that a setting names, or knows which model spoke. What cannot be judged is None, never
0.
"""
