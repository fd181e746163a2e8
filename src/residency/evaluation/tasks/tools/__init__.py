"""Conversations that may call functions: whether, what and how is called, and what is made of what comes back."""
