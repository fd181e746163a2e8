"""The artefact audit: planted fingerprints are found and named, a set without any passes, anyone's file is read."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks.pairs import audited, evened, naive
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from residency.cli.app import main
from residency.core.errors import InputError
from residency.core.records import Pair
from residency.flow.auditing import audit_file
from residency.generation.embeddings import missing
from residency.judging.statistics import estimate
from residency.preference.audit.classify import PENALTY, auc, fitted, wins
from residency.preference.audit.clusters import clusters_of, folds_of
from residency.preference.audit.compared import Compared
from residency.preference.audit.describe import distance
from residency.preference.audit.page import write_page
from residency.preference.audit.run import audit, audit_own
from residency.preference.audit.shapes import NoPairError, read_pair
from residency.preference.audit.verdict import judge
from tests.pages import well_formed

SUBJECTS = "hernia burn stoma fracture abscess aneurysm goitre stone ulcer fistula".split()
ORGANS = "bowel skin bladder femur liver aorta thyroid kidney stomach colon".split()


def material(number: int, rng: random.Random) -> tuple[str, str, str]:
    """A question, its answer, and the answer with one organ for another, each as likely to be the right one."""
    subject, own, other = rng.choice(SUBJECTS), *rng.sample(ORGANS, 2)
    tail = " ".join(rng.choices("early late slow open closed deep firm warm small large".split(), k=6))
    text = f"In case {number} the {own} is treated first, {tail}."
    return f"What is done for the {subject} of case {number}, {tail}?", text, text.replace(own, other)


def pairs(
    count: int, change: Callable[[str, random.Random], str] = lambda text, _: text, seed: int = 1
) -> list[Compared]:
    """Pairs of ``count`` parents; ``change`` plants something in rejected."""
    rng = random.Random(seed)
    found = []
    for number in range(count):
        prompt, chosen, rejected = material(number, rng)
        found.append(Compared(prompt, chosen, change(rejected, rng), "organ", parents=(f"q{number}",)))
    return found


def told(found: dict[str, Any], reader: str) -> list[str]:
    return [tale["feature"] for tale in found["types"]["organ"]["tell_tales"][reader]]


def failed(found: dict[str, Any]) -> set[str]:
    return {gate["reader"] for gate in found["verdict"]["gates"] if gate["verdict"] == "fail"}


@cache
def clean() -> dict[str, Any]:
    return audit(pairs(300))


def test_a_set_without_a_fingerprint_passes_and_names_nothing() -> None:
    found = clean()
    assert found["verdict"]["verdict"] == "pass"
    assert told(found, "words") == [] and told(found, "length") == []
    own = found["types"]["organ"]["own"]
    assert all(own[name]["low"] < 0.55 and own[name]["pairs"] == 300 for name in ("words", "length", "grams"))
    assert found["overall"]["words"]["low"] < found["overall"]["words"]["auc"] < found["overall"]["words"]["high"]


@pytest.mark.parametrize(
    ("change", "reader", "feature"),
    [
        (
            lambda text, rng: text.replace("is treated", rng.choice(["is treated", "is treated wrongly"])),
            "words",
            "wrongly",
        ),
        (lambda text, rng: text.replace("is treated", "may be treated"), "words", "may"),
        (lambda text, rng: text + rng.choice(["", " It is said so.", " It is done so by all."]), "length", "words"),
        (lambda text, rng: text.replace(",", ";"), "length", "semicolons"),
        (lambda text, rng: text.rstrip("."), "length", "full stops"),
    ],
)
def test_a_planted_fingerprint_fails_and_is_named(
    change: Callable[[str, random.Random], str], reader: str, feature: str
) -> None:
    found = audit(pairs(120, change))
    assert found["verdict"]["verdict"] == "fail" and reader in failed(found)
    assert feature in told(found, reader)
    tale = next(t for t in found["types"]["organ"]["tell_tales"][reader] if t["feature"] == feature)
    assert tale["more_in_chosen"] != tale["more_in_rejected"]
    assert "all pairs" in found["verdict"]["says"]


def test_the_same_fingerprints_turned_at_random_pass() -> None:
    rng = random.Random(5)
    marked = pairs(400, lambda text, _: text.replace("is treated", "may be treated") + " It is said so.")
    turned = [replace(p, chosen=p.rejected, rejected=p.chosen) if rng.random() < 0.5 else p for p in marked]
    assert audit(marked)["verdict"]["verdict"] == "fail"
    found = audit(turned)
    assert found["verdict"]["verdict"] == "pass"
    assert {"chosen", "rejected"} == set(found["directions"]["hedges"])
    assert min(found["directions"]["hedges"].values()) > 150


def test_a_giveaway_that_each_cluster_has_of_its_own_does_not_leak_between_folds() -> None:
    """Twelve pairs of each parent share a word that no other parent has: only by memory could it be used."""
    rng = random.Random(2)
    leaking = []
    for number in range(40):
        for _ in range(12):
            prompt, chosen, rejected = material(number, rng)
            leaking.append(Compared(prompt, chosen, f"{rejected} Zq{number}", "organ", parents=(f"q{number}",)))
    turned = [  # half of the parents have it in chosen, so that its mere length tells nothing
        replace(p, chosen=p.rejected, rejected=p.chosen) if int(p.parents[0][1:]) % 2 else p for p in leaking
    ]
    assert audit(turned)["types"]["organ"]["own"]["words"]["auc"] < 0.6
    alone = audit([replace(p, prompt="", parents=(str(n),)) for n, p in enumerate(turned)])
    assert alone["types"]["organ"]["own"]["words"]["auc"] > 0.95, "without clusters the same giveaway is found"


def test_pairs_of_one_parent_of_one_prompt_and_near_duplicates_are_one_cluster() -> None:
    long = (
        "The inguinal hernia is repaired with a mesh through an open or a keyhole approach, and the patient goes home"
    )
    rows = [
        Compared("A?", "Yes.", "No.", parents=("q1",)),
        Compared("B?", "Surely.", "Never.", parents=("q1", "q1/x")),
        Compared("b?", "Often.", "Rarely."),
        Compared("C?", long + " today.", "No."),
        Compared("C2?", long + " tomorrow.", "No."),
        Compared("D?", "Yes.", "No."),
    ]
    numbers = clusters_of(rows).tolist()
    assert numbers[0] == numbers[1] == numbers[2] and numbers[3] == numbers[4]
    assert len(set(numbers)) == 3, "that answers alone are alike joins nothing"


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(0, 5))
def test_no_cluster_is_in_two_folds(clusters: list[int], seed: int) -> None:
    folds = folds_of(np.array(clusters), random.Random(seed))
    assert len({(cluster, fold) for cluster, fold in zip(clusters, folds.tolist(), strict=True)}) == len(set(clusters))


def test_the_model_is_the_logistic_regression_of_differences_without_an_intercept() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(3)
    matrix = rng.normal([0.5, 0, -0.2, 0, 0], size=(80, 5))
    both = np.concatenate([matrix, -matrix])  # each pair from both sides, at half the weight
    model = linear_model.LogisticRegression(C=1 / PENALTY, fit_intercept=False, tol=1e-8)
    model.fit(both, [1] * 80 + [0] * 80, sample_weight=[0.5] * 160)
    assert fitted(sparse.csr_matrix(matrix)) == pytest.approx(model.coef_[0], abs=1e-3)


def test_with_many_clusters_the_interval_is_that_of_the_bootstrap() -> None:
    rng = np.random.default_rng(4)
    clusters = np.repeat(np.arange(300), 3)
    scores = np.repeat(rng.normal(0.4, 1, 300), 3) + rng.normal(0, 0.7, 900)
    scores[::7] = 0
    found = auc(scores, clusters, 1)
    held = estimate(wins(scores), [str(cluster) for cluster in clusters])
    assert held.method == "cluster bootstrap" and found["auc"] == pytest.approx(held.value)
    assert found["low"] == pytest.approx(held.low, abs=0.006) and found["high"] == pytest.approx(held.high, abs=0.006)
    assert auc(scores[::3], clusters[::3], 1)["ties"] > 0


def test_a_naive_set_fails_and_the_balanced_one_of_the_same_candidates_passes(tmp_path: Path) -> None:
    rng = random.Random(6)
    candidates: list[Pair] = []
    for number in range(400):
        prompt, text, _ = material(number, rng)
        own = next(organ for organ in ORGANS if organ in text.split())
        for place, organ in enumerate(one for one in ORGANS if one != own):  # the first ones would be wrong too often
            row = {"id": f"q{number}/{place}", "kind": "organ", "parents": [f"q{number}"], "prompt": prompt}
            row |= {"chosen": text, "rejected": text.replace(own, organ), "edit": {}}
            candidates.append(cast(Pair, row))
    refused: Counter[str] = Counter()
    picked = evened({"organ": candidates}, refused, lambda _: None)["organ"]
    before, after = audited(naive({"organ": candidates})), audited(picked)
    assert len(picked) + refused.total() == len(candidates)
    assert before["verdict"] == "fail" and before["worst"] > 0.8
    assert after["verdict"] == "pass" and after["worst"] <= 0.6 and after["pairs"] >= 380
    write_page(audit_own(candidates[:200], "pairs.jsonl"), tmp_path / "audit.html")
    assert "Artefact audit: pairs.jsonl" in (tmp_path / "audit.html").read_text()


@pytest.mark.skipif(missing() is not None, reason="the extra semantic is not installed")
def test_embeddings_are_judged_where_asked_for_and_warned_of() -> None:
    found = audit(pairs(60, lambda text, _: text.replace("is treated", "is never ever touched")), meaning=True)
    assert found["overall"]["meaning"]["auc"] > 0.9
    assert any("by embeddings: all pairs" in warning for warning in found["warnings"])
    assert {gate["reader"] for gate in found["verdict"]["gates"]} == {"words", "length"}


SIDES = st.text(st.sampled_from("ab C1.\n[]’é手 \u00a0"), min_size=1, max_size=12).filter(lambda text: text.strip())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(SIDES, SIDES, st.sampled_from(["x", "y", ""])), min_size=1, max_size=30))
def test_whatever_the_texts_are_there_is_a_verdict_and_every_pair_is_in_a_type(
    rows: list[tuple[str, str, str]],
) -> None:
    found = audit([Compared(str(n), *sides, kind) for n, (*sides, kind) in enumerate(rows)])
    assert found["verdict"]["verdict"] in ("pass", "fail", "undecided")
    assert sum(one["pairs"] for one in found["types"].values()) == len(rows)
    assert sum(found["shares"]["type"].values()) == pytest.approx(1)


def test_few_pairs_are_not_judged_unless_even_they_are_plain() -> None:
    few = audit(pairs(30))
    assert few["verdict"]["verdict"] == "undecided"
    plain = audit(pairs(30, lambda text, _: f"{text} Perhaps."))
    assert plain["verdict"]["verdict"] == "fail"
    assert audit(pairs(3))["overall"]["words"]["auc"] is None


@pytest.mark.parametrize(
    ("auc", "low", "high", "count", "verdict"),
    [
        (0.60, 0.5, 0.7, 100, "pass"),
        (0.61, 0.5, 0.7, 100, "undecided"),
        (0.9, 0.85, 0.95, 100, "fail"),
        (0.9, 0.7, 1.0, 20, "fail"),
        (0.7, 0.5, 0.9, 20, "not judged"),
        (0.5, 0.3, 0.7, 20, "not judged"),
        (None, None, None, 0, "not judged"),
    ],
)
def test_how_figure_and_interval_enter_the_verdict(
    auc: float | None, low: float | None, high: float | None, count: int, verdict: str
) -> None:
    gate = judge("t", "words", "own", {"auc": auc, "low": low, "high": high, "pairs": count})
    assert gate.verdict == verdict
    assert (gate.needed_pairs or 0) > count if verdict == "undecided" else gate.needed_pairs is None


def test_what_a_set_holds_is_told() -> None:
    rows = [
        Compared("Q1?", "The passages do not say this.", "It is 5 mg.", "abstention", "beyond", "dose", "EXAM"),
        Compared("Q1?", "The passages do not say this.", "It is 5 mg.", "abstention", "beyond", "dose", "EXAM"),
        Compared("Q1?", "It is 5 mg.", "The passages do not say this.", "abstention", "needless", "dose", "EXAM"),
        Compared("Q2?", "It may be so here.", "It is always so here.", "certainty", "over", "other", "CLINICAL"),
        Compared("Q3?", "This is an emergency: call the surgeon at once.", "Wait and see.", "escalation"),
    ]
    found = audit(rows)
    assert found["directions"]["abstains"] == {"chosen": 2, "rejected": 1}
    assert found["directions"]["hedges"] == {"chosen": 1, "rejected": 0}
    assert found["directions"]["escalates"] == {"chosen": 1, "rejected": 0}
    assert found["duplicates"] == {"same_prompt_and_answers": 1, "same_answers": 1, "exchanged_answers": 3}
    assert found["shares"]["topic"] == {"dose": 0.6, "(none)": 0.2, "other": 0.2}
    assert found["types"]["abstention"]["directions"] == {"beyond": 2 / 3, "needless": 1 / 3}
    assert found["types"]["certainty"]["edit_distance"]["median"] == 2
    assert found["types"]["certainty"]["lengths"]["ratio"] == pytest.approx(18 / 21)
    assert any("repeat another" in warning for warning in found["warnings"])


def by_table(one: Sequence[str], other: Sequence[str]) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


@given(st.lists(st.sampled_from("abc"), max_size=9), st.lists(st.sampled_from("abc"), max_size=9))
def test_edit_distance_is_that_of_the_table(one: list[str], other: list[str]) -> None:
    assert distance(one, other) == by_table(one, other)


USER = {"role": "user", "content": "Q?"}
GOOD, BAD = ({"role": "assistant", "content": text} for text in ("Good.", "Bad."))
RATED = [
    {"response": text, "annotations": {"helpfulness": {"Rating": r}, "honesty": {"Rating": "N/A"}}, "overall_score": o}
    for text, r, o in (("Middle.", "3", 9), ("Good.", "5", 1), ("Bad.", "1", 8))
]
SHAPES = {
    "TRL, a prompt and two answers": {"prompt": "Q?", "chosen": "Good.", "rejected": "Bad."},
    "TRL, conversations": {"prompt": [USER], "chosen": [GOOD], "rejected": [BAD]},
    "TRL, conversations with the prompt in them": {"chosen": [USER, GOOD], "rejected": [USER, BAD]},
    "UltraFeedback, binarized": {
        "prompt": "Q?",
        "chosen": [USER, GOOD],
        "rejected": [USER, BAD],
        "messages": [USER, GOOD],
        "score_chosen": 8.0,
        "score_rejected": 2.0,
    },
    "UltraFeedback, the best completion against the worst": {"instruction": "Q?", "completions": RATED},
    "HH-RLHF, dialogues written out": {
        "chosen": "\n\nHuman: Q?\n\nAssistant: Good.",
        "rejected": "\n\nHuman: Q?\n\nAssistant: Bad.",
    },
    "ShareGPT turns and two answers": {
        "conversations": [{"from": "human", "value": "Q?"}],
        "chosen": {"from": "gpt", "value": "Good."},
        "rejected": {"from": "gpt", "value": "Bad."},
    },
    "two texts without a prompt": {"chosen": "Good.", "rejected": "Bad."},
    "Residency": {
        "prompt": [{"role": "system", "content": "Mode: EXAM"}, USER],
        "chosen": "Good.",
        "rejected": "Bad.",
        "kind": "drug",
        "mode": "EXAM",
        "topic": "t",
        "parents": ["q1"],
        "edit": {"type": "drug", "direction": "up"},
    },
}


@pytest.mark.parametrize("name", SHAPES)
def test_each_shape_is_known_by_its_name_and_gives_the_same_pair(name: str) -> None:
    shape, found = read_pair(SHAPES[name], "f:1")
    assert shape == name and (found.chosen, found.rejected) == ("Good.", "Bad.")
    assert ("Q?" in found.prompt) == ("without" not in name) and "EXAM" not in found.prompt
    assert found.direction == ("up" if name == "Residency" else "")


@pytest.mark.parametrize("write_cell", [json.dumps, repr])
def test_messages_in_a_cell_are_read_as_json_or_as_python_writes_them(write_cell: Callable[[Any], str]) -> None:
    row = SHAPES["TRL, conversations"]
    cells = {name: write_cell(value) for name, value in row.items()}
    assert read_pair(cells, "f:1") == read_pair(row, "f:1")
    odd = {"prompt": "Q?", "chosen": "[{'a", "rejected": "{'role': open()}"}
    assert read_pair(odd, "f:1")[1].chosen == "[{'a"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"prompt": "Q?", "completion": "A.", "label": True}, "KTO"),
        ({"prompt": "Q?", "chosen": "A.", "rejected": "A."}, "the same"),
        ({"prompt": "Q?", "chosen": "A.", "rejected": ""}, "no pair|empty"),
        ({"question": "Q?", "answer": "A."}, "no pair in the fields question, answer"),
        ({"instruction": "Q?", "completions": RATED[:1]}, "fewer than two"),
        ({"instruction": "Q?", "completions": [RATED[0], RATED[0]]}, "rated alike"),
        ({"chosen": [], "rejected": [GOOD]}, "no pair"),
        ({"chosen": [USER], "rejected": [USER]}, "the same"),
    ],
)
def test_what_is_no_pair_says_why(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(NoPairError, match=reason):
        read_pair(row, "f:1")


ROWS = [{"prompt": p.prompt, "chosen": p.chosen, "rejected": p.rejected, "subset": "organ"} for p in pairs(60)]


def write(path: Path) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif path.suffix == ".csv":
        cells = [",".join(json.dumps(row[name]).replace("\\n", "\n") for name in ROWS[0]) for row in ROWS]
        path.write_text("\n".join([",".join(ROWS[0]), *cells]))
    elif path.suffix == ".json":
        path.write_text(json.dumps(ROWS))
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.mark.parametrize("ending", [".jsonl", ".json", ".csv", ".parquet"])
def test_every_kind_of_file_gives_the_same_audit(ending: str, tmp_path: Path) -> None:
    found = audit_file(write(tmp_path / f"pairs{ending}"), by="subset")
    assert found["pairs"] == 60 and found["refused"] == {} and list(found["types"]) == ["organ"]
    assert found["overall"] == audit(pairs(60))["overall"]


def test_broken_lines_are_counted_by_file_and_line_and_the_rest_is_audited(tmp_path: Path) -> None:
    path = write(tmp_path / "pairs.jsonl")
    path.write_text('{"chosen": \n' + path.read_text() + '{"prompt": "Q?", "chosen": "A.", "rejected": "A."}\n[1]\n')
    found = audit_file(path)
    assert found["pairs"] == 60 and found["rows"] == 63
    places = sorted(place for one in found["refused"].values() for place in one["places"])
    assert places == ["pairs.jsonl:1", "pairs.jsonl:62", "pairs.jsonl:63"]


@pytest.mark.parametrize("text", ["", '{"question": "Q?"}\n'])
def test_a_file_without_a_pair_is_an_error_that_says_what_is_missing(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(text)
    with pytest.raises(InputError, match=r"no preference pair was found.*A row needs chosen and rejected"):
        audit_file(tmp_path / "x.jsonl")


def test_the_command_prints_a_table_or_json_writes_the_page_and_exits_by_the_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    for path, change in ((good, None), (bad, " <b>Perhaps</b>.")):
        rows = [{"prompt": p.prompt, "chosen": p.chosen, "rejected": p.rejected + (change or "")} for p in pairs(300)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(["pairs", "audit", str(good), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"]["verdict"] == "pass"
    assert main(["pairs", "audit", str(bad), "--out", str(tmp_path / "out")]) == 1
    shown = capsys.readouterr().out
    assert "“perhaps” 0/300" in shown and "fail: answers alone tell the better side" in shown
    page = (tmp_path / "out" / "audit.html").read_text()
    assert well_formed(page) and "Yes: the set fails." in page and "<code>perhaps</code>" in page
    assert json.loads((tmp_path / "out" / "audit.json").read_text())["verdict"]["verdict"] == "fail"
    assert main(["pairs", "audit", str(tmp_path / "none.jsonl")]) == 2
    assert "no such file or folder" in capsys.readouterr().err
    assert main(["pairs", "audit", str(good), "--by", "colour"]) == 2
    assert "no row has the field 'colour'" in capsys.readouterr().err
