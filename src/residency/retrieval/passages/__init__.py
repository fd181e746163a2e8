"""From the user's documents to passages.

Markdown, plain text, HTML, PDF, JSON Lines, CSV and Parquet go in, a file or a folder of them; passages cut along their
structure come out, each with its title, section, source, date, version, licence and topic, and with what replaced it.
A line is said of each file, row or date that could not be used. What is true in them is not judged.
"""

from residency.retrieval.passages.blocks import Skipped
from residency.retrieval.passages.read import Reading, read_passages

__all__ = ["Reading", "Skipped", "read_passages"]
