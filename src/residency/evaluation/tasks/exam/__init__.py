"""Exam questions: which option is chosen, in writing and by likelihood."""
