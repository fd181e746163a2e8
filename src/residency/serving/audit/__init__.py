"""The audit log of the assistant: an entry for each answer, to which nothing is done but adding.

In: what is heard of an answer on its way (:class:`~residency.serving.audit.entry.Account`), feedback, and requests to
delete. Out: ``audit.sqlite``, whose entries are chained by digests; exports of what users judged, as candidates that
people have yet to review.

Refuses to keep a text unless full text was chosen, to change an entry, and to hold up an answer, unless each answer
is required to have its entry.
"""
