"""Retrieval: one code path that finds passages for training, evaluation and serving.

Documents go in; passages cut along their structure, an index and ranked passages come out. It does not decide what the
model is told about them.
"""
