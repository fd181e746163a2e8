"""Texts as hashes of their words, and which rows hold an item of a test set: for the data gate and for evaluation."""
