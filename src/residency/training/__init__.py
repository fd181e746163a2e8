"""Training: SFT and preference tuning of an adapter, framed by TRL's trainers.

Compiled rows, or pairs, go in; an adapter and the log of the training come out. Nothing here renders text
by a rule of its own: rows and pairs come compiled by ``residency.chat``.
"""

import logging

# peft imports it where it is there, and then it asks each user of a CPU for one more package.
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
