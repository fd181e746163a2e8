"""Answers over a context: citing, abstaining, and keeping to the text."""
