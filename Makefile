# lumbar: everything a person does with this repository.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STARTED_AT := $(shell date +%s.%N)
SIMULATION := PYTHONPATH=tests/support $(BIN)/python tests/simulation
HOSTILE_INPUTS ?= 1000000
API_EXAMPLES ?= 200
SIMULATED_WORKOUTS ?= 10000
STAMP := $(VENV)/.installed
PEERS := $(VENV)/peers
NODE := $(VENV)/node
BODY := $(VENV)/independent-body
BODY_TRACES := build/independent-body
PIN := uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade

.DEFAULT_GOAL := help
.PHONY: help assets drawings demo test check system-packages test-full soak powercut evidence \
	stories independent-body bench screenshots lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) ## watch a simulated workout travel from sensor to page (DURATION=60 ends by itself)
	@LUMBAR_DEMO_STARTED_AT=$(STARTED_AT) $(BIN)/lumbar demo $(if $(DURATION),--duration $(DURATION)) $(ARGS)

assets: $(STAMP) ## fetch htmx and uPlot for the pages, once (npm, exact versions, checked)
	@command -v npm >/dev/null || $(MAKE) --no-print-directory $(NODE)/.installed
	@PYTHONPATH=$(NODE) $(BIN)/python server/assets.py

drawings: $(STAMP) ## draw the movements anew, from the joint angles in server/drawings.toml
	@$(BIN)/python server/drawings.py

test: check ## style, types, layers, all tests that need no system package, 300 simulated workouts
	$(BIN)/pytest -n 2 tests/integration tests/e2e tests/fuzz tests/simulation tests/soak tests/powercut -m "not system" $(ARGS)
	@$(SIMULATION) --runs 300 --crash-points 1

check: $(STAMP) ## the fast part: style, types, layers, unit tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 tests/unit $(ARGS)

system-packages: ## install Debian's PostgreSQL, mosquitto, D-Bus, systemd, Chromium and QEMU (as root)
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends chromium dbus fonts-dejavu-core mosquitto \
		postgresql qemu-system-x86 systemd

test-full: $(STAMP) ## what needs system packages; a million hostile inputs; 10 000 workouts with faults
	$(BIN)/pytest tests -m system $(ARGS)
	LUMBAR_FUZZ_INPUTS=$(HOSTILE_INPUTS) LUMBAR_API_EXAMPLES=$(API_EXAMPLES) \
		$(BIN)/pytest -n 2 tests/fuzz
	@$(SIMULATION) --runs $(SIMULATED_WORKOUTS) --first-seed 1000 --crash-points 4

soak: $(STAMP) ## kill everything 200 times while 20 sensors stream (ARGS="--seconds 3600" for an hour)
	@PYTHONPATH=tests/support $(BIN)/python tests/soak $(ARGS)

powercut: $(STAMP) ## cut a virtual machine's power while its spool commits, again and again
	@PYTHONPATH=tests/support $(BIN)/python tests/powercut $(ARGS)

evidence: $(STAMP) ## measure the detector on simulated wearers, write docs/evidence.md
	@$(BIN)/python -m lumbar.evidence --out docs \
		$(if $(wildcard $(BODY_TRACES)),--independent-body $(BODY_TRACES)) $(ARGS)

stories: $(STAMP) ## let three simulated people follow the programme for three months, write docs/stories.md
	@$(BIN)/python -m lumbar.stories --out docs $(ARGS)

independent-body: $(BODY)/.installed ## simulate another body in a physics engine, for make evidence
	@rm -rf $(BODY_TRACES)
	@$(BODY)/bin/python tests/benchmarks/independent_body/make_traces.py --out $(BODY_TRACES)

bench: $(PEERS)/.installed ## CPU time and memory beside named peers (ARGS="bulk live" runs two of the cases)
	@PYTHONPATH=tests/support:$(PEERS) $(BIN)/python tests/benchmarks $(ARGS)

screenshots: $(STAMP) ## take the pictures of the README anew (needs Chromium)
	$(BIN)/python tests/support/screenshots.py

lock: $(STAMP) ## pin every dependency by hash, without naming where it comes from
	$(BIN)/pip install -q uv
	$(BIN)/$(PIN) --all-extras pyproject.toml -o requirements.txt
	$(BIN)/$(PIN) --constraint requirements.txt requirements-bench.in -o requirements-bench.txt \
		$(addprefix --no-emit-package ,llvmlite matplotlib numba numpy pillow)
	$(BIN)/$(PIN) requirements-assets.in -o requirements-assets.txt
	$(BIN)/$(PIN) requirements-independent-body.in -o requirements-independent-body.txt

clean: ## remove the environment and all caches
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(STAMP): requirements.txt pyproject.toml
	@echo "Setting up $(VENV): about a minute, once."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python server/assets.py || echo "Until then pages are plain, without plots."
	@echo "Compiling the detector: half a minute, once."
	@$(BIN)/python -c "import lumbar_signal; lumbar_signal.warm_up()"
	@touch $@

# In a folder of their own: one of them brings a plugin that stops pytest.
$(PEERS)/.installed: $(STAMP) requirements-bench.txt
	@echo "Installing the peers to compare with: about a minute, once."
	@rm -rf $(PEERS) && mkdir -p $(PEERS)
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes --no-deps --target $(PEERS) \
		-r requirements-bench.txt || echo "Some peers cannot be installed; the tables name them."
	@touch $@

$(NODE)/.installed: $(STAMP) requirements-assets.txt
	@echo "Installing Node from pip: some 200 MB, once."
	@rm -rf $(NODE) && mkdir -p $(NODE)
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes --no-deps --target $(NODE) \
		-r requirements-assets.txt
	@touch $@

# In an environment of its own: the physics engine pins what it likes.
$(BODY)/.installed: $(STAMP) requirements-independent-body.txt
	@$(PYTHON) -m venv --clear $(BODY)
	@$(BODY)/bin/pip install -qq --disable-pip-version-check --require-hashes -r requirements-independent-body.txt
	@touch $@
