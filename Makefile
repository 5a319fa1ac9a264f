# Two commands matter: `make run` and `make test`. The rest is listed by `make help`.
PYTHON ?= python3
SOURCE ?=
DATA ?=
PORT ?= 3000
# Simulated customers that `make bench` measures a day with.
SCALE ?= 10000
# Where `make serve` listens.
API_PORT ?= 8000
# Test files run side by side in so many processes.
WORKERS ?= 2

bin := .venv/bin
lock = $(bin)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r
# One thread for OpenMP: threads that spin on busy cores make small fits hundreds of times slower.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

# As they were typed, for the shell to expand from its environment: nothing in them is a
# command, and `${NAME}` stays a placeholder.
export GIVEN_SOURCE = $(value SOURCE)
export GIVEN_DATA = $(value DATA)

.PHONY: help run ui serve test lint types kills mutants bench docs glossary lock clean
.DEFAULT_GOAL := help

help:  ## This list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: .venv/installed  ## Install, run the whole job, print what it made [SOURCE=name [DATA=path]]
	@if [ -n "$$GIVEN_DATA" ]; then set -- --source "$$GIVEN_SOURCE=$$GIVEN_DATA"; \
	else set -f; for name in $$GIVEN_SOURCE; do set -- "$$@" --source "$$name"; done; fi; \
	$(bin)/portrait run "$$@"

ui: .venv/installed  ## Open Dagster in the browser [PORT=3000]
	@$(bin)/portrait ui --port $(PORT)

serve: .venv/installed  ## Answer services from the published snapshot over HTTP [API_PORT=8000]
	@$(bin)/portrait serve --port $(API_PORT)

# Files in the order of tests/conftest.py: xdist would begin with those of most tests, and those of
# fewest, which run whole jobs, would be left for the end.
# Lint and types ask for none of what else is installed, which mostly waits for the network.
test: .venv/installed-dev  ## Lint, types, dbt tests and pytest
	@$(MAKE) --no-print-directory -j 5 --output-sync=target \
		.venv/superset/installed .venv/servers .venv/deep/installed lint types
	@$(bin)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: .venv/installed-dev
	@$(bin)/ruff check .
	@$(bin)/ruff format --check .
	@$(bin)/lint-imports --no-cache --no-logo
	@$(bin)/sqlfluff lint dbt_project/models dbt_project/tests orchestration/pages/questions

types: .venv/installed-dev
	@$(bin)/mypy

kills: .venv/installed-dev  ## Kill a run at 50 moments and see that the next one repairs it
	@PORTRAIT_KILLS=50 $(bin)/python -m pytest -v -n $(WORKERS) --dist worksteal tests/e2e/test_killed.py

mutants: .venv/installed-dev .venv/servers .venv/deep/installed  ## Make each mistake of a list and see that tests notice (goes on where stopped)
	@$(bin)/python -m tests.mutants

bench: .venv/installed-dev  ## Cost of the job beside plain SQL and pandas, of landing, of a draft, of a day; who is who; lifetime value; recommendations; the API [SCALE=customers]
	@$(bin)/python -m bench
	@$(bin)/python -m bench.ingest
	@$(bin)/python -m bench.onboarding
	@$(bin)/python -m bench.identities
	@$(bin)/python -m bench.lifetime_value
	@$(bin)/python -m bench.recommendations
	@$(bin)/python -m bench.serving
	@$(bin)/python -m bench.days --customers $(SCALE)

docs: .venv/installed  ## One page with every model, column and test (after make run)
	@$(bin)/portrait docs

glossary: .venv/installed  ## Measures and tags of docs/glossary.md, from the yml of the models
	@$(bin)/portrait glossary

# Extras stay in the lock: pip takes `gql[requests]` for a package that has no pin of its own otherwise.
compile = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-emit-index-url --custom-compile-command "make lock"
lock:  ## Pin the dependencies anew (needs uv)
	$(compile) pyproject.toml -o requirements.lock
	$(compile) pyproject.toml --extra dev -c requirements.lock -o requirements-dev.lock
	$(compile) $(superset_lock:.lock=.in) -o $(superset_lock)

clean:  ## Remove the virtual environment and every result; what you wrote stays
	rm -rf .venv
	[ ! -d .portrait ] || find .portrait -mindepth 1 -maxdepth 1 ! -name '*.yml' -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "error: Portrait needs Python 3.11 or newer; $(PYTHON) is older."; \
		     echo "what to do: make run PYTHON=/path/to/python3.12"; exit 2; }
	@$(PYTHON) -m venv .venv

# pip compiles what it installs to bytecode, so that no start of dbt or Dagster has to.
.venv/installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the locked dependencies into .venv (once, about a minute) …"
	@$(lock) requirements.lock
	@$(bin)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	@echo "Installing the tools for tests into .venv …"
	@$(lock) requirements-dev.lock
	@touch $@

# PyTorch is a matter of each machine's index, so it stands in no lock file, and apart from the other
# packages: skops looks through all of scikit-learn, which would load it wherever it is found. Where
# it is not to be had, the tests of the extra `deep` skip.
.venv/deep/installed: | .venv/bin/python
	@echo "Installing PyTorch for the tests …"
	@$(bin)/python -m pip install --quiet --disable-pip-version-check --target .venv/deep torch==2.13.0 2>/dev/null \
		|| echo "PyTorch is not installed (pip install torch==2.13.0): its tests are skipped."
	@mkdir -p .venv/deep && touch $@

# Superset wants SQLAlchemy 1.4 and pandas 2.1: it has an environment of its own.
superset_lock := orchestration/delivery/superset/requirements.lock
.venv/superset/installed: $(superset_lock) | .venv/bin/python
	@echo "Installing Superset for the tests …"
	@{ $(bin)/python -m venv .venv/superset && .venv/superset/bin/python -m pip install --quiet \
		--disable-pip-version-check --require-hashes -r $(superset_lock) 2>/dev/null; } \
		|| { rm -rf .venv/superset; echo "Superset is not installed (pip install -r $(superset_lock)): its tests are skipped."; }
	@mkdir -p .venv/superset && touch $@

# The tests of databases start a PostgreSQL of their own, those of pages a Chromium. Who may not
# install them gets a note here, and those tests skip.
.venv/servers: | .venv/bin/python
	@missing=; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing=postgresql; \
	command -v chromium >/dev/null || missing="$$missing chromium fonts-noto-cjk"; \
	[ -z "$$missing" ] || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	     && echo "Installing $$missing for the tests …" && apt-get -qq update \
	     && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $$missing >/dev/null; } \
	|| echo "Not installed (Debian: apt-get install $$missing): the tests that need it are skipped."
	@touch $@
