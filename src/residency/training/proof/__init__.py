"""What a training leaves, and the proof that it did what was asked."""
