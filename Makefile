# `make reports` and `make test` need Python 3.11 or newer and make; everything else they set up themselves.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed

.PHONY: reports test lint licences audit env lock pictures clean

reports: env
	$(BIN)/python run_reports.py

test: env
	@# In a folder with a short name: the tests start kernels in folders below it, whose sockets must have names.
	folder=$$(mktemp -d "$${TMPDIR:-/tmp}/XXXXXX") && trap 'rm -rf "$$folder"' EXIT && \
	  $(BIN)/python -m pytest -n 2 --no-loadscope-reorder --basetemp="$$folder"

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# The licence of everything that is locked; fails where one is copyleft.
licences: env
	$(BIN)/python -m tests.supply licences

# What is known to be vulnerable among the locked versions; asks https://osv.dev.
audit: env
	$(BIN)/python -m tests.supply audit

env: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("cart-reports needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --extra cluster --extra dev pyproject.toml --output-file requirements.lock

# The pictures of the README: the top of each page of the default study, taken by Chromium.
pictures: env
	$(BIN)/python -m tests.gallery

clean:
	rm -rf reports .pytest_cache .ruff_cache
