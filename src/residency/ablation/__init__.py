"""Small controlled trainings that answer a user's questions about their own data.

Enters: questions as data (``questions/*.toml``), and what models of each arm answered to the same held-out items.
Leaves: differences with intervals, a sentence for each question, a report, and the recipe that follows.
It runs no stage and loads no model (``flow/ablating`` does), and says nothing about a model that was not measured.
"""
