"""What goes to the hub: weights, a chat template that serves what was trained, the contract, and what runs them."""
