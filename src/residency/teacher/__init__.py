"""Teacher: a model that rewords built dialogues so that they read as people talk, and adds no medicine to them.

Dialogues and the questions they were built from go in; the same dialogues come out, in the same order, some of them in
the teacher's words. A rewording is taken only where no check finds anything against it: otherwise the dialogue stays as
it was built, so that a bad teacher costs time and money and no dialogue. Held-out dialogues are shown to no teacher.
"""
