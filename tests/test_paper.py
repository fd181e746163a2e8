"""The paper's folder: every number from a record, both forms alike, every item of the lists in the denominator."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalker, LatexWalkerParseError
from transformers import AutoModelForCausalLM

from residency.cli.app import app
from residency.core.errors import InputError
from residency.core.files import file_digest, read_json, read_jsonl, write_json
from residency.flow.recipe import load_recipe
from residency.generation.settings import ModelSettings
from residency.release.base import base_record
from residency.release.checking import check_folder
from residency.release.facts import FACTS, NUMBER, Facts, changed, read_table
from residency.release.paper import figures, texts
from residency.release.paper.checklists import NAMES, STATES, Answered, Item, answered, checklist, counts
from residency.release.paper.derived import told_outside, verdicts
from residency.release.paper.latex import as_latex, escaped
from residency.release.paper.limits import limits
from residency.release.paper.recipe import recipe_text
from residency.release.paper.statements import STATEMENTS
from residency.release.paper.texts import Writer, plain, signed
from residency.release.paper.weights import parameters
from residency.release.paper.writing import SECTIONS, own_numbers, write_paper
from residency.release.record import release_record
from residency.release.settings import ReleaseSettings
from residency.release.stage import contract

PAGES = ("abstract", "methods", "results", "compute", "training-content", "REPRODUCE", *NAMES)


@pytest.fixture(scope="module")
def paper(run_folder: Path) -> Path:
    return run_folder / "release/bundle/paper"


@pytest.fixture
def run_copy(run_folder: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "run"
    shutil.copytree(run_folder, copy, ignore=shutil.ignore_patterns("release", "checkpoints"))
    return copy


@pytest.fixture
def write(tmp_path: Path, tiny_model: Path) -> Callable[..., tuple[Path, dict[str, Any]]]:
    def written(run: Path, **statements: str) -> tuple[Path, dict[str, Any]]:
        licences = {
            kind: {"of": 3, "unlicensed": 1, "by_licence": {"CC0-1.0": 2}} for kind in ("questions", "passages")
        }
        base = base_record(ModelSettings(name="someone/model"))
        record = release_record(run, ReleaseSettings(), base, {}, licences, [], {})
        folder = tmp_path / "paper"
        found = write_paper(
            run,
            folder,
            base_model="someone/model",
            base=tiny_model,
            record=record,
            contract=contract(),
            statements=statements,
        )
        return folder, found

    return written


def test_the_recipe_beside_the_paper_is_the_runs_without_its_folders(run_folder: Path, paper: Path) -> None:
    kept = read_json(run_folder / "recipe.json")
    text = (paper / "recipe.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    given = [name for name, origin in kept["origins"].items() if origin != "default" and name.startswith("sft.")]
    assert given and found["sft"], "the tiny recipe sets some"
    for name in given:
        held, had = found, kept["values"]
        for part in name.split("."):
            held, had = held[part], had[part]
        assert held == had, name
    assert found["corpus"]["files"] == [Path(file).name for file in kept["values"]["corpus"]["files"]]
    assert str(run_folder.parent) not in text and "/" not in "".join(found["corpus"]["files"])
    assert "release" not in found


def test_odd_recipe_values_come_back_as_they_were(tmp_path: Path) -> None:
    values = {
        "run": {"name": 'a "b" c', "folder": "/srv/runs"},
        "model": {"name": "/srv/models/big"},
        "evaluate": {
            "gates": [{"metric": "m", "margin": 0.1, "value": None}],
            "judge": {"server": "http://10.0.0.1/v1"},
        },
        "mix": {"shares": {"odd key": 0.5}, "anchor": ["/srv/a.jsonl"], "unset": None},
    }
    names = ["run.name", "run.folder", "model.name", "evaluate.gates", "evaluate.judge.server", "mix.shares.odd key"]
    origins = dict.fromkeys([*names, "mix.anchor", "mix.unset"], "recipe")
    write_json(tmp_path / "recipe.json", {"values": values, "origins": origins})
    assert tomllib.loads(recipe_text(tmp_path, "someone/model")) == {
        "run": {"name": 'a "b" c'},
        "model": {"name": "someone/model"},
        "evaluate": {"gates": [{"metric": "m", "margin": 0.1}]},
        "mix": {"shares": {"odd key": 0.5}, "anchor": ["a.jsonl"]},
    }


def test_what_came_again_is_told_on_the_page_for_repeating(run_folder: Path, paper: Path) -> None:
    page = (paper / "REPRODUCE.md").read_text(encoding="utf-8")
    record = read_json(run_folder / "release/record.json")
    if not record["verified"]:
        assert "Nobody asked this bundle" in page
        return
    checks = read_json(run_folder / "release/verify.json")["checks"]
    [answers] = [check for check in checks if check["name"] == "answers"]
    assert f"| {answers['of']} | {answers['equal']} | {answers['tied']} | {answers['different']} |" in page


def plotted(figure: Any) -> dict[str, tuple[list[float], list[float]]]:
    """The points of each labelled line of a figure."""
    lines = {str(line.get_label()): line for line in figure.axes[0].lines if not str(line.get_label()).startswith("_")}
    return {label: (list(line.get_xdata()), list(line.get_ydata())) for label, line in lines.items()}


def text(folder: Path, page: str) -> str:
    return (folder / f"{page}.md").read_text(encoding="utf-8")


# Numbers and where they come from


def test_every_number_of_a_page_is_a_fact_on_its_line(run_folder: Path, paper: Path) -> None:
    kept = read_json(paper / FACTS)["texts"]
    assert set(kept) == {f"{page}.md" for page in PAGES}
    for name, entry in kept.items():
        assert entry["text"] == (paper / name).read_text(encoding="utf-8") and len(entry["facts"]) > 10
        lines = entry["text"].split("\n")
        assert all(fact["shown"].split("\n")[0] in lines[fact["line"] - 1] for fact in entry["facts"])
        assert changed(entry["facts"], run_folder) == []
        own = own_numbers(name)
        for number, line in enumerate(lines, 1):
            known = {
                one for fact in entry["facts"] if fact["line"] == number for one in NUMBER.findall(f" {fact['shown']} ")
            }
            for found in NUMBER.findall(line):
                assert found in own or any(found.strip("+-\N{MINUS SIGN}") in one for one in known), (
                    name,
                    number,
                    found,
                )


@pytest.mark.parametrize("template", ["{{ 4000 + 17 }} items.", "Tested by 12 surgeons."])
def test_a_number_that_a_template_says_by_itself_is_refused(
    run_copy: Path,
    write: Callable[..., tuple[Path, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    template: str,
) -> None:
    shutil.copytree(texts.FOLDER, tmp_path / "templates")
    with (tmp_path / "templates/results.md.j2").open("a", encoding="utf-8") as handle:
        handle.write(template)
    monkeypatch.setattr(texts, "FOLDER", tmp_path / "templates")
    with pytest.raises(AssertionError, match=r"results\.md:\d+: (4017|12) stands in no record"):
        write(run_copy)


@pytest.mark.parametrize(
    ("page", "pattern", "wrong"),
    [("results", r"\d+ questions were read", "4017 questions were read"), ("methods", r"rank \d+", "rank 999")],
)
def test_a_wrong_number_in_an_edited_page_is_found(
    run_folder: Path, paper: Path, tmp_path: Path, page: str, pattern: str, wrong: str
) -> None:
    shutil.copytree(paper, tmp_path / "paper")
    path = tmp_path / f"paper/{page}.md"
    assert check_folder(tmp_path / "paper", run_folder).findings[path.name] == []
    path.write_text(re.sub(pattern, wrong, path.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    [found] = check_folder(tmp_path / "paper").findings[path.name]
    assert found.says in wrong


def test_a_record_that_changes_changes_the_text(run_copy: Path, write: Callable[..., tuple[Path, Any]]) -> None:
    path = run_copy / "sft/manifest.json"
    manifest = read_json(path)
    manifest["counts"]["rows"] = 4017
    write_json(path, manifest)
    folder, _ = write(run_copy)
    assert "4,017 conversations" in text(folder, "abstract") and "4,017 conversations" in text(folder, "results")
    assert "supervised fine-tuning on 4,017 rows" in text(folder, "tripod-llm")


def test_what_a_run_has_no_record_of_stops_no_release(
    run_copy: Path, write: Callable[..., tuple[Path, dict[str, Any]]]
) -> None:
    path = run_copy / "pairs/report.json"
    write_json(path, {name: value for name, value in read_json(path).items() if name not in ("audit", "types")})
    folder, found = write(run_copy)
    assert "direction: **[not recorded]**" in text(folder, "methods")
    assert "6b" in found["checklists"]["tripod-llm"]["for_a_person"], "the list does not take that for an answer"


def test_a_reports_methods_are_a_record_by_paragraph(tmp_path: Path) -> None:
    (tmp_path / "m.md").write_text(
        "# Methods\n\n**Items.** There were 203 items.\n\n**Gates.** Five.\n", encoding="utf-8"
    )
    facts = Facts(tmp_path)
    assert facts.shown("m.md", "/Items") == "There were 203 items." and facts.value("m.md", "/Gates") == "Five."
    with pytest.raises(InputError, match="no such file"):
        facts.value("gone.md", "/Items")


# Derived figures


def test_parameters_and_tokens_agree_with_other_sources(run_folder: Path, paper: Path, tiny_model: Path) -> None:
    made = read_json(paper / "derived.json")
    model = AutoModelForCausalLM.from_pretrained(tiny_model)
    assert made["parameters"] == parameters(tiny_model) == sum(weights.numel() for weights in model.parameters())
    epochs = read_json(run_folder / "sft/manifest.json")["parts"]["settings"]["sft"]["epochs"]
    if epochs == 1:
        assert made["tokens"]["sft"] == read_json(run_folder / "compile/report.json")["train"]["tokens"]
    assert made["flops"]["training"] == 4 * made["parameters"] * made["tokens"]["all"]
    assert made["share_of_threshold"] == pytest.approx(3 * made["flops"]["training"] / 1e23)
    seconds = [
        read_json(path)["seconds"] for path in run_folder.glob("*/manifest.json") if path.parent.name != "release"
    ]
    assert made["seconds"] == pytest.approx(sum(seconds), abs=0.1)


def test_packed_or_missing_weights_have_no_count(tmp_path: Path) -> None:
    head = b'{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}'
    (tmp_path / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + b"0000")
    assert parameters(tmp_path) is None and parameters(None) is None


@pytest.mark.parametrize(
    ("low", "high", "p", "verdict"),
    [(0.1, 0.3, 0.01, "better"), (-0.3, -0.1, 0.01, "worse"), (-0.1, 0.3, 0.01, "open"), (0.1, 0.3, 0.2, "open")],
)
def test_a_difference_is_shown_by_interval_and_p_alone(
    run_copy: Path, low: float, high: float, p: float, verdict: str
) -> None:
    table = run_copy / "evaluate/report/axes.csv"
    row = read_table(table)[0]
    name = next(column for column in row if " minus " in column and ":" not in column)
    row |= {name: (low + high) / 2, f"{name}: low": low, f"{name}: high": high, "Holm p": p}
    lines = [",".join(f'"{cell}"' for cell in cells) for cells in (row, row.values())]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = verdicts(run_copy)
    assert found and found[verdict] == [row["Score"]] and found[f"n_{verdict}"] == found["of"] == 1


def test_nothing_of_this_machine_leaves_with_the_settings(paper: Path, tiny_model: Path) -> None:
    inner = {"name": "/home/me/models/x", "files": ["/data/a.jsonl"], "server": "http://10.0.0.5:8000/v1", "epochs": 1}
    told = told_outside({"model": inner}, "someone/model")["model"]
    assert told == {"name": "someone/model", "files": ["a.jsonl"], "server": "(an address)", "epochs": 1}
    for path in paper.rglob("*.*"):
        assert str(tiny_model.parent).encode() not in path.read_bytes(), path.name


# LaTeX


def test_the_sections_are_sound_latex_with_the_numbers_of_the_markdown(paper: Path) -> None:
    for name in SECTIONS:
        latex = (paper / f"{name}.tex").read_text(encoding="utf-8")
        LatexWalker(latex, tolerant_parsing=False).get_latex_nodes()
        plain_text = latex.replace(r"\allowbreak ", "").replace(r"\%", "%").replace(r"\ensuremath{-}", "\N{MINUS SIGN}")
        plain_text = re.sub(r"p\{\\dimexpr.*?\\relax\}", "", plain_text)
        assert sorted(NUMBER.findall(plain_text)) == sorted(NUMBER.findall(text(paper, name)))
    whole = (paper / "paper.tex").read_text(encoding="utf-8")
    LatexWalker(whole, tolerant_parsing=False).get_latex_nodes()
    assert all(f"\\input{{{name}}}" in whole for name in SECTIONS)


def test_a_broken_section_would_be_found(paper: Path) -> None:
    latex = (paper / "results.tex").read_text(encoding="utf-8")
    for broken in (latex.replace("\\end{longtable}", "", 1), latex.replace("}", "", 1)):
        with pytest.raises(LatexWalkerParseError):
            LatexWalker(broken, tolerant_parsing=False).get_latex_nodes()


def test_no_mark_of_a_text_is_a_command() -> None:
    odd = r"50% of $5 & #1_a {x} ~ ^ \input{/etc/passwd} <b> a|b ≤ 3"
    assert LatexNodes2Text().latex_to_text(escaped(odd)).replace("\N{MODIFIER LETTER CIRCUMFLEX ACCENT}", "^") == odd
    latex = as_latex(f"# {odd[:9]}\n\nA `{odd[:30]}` **bold** [link](https://x.y/a_b).\n\n- one\n- two\n")
    LatexWalker(latex, tolerant_parsing=False).get_latex_nodes()
    assert "\\input" not in latex.replace("\\textbackslash{}input", "")
    with pytest.raises(ValueError, match="no LaTeX is known"):
        as_latex("A picture ![x](y.svg) in a line.")


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("pdflatex"), reason="no TeX is installed")
def test_the_paper_compiles(paper: Path, tmp_path: Path) -> None:
    shutil.copytree(paper, tmp_path / "paper")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=tmp_path / "paper", capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "paper/paper.pdf").stat().st_size > 20_000


# The lists


def test_the_lists_hold_every_item_of_their_sources() -> None:
    tripod = [item.number for item in checklist("tripod-llm").items]
    main = (
        "1 3a 3b 4 5a 5b 5c 5d 5e 6a 6b 6c 6d 6e 7a 7b 7c 7d 7e 8a 8b 8c 9a 9b 10 11 12 13 14a 14b 14c 14d 14e 14f 15"
    )
    main += " 16a 16b 16c 16d 17 18 19a 19b 19c 19d 19e 19f 19g"
    assert sorted(tripod) == sorted([*main.split(), *(f"2{letter}" for letter in "abcdefghijkl")]), "48 and 12"
    chart = [item.number for item in checklist("chart").items]
    assert len(chart) == len(set(chart)) == 39
    assert {re.sub(r"[a-z]+$", "", number) for number in chart} == set(map(str, range(1, 13)))
    parts = [item.number.rpartition(".")[0] for item in checklist("mi-claim-gen").items]
    assert {part: parts.count(part) for part in dict.fromkeys(parts)} == {"1": 6, "2": 4, "3-4": 4, "5": 5, "6": 4}
    for name in NAMES:
        for item in checklist(name).items:
            assert item.answer or item.statement, f"{name} {item.number} can be answered by nothing"
            assert not item.statement or item.statement in STATEMENTS
            assert not item.missing or item.statement, "what is missing can be said"


def test_at_least_half_of_all_items_of_tripod_llm_are_filled_from_records(run_folder: Path) -> None:
    found = read_json(run_folder / "release/manifest.json")["counts"]["paper"]["checklists"]
    for name, of in {"tripod-llm": 60, "chart": 39, "mi-claim-gen": 23}.items():
        assert (
            found[name]["of"]
            == of
            == sum(found[name][state] for state in ("records", "in part", "not applicable", "person"))
        )
    assert found["tripod-llm"]["records"] >= 30, "those that do not apply are not counted as filled"


def test_the_docs_say_what_is_left_to_a_person(run_folder: Path) -> None:
    docs = (Path(__file__).parents[1] / "docs/paper.md").read_text(encoding="utf-8")
    for name in STATEMENTS:
        assert f"`{name}`" in docs
    [told] = re.findall(r"TRIPOD-LLM: left to a person: ([^\n]+)\.", docs)
    found = read_json(run_folder / "release/manifest.json")["counts"]["paper"]["checklists"]["tripod-llm"]
    assert told.split(", ") == found["for_a_person"]
    [row] = re.findall(r"^\| TRIPOD-LLM [^|]*\|([^\n]+)\|$", docs, re.MULTILINE)
    assert [int(cell) for cell in row.split("|")] == [found["of"], *(found[state] for state in STATES)]


def answer(run: Path, item: Item, **statements: str) -> Answered:
    writer = Writer(Facts(run, {texts.DERIVED: {"statements": statements}}), statements)
    [found] = answered(writer, checklist("chart").__class__("x", "X", "", "", (item,)))
    return found


def test_an_item_whose_record_is_missing_falls_to_a_person(run_folder: Path) -> None:
    item = Item("1", "s", "asks", answer="{{ m('sft', '/counts/rows') }} rows", statement="ethics")
    assert answer(run_folder, item).state == "records" and answer(run_folder, item).text.endswith(" rows")
    gone = Item("1", "s", "asks", answer="{{ m('sft', '/counts/planted') }} rows", statement="ethics")
    assert answer(run_folder, gone).state == "person"
    assert answer(run_folder, gone, ethics="None was needed.") == Answered(gone, "records", "None was needed.")
    part = Item("1", "s", "asks", answer="some", missing="more", statement="ethics")
    assert [answer(run_folder, part).state, answer(run_folder, part, ethics="All.").state] == ["in part", "records"]
    alone = Item("1", "s", "asks", answer="does not apply", unless="v('sft/manifest.json', '/counts/rows') > 0")
    assert answer(run_folder, alone).state == "not applicable"
    assert counts([answer(run_folder, one) for one in (item, gone, part, alone)]) == {
        "of": 4, "records": 1, "in part": 1, "not applicable": 1, "person": 1, "for_a_person": ["1", "1"]
    }  # fmt: skip


@pytest.mark.parametrize(
    "shows", ["{{ rows('evaluate/report/gone.csv') | length }}", "{% for place in places('gone') %}x{% endfor %} told"]
)
def test_an_item_about_what_was_not_measured_falls_to_a_person(run_folder: Path, shows: str) -> None:
    item = Item("1", "s", "asks", answer=shows, statement="risk")
    assert answer(run_folder, item).state == "person"


def test_what_the_recipe_says_fills_the_texts_and_the_lists(
    run_copy: Path, write: Callable[..., tuple[Path, dict[str, Any]]], tiny_recipe: Path
) -> None:
    folder, found = write(run_copy, ethics="The committee of X waived approval (2026-07).")
    assert "waived approval" in text(folder, "methods") and "waived approval" in text(folder, "tripod-llm")
    assert "13" not in found["checklists"]["tripod-llm"]["for_a_person"] and found["statements"] == ["ethics"]
    assert "[for a person: the source of funding" in text(folder, "methods")
    with pytest.raises(ValueError, match='nothing is called "ethic"; did you mean "ethics"'):
        load_recipe(tiny_recipe, overrides=['release.statements={ethic="x"}'])


# Figures, training content, reproduction


def test_the_figures_are_drawn_in_both_forms_and_alike_each_time(run_folder: Path, paper: Path, tmp_path: Path) -> None:
    made = figures.write_figures(run_folder / "evaluate/report", tmp_path / "again")
    names = [figure["name"] for figure in made]
    assert names == ["axes", "differences", "abstention"], "the tiny run has no bins of confidence"
    for name in names:
        for form in ("svg", "pdf"):
            assert file_digest(tmp_path / f"again/{name}.{form}") == file_digest(paper / f"figures/{name}.{form}")
        assert f"figures/{name}.svg" in text(paper, "results")


def test_a_figure_shows_what_its_table_holds(run_folder: Path) -> None:
    rows = figures._rows(run_folder / "evaluate/report/axes.csv")
    points = {model: places for model, (places, _) in plotted(figures._axes(rows)).items()}
    models = figures.models_of(rows[0])
    assert models and points == {model: [row[model] for row in rows if row[model] is not None] for model in models}


def test_a_figure_without_its_table_is_left_out(run_copy: Path, tmp_path: Path) -> None:
    (run_copy / "evaluate/report/abstention.csv").unlink()
    (run_copy / "evaluate/report/axes.csv").unlink()
    assert figures.write_figures(run_copy / "evaluate/report", tmp_path / "figures") == []
    assert list((tmp_path / "figures").iterdir()) == []


def test_calibration_and_selective_answering_are_drawn_from_their_tables() -> None:
    bins = [
        {
            "model": model,
            "bin": place,
            "n": 12,
            "mean confidence": 0.3 * place,
            "accuracy": 0.2 * place,
            "low": 0.1,
            "high": 0.6,
        }
        for model in ("base", "final")
        for place in (2, 1)
    ]
    assert plotted(figures._calibration(bins))["Final"] == ([0.3, 0.6], [0.2, 0.4]), "in the order of confidence"
    surest = [
        {"model": "base", "figure": "AURC (lower is better)", "value": 0.8, "low": 0.5, "high": 0.9},
        *(
            {"model": "base", "figure": f"accuracy of the surest {share}%", "value": share / 200, "low": 0, "high": 1}
            for share in (20, 100)
        ),
    ]
    assert plotted(figures._selective(surest))["Base"][1] == [0.1, 0.5]
    assert figures._selective(surest[:1]) is None and figures._calibration([]) is None


def test_the_training_content_has_every_section_of_the_template(paper: Path) -> None:
    found = re.findall(r"^#{2,3} (\d(?:\.\d)?)\. ", text(paper, "training-content"), re.MULTILINE)
    assert found == ["1", "1.1", "1.2", "1.3", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3", "3.1", "3.2", "3.3"]


def test_the_page_on_reproduction_names_inputs_outputs_seeds_and_commands(run_folder: Path, paper: Path) -> None:
    page = text(paper, "REPRODUCE")
    for path in run_folder.glob("*/manifest.json"):
        manifest = read_json(path)
        if path.parent.name in ("release", "plan"):
            continue
        assert manifest["fingerprint"] in page
        outside = {name: entry for name, entry in manifest["outputs"].items() if not name.startswith("report/")}
        assert all(entry["sha256"] in page for entry in outside.values())
        assert all(digest in page for digest in manifest["parts"]["files"].values())
    assert f"seed {read_json(run_folder / 'evaluate/manifest.json')['parts']['seed']}" in page
    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    asked = set(re.findall(r"^residency (\w+)", page, re.MULTILINE))
    assert asked == {"run", "status"} and asked <= known


def test_the_limits_follow_from_records(run_copy: Path) -> None:
    def told(**changes: Any) -> list[str]:
        path = run_copy / "corpus/data-report.json"
        write_json(path, read_json(path) | changes)
        return limits(Writer(Facts(run_copy, {texts.DERIVED: {"base_model": "b"}}), {}), [])

    of_one, of_two = ({"provenance": {"sources": counts}} for counts in ({"human": 12}, {"human": 9, "synthetic": 3}))
    assert any("All questions are of one source (human 12)" in limit for limit in told(**of_one))
    assert not any("of one source" in limit for limit in told(**of_two))
    looked = {"duplicates": {"semantic": {"count": 0}}}
    assert any("in other words" in limit for limit in told()) and not any("in other words" in x for x in told(**looked))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "none"),
        (True, "yes"),
        (12345, "12,345"),
        (0.25, "0.25"),
        (1e-5, "1e-05"),
        ({"a": 2}, "a 2"),
        ([], "none"),
    ],
)
def test_values_are_shown_plainly(value: Any, shown: str) -> None:
    assert plain(value) == shown


def test_signs_are_shown() -> None:
    assert [signed(value) for value in (0.25, -0.25, 0.0, -0.0001)] == [
        "+0.250",
        "\N{MINUS SIGN}0.250",
        "0.000",
        "0.000",
    ]


def test_the_rows_that_are_counted_are_those_of_the_files(run_folder: Path, paper: Path) -> None:
    made = read_json(paper / "derived.json")
    kept = list(read_jsonl(run_folder / "corpus/kept.jsonl"))
    assert sum(made["questions"]["by_split"].values()) == len(kept)
    assert made["passages"]["of"] == sum(1 for _ in read_jsonl(run_folder / "index/passages.jsonl"))
