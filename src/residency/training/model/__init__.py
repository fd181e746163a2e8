"""The model as it is trained: where its adapter sits, how it gives log-probabilities, which token reads which."""
