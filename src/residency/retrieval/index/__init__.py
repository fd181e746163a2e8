"""The index over passages: a folder, built once, opened by memory map, searched by words and by meaning.

Passages go in; a folder and ranked passages come out. It does not cut documents.
"""

from residency.retrieval.index.build import build_index
from residency.retrieval.index.search import Found, Index, open_index

__all__ = ["Found", "Index", "build_index", "open_index"]
