"""For the paper: what a reviewer, a regulator and a reader who repeats it ask of a run, written from its records.

A finished evaluation goes in; abstract, methods and results in Markdown and LaTeX, figures, reporting checklists, the
compute estimate, the public summary of training content and a page on how to reproduce it come out (``writing.py``),
with every number in ``facts.json``. It interprets nothing that no rule decides, and marks what a person has to say.
"""
