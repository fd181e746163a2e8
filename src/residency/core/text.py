"""Small, deterministic text tools that several rooms share: sentences, content words, numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

import Stemmer

_STEM = Stemmer.Stemmer("english")
_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*", re.UNICODE)
_CAPITAL = re.compile(r"(?<=[\w,;)] )[^\W\d_a-z][\w'’-]*")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
MARK = re.compile(r"\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\]")
"""A citation mark: ``[1]``, ``[12]``, ``[1, 2]``."""
_MARKERS = (
    "think thinking thought reasoning analysis tool_call tool_calls tool_response tools function_call s bos eos "
    "pad unk mask start_of_turn end_of_turn begin_of_text end_of_text endoftext im_start im_end fim_prefix "
    "fim_middle fim_suffix start_of_image end_of_image image_soft_token"
)
CONTROL_TOKEN = re.compile(
    r"<[|｜][^<>\n]{0,80}[|｜]>|</?(?:" + "|".join(_MARKERS.split()) + r")\s*>|"
    r"\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]|<</?SYS>>",
    re.IGNORECASE,
)
"""What a model's template would read as a control token, where it stands in a user's text."""
# A full stop after these does not end a sentence.
_ABBREVIATIONS = frozenset(
    "e.g i.e vs cf dr mr mrs ms prof st fig figs approx i.v i.m s.c p.o b.d t.d.s q.d.s et al a.m p.m u.s u.k".split()
)
# "J. Smith" holds an initial; "vitamin K. The INR ..." ends a sentence.
_LETTERED = frozenset(
    "vitamin vitamins hepatitis factor type types grade group class stage option options answer category level "
    "score pugh child-pugh zone part protein".split()
)
# The stop, what closes the sentence, its marks; possessive, so that no mark is handed to the next sentence.
_STOP = re.compile(
    rf"(?<![.!?…])(?P<stop>[.!?…]++)(?:[\"'”’»)\]]|[ \t]*{MARK.pattern})*+(?=\s+[\"'“‘«(\[]?(?P<next>[^\W_]))"
)
STOPWORDS = frozenset(
    """a about above across after again against all along also am an among and any around are as at be because been
    before behind being below between both but by can cannot could did do does doing down despite during each else
    few for from further given had has have having he her here hers him his how however i if in into is it its
    itself just may me might more most must my no nor not of off on once only or other our out over own per rather
    same she should since so some such than that the their them then there these they this those though through thus
    to too under until up upon us very was we were what when where whether which while who whom whose why will with
    within without would yet you your""".split()
)
"""Words that carry no meaning of their own, in lower case."""


def normalise(text: str) -> str:
    """NFKC, lower case, single spaces: the form in which texts are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def sentences(text: str) -> list[str]:
    """Split into sentences, keeping a sentence's trailing ``[1]`` marks with it.

    The pieces are cut out of the text as they stand, and only white space is dropped between them.
    A full stop in a number, after a list number, an initial or a known abbreviation does not split; a line
    end does, unless nothing but marks follows it.
    """
    spans: list[tuple[int, int]] = []
    offset = 0
    for line in text.splitlines(keepends=True):
        start = 0
        for match in _STOP.finditer(line):
            if _ends_sentence(line[start : match.start()], match["stop"], match["next"]):
                spans.append((offset + start, offset + match.end()))
                start = match.end()
        rest = line[start:]
        if spans and not MARK.sub("", rest).strip() and rest.strip():
            spans[-1] = (spans[-1][0], offset + len(line))
        elif rest.strip():
            spans.append((offset + start, offset + len(line)))
        offset += len(line)
    return [text[start:end].strip() for start, end in spans]


def _ends_sentence(before: str, stop: str, following: str) -> bool:
    if following.islower():
        return False
    if stop != ".":
        return True
    *earlier, last = before.rsplit(maxsplit=3) or [""]
    last = last.lstrip("([\"'“‘")
    if not earlier and (last.isdigit() or (len(last) == 1 and last.isupper())):
        return False
    if len(last) == 1 and last.isupper() and last != "I":
        paired = len(earlier) > 1 and earlier[-1] in ("and", "or") and len(earlier[-2]) == 1  # "types A and B."
        return paired or earlier[-1].lower() in _LETTERED
    if last.lower() == "no":
        return not following.isdigit()
    return last.lower() not in _ABBREVIATIONS


def words(text: str) -> list[str]:
    """Lower-case words and numbers, in order; hyphenated words stay whole, and ``’`` is read as ``'``."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).replace("’", "'").lower())


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one word in lower case."""
    return str(_STEM.stemWord(word))


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning (stop words left out), in order, repeats kept."""
    found: list[str] = []
    for word in words(text):
        for part in word.split("-") if "-" in word else (word,):
            if part and part not in STOPWORDS:
                found.append(stem(part))
    return found


def key_phrases(text: str) -> list[str]:
    """Runs of content words between stop words, numbers and punctuation, in order, without repeats. A plural's
    apostrophe (``patients'``) ends a run too."""
    phrases: list[str] = []
    seen: set[str] = set()
    for clause in re.split(r"[^\w\s'’-]+", text):
        run: list[str] = []
        for word in [*clause.split(), ""]:
            bare = word.strip("'’-")
            content = bare and bare.lower() not in STOPWORDS and not bare[0].isdigit()
            if content:
                run.append(bare)
            if content and not word.endswith(("'", "’")):
                continue
            phrase = " ".join(run)
            if phrase and phrase.lower() not in seen:
                seen.add(phrase.lower())
                phrases.append(phrase)
            run = []
    return phrases


def proper_names(texts: Iterable[str]) -> frozenset[str]:
    """The words that ``texts`` write with a capital in the middle of a sentence, and nowhere without."""
    capital: set[str] = set()
    small: set[str] = set()
    for text in texts:
        capital |= set(_CAPITAL.findall(text))
        small |= {word for word in _WORD.findall(text) if word[0].islower()}
    return frozenset(word for word in capital if word.lower() not in small)


def mid_sentence(title: str, names: Collection[str]) -> str:
    """A title as it stands inside a sentence: without its first capital, which names (Crohn's, and what
    ``names`` holds) and abbreviations (CT, E. coli) keep."""
    first = title.partition(" ")[0]
    if first in names or first.endswith(("'s", "’s")) or not (first == "A" or first[1:].islower()):
        return title
    return title[0].lower() + title[1:]


def numbers(text: str) -> list[str]:
    """Numbers as they stand, without citation marks, thousands commas and zeros at a fraction's end."""
    found: list[str] = []
    for match in _NUMBER.findall(MARK.sub(" ", text)):
        plain = re.sub(r",(?=\d{3}\b)", "", match)
        plain = plain.replace(",", ".")
        found.append(plain.rstrip("0").rstrip(".") if "." in plain else plain)
    return found
