"""Dev questions that the stage ``knowledge`` asked the base model, asked again of each model from memory.

Training on facts that a model does not know is said to make it surer of what is wrong (Gekhman et al. 2024). So the
report shows how often each model is confident and wrong, for facts that the base model knew and did not know apart.
"""
