"""Tool-call exemplars: deciding whether to search, searching, reading what came, answering from it.

The variants of the one skill ``tool``, each with its builder. Results are what the index gives for the query. The web
cannot be searched here, so that its results are none or an error, and no passage of the user's own is passed off as a
page of the web.
"""

from __future__ import annotations

from residency.grounding.tools.case import Builder
from residency.grounding.tools.found import again, error_retry, needed, newer, older, second_turn
from residency.grounding.tools.lacking import empty, error, unsupported
from residency.grounding.tools.needless import arithmetic, earlier, given, small_talk

VARIANTS: dict[str, Builder] = {
    "needed": needed,
    "second_turn": second_turn,
    "again": again,
    "older": older,
    "newer": newer,
    "error_retry": error_retry,
    "empty": empty,
    "unsupported": unsupported,
    "error": error,
    "small_talk": small_talk,
    "earlier": earlier,
    "sum": arithmetic,
    "given": given,
}
