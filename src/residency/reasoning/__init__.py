"""Reasoning: decides what stands as the thought of each assistant's turn, where the base model is one that thinks.

The mix's conversations go in; the same conversations come out, their assistant turns with ``thinking`` or without, and
each row says where its thoughts came from. No visible answer is changed, and no thought of the model's is kept that led
to another answer than the gold one, or that tells of having seen it.
"""
