"""Open questions: what an answer holds of what it should."""
