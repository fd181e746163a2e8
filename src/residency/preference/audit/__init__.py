"""The artefact audit: whether a reader without medicine could tell chosen from rejected by the answers alone.

Preference pairs go in, anyone's; figures, the features that tell, and a verdict come out. No pair is changed, and no
language model is asked.
"""
