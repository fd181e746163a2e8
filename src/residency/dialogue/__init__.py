"""Dialogues: multi-turn conversations made from single-turn questions, so that a bank of them does not eat
the model's conversation, and the conversations that the bank itself holds.

Questions go in; conversations of two or three exchanges come out, for every split by the same code. No
sentence of an answer is invented: each stands in a parent record or is a phrase without medical content.
A conversation of the bank's own comes out with its turns as they are, but for the mode's form.
"""
