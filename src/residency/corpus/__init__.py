"""The data gate: a question bank becomes kept questions with splits, and everything else a reason.

Enters: the files that ``corpus.files`` names, in any of the shapes of :mod:`residency.corpus.reading.shapes`.
Leaves: ``kept.jsonl`` (``Question`` records), ``rejected.jsonl`` (``origin``, ``reason``, ``detail``,
``row``), ``passages.jsonl`` (``Passage`` records that came inside rows) and ``report.json``.
Refuses: to drop a row without a reason, to mend what a row says, and to put near-duplicates or rows of
one parent on both sides of a split. A row is read, shaped, checked, compared, clustered and split, in
that order, by the modules ``read``, ``shapes`` (with ``mcq``), ``checks``, ``duplicates`` and ``split``;
``stage`` is the line through them.
"""
