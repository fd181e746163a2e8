"""What is asked of a model and how it is graded, a package for each task."""
