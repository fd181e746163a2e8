"""Answers over a context: citing, abstaining, keeping to the text, and RGB's four abilities."""
