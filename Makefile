# Two commands set up all that they need: `make demo` and `make test`.
#
# Paths are relative and tools are run as `python -m`: the first lines of console scripts break
# where the clone's path is long, and make's own lists break where it has spaces.

PYTHON ?= python3
PY := .venv/bin/python
FUZZ_CASES ?= 1000000
FUZZ_SECONDS ?= 600
PYTEST := $(PY) -m pytest

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test venv check golden history pictures train-digits bench cuda pyodide docs fuzz clean has-venv

help:
	@echo "make demo    a tour in a minute or so; sets up .venv with the core alone, no torch"
	@echo "make test    sets up .venv for development, then everything that CI checks"
	@echo "make venv    .venv for development (torch and others: some gigabytes)"
	@echo "make check   what CI checks, in the .venv that is there"
	@echo "make golden  makes the golden files anew"
	@echo "make history writes docs/history.md anew"
	@echo "make pictures draws the documentation's pictures anew"
	@echo "make train-digits  trains examples/digits.cnn anew and keeps its weights"
	@echo "make bench   every benchmark, one after another"
	@echo "make cuda    the tests and the benchmark that need a CUDA device"
	@echo "make pyodide Pyodide from npm into build/pyodide, for the tests that run in it"
	@echo "make docs    checks the documentation's code blocks and builds its site into build/site"
	@echo "make fuzz    searches for new failures"
	@echo "make clean   removes caches and build products; keeps .venv"
	@echo "PYTHON=...   the Python, 3.11 or newer, that makes .venv"

demo: .venv/core.stamp
	$(PY) examples/demo.py

test: venv check

venv: .venv/dev.stamp

# A stamp says with which pyproject.toml pip last ran. A .venv without one is installed over.
.venv/core.stamp: pyproject.toml | $(PY)
	@echo "setting up .venv (the core alone)"
	@$(PY) -m pip install --quiet --editable .
	@touch $@

.venv/dev.stamp: pyproject.toml | $(PY)
	$(PY) -m pip install --editable '.[dev]'
	@touch .venv/core.stamp $@

$(PY):
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "cnnc needs Python 3.11 or newer, and '$(PYTHON)' is not: choose with PYTHON=..." >&2; \
	    exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' || { \
	    echo "'$(PYTHON)' lacks the venv module (Debian, Ubuntu: install python3-venv)" >&2; \
	    exit 1; }
	"$(PYTHON)" -m venv .venv

has-venv:
	@test -x $(PY) || { echo "there is no .venv yet: run 'make venv' first" >&2; exit 1; }

# One thread for each of the two test processes: more would only wait for one another.
check: export OMP_NUM_THREADS = 1
check: has-venv
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m cnnc fmt --check examples compiler/std
	$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(PYTEST) -m "not fuzz" -n 2 --dist loadfile

golden: has-venv
	$(PY) -m tests.golden

history: has-venv
	$(PY) -m tests.docs.history

pictures: has-venv
	$(PY) -m tests.drawing

train-digits: has-venv
	$(PY) -m examples.train_digits

bench: has-venv
	@set -e; for file in benchmarks/[!_]*.py; do \
	    name=$${file#benchmarks/}; \
	    echo "== $$file"; \
	    $(PY) -m "benchmarks.$${name%.py}"; \
	done

cuda: has-venv
	$(PYTEST) -m gpu -rs
	$(PY) -m benchmarks.cuda

# Python in WebAssembly, without NumPy, which npm does not have.
pyodide: build/pyodide/node_modules/pyodide/pyodide.mjs

build/pyodide/node_modules/pyodide/pyodide.mjs:
	npm install --silent --no-audit --no-fund --ignore-scripts --prefix build/pyodide pyodide@314.0.7

docs: has-venv
	$(PYTEST) -q tests/docs
	$(PY) -m docs.site

fuzz: has-venv
	$(PYTEST) -m fuzz
	$(PY) -m tests.fuzzing --cases $(FUZZ_CASES)
	@if $(PY) -c 'import atheris' 2>/dev/null; then \
	    $(PY) -m tests.fuzzing.atheris_target -max_total_time=$(FUZZ_SECONDS); \
	else \
	    echo "atheris is not installed: .venv/bin/python -m pip install --editable '.[fuzz]'"; \
	fi

clean:
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -path ./.venv -prune -o -name __pycache__ -prune -exec rm -rf {} +
