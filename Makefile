# The doors: `make run` and `make test` need Python 3.11 or newer with venv, and nothing else installed.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test lint bench eval clean

run: $(VENV)/.run  ## Set up, poll the example, print who stands where, then stay as the daemon
	$(BIN)/archive poll example --format table
	$(BIN)/archive stances --format table
	exec $(BIN)/archive run

test: $(VENV)/.dev lint  ## Set up, check style, types and import contracts, run the tests on both databases
	$(BIN)/python -m pytest -q -n auto --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev  ## Measure speed, as ratios in one run
	$(BIN)/python -m benchmarks

eval: $(VENV)/.dev  ## Measure what is read, on the corpora beside this checkout
	$(BIN)/python scripts/eval_reading.py
	$(BIN)/python scripts/eval_stance.py

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt
	$(INSTALL) --editable '.[all]'
	touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(INSTALL) --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV)
