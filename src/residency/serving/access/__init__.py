"""Who may ask the assistant, from where, how much and how often: what stands between a socket and the application.

In: requests as ASGI gives them. Out: the same requests, those that may pass, and refusals in the shape of OpenAI's
errors, each with its reason. What is streamed passes as it comes.

Refuses what no token opens, what another site's page sends, what is too much or too often, and to take a token from a
command line, to log one or to tell how far a wrong one was right.
"""

from residency.serving.access.asked import refuse_beyond
from residency.serving.access.guard import guarded
from residency.serving.access.settings import AccessSettings
from residency.serving.access.tokens import Token, token_of

__all__ = ["AccessSettings", "Token", "guarded", "refuse_beyond", "token_of"]
