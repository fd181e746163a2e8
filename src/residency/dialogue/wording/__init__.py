"""What is said between the facts of a dialogue (``core.wording``)."""

from __future__ import annotations

from residency.core.wording import Wordings
from residency.dialogue.wording.held_out import HELD_OUT_WORDINGS
from residency.dialogue.wording.train import TRAIN_WORDINGS

WORDINGS = Wordings(TRAIN_WORDINGS, HELD_OUT_WORDINGS)
