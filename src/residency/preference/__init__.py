"""Preference: pairs of a gold answer and a mistake that matters, made from train questions alone.

Questions, context examples and the SFT model go in; pairs with the typed edit that made one side worse come
out. Evaluation items never enter.
"""
