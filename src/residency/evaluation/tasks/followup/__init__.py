"""Later turns: dialogues of the skills, written follow-ups, and files of MT-Bench's shape.

A dialogue is one item. It is asked at every turn of the assistant's after its ideal history (asks ``turn-1``,
``turn-2``, ...), and once as it would really go: the user's turns one after another, with the model's own answers
between (ask ``real``).
"""
