# Everything a person or CI does with this checkout. `make` alone lists it.
# PYTHON names the interpreter that makes .venv; ARGS is passed on: make demo ARGS="--home DIR", make test ARGS="-k times".

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin

# A machine may say that bytecode is not to be written: each process would then compile all that it imports anew, which
# takes most of them longer than their work. .gitignore and `make clean` know where it is.
unexport PYTHONDONTWRITEBYTECODE

# The tool that writes constraints.txt; it is needed for nothing else.
UV := uv==0.13.9

.DEFAULT_GOAL := help
.PHONY: help install demo test lint format bench lock clean

help: ## list these targets
	@echo "usage: make TARGET [PYTHON=python3.12] [ARGS=...]"; echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 12

install: ## make .venv from the pinned set (the other targets do it when it is due)
	@found=$$("$(PYTHON)" -c 'import sys; print(sys.version.split()[0]); sys.exit(sys.version_info < (3, 11))' 2>/dev/null) || { \
		echo "make: $(PYTHON) is $${found:-not there}, and Python 3.11 or newer is needed; name one: make demo PYTHON=python3.12" >&2; \
		exit 1; \
	}
	@"$(PYTHON)" tools/install.py

demo: install ## the whole product in two minutes, against a site of its own on this machine
	@$(BIN)/wirehouse demo $(ARGS)

test: lint ## lint, then every test
	@$(BIN)/python -m tests.needs
	@$(BIN)/python -m pytest --numprocesses=auto $(ARGS)

lint: install ## style, types and import rules
	@$(BIN)/python tools/lint.py

format: install ## put the code into the shape that lint asks for, where that can be done by itself
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

bench: install ## the benchmarks of benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks $(ARGS)

lock: install ## pin the dependencies of pyproject.toml in constraints.txt (newest of all: ARGS=--upgrade)
	@$(BIN)/python -m pip install --quiet --quiet "$(UV)"
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev \
		--custom-compile-command "make lock" --no-emit-index-url --no-emit-find-links \
		--output-file constraints.txt $(ARGS) pyproject.toml >/dev/null
	@$(BIN)/python -m pip uninstall --quiet --yes uv

clean: ## remove .venv, caches and build results; data/ stays
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
