"""The mix: composes the training set from all that was built, to declared shares, and sets the modes.

Questions, dialogues and context examples go in; train and dev conversations with their system message come
out, with a table of what was asked for against what was got. Nothing is rewritten here but the mode's form.
"""
