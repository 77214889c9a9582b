# make app    sets all up and opens the app at http://localhost:8501
# make test   sets all up and runs every test
# make bench  prints the measured figures
# make reproduce  trains and measures every row of docs/results.md; with REPRODUCE_FLAGS=--quick a glimpse of it
# make docs   builds the documentation into site/
# make assets makes sample scenes and recorded walks again from the shipped weights

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8501
# The environment is made anew when the requirements change.
READY := $(VENV)/.ready-$(shell cat requirements.txt pyproject.toml | cksum | cut -d' ' -f1)

.PHONY: setup app test lint bench reproduce docs assets

setup: $(READY)

$(READY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "HSAL Explorer needs Python 3.11 or newer; set PYTHON=python3.12, for example.")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@rm -f $(VENV)/.ready-*
	@touch $@

app: setup
	$(BIN)/python -m app.serve --server.port $(PORT) --server.headless $(if $(DISPLAY)$(filter Darwin,$(shell uname)),false,true)

test: setup
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/python -m ruff check .

bench: setup
	$(BIN)/python -m benchmarks.run $(BENCH_FLAGS)

reproduce: setup
	$(BIN)/hsal reproduce $(REPRODUCE_FLAGS)

docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

assets: setup
	$(BIN)/hsal scenes --out assets/samples --count 8 --seed 5
	$(BIN)/hsal trace assets/samples/*.png --json assets/traces/samples.jsonl
	$(BIN)/python -m app.lesson.precomputed
	$(BIN)/python -m hsal.tracing.json_schema > assets/trace.schema.json
