"""Online reinforcement learning: GRPO and RLOO through TRL, with rewards that can be verified.

Conversations whose last turn can be checked go in; the model answers their prompts again and again, each answer is
graded by the verifiers of ``residency.judging``, and an adapter comes out, with every answer and what it earned. What
no verifier can judge is never asked: open questions, dialogues, calls of tools.
"""
