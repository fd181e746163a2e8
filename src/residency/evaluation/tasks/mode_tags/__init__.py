"""Mode tags that are right, wrong or missing: is it the tag that a model follows, or how the question is put?

A question of the style of one mode is asked with that mode's tag, with the other's and with none; the form of each
answer is read by the checks. Nothing is asked unless ``evaluate.modes.swapped`` is set.
"""
