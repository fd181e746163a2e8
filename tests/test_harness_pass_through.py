"""lm-evaluation-harness by pass-through: its results in our form, and one line for each way in which it can fail."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from benchmarks.environments import PeerMissing, lm_eval_environment

from residency.core.errors import InputError, MissingDependencyError, ServerError
from residency.evaluation.harness import Asked, read_results, run_harness

RESULTS = {
    "results": {
        "medmcqa": {
            "alias": "medmcqa",
            "acc,none": 0.5,
            "acc_stderr,none": 0.02,
            "acc_norm,none": 0.4,
            "acc_norm_stderr,none": 0.021,
        },
        "gsm": {"alias": "gsm", "exact_match,strict-match": 0.25, "exact_match_stderr,strict-match": "N/A"},
        "mmlu_medical": {"alias": "medical", "acc,none": 0.6, "acc_stderr,none": 0.03},
        "mmlu_anatomy": {"alias": " - anatomy", "acc,none": 0.7, "acc_stderr,none": 0.05},
        "mmlu_virology": {"alias": " - virology", "acc,none": 0.5, "acc_stderr,none": 0.05},
        "empty": {"alias": "empty"},
    },
    "group_subtasks": {"mmlu_medical": ["mmlu_anatomy", "mmlu_virology"], "medmcqa": []},
    "versions": {"medmcqa": "Yaml", "mmlu_anatomy": 1.0},
    "n-samples": {
        name: {"original": 900, "effective": count}
        for name, count in (("medmcqa", 40), ("gsm", 8), ("mmlu_anatomy", 135), ("mmlu_virology", 166))
    },
    "lm_eval_version": "0.4.13",
}


def test_results_are_read_with_their_errors_counts_and_versions(tmp_path: Path) -> None:
    path = tmp_path / "results_now.json"
    path.write_text(json.dumps(RESULTS))
    found = read_results(path)
    assert found["medmcqa"] == {
        "metric": "acc",
        "value": 0.5,
        "stderr": 0.02,
        "n": 40,
        "version": "task Yaml; lm-eval 0.4.13",
        "others": {"acc_norm": 0.4},
    }
    gsm = found["gsm"]
    assert (gsm["metric"], gsm["stderr"]) == ("exact_match,strict-match", None), "how it was read is told"
    assert found["mmlu_medical"]["n"] == 135 + 166, "a group has its tasks' items"
    assert "empty" not in found, "a heading is no task"


@pytest.mark.parametrize(
    "content", ["[]", "{}", '{"results": {"a": {"acc,none": 1.0}}}', '{"results": {"a": {"n": 1}}}']
)
def test_what_is_no_results_file_is_said_so(content: str, tmp_path: Path) -> None:
    (tmp_path / "results_now.json").write_text(content)
    with pytest.raises(InputError, match=r"results_now.json: .*no results of lm-evaluation-harness"):
        read_results(tmp_path / "results_now.json")


def test_where_it_is_not_installed_the_line_says_how(tmp_path: Path) -> None:
    with pytest.raises(MissingDependencyError, match=r'lm_eval.*pip install "residency\[lm-eval\]"'):
        run_harness(Asked("m"), ["medmcqa"], tmp_path, python="/nowhere/python")


def fails_with(said: str, folder: Path) -> str:
    """A program in the harness's place that says what the harness was seen to say, and fails."""
    (folder / "said").write_text(said)
    program = folder / "python"
    program.write_text(f'#!/bin/sh\n[ "$1" = "-c" ] && exit 0\ncat "{folder}/said" >&2\nexit 1\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("ValueError: Tasks not found: medmqa\n", "has no such task: medmqa.*lm-eval ls tasks"),
        (
            "  File x.py\ndatasets.exceptions.DatasetNotFoundError: Dataset 'openlifescienceai/medmcqa' doesn't exist"
            " on the Hub or cannot be accessed.\n",
            "medmcqa,pubmedqa: the data openlifescienceai/medmcqa cannot be fetched.*leave the task out",
        ),
        (
            "ConnectionError: Couldn't reach 'openlifescienceai/medmcqa' on the Hub (LocalEntryNotFoundError)\n",
            "the data openlifescienceai/medmcqa cannot be fetched",
        ),
        ("Traceback:\nRuntimeError: out of memory\n", r"lm-eval.log: .*stopped \(RuntimeError: out of memory\)"),
        ("", "it said nothing"),
    ],
)
def test_a_failure_is_one_line(said: str, line: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=line) as caught:
        run_harness(Asked("m"), ["medmcqa", "pubmedqa"], tmp_path / "out", python=fails_with(said, tmp_path))
    assert "\n" not in str(caught.value) and (tmp_path / "out" / "lm-eval.log").read_text() == said


def test_a_server_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    said = "aiohttp.client_exceptions.ClientConnectorError: Cannot connect to host localhost:1 ssl:default\n"
    with pytest.raises(ServerError, match="http://localhost:1/v1: the server is not there"):
        run_harness(
            Asked("m", server="http://localhost:1/v1"), ["medmcqa"], tmp_path, python=fails_with(said, tmp_path)
        )


def test_no_task_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no task is named"):
        run_harness(Asked("m"), [], tmp_path, python=fails_with("", tmp_path))


def test_whom_the_harness_asks() -> None:
    """Paths and names may hold what separates arguments elsewhere."""
    local = Asked("/models/a,b=c", adapter=Path("/runs/x, y/adapter"), revision="abc", device="cpu").arguments()
    given = json.loads(local[local.index("--model_args") + 1])
    assert (given["pretrained"], given["peft"], given["revision"]) == ("/models/a,b=c", "/runs/x, y/adapter", "abc")
    assert local[:2] == ["--model", "hf"] and local[-2:] == ["--device", "cpu"]
    served = Asked("gpt-oss-20b", server="http://localhost:8000/v1/", tokenizer="openai/gpt-oss-20b").arguments()
    given = json.loads(served[served.index("--model_args") + 1])
    assert served[:2] == ["--model", "local-completions"]
    assert (given["base_url"], given["tokenizer"]) == ("http://localhost:8000/v1/completions", "openai/gpt-oss-20b")


def test_a_servers_key_reaches_it_by_the_environment_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARD_KEY", "sesame")
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\n[ "$1" = "-c" ] && exit 0\necho "$OPENAI_API_KEY" "$@"\nexit 1\n')
    program.chmod(0o700)
    asked = Asked("m", server="http://localhost:1/v1", key="WARD_KEY")
    with pytest.raises(InputError):
        run_harness(asked, ["medmcqa"], tmp_path / "out", python=str(program))
    key, *arguments = (tmp_path / "out" / "lm-eval.log").read_text().split()
    assert key == "sesame" and "sesame" not in " ".join(arguments)


# The harness itself

ITEMS = [
    {
        "question": f"Which organ is number {number}?",
        "options": ["spleen", "the left kidney", "liver"],
        "answer": number % 3,
    }
    for number in range(9)
]
TASK = """task: ward_round
dataset_path: json
dataset_kwargs:
  data_files:
    test: {file}
test_split: test
output_type: multiple_choice
doc_to_text: "Question: {{{{question}}}}\\nAnswer:"
doc_to_choice: "{{{{options}}}}"
doc_to_target: answer
metric_list:
  - metric: acc
  - metric: acc_norm
metadata:
  version: 2.0
"""


@pytest.fixture(scope="module")
def python() -> str:
    try:
        return str(lm_eval_environment())
    except PeerMissing as missing:
        pytest.skip(str(missing))


@pytest.mark.slow
def test_a_task_of_ones_own_gives_what_our_own_scoring_gives(
    tiny_model: Path, adapter: Path, tmp_path: Path, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from residency.generation.choices import choice_logprobs, encode_choices
    from residency.generation.models import load_model, load_tokenizer
    from residency.generation.settings import ModelSettings

    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    (tmp_path / "tasks").mkdir()
    (tmp_path / "items.jsonl").write_text("".join(json.dumps(item) + "\n" for item in ITEMS))
    (tmp_path / "tasks" / "ward_round.yaml").write_text(TASK.format(file=tmp_path / "items.jsonl"))
    settings = ModelSettings(name=str(tiny_model), dtype="float32", device="cpu")
    tokenizer = load_tokenizer(settings)
    questions = [
        (f"Question: {item['question']}\nAnswer:", [f" {option}" for option in item["options"]]) for item in ITEMS
    ]
    asked = encode_choices(lambda texts: tokenizer(texts).input_ids, questions)
    for tuned in (None, adapter):
        found = run_harness(
            Asked(str(tiny_model), adapter=tuned, dtype="float32", device="cpu"),
            ["ward_round"],
            tmp_path / f"out-{tuned is None}",
            include=tmp_path / "tasks",
            python=python,
        )["ward_round"]
        scores = choice_logprobs(load_model(settings, tuned), asked)
        right = share_right(scores)
        by_length = [[value / len(o) for value, o in zip(row, ITEMS[0]["options"], strict=True)] for row in scores]
        assert (found["metric"], found["n"]) == ("acc", len(ITEMS)) and found["version"].startswith(
            "task 2.0; lm-eval 0.4"
        )
        assert found["value"] == pytest.approx(right) and found["others"]["acc_norm"] == pytest.approx(
            share_right(by_length)
        )
        assert found["stderr"] is not None


def share_right(scores: list[list[float]]) -> float:
    picks = [row.index(max(row)) for row in scores]
    return sum(pick == item["answer"] for pick, item in zip(picks, ITEMS, strict=True)) / len(ITEMS)


@pytest.mark.slow
def test_an_unknown_task_and_data_that_cannot_be_had_are_one_line_each(
    tiny_model: Path, tmp_path: Path, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    asked: Any = Asked(str(tiny_model), dtype="float32", device="cpu")
    with pytest.raises(InputError, match="has no such task: medmqa"):
        run_harness(asked, ["medmqa"], tmp_path / "one", python=python)
    with pytest.raises(InputError, match="the data openlifescienceai/medmcqa cannot be fetched"):
        run_harness(asked, ["medmcqa"], tmp_path / "two", python=python)
    assert [path.name for path in (tmp_path / "two").iterdir()] == ["lm-eval.log"], "its log is kept"
