# Needs Python 3.11 or newer, and nothing else that is not installed below.  make help  lists what there is.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
RECIPE := examples/surgery/recipe.toml
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3 python,\
	$(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))

.DEFAULT_GOAL := help
.PHONY: help venv demo full test test-slow lint bench clean

help: ## list these targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F '\t' '{printf "make %-10s %s\n", $$1, $$2}'

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer was found. Install one, or type: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV), which takes a few minutes the first time" >&2
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[all,dev]"
	@touch $(STAMP)

venv: $(STAMP) ## make .venv and install the package into it

demo: $(STAMP) ## run the demonstration recipe, on a laptop's CPU
	$(BIN)/residency model fetch
	$(BIN)/residency run $(RECIPE)

full: $(STAMP) ## run the same recipe with its profile "full"
	$(BIN)/residency model fetch
	$(BIN)/residency run $(RECIPE) --profile full

lint: $(STAMP) ## check style, types and who imports whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: lint ## lint, then the default tests; the first time two tokenizers are fetched (27 and 11 MB)
	-@$(BIN)/python -m tests.real_tokenizers > /dev/null
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

test-slow: $(STAMP) ## the tests that need the embedded model, or minutes
	$(BIN)/residency model fetch
	$(BIN)/python -m pytest -m slow

bench: $(STAMP) ## all benchmarks, against their peers; TEXT=medquad.jsonl names question and answer rows
	$(BIN)/python -m benchmarks.data_gate --text "$(TEXT)"
	$(BIN)/python -m benchmarks.compile --text "$(TEXT)"

clean: ## remove .venv and caches; runs stay
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis src/*.egg-info
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
