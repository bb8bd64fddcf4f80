# The two commands: `make demo` shows the main job, `make test` proves it. Both set everything up themselves.
# The tests of the stack need the real servers: `make servers` builds them once (it needs Go); else they are skipped.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
# Trading libraries leave threads behind that still try to connect: their tests have processes of their own.
LIBRARIES := tests/instrumentation tests/conformance tests/examples
COMPILE := $(BIN)/uv pip compile --quiet pyproject.toml --no-strip-extras --upgrade --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-annotate --no-header

.PHONY: demo test servers coverage lint format generate dashboards picture lock bench fuzz clean

demo: $(READY)
	@$(BIN)/otel-trading demo

test: $(READY) lint
	$(BIN)/python -m pytest --numprocesses 2 --ignore tests/stack --ignore tests/reliability \
	  $(addprefix --ignore ,$(LIBRARIES)) $(PYTEST_ARGS)
	$(BIN)/python -m pytest --numprocesses 2 $(LIBRARIES)
	$(BIN)/python -m pytest --numprocesses 2 tests/reliability
	$(BIN)/nox
	$(BIN)/python -m pytest --numprocesses 4 --dist worksteal -m "not alone" tests/stack
	$(BIN)/python -m pytest -m alone tests/stack

# Collector, Loki, Prometheus, promtool and Compose from pinned Go modules, into the user's cache folder.
servers: $(READY)
	$(BIN)/python -m servers
	$(BIN)/python -m tests.stack.harness.traceql

# The tests again, measured by branches, subprocesses included; fails below the bound in pyproject.toml.
coverage: $(READY)
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses 2 --quiet --ignore tests/stack --ignore tests/reliability
	@$(BIN)/coverage combine --quiet && $(BIN)/coverage report

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --python-version 3.11 dashboards alerts tests/dashboards
	$(BIN)/lint-imports
	$(BIN)/python -m model --check
	$(BIN)/python -m dashboards --check
	$(BIN)/python -m alerts --check
	$(BIN)/python docs/generate.py --check

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# What is generated from model/ and from the demo; a test fails when one of these is stale.
generate: $(READY) dashboards
	$(BIN)/python -m model
	$(BIN)/python docs/generate.py

# Grafana's dashboards and alert rules, from dashboards/ and alerts/.
dashboards: $(READY)
	$(BIN)/python -m dashboards
	$(BIN)/python -m alerts

# The picture of the README, from a fresh run of the demo.
picture: $(READY)
	$(BIN)/python docs/generate.py --picture

bench: $(READY)
	$(BIN)/python -m bench

# Masking, settings, the store's reader and the replay under atheris, led by coverage; FUZZ_SECONDS for each of them.
FUZZ_SECONDS ?= 300
fuzz: $(READY)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement fuzz/requirements.lock
	$(BIN)/python -m fuzz --seconds $(FUZZ_SECONDS)

# Names, versions and hashes only; resolved anew on purpose, never by the way.
lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --extra all --extra demo --group dev --universal --python-version 3.10 --output-file requirements.lock
	for library in freqtrade nautilus quickfix; do \
	  $(COMPILE) --extra $$library --extra demo --group environment --python-version 3.11 \
	    --output-file tests/environments/$$library.lock || exit; \
	done

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

clean:
	rm -rf $(VENV) .nox .cache build dist .coverage .coverage.*
