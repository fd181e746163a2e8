"""What an ablation came to, as a page, as Markdown, as JSON and as a table."""

from residency.ablation.report.about import About, Candidate, Measure
from residency.ablation.report.page import write_report

__all__ = ["About", "Candidate", "Measure", "write_report"]
