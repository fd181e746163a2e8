"""The shape of the code, as a test: who imports whom, how long a module is, what stays light."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

import residency
from residency.flow.stages import STAGES

PACKAGE = Path(residency.__file__).parent
ROOT = PACKAGE.parent.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
HEAVY = ("torch", "transformers", "trl", "peft", "datasets", "accelerate", "matplotlib", "polars", "scipy")
LONGEST = 400


def test_rooms_import_only_what_they_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


def test_a_room_that_imports_another_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: the contract itself is shown failing once."""
    for name in ("alpha", "beta"):
        (tmp_path / "planted" / name).mkdir(parents=True)
        (tmp_path / "planted" / name / "__init__.py").touch()
    (tmp_path / "planted" / "__init__.py").touch()
    (tmp_path / "planted" / "alpha" / "__init__.py").write_text("from planted import beta\n")
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\nroot_package = planted\n[importlinter:contract:1]\nname = planted\ntype = layers\n"
        "containers = planted\nlayers =\n    alpha | beta\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "planted.alpha is not allowed to import planted.beta" in done.stdout


def test_modules_stay_readable() -> None:
    assert len(MODULES) > 40
    lengths = {path.relative_to(PACKAGE): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_every_room_says_what_enters_and_leaves() -> None:
    rooms = [path for path in MODULES if path.name == "__init__.py"]
    assert len(rooms) > 15
    assert [path.parent.name for path in rooms if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_the_stage_table_is_in_order_and_names_real_functions() -> None:
    done: set[str] = set()
    for stage in STAGES:
        assert set(stage.reads) <= done, f"{stage.name} reads what comes after it"
        module, _, function = stage.function.partition(":")
        path = PACKAGE.parent.joinpath(*module.split(".")).with_suffix(".py")
        names = {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}
        assert function in names, f"{stage.function} is not there"
        done.add(stage.name)
    assert len(done) == len(STAGES) >= 12


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["ask", "--help"], ["recipe", "schema"]])
def test_the_command_line_starts_without_heavy_packages(arguments: list[str]) -> None:
    script = (
        "import sys; from residency.cli.app import main; code = main(sys.argv[1:]); "
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "[]\n")
    assert done.stdout


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    names = {re.split(r"[\[<>=]", line)[0].lower() for line in wanted} - {"residency"}
    pins = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    assert len(names) > 20
    assert names - {line.partition("==")[0].lower().replace("_", "-") for line in pins} == set()
