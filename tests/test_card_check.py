"""Checking an edited card: what it says and no record does is found, and what was only reworded is let by."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from benchmarks.cards import alike, draws, measure

from residency.cli import app as cli
from residency.core.errors import InputError
from residency.core.files import read_json, write_json
from residency.release.checking import check_folder, same, unsupported

GIVEN = """---
base_model: Some-Org/Base-135M-Instruct
license: cc-by-4.0
model-index:
- name: Resident
  results:
  - metrics:
    - type: exam.accuracy
      value: 0.2500
      name: Exam accuracy
    - type: faithfulness.score
      value: 0.3404
      name: Faithfulness to the given text
---
# Surgical resident (draft)

> **Draft.** Do not use it, and do not publish it as finished:
> - Not every gate of the recipe passed. The card names those that did not.

**Not for clinical use.** It makes mistakes.

## What it is

A LoRA adapter on `Some-Org/Base-135M-Instruct`: SFT on 280 rows (157 steps),
then preference tuning on 48 pairs (10 steps).

## Training data

720 questions were kept and 17 rejected;
135 passages can be cited. The training mix held 280 conversations:
dialogue 23, context_dialogue 84, mcq 53.

- 340 questions trained on: `CC-BY-4.0` 320, `MIT` 20, none named 0.

## Evaluation

| axis | metric | base | SFT | final |
|---|---|---|---|---|
| exam | Exam accuracy | 0.21 [0.09, 0.40], n=24 | 0.25 [0.12, 0.45], n=24 | 0.27 [0.13, 0.46], n=24 |
| faithfulness | Citation recall | 0.00 [0.00, 0.14], n=23 | 0.25 [0.09, 0.53], n=12 | 0.33 [0.14, 0.61], n=12 |
| faithfulness | Answered with 40% noise | 0.50 [0.15, 0.85], n=4 | 0.41 [0.15, 0.85], n=4 | 0.53 [0.15, 0.85], n=4 |

- **pass**: faithfulness.score, final minus base: +0.319 (95% interval +0.163 to +0.477), had to be above +0.100.
- **undecided**: faithfulness.cites, final minus base: +0.273 (95% interval −0.201 to +0.634), had to be above +0.100.
- **fail**: mode.obeyed, final minus base: +0.025 (95% interval +0.004 to +0.040, 56 items), had to be above +0.100.

No person and no judge model read the answers: rules of the program graded all of them.
"""
NOTHING = "It makes mistakes."
WRONG = {
    "a number that stands nowhere": ("SFT on 280 rows", "SFT on 283 rows", ["283"]),
    "two figures of one sentence swapped": ("280 rows (157 steps)", "157 rows (280 steps)", ["157", "280"]),
    "another figure of the card": ("720 questions were kept", "340 questions were kept", ["340"]),
    "another figure of the card, reworded": ("SFT on 280 rows (157", "We fine-tuned on 48 rows (157", ["48"]),
    "two cells swapped": ("0.21 [0.09, 0.40], n=24 | 0.25", "0.25 [0.09, 0.40], n=24 | 0.21", ["0.25", "0.21"]),
    "a metric's name swapped": ("Citation recall |", "Exam accuracy |", None),
    "a column's name swapped": ("| base | SFT | final |", "| SFT | base | final |", None),
    "a figure of the head": ("value: 0.2500", "value: 0.3404", ["0.3404"]),
    "a sign": ("final minus base: +0.273", "final minus base: -0.273", ["-0.273"]),
    "a verdict": ("**undecided**", "**pass**", ["pass"]),
    "a verdict in words": (NOTHING, f"The gate on mode.obeyed passed. {NOTHING}", ["pass"]),
    "a verdict's negation": ("Not every gate", "Every gate", ["pass"]),
    "a licence": ("`MIT` 20", "`Apache-2.0` 20", ["apache-2.0"]),
    "two licences swapped": ("`CC-BY-4.0` 320, `MIT` 20", "`MIT` 320, `CC-BY-4.0` 20", ["mit", "cc-by-4.0"]),
    "the hub's licence": ("license: cc-by-4.0", "license: apache-2.0", ["apache-2.0"]),
    "a model": ("base_model: Some-Org/Base-135M-Instruct", "base_model: openai/gpt-oss-20b", ["openai/gpt-oss-20b"]),
    "a rival": (NOTHING, f"It beats GPT-4 on MedQA. {NOTHING}", ["GPT-4", "MedQA"]),
    "an authority": (NOTHING, f"It is FDA-cleared. {NOTHING}", ["FDA"]),
    "people": (NOTHING, f"It was validated by twelve surgeons. {NOTHING}", ["validated", "twelve"]),
    "a claim": (NOTHING, f"It is safe. {NOTHING}", ["safe"]),
    "a number with its unit": (NOTHING, f"Training took 24h. {NOTHING}", ["24h"]),
    "a percentage": (NOTHING, f"It answers 97% of exam questions. {NOTHING}", ["97%"]),
}
RIGHT = {
    "nothing changed": (NOTHING, NOTHING),
    "words without a figure": (NOTHING, "It makes many mistakes."),
    "one word reworded": ("SFT on 280 rows", "We fine-tuned on 280 rows"),
    "the order of a sentence": (NOTHING, f"SFT took 157 steps on 280 rows. {NOTHING}"),
    "the verb before the figure": ("720 questions were kept", "We kept 720 questions"),
    "a figure said again": (NOTHING, f"Preference tuning used 48 pairs. {NOTHING}"),
    "a figure rounded": (NOTHING, f"The faithfulness score rose by 0.32 over base, final minus base. {NOTHING}"),
    "a verdict said again": (NOTHING, f"The gate on faithfulness.cites is undecided. {NOTHING}"),
    "lines broken elsewhere": ("(157 steps),\nthen", "(157 steps), then"),
    "columns in another case": ("| base | SFT | final |", "| Base | SFT | Final |"),
    "a row taken out": (GIVEN[GIVEN.index("| faithfulness | Citation") : GIVEN.index("| faithfulness | Answ")], ""),
    "a line by hand": (NOTHING, f"{NOTHING}\n\n- Reviewed by 12 surgeons of Example Hospital <!-- by hand -->\n"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_no_record_supports_is_found_in_its_line(name: str) -> None:
    old, new, said = WRONG[name]
    assert GIVEN.count(old) >= 1
    edited = GIVEN.replace(old, new, 1)
    found = unsupported(edited, GIVEN)
    assert found if said is None else [finding.says for finding in found] == said
    changed = [n for n, (a, b) in enumerate(zip(edited.splitlines(), GIVEN.splitlines(), strict=True), 1) if a != b]
    heads = {n for n in changed if "axis" in edited.splitlines()[n - 1]}
    assert all(finding.line in changed for finding in found) or heads


@pytest.mark.parametrize("name", RIGHT)
def test_what_the_records_say_in_other_words_is_let_by(name: str) -> None:
    old, new = RIGHT[name]
    assert GIVEN.count(old) >= 1
    assert unsupported(GIVEN.replace(old, new, 1), GIVEN) == []


def test_what_must_be_said_may_not_be_taken_out() -> None:
    line = "> - Not every gate of the recipe passed. The card names those that did not."
    [finding] = unsupported(GIVEN.replace(line, ">"), GIVEN, [line])
    assert (finding.kind, finding.line, finding.says) == ("missing", 0, line)
    assert unsupported(GIVEN.replace(line, f">    {line[2:]}"), GIVEN, [line]) == []


@pytest.mark.parametrize(
    ("said", "held", "alike"),
    [
        ("0.32", "0.319", True),
        ("32%", "0.319", True),
        ("0.31", "0.319", False),
        ("0.3190", "0.319", True),
        ("0", "0.319", False),
        ("31%", "0.319", False),
        ("95%", "95", False),
        ("twelve", "0.319", False),
    ],
)
def test_a_rounded_figure_is_the_same_figure(said: str, held: str, alike: bool) -> None:
    assert same(said, held) == alike


def test_the_benchmark_changes_figures_and_counts_what_is_found() -> None:
    for _, (a, b) in zip(range(50), draws(GIVEN, 3), strict=False):
        assert a.start() < b.start() and not alike(a[0], b[0])
    found = measure(GIVEN, 40, seed=3)
    assert found["replaced_found"] == found["swapped_found"] == 1.0 and found["missed"] == []
    assert found["false_alarms_unedited"] == 0


# The command


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A run whose bundle has one text, of two facts."""
    run = tmp_path / "run"
    folder = run / "release/bundle"
    folder.mkdir(parents=True)
    write_json(run / "sft/manifest.json", {"counts": {"rows": 280, "steps": 157}})
    write_json(run / "evaluate/summary.json", {})
    (folder / "README.md").write_text(GIVEN)
    line = next(n for n, text in enumerate(GIVEN.splitlines(), 1) if "SFT on 280" in text)
    facts = [
        {"shown": str(value), "file": "sft/manifest.json", "pointer": f"/counts/{name}", "value": value, "line": line}
        for name, value in (("rows", 280), ("steps", 157))
    ]
    write_json(folder / "facts.json", {"texts": {"README.md": {"text": GIVEN, "must_say": [], "facts": facts}}})
    return folder


def run_check(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.main(["card", "check", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_command_passes_a_card_as_it_was_written(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run_check(capsys, bundle)
    assert code == 0 and out.startswith("0 claims that no record supports, among ")
    assert "no run was named" not in out
    assert run_check(capsys, bundle.parents[1])[0] == 0, "by the run's folder too"


def test_the_command_names_file_and_line_and_exits_1(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bundle / "README.md").write_text(GIVEN.replace("SFT on 280", "SFT on 281"))
    line = next(n for n, text in enumerate(GIVEN.splitlines(), 1) if "SFT on 280" in text)
    code, out, _ = run_check(capsys, bundle)
    assert code == 1
    assert f"{bundle / 'README.md'}:{line}: number '281': the records give '280' here\n" in out
    code, out, _ = run_check(capsys, bundle, "--json")
    [finding] = json.loads(out)["findings"]["README.md"]
    assert code == 1 and (finding["line"], finding["says"]) == (line, "281")


def test_a_figure_that_its_file_no_longer_holds_is_found(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = bundle.parents[1]
    write_json(run / "sft/manifest.json", {"counts": {"rows": 300, "steps": 157}})
    code, out, _ = run_check(capsys, bundle)
    assert code == 1 and "changed '280': sft/manifest.json now holds 300 at /counts/rows" in out
    (run / "sft/manifest.json").unlink()
    assert "now holds None" in run_check(capsys, bundle)[1]


def test_a_bundle_elsewhere_is_checked_without_the_run_or_with_it(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(bundle, copy)
    code, out, _ = run_check(capsys, copy)
    assert code == 0 and "no run was named" in out
    write_json(bundle.parents[1] / "sft/manifest.json", {"counts": {"rows": 300, "steps": 157}})
    assert run_check(capsys, copy, "--run", bundle.parents[1])[0] == 1
    code, _, err = run_check(capsys, copy, "--run", tmp_path)
    assert code == 2 and "this is no finished run" in err


def test_a_folder_without_facts_or_with_a_text_gone_is_no_bundle(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run_check(capsys, bundle.parent)
    assert code == 2 and "there is no facts.json" in err
    (bundle / "README.md").unlink()
    with pytest.raises(InputError, match="this text is missing"):
        check_folder(bundle)
    (bundle / "facts.json").unlink()
    with pytest.raises(InputError, match=r"there is no facts\.json"):
        check_folder(bundle)


def test_lines_by_hand_are_listed(bundle: Path) -> None:
    (bundle / "README.md").write_text(GIVEN + "\n- Funding: 3 grants <!-- by hand -->\n")
    checked = check_folder(bundle)
    assert checked.findings == {"README.md": []}
    assert checked.by_hand == {"README.md": [len(GIVEN.splitlines()) + 2]}
    assert read_json(bundle / "facts.json")["texts"]["README.md"]["text"] == GIVEN
