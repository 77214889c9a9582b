# make app        sets up the environment and opens the app at http://localhost:8501
# make test       sets up the environment and runs all tests, with coverage
# make lint       checks style, types, imports, spelling and phrases
# make docs       builds the documentation into site/
# make bench      prints the measured figures
# make reproduce  trains and evaluates every row of docs/results.md; REPRODUCE_FLAGS=--quick runs a small part of each
# make assets     renders the sample scenes, and records their traces and those of the sample photos again, with the shipped weights

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8501
# A change of the requirements installs them again.
READY := $(VENV)/.ready-$(shell cat requirements.txt pyproject.toml | cksum | cut -d' ' -f1)

.PHONY: setup app test lint bench reproduce docs assets

setup: $(READY)

$(READY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "HSAL Explorer needs Python 3.11 or newer; set PYTHON=python3.12, for example.")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@rm -f $(VENV)/.ready-*
	@touch $@

app: setup
	$(BIN)/hsal app --port $(PORT)

test: setup
	$(BIN)/python -m pytest --cov

lint: setup
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/python .ci/check_phrases.py

docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

bench: setup
	$(BIN)/python -m benchmarks.run $(BENCH_FLAGS)

reproduce: setup
	$(BIN)/hsal reproduce $(REPRODUCE_FLAGS)

assets: setup
	$(BIN)/hsal scenes --out assets/samples --count 8 --seed 5
	$(BIN)/hsal trace assets/samples/*.png --json assets/traces/samples.jsonl
	$(BIN)/python -m app.step_through.record
	$(BIN)/python -m app.lesson.record
	$(BIN)/python -m hsal.tracing.json_schema > assets/trace.schema.json
