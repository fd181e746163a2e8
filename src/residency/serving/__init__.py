"""Serving: the assistant. Questions in, answers whose sentences are held against the passages that they cite.

A run folder, a model or a server's address goes in; an OpenAI-compatible API, a page and an audit log come out. The
prompt is built by the same contract as training's. It refuses to answer without looking for red flags and personal data
first, and decides nothing: not for clinical use without a clinician's own judgement.
"""
