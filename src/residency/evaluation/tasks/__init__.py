"""What is measured, a package a task: its settings, the items that it asks, and how their answers are graded.

``residency.evaluation.registry`` lists them.
"""
