"""What was built, in figures, and a page of it that people read."""
