"""People judge blind: preference pairs, built dialogues, evaluation answers, or any preference file.

In: a run's ``pairs/pairs.jsonl``, ``dialogue/`` and ``grounding/conversations.jsonl``, ``evaluate/scores-*.jsonl``, or
a file with ``chosen`` and ``rejected``. What is drawn is copied into ``review/review.sqlite`` of the run's folder, with
each reviewer's order, sides and judgements. Out: a page for each reviewer, one for the organiser, and exports: pairs,
KTO labels, corrected SFT rows, labels, a table.

Refuses to tell a reviewer which side is which, where a text came from or what others judged; to serve a run twice at
once; to take a judgement that is not of this page; and to export what belongs to a held-out split for training.
"""
