"""What only the bank as a whole shows: shortcuts past the question, contradictions, answers that do not belong."""
