# Set-up, run and test on a machine with Python 3.11 or newer, make and git. `make help` lists the targets.
# Everything is installed into .venv from the hashed locks; a second run skips what is done.

PYTHON   ?=
VENV     := .venv
BIN      := $(VENV)/bin
NODE_MODULES := dashboards/node_modules
WORKERS  ?= 2
SECONDS  ?= 60
KILLS    ?= 200
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
UPGRADE  ?=
NODE     ?= node

# Images of containers set it. Each of the many processes that tests start would compile every package again.
unexport PYTHONDONTWRITEBYTECODE

PIP     := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet
COMPILE := $(BIN)/uv --quiet pip compile --universal --python-version 3.11 --generate-hashes \
           --no-emit-index-url --no-header --no-annotate $(UPGRADE)

# $(call step,what is done,commands): says it in one line; shows what the commands print only when they fail.
define step
@echo "· $(1)"; log=$$(mktemp); \
if ! { $(2); } >"$$log" 2>&1; then cat "$$log" >&2; rm -f "$$log"; echo "make: failed: $(1)" >&2; exit 1; fi; \
rm -f "$$log"
endef

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help wheel run test lint types js tests e2e long postgresql chaos acceptance fuzz faults audit sbom serve bench docs readme hooks lock vendor clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run-ready ## Set up, run the pipeline, and say where the report is
	@$(BIN)/ai-costs run

test: lint types js tests ## Set up, then lint, types and tests: under five minutes on two cores

lint: $(VENV)/.test-ready ## Check the style of Python and SQL, and what imports what
	$(call step,ruff check,$(BIN)/ruff check)
	$(call step,ruff format,$(BIN)/ruff format --check)
	$(call step,import-linter,$(BIN)/lint-imports --no-cache)
	$(call step,sqlfluff,$(BIN)/sqlfluff lint --nocolor --processes 2 dbt_project/models)

types: $(VENV)/.test-ready ## Check the types with mypy
	$(call step,mypy,$(BIN)/mypy)

# Node checks the report's scripts, which people who install and run the program do not need.
js: ## Check style, types and units of the report's scripts (needs Node 20 or newer)
	@missing=; \
	if ! $(NODE) -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || ! command -v npm >/dev/null; \
	then missing='Node 20 or newer with npm'; \
	elif ! $(MAKE) --no-print-directory --silent $(NODE_MODULES)/.ready; then missing='the npm packages'; fi; \
	if [ -z "$$missing" ]; then $(MAKE) --no-print-directory js-checks; \
	elif [ "$$CI" = true ]; then echo "make: the report's scripts need $$missing, which CI must have" >&2; exit 1; \
	else echo "!! NOT RUN: the checks of the report's scripts, for want of $$missing."; fi

js-checks: $(NODE_MODULES)/.ready
	$(call step,biome,cd dashboards && npm run --silent check)
	$(call step,tsc,cd dashboards && npm run --silent types)
	$(call step,node --test,cd dashboards && npm run --silent test)

# Coverage of what runs in the tests' own processes; `coverage report` then lists the lines that none of them reached.
tests: $(VENV)/.test-ready ## Run the tests with coverage (WORKERS=2 processes)
	@echo "· pytest"; log=$$(mktemp); \
	if ! $(BIN)/pytest --quiet -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m 'not long and not e2e' \
	    --ignore tests/e2e --ignore tests/browser \
	    --cov --cov-report=xml >"$$log" 2>&1; then cat "$$log" >&2; rm -f "$$log"; exit 1; fi; \
	grep -E '^Required test coverage|^[0-9]+ passed' "$$log"; rm -f "$$log"

# A browser test needs a Chromium: one on the PATH (or CHROMIUM=…), else the one that Playwright downloads.
e2e: $(VENV)/.test-ready ## Run the tests of whole runs, histories, servers and a browser, and all examples of properties
	@select='(e2e or hypothesis) and not long'; \
	if ! CHROMIUM='$(CHROMIUM)' $(BIN)/python tests/house/chromium.py; then \
	    if [ "$$CI" = true ]; then echo "make: no working Chromium, which CI must have" >&2; exit 1; fi; \
	    echo "!! NOT RUN: the tests marked 'browser', for want of a Chromium."; \
	    echo "!! To run them: install chromium (apt install chromium, brew install --cask chromium)"; \
	    echo "!! or give one with CHROMIUM=/path/to/chromium, then make e2e again."; \
	    select='(e2e or hypothesis) and not long and not browser'; \
	fi; \
	echo "· pytest"; \
	EXAMPLES=all CHROMIUM='$(CHROMIUM)' $(BIN)/pytest --quiet -n $(WORKERS) --dist worksteal -m "$$select"

long: $(VENV)/.test-ready ## Run the tests that take minutes, such as a kill between any two models
	@$(BIN)/pytest --quiet -n $(WORKERS) --dist load -m long

postgresql: $(VENV)/.test-ready ## Run the tests of alerts in PostgreSQL, on a server of their own
	@$(BIN)/pytest --quiet -n0 -m postgresql

chaos: $(VENV)/.test-ready ## Kill KILLS=200 whole runs at random moments, and print what was seen
	@$(BIN)/python -m tests.chaos.chaos --kills $(KILLS)

acceptance: $(VENV)/.test-ready ## Run twenty acceptance checks, and print what was observed under each
	@CHROMIUM='$(CHROMIUM)' $(BIN)/python -m tests.acceptance.table

fuzz: $(VENV)/.fuzz-ready ## Look for input that breaks a parser, in each for SECONDS=60 (Linux)
	@$(BIN)/python -m tests.fuzzing.fuzz --seconds $(SECONDS)

faults: $(VENV)/.test-ready ## Meet every fault of a provider, and print what was observed
	@$(BIN)/python tests/faults/table.py

audit: $(VENV)/.audit-ready ## Audit code, workflows, secrets and dependencies
	@$(BIN)/python -m tests.house.audit

sbom: $(VENV)/.audit-ready ## Write sbom.json: every package that a run needs, in CycloneDX
	$(call step,sbom.json,$(BIN)/cyclonedx-py requirements requirements/run.lock --pyproject pyproject.toml \
	    --output-reproducible --output-file sbom.json)

serve: $(VENV)/.run-ready ## Open the Dagster UI with schedules and sensors on
	@$(BIN)/ai-costs serve

bench: $(VENV)/.run-ready ## Measure whole runs; results are kept in benchmarks/README.md
	@$(BIN)/python -m benchmarks.sample_run

docs: $(VENV)/.run-ready ## Write the documentation of the tables (after a run)
	@$(BIN)/python -c 'from pipelines.config import current_environment; from pipelines.app.home import open_home; \
	print(open_home(current_environment()).transform.document())'

readme: $(VENV)/.test-ready ## Write the tables of the documents that follow from the code
	@$(BIN)/python -m tests.house.readme_tables

hooks: $(VENV)/.test-ready ## Check every commit with pre-commit
	@$(BIN)/pre-commit install

lock: $(BIN)/uv ## Write the locks again (UPGRADE=--upgrade for newer versions)
	$(call step,requirements/run.lock,$(COMPILE) pyproject.toml --group setup -o requirements/run.lock)
	$(call step,requirements/test.lock,$(COMPILE) pyproject.toml --extra postgresql --group setup --group dev \
	    -c requirements/run.lock \
	    -o requirements/test.lock)
	$(call step,requirements/audit.lock,$(COMPILE) --group audit -c requirements/test.lock -o requirements/audit.lock)
	$(call step,requirements/fuzz.lock,$(COMPILE) --group fuzz -o requirements/fuzz.lock)

wheel: $(VENV)/.run-ready ## Build a wheel into dist/, for uvx, pipx or a server
	$(call step,dist/,$(BIN)/python -m hatchling build --target wheel)

vendor: $(NODE_MODULES)/.ready ## Build the chart library of the report (needs Node)
	$(call step,dashboards/static/vendor,cd dashboards && npm run --silent vendor)

clean: ## Remove what set-up and tests made; the data stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .fuzzing .coverage .coverage.* coverage.xml \
	    dbt_project/target dbt_project/logs $(NODE_MODULES)
	@find pipelines notifications dashboards tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A dangling link, left by a Python that is gone, counts as missing here; so does an environment half made.
$(BIN)/python:
	@for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python); do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "make: no Python 3.11 or newer found (looked for: $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python))." >&2; \
	    echo "make: install one, or name it: make run PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	echo "· virtual environment in $(VENV) ($$("$$python" --version))"; \
	"$$python" -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.run-ready: requirements/run.lock pyproject.toml | $(BIN)/python
	$(call step,packages of requirements/run.lock,$(PIP) --require-hashes --no-deps -r requirements/run.lock)
	$(call step,ai-costs itself,$(PIP) --no-deps --no-build-isolation -e .)
	@touch $@

# The test lock holds the run lock, so a machine that may test may run.
$(VENV)/.test-ready: requirements/test.lock requirements/run.lock pyproject.toml | $(BIN)/python
	$(call step,packages of requirements/test.lock,$(PIP) --require-hashes --no-deps -r requirements/test.lock)
	$(call step,ai-costs itself,$(PIP) --no-deps --no-build-isolation -e .)
	@touch $(VENV)/.run-ready $@

# Beside the test lock, because its wheels are for Linux alone.
$(VENV)/.fuzz-ready: requirements/fuzz.lock $(VENV)/.test-ready
	$(call step,packages of requirements/fuzz.lock,$(PIP) --require-hashes --no-deps -r requirements/fuzz.lock)
	@touch $@

$(VENV)/.audit-ready: requirements/audit.lock $(VENV)/.test-ready
	$(call step,packages of requirements/audit.lock,$(PIP) --require-hashes --no-deps -r requirements/audit.lock)
	@touch $@

$(NODE_MODULES)/.ready: dashboards/package-lock.json dashboards/package.json
	$(call step,packages of dashboards/package-lock.json,cd dashboards && npm ci --no-audit --no-fund --silent)
	@touch $@

$(BIN)/uv: | $(BIN)/python
	$(call step,uv,$(PIP) uv)
