"""Runs the trainings of an ablation, has them measured, and hands on what came of it. What it concludes and how it is
told is the room ``ablation``'s."""
