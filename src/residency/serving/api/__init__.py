"""The assistant over HTTP: OpenAI's API, the page's own, and the page's files.

Requests of any kind come in; answers, or errors in OpenAI's shape, go out. It decides nothing about an answer: that is
the assistant's, and what reaches a client is what the assistant's events say.
"""

from residency.serving.api.app import Services, make_app

__all__ = ["Services", "make_app"]
