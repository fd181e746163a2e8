"""Personal data in texts: who a patient is, found by how names, births, numbers and addresses are written.

The data gate asks with :mod:`~residency.judging.personal.detect` about rows of a bank, and the assistant with
:func:`residency.judging.personal.find.find_personal` about what people type; the patterns are the same. They find what
is written in the usual ways and miss the rest (``docs/personal-data.md`` has the figures): what they find is shown to a
person, and what they do not find is not thereby free of personal data.
"""
