"""Generation: loads a model with its adapter, or asks a server for it, and lets it write or score text.

Model settings and token ids go in; token ids, text or log-likelihoods come out; ``embeddings`` turns texts to vectors.
It builds no prompts and judges no answers.
"""

import logging

# peft imports it where it is there, and then it asks each user of a CPU for one more package.
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
