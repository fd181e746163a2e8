"""The tables of changes of surgical practice that :mod:`residency.domain.surgery.changes` reads.

Reviewed 2026-11 against current British, European and American guidance; not for clinical use. Only what is widely
agreed stands here. An entry's years are those in which the statement stood in such texts, not those of one publication.

Keys: ``match`` is a pattern of whole words, searched for in a question and its answer in lower case; ``ask`` and
``held`` are questions, the latter for evaluation only; ``then`` and ``now`` begin with a year and a title, parted by
"; ", and hold the statement after " | "; ``thenmore`` and ``nowmore`` are what else the passages say; ``why`` is why it
changed.
"""
