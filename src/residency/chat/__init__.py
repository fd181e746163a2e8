"""Chat: conversations to the tokens that the model sees, for training, evaluation and serving alike.

Messages go in; the inference prompt, or training rows with labels on what the model must produce, come out. A family
(``families``) says how its models are served, as segments; the renderer makes prompts, rows and pairs of these, and
proves that before each label stands what is served there. No text of the user's can become a control token, and nothing
is cut silently.
"""
