"""Later turns: dialogues and written follow-ups."""
