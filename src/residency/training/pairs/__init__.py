"""Preference pairs: batches that share prompts, the losses on them, and their reference."""
