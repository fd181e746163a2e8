"""Chat: conversations to the tokens that the model sees, for training, evaluation and serving alike.

Messages go in; the inference prompt, or a training row with labels on what the model must produce, comes
out. No text of the user's can become a control token, and nothing is cut silently.
"""
