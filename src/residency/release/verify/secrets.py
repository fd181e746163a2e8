"""Keys and tokens in texts, by their forms and by the values of this process's own. What is found is never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

FORMS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(form)
    for name, form in {
        "a token of the Hugging Face hub": r"\bhf_[A-Za-z0-9]{30,}\b",
        "a key in the form of OpenAI's": r"\bsk-(?:proj-|ant-|or-)?[A-Za-z0-9_-]{20,}",
        "an access key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
        "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})\b",
        "a token of GitLab": r"\bglpat-[A-Za-z0-9_-]{20,}",
        "a token of Slack": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
        "a key of Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
        "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
        "a JSON web token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
        "a key of Weights & Biases": r"(?i)wandb[^\n]{0,20}\b[0-9a-f]{40}\b",
        "an address with a password": r"\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/:@]{3,}@",
    }.items()
}
"""What secrets look like, by what they are."""
_NAMES = re.compile(r"(?:TOKEN|KEY|SECRET|PASSWORD|PASSWD)$")
LEAST = 12  # characters of a value below which it is taken for no secret


def secrets_in(text: str, environment: Mapping[str, str] = os.environ) -> list[str]:
    """What kinds of secret stand in a text; those of the environment by their variable's name."""
    found = [name for name, form in FORMS.items() if form.search(text)]
    for variable, value in environment.items():
        if _NAMES.search(variable.upper()) and len(value) >= LEAST and value in text:
            found.append(f"the value of {variable}")
    return found
