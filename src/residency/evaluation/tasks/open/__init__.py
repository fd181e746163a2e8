"""Open questions: what an answer holds of what it should, and what it says otherwise.

Held-out open questions of the bank and the user's files of questions with rubrics go in; for each answer come out its
agreement with the reference, both ways round, and its score by a rubric. A criterion that only a judge model can decide
is left out where none is named, and counted.
"""
