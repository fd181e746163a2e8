"""Generation: loads a model with its adapter and lets it write or score text.

Model settings and token ids go in; token ids or log-likelihoods come out. It builds no prompts and judges
no answers.
"""
