"""Whether a sentence agrees with the text that it rests on: its figures, what it denies, its sides.

A text and a sentence go in, read once each (``reading``); a reason comes out where they disagree. Each check looks
at the place of the text that is most like the place in the sentence (``compare``), since a passage says many things.
The checks say nothing on whether the text speaks of the matter at all: that is for the support checker.
"""
