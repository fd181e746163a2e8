"""Web search: a provider's results, of which pages on allowed domains are fetched and cut into passages.

A query goes in; passages with title, date and address come out. Off unless a provider is set. A query that may hold
personal data does not leave, no address but a public one is connected to for a page, and nothing is kept: neither
queries nor pages.
"""

from residency.serving.web.providers import Provider, Result, open_provider
from residency.serving.web.search import HeldBackError, WebSearch
from residency.serving.web.settings import WebSettings

__all__ = ["HeldBackError", "Provider", "Result", "WebSearch", "WebSettings", "open_provider"]
