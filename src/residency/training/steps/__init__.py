"""Steps: rows in batches, batches in planned steps, and the trainer that takes them."""
