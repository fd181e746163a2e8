"""What the checks found, with its rates and examples: of single rows, of the bank as a whole, of duplicates, and of
rows that hold evaluation items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import polars as pl

from residency.core.comparing.decontaminate import HOLDS
from residency.core.text import normalise
from residency.corpus.bank.answer_outliers import AnswerOutliers, answer_outliers
from residency.corpus.bank.askings import askings
from residency.corpus.bank.choices_only import choices_only
from residency.corpus.bank.contradictions import contradictions
from residency.corpus.bank.habits import NO_FINAL_STOP, without_stop
from residency.corpus.bank.shortcuts import key_positions, longest_option
from residency.corpus.checks import checks_of
from residency.corpus.checks.base import Check
from residency.corpus.decide import OTHERWISE, Decided, contaminated
from residency.corpus.duplicates import Pairs
from residency.corpus.gather import Gathered
from residency.corpus.intake import FOUND, Plan
from residency.corpus.meaning import Meaning
from residency.corpus.report.leaks import decontamination
from residency.corpus.report.same import Noticed, in_other_words, pair_of
from residency.corpus.report.tallies import counted, tally
from residency.corpus.review import row_key

EXAMPLES = 5
TOPICS = 30  # topics for which a check's rate is given: those with the most rows
MOST_MCQS = 50_000  # whose options are read for the baselines
MOST_ANSWERS = 200_000  # that are held against the questions of the others
SHOWN = 600  # characters of a text in an example
AROUND = 200  # characters on each side of what a finding marks


def evidence(
    gathered: Gathered, decided: Decided, plan: Plan, meaning: Meaning | None, seed: int
) -> tuple[dict[str, Any], list[Noticed]]:
    """The report's parts ``checks``, ``duplicates``, ``decontamination``, ``bank`` and ``renamed``; and all that a
    person may want to decide on."""
    gathered = replace(gathered, found=without_stop(gathered.found, gathered.table))
    rates = _Rates(gathered)
    asked = (*checks_of(plan.settings), NO_FINAL_STOP)
    checks = [rates.of_check(check) for check in asked]
    noticed = _warned(gathered, asked)
    for part, found in (_contradictions(gathered, rates, meaning), _outliers(gathered, rates, meaning, seed)):
        checks.append(part)
        noticed += found
    same, reworded = in_other_words(gathered, decided, plan, meaning)
    noticed += reworded
    report: dict[str, Any] = {
        "checks": checks,
        "duplicates": _duplicates(gathered, decided, plan) | {"semantic": same},
        "bank": _bank(gathered, decided, seed),
        "renamed": len(decided.ids),
    }
    if plan.guard:
        hits = [*decided.hits, *(meaning.hits if meaning else ())]
        report["decontamination"] = decontamination(gathered, decided, plan.guard, hits, meaning is not None)
        noticed += [
            (hit.row, "contaminated", "question", "possible", contaminated(plan.guard, hit).detail, None)
            for hit in hits
            if hit.tier not in HOLDS
        ]
    return report, sorted(one for one in noticed if decided.stay[one[0]])


def reviewable(gathered: Gathered, decided: Decided, noticed: Iterable[Noticed]) -> Iterator[dict[str, Any]]:
    """What was noticed as lines of the table for review."""
    for place, check, where, sure, detail, span in noticed:
        row = gathered.lines.row(place)
        text = field(row, where)
        yield {
            "row": row_key(row),
            "origin": row["origin"],
            "id": decided.ids.get(place, row["id"]),
            "check": check,
            "sure": sure,
            "where": where,
            "detail": detail,
            "text": text[max(0, span[0] - AROUND) : span[1] + AROUND] if span else text[:SHOWN],
        }


def _warned(gathered: Gathered, checks: Sequence[Check]) -> list[Noticed]:
    """The findings of those checks that ask for a look."""
    warns = [check.id for check in checks if check.severity == "warns"]
    return _noticed(gathered.found.filter(pl.col("check").is_in(warns)))


class _Rates:
    """Counts of rows by source and topic: what a rate is a share of."""

    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered
        columns = ["source", "topic"]
        self.rejected = gathered.rejected.with_row_index("place")
        self.present = {*self.rejected["reason"].unique(), *gathered.found["check"].unique()}
        every = pl.concat([gathered.table.select(columns), gathered.rejected.select(columns)]).drop_nulls()
        self.of = every.height
        self.every = {name: counted(every[name]) for name in columns}
        self.shown = {"source": list(self.every["source"]), "topic": list(self.every["topic"])[:TOPICS]}

    def of_check(self, check: Check) -> dict[str, Any]:
        """One check of single rows: those that it rejected and those that it only noticed."""
        if check.id not in self.present:
            return self.entry(check.id, check.severity, check.title, check.means, None, {}, [])
        rejected = self.rejected.filter(pl.col("reason") == check.id)
        found = self.gathered.found.filter(pl.col("check") == check.id)
        rows = self.gathered.table[found["row"].unique().sort()].select("source", "topic")
        touched = pl.concat([rows, rejected.select("source", "topic").drop_nulls()])
        sure = counted(found["sure"])
        if rejected.height:
            sure["certain"] = sure.get("certain", 0) + rejected.height
        examples = [self._refused(*row) for row in rejected.head(EXAMPLES).select("place", "detail").iter_rows()]
        examples += self.examples(_noticed(found))
        return self.entry(check.id, check.severity, check.title, check.means, touched, sure, examples[:EXAMPLES])

    def entry(
        self,
        name: str,
        severity: str,
        title: str,
        means: str,
        touched: pl.DataFrame | None,
        sure: Mapping[str, int],
        examples: Sequence[dict[str, Any]],
    ) -> dict[str, Any]:
        """A check's part of the report; ``touched`` are the source and topic of each row that it found."""
        return {
            "id": name,
            "severity": severity,
            "title": title,
            "means": means,
            "count": 0 if touched is None else touched.height,
            "of": self.of,
            "by_source": self._by(touched, "source"),
            "by_topic": self._by(touched, "topic"),
            "sure": dict(sure),
            "examples": list(examples),
        }

    def _by(self, touched: pl.DataFrame | None, column: str) -> dict[str, list[int]]:
        found = {} if touched is None else counted(touched[column])
        return {name: [found.get(name, 0), self.every[column][name]] for name in self.shown[column]}

    def examples(self, noticed: Iterable[Noticed]) -> list[dict[str, Any]]:
        """The surest findings, with the text in which they stand."""
        order = {"certain": 0, "likely": 1, "possible": 2}
        chosen = sorted(noticed, key=lambda one: (order[one[3]], one[0]))[:EXAMPLES]
        return [self.example(one) for one in chosen]

    def example(self, noticed: Noticed) -> dict[str, Any]:
        """One finding with its row's text."""
        place, _, where, _, detail, span = noticed
        row = self.gathered.lines.row(place)
        text = field(row, where)
        return {
            "origin": row["origin"],
            "id": row["id"],
            "where": where,
            "detail": detail,
            "text": text if span else text[:SHOWN],
            "span": list(span) if span else None,
        }

    def _refused(self, place: int, detail: str) -> dict[str, Any]:
        name, number, *_ = self.gathered.rejected.row(place)
        text = self.gathered.refused.line(place).decode("utf-8", "replace")
        return {
            "origin": f"{name}:{number}",
            "id": self.gathered.rejected["id"][place] or "",
            "where": "",
            "detail": detail,
            "text": text[:SHOWN],
            "span": None,
        }


def _noticed(found: pl.DataFrame) -> list[Noticed]:
    return [
        (row, check, where, sure, detail, None if start is None else (start, stop))
        for row, check, where, sure, detail, start, stop in found.select(list(FOUND)).iter_rows()
    ]


def field(row: Mapping[str, Any], where: str) -> str:
    """The text of the field that a finding names."""
    name, _, part = where.partition(" ")
    if name == "turn":
        greeting = row.get("greeting", [])
        place = int(part) - 1 - len(row.get("system", [])) - len(greeting)
        if -len(greeting) <= place < 0:
            return str(greeting[place])
        return str(row["messages"][place]["content"]) if 0 <= place < len(row.get("messages", [])) else ""
    if name == "option":
        return str(row.get("options", {}).get(part, ""))
    if name == "answer" and "options" in row:
        return f"{row['answer']}. {row['options'].get(row['answer'], '')}"
    return str(row.get(name or "question", ""))


def _contradictions(gathered: Gathered, rates: _Rates, meaning: Meaning | None) -> tuple[dict[str, Any], list[Noticed]]:
    meant = zip(meaning.pairs.one.tolist(), meaning.pairs.other.tolist(), strict=True) if meaning else ()
    asked = askings(gathered.table)

    def told(asking: int) -> dict[str, Any]:
        return asked.told(asking, gathered.lines.row(int(asked.places[asking])))

    result = contradictions(asked.keys, told, meant)
    places = sorted({int(asked.places[asking]) for one in result.found for asking in (one.one, one.other)})
    name = "contradicts_other_record"
    examples: list[dict[str, Any]] = []
    noticed: list[Noticed] = []
    for one in result.found:
        row, twin = told(one.one), told(one.other)
        for mine, theirs in ((row, twin), (twin, row)):
            detail = f"{one.why}; the other is {_stands_in(theirs)}"
            noticed.append((mine["place"], name, mine["where"], one.sure, detail, None))
        if len(examples) < EXAMPLES:
            same = normalise(row["question"]) == normalise(twin["question"])
            said = one.answers[1] if same else f"{twin['question']} - {one.answers[1]}"
            examples.append(
                {
                    "origin": one.origins[0],
                    "id": gathered.table["id"][row["place"]],
                    "where": row["where"],
                    "detail": one.why,
                    "text": f"{row['question']} - {one.answers[0]}"[:SHOWN],
                    "span": None,
                    "other": {"origin": _stands_in(twin), "text": said[:SHOWN]},
                }
            )
    part = rates.entry(
        name,
        "warns",
        "Two rows answer the same question in ways that cannot both be right",
        "The model is taught both and learns to guess; in a test set one of the two is marked wrong.",
        gathered.table[places].select("source", "topic"),
        tally(one.sure for one in result.found),
        examples,
    )
    return part, noticed


def _stands_in(told: Mapping[str, Any]) -> str:
    """Where an answer stands: its row, and of a conversation the turn."""
    return told["origin"] if told["where"] == "answer" else f"{told['origin']}, {told['where']}"


class _Column(Sequence[str]):
    """A text of each of some rows, read when it is asked for."""

    def __init__(self, gathered: Gathered, places: Sequence[int], name: str) -> None:
        self._gathered, self._places, self._name = gathered, places, name

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, place: Any) -> Any:
        return str(self._gathered.lines.row(self._places[place])[self._name])


def _outliers(
    gathered: Gathered, rates: _Rates, meaning: Meaning | None, seed: int
) -> tuple[dict[str, Any], list[Noticed]]:
    rows = np.flatnonzero((gathered.table["kind"] == "open").to_numpy())
    of = len(rows)
    if of > MOST_ANSWERS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_ANSWERS, replace=False))
    places = rows.tolist()
    result = answer_outliers(_Column(gathered, places, "question"), _Column(gathered, places, "answer"), seed)
    name = "answers_another_question"
    noticed: list[Noticed] = []
    examples: list[dict[str, Any]] = []
    for one in result.found:
        row, other = gathered.lines.row(places[one.row]), gathered.lines.row(places[one.fits])
        detail = f"it says nothing of {', '.join(one.missing[:3])} and fits the question of {other['origin']} better"
        noticed.append((places[one.row], name, "answer", one.sure, detail, None))
        if len(examples) < EXAMPLES:
            example = rates.example(noticed[-1]) | {"text": f"{row['question']} - {row['answer']}"[:SHOWN]}
            examples.append(example | {"other": {"origin": other["origin"], "text": other["question"][:SHOWN]}})
    sure = [one.sure for one in result.found]
    lost = {places[row] for row in result.lost} - {place for place, *_ in noticed}
    for place, score in _strangers(gathered, meaning, lost):
        row = gathered.lines.row(place)
        detail = f"it has nothing to do with its question by words or by meaning (similarity {score:.2f})"
        noticed.append((place, name, "answer", "possible", detail, None))
        sure.append("possible")
        if len(examples) < EXAMPLES:
            examples.append(rates.example(noticed[-1]) | {"text": f"{row['question']} - {row['answer']}"[:SHOWN]})
    part = rates.entry(
        name,
        "warns",
        "The answer seems to belong to another question",
        "The model is taught to say something else than what was asked." + _looked_at(result, len(places), of),
        gathered.table[[place for place, *_ in noticed]].select("source", "topic"),
        tally(sure),
        examples,
    )
    return part, noticed


def _strangers(gathered: Gathered, meaning: Meaning | None, lost: Iterable[int]) -> list[tuple[int, float]]:
    """Of the rows whose answers say nothing for their questions by their words, those that do not fit by meaning."""
    places = sorted(lost) if meaning else []
    if not meaning or not places:
        return []
    answers = [str(gathered.lines.row(place)["answer"]) for place in places]
    unfit = meaning.unfit(gathered.table["stem"][places].to_list(), answers)
    return [(places[number], score) for number, score in unfit.items()]


def _looked_at(result: AnswerOutliers, read: int, of: int) -> str:
    """What of a large bank was left out, as a sentence; empty where nothing was."""
    parts = [f"{read:,} of {of:,} answers"] if read < of else []
    if result.looked_at < result.suspicious:
        parts.append(f"{result.looked_at:,} of {result.suspicious:,} that share little with their question")
    return f" Looked at, drawn by seed: {', '.join(parts)}." if parts else ""


def _bank(gathered: Gathered, decided: Decided, seed: int) -> dict[str, Any]:
    kept = gathered.table.with_row_index("place").with_columns(cluster=pl.Series(decided.cluster))
    mcqs = kept.filter(pl.Series(decided.stay) & (pl.col("kind") == "mcq"))
    if mcqs.is_empty():
        return {}
    positions = key_positions(mcqs["key"].to_list(), mcqs["options"].to_list())
    if mcqs.height > MOST_MCQS:
        mcqs = mcqs.sample(MOST_MCQS, seed=seed).sort("place")
    options = [list(gathered.lines.row(place)["options"].values()) for place in mcqs["place"].to_list()]
    keys = mcqs["key"].to_list()
    groups = [str(cluster) for cluster in mcqs["cluster"].to_list()]
    return {
        "key_positions": asdict(positions),
        "longest_option": asdict(longest_option(options, keys)),
        "choices_only": asdict(choices_only(options, keys, groups, seed=seed)),
    }


def _duplicates(gathered: Gathered, decided: Decided, plan: Plan) -> dict[str, Any]:
    of = gathered.table.height
    exact = [place for place, fault in decided.faults.items() if fault.reason == "exact_duplicate"]
    otherwise = sum(decided.faults[place].detail.endswith(OTHERWISE) for place in exact)
    differ = f"; {otherwise:,} of these gave another answer (see rejected.jsonl)" if otherwise else ""
    same_stem = _same_stem(gathered, decided)
    settings = plan.settings
    cluster = "they stay, in one split"
    return {
        "exact": {
            "count": len(exact),
            "of": of,
            "done": f"one row of each is kept: people's own before others, with a rationale before without{differ}",
            "examples": [pair_of(gathered, place, _kept_twin(gathered, decided, place)) for place in exact[:EXAMPLES]],
        },
        "near_questions": _near(gathered, decided.questions, settings.near_duplicate, of, cluster),
        "near": _near(gathered, decided.records, settings.near_duplicate_record, of, cluster),
        "same_stem_other_options": {
            "count": len({place for pair in same_stem for place in pair}),
            "of": of,
            "done": cluster,
            "examples": [pair_of(gathered, *pair) for pair in same_stem[:EXAMPLES]],
        },
    }


def _kept_twin(gathered: Gathered, decided: Decided, place: int) -> int:
    exact = gathered.table["exact"]
    twins = (exact == exact[place]).arg_true()
    return next((twin for twin in twins.to_list() if decided.stay[twin]), place)


def _same_stem(gathered: Gathered, decided: Decided) -> list[tuple[int, int]]:
    mcqs = gathered.table.with_row_index("place").filter(pl.Series(decided.stay) & (pl.col("kind") == "mcq"))
    groups = mcqs.group_by("stem").agg(pl.col("place").sort()).filter(pl.col("place").list.len() > 1)
    return sorted((places[0], place) for places in groups["place"].to_list() for place in places[1:])


def _near(gathered: Gathered, pairs: Pairs, threshold: float, of: int, done: str) -> dict[str, Any]:
    order = np.argsort(-pairs.scores, kind="stable")[:EXAMPLES].tolist()
    rows = np.union1d(pairs.one, pairs.other)
    examples = [
        pair_of(gathered, int(pairs.one[k]), int(pairs.other[k])) | {"jaccard": round(float(pairs.scores[k]), 3)}
        for k in order
    ]
    return {"count": len(rows), "of": of, "threshold": threshold, "done": done, "examples": examples}
