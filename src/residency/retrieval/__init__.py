"""Retrieval: one code path that finds passages for training, evaluation and serving.

Passages go in; ranked passages come out. It does not decide what the model is told about them. Texts as vectors
(``embeddings``) serve whatever compares meanings.
"""
