"""The report: one page that says whether it worked, and shows what that rests on.

In: the results of one to six models on the same items, the gates' verdicts, and what was asked and answered. Out:
``report.html``, and in ``report/`` every table as CSV and LaTeX and the methods in words. Nothing is measured here, and
nothing is said that the numbers do not show.
"""

from __future__ import annotations

from residency.evaluation.report.conclusions import answer, conclusions
from residency.evaluation.report.examples import examples
from residency.evaluation.report.files import write_tables
from residency.evaluation.report.page import write_report
from residency.evaluation.report.setup import Setup, setup_of
from residency.evaluation.report.summary import changes_of, compare_models, rows_of, summary_table

__all__ = [
    "Setup",
    "answer",
    "changes_of",
    "compare_models",
    "conclusions",
    "examples",
    "rows_of",
    "setup_of",
    "summary_table",
    "write_report",
    "write_tables",
]
