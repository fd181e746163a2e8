"""Serving: a trained run answers questions, with retrieved passages and checked citations.

A run folder and a question go in; an answer with its passages and what is not supported comes out. The
prompt is built by the same contract as training's. Not for clinical use.
"""
