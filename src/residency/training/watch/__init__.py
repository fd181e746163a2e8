"""What is looked at while a training runs: dev, guards, the step that is kept, and the curves of it."""
