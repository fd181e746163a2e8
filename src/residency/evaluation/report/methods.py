"""The methods in words that can go into a paper: every number and every named method is of this evaluation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from residency.evaluation.gates import Verdict
from residency.evaluation.metrics import METRICS
from residency.evaluation.numbers import counted, joined
from residency.evaluation.report.conclusions import the
from residency.evaluation.report.names import Results, axis_in_text, headlines
from residency.evaluation.report.setup import Setup, graders_of
from residency.evaluation.report.summary import Comparisons, Row
from residency.evaluation.slices import LABELS
from residency.judging.statistics import resampling

Paragraph = tuple[str, str]

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")
_ESTIMATES = {
    "Wilson with design effect": "Wilson's score interval with n divided by the design effect (Wilson 1927; Korn and "
    "Graubard 1998) for right-or-wrong scores whose items share clusters",
    "Wilson": "Wilson's score interval (1927) for right-or-wrong scores of independent items",
    "cluster bootstrap": "a percentile bootstrap over clusters ({resamples:,} resamples), its percentiles expanded for "
    "small samples (Hesterberg 2015), for other scores",
    "score interval for few clusters": "Wilson's form with the observed variance and Student's t for scores from fewer "
    "than {few} clusters",
    "bound for equal values": "where all values agree, the interval that their number leaves open (Wilson's limit for "
    "none of that number)",
    "clipped": "for the mean that is clipped to 0 to 1, the same limits clipped alike",
}
_DIFFERENCES = {
    "Tango with design effect": "Tango's score interval (1998), counts divided by the design effect, for "
    "right-or-wrong scores whose items share clusters",
    "Tango": "Tango's score interval (1998) for right-or-wrong scores of independent items",
    "cluster bootstrap": "a paired bootstrap over clusters for other scores",
    "score interval for few clusters": "Wilson's form with the observed variance below {few} clusters",
    "McNemar exact": "McNemar's exact test for right-or-wrong scores of independent items",
    "sign flips": "a randomisation test that exchanges the two models cluster by cluster ({resamples:,} draws, so that "
    "no p is below {least:.4f}) for the rest",
}


def methods(
    results: Results,
    rows: Sequence[Row],
    comparisons: Comparisons,
    verdicts: Sequence[Verdict],
    setup: Setup,
    confidence: float,
    seed: int,
) -> list[Paragraph]:
    """Heading and text of each paragraph, in the order of a paper's methods section."""
    if not any(results.values()):
        return []
    paragraphs = [
        ("Models", _models(results, setup)),
        ("Items", _items(results)),
        ("Answers", _answers(results, setup)),
        ("Scores", _scores(results)),
        ("Missing values", _missing(results)),
        ("Intervals", _intervals(rows, confidence)),
        ("Comparisons", _comparisons(results, comparisons, confidence)),
        ("Gates", _gates(verdicts)),
        ("Software", _software(setup, seed)),
    ]
    return [(heading, text) for heading, text in paragraphs if text]


def as_markdown(paragraphs: Sequence[Paragraph]) -> str:
    """The paragraphs as one text with headings."""
    return "# Methods\n\n" + "\n\n".join(f"**{heading}.** {text}" for heading, text in paragraphs) + "\n"


def _models(results: Results, setup: Setup) -> str:
    named = [f"{model} ({what})" if (what := setup.models.get(model)) else model for model in results]
    if len(named) == 1:
        return f"One model was evaluated: {named[0]}."
    return f"{_count(len(named)).capitalize()} models answered the same items: {joined(named)}."


def _items(results: Results) -> str:
    items = max(results.values(), key=len)
    axes = Counter(item["axis"] for item in items)
    clusters = {axis: len({item["cluster"] for item in items if item["axis"] == axis}) for axis in axes}
    told = [
        f"{axis_in_text(axis)} ({counted(n, 'item')} in {counted(clusters[axis], 'cluster')})"
        for axis, n in axes.items()
    ]
    text = f"There were {counted(len(items), 'item')}: {joined(told)}. "
    text += "Items that are near-duplicates or share a question, passage or dialogue form a cluster. "
    for name, lead in (("source", "By source"), ("split", "By split")):
        parts = Counter(str(item.get(name) or "") for item in items)
        parts.pop("", None)
        if parts:
            labels = LABELS[name]
            text += (
                f"{lead}: {joined([f'{labels.get(part, part)} {count:,}' for part, count in parts.most_common()])}. "
            )
    seen = Counter(item.get("passage_seen") for item in items)
    if seen[True] or seen[False]:
        text += (
            f"A passage that supports the item also supported a training item in {seen[True]:,} and did not in "
            f"{seen[False]:,}. "
        )
    return text.strip()


def _answers(results: Results, setup: Setup) -> str:
    ways: dict[str, list[str]] = {}
    for model in results:
        if way := setup.answering.get(model):
            ways.setdefault(way, []).append(model)
    if len(ways) == 1 and len(next(iter(ways.values()))) == len(results):
        return f"{'All answered' if len(results) > 1 else 'It answered'} {next(iter(ways))}."
    return " ".join(f"{_start(joined([the(model) for model in who]))} answered {way}." for way, who in ways.items())


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]


def _scores(results: Results) -> str:
    told = []
    for axis, metric in headlines(results).items():
        known = METRICS[metric]
        description = known.description.rstrip(".")
        told.append(f"{axis_in_text(axis)} by “{known.title}” ({description[:1].lower()}{description[1:]})")
    if not told:
        return ""
    text = f"The headline scores: {'; '.join(told)}."
    if named := [f"{axis_in_text(axis)} {who}" for axis, who in graders_of(results).items()]:
        return (
            f"{text} Judged scores come from these graders: {'; '.join(named)}; all others from rules of the program."
        )
    return f"{text} All scores come from rules of the program; no model judged."


def _missing(results: Results) -> str:
    parts = []
    for model, items in results.items():
        status = Counter(item["status"] for item in items)
        if status["unparsed"] or status["errored"]:
            parts.append(f"{the(model)} {status['unparsed']:,} unparsed and {status['errored']:,} errored")
    counts = f" There were: {joined(parts)}." if parts else " There were none."
    return (
        "An answer that could not be read, or that could not be had, has no score and is counted apart; it is not "
        f"scored 0.{counts} A comparison takes only items that both models have a score for."
    )


def _intervals(rows: Sequence[Row], confidence: float) -> str:
    used = [score.found.method for row in rows for score in row.models.values() if score.found.low is not None]
    told = _told(_ESTIMATES, used)
    if not told:
        return ""
    return (
        f"Standard errors and {confidence:.0%} intervals take clusters, not items, as independent: {'; '.join(told)}. "
        "Standard errors are linearised over clusters."
    )


def _comparisons(results: Results, comparisons: Comparisons, confidence: float) -> str:
    found = [one for comparison in comparisons.values() for one in comparison.values() if one.low is not None]
    if not found:
        return ""
    axes = len(headlines(results))
    told = _told(_DIFFERENCES, [one.method for one in found])
    parted = any(
        len({item.get(name) for item in items} - {None, ""}) == 2 for items in results.values() for name in LABELS
    )
    apart = (
        " Two parts of the items are compared by Welch's interval (1947) on their clustered errors." if parted else ""
    )
    return (
        f"Models were compared on the same items, paired: {'; '.join(told)}. "
        f"In each comparison p was adjusted by Holm's method (1979) over the {_count(axes)} headline scores; other "
        f"scores' p is unadjusted and describes. A difference is called shown when its {confidence:.0%} interval "
        f"excludes 0 and its adjusted p is below {1 - confidence:.2g}. The smallest visible difference is the true one "
        "that these items would show with a power of 80% (for right-or-wrong scores by the exact power of McNemar's "
        "test at the observed share of discordant pairs, else by Student's t with the observed variance)."
        f"{apart if parted else ''}"
    )


def _gates(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return ""
    were = "One gate was" if len(verdicts) == 1 else f"{_count(len(verdicts)).capitalize()} gates were"
    return (
        f"{were} set in the recipe, with their margins: a gate passes when "
        "the whole interval meets its limit, fails when none of it does, and is undecided otherwise; the number needed "
        "is that at which a score as measured would be decided with a power of 80%."
    )


def _software(setup: Setup, seed: int) -> str:
    versions = joined([f"{name} {version}" for name, version in setup.versions.items()])
    return f"All draws follow the seed {seed}. {f'Software: {versions}. ' if versions else ''}".strip()


def _told(texts: Mapping[str, str], used: Sequence[str]) -> list[str]:
    """The texts of the methods that were used; a longer name is told apart from the shorter one in it."""
    numbers = {
        "resamples": resampling.RESAMPLES,
        "few": resampling.FEW,
        "least": 1 / (1 + resampling.RESAMPLES),
    }
    parts = {part.strip() for method in used for part in method.split(",")}
    return [text.format(**numbers) for name, text in texts.items() if name in parts]


def _count(value: int) -> str:
    return _NUMBERS[value] if value < len(_NUMBERS) else str(value)
