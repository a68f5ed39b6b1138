# Everything runs in its own virtual environment; PYTHON may name another interpreter of 3.11 or newer.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# Tests are spread over the cores, and three workers share two of them where many tests wait for a line or a child process.
# Fuzzing and a guest take all cores, so these run by themselves.
CORES  := $(shell getconf _NPROCESSORS_ONLN)
EACH   := --ignore=tests/fuzz --dist=worksteal --numprocesses=$(CORES)
SPREAD := --ignore=tests/fuzz --dist=worksteal --numprocesses=$(shell expr \( $(CORES) \* 3 + 1 \) / 2)
# Without its caches Python compiles every module in every worker and child process again: twice the time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: docs demo quick test check lint soak slow-list coverage bench clean

demo: $(STAMP)
	@$(BIN)/terminal-sim demo

# What to run all the time: the checks, and every test that is not in tests/slow.txt, in under a minute on two cores.
quick: lint
	$(BIN)/python -m pytest -q -m "not soak and not slow" --ignore=tests/interop $(EACH)

# As root on Debian it first installs what the tests of other people's software need; otherwise these tests say what they miss.
test: $(STAMP)
	@sh tools/debian.sh
	@sh tools/pyscard.sh "$(BIN)/python"
	@sh tools/others.sh "$(VENV)"
	$(BIN)/python -m pytest -q -m "not soak" $(SPREAD)
	$(BIN)/python -m pytest -q -m "not soak" tests/fuzz

# Format, lint, types and import rules.
lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The same, documents that build without a warning, and a wheel that works outside this folder.
check: lint
	$(BIN)/sphinx-build -q -W --keep-going -b html docs out/docs
	$(BIN)/python tools/smoke_wheel.py

# The slower suites: more power cuts, more random histories, and a Linux guest in QEMU that takes our USB devices.
soak: $(STAMP)
	@sh tools/debian.sh qemu-system-x86 busybox-static usbip usbutils
	$(BIN)/python -m pytest -q -m soak $(SPREAD) --ignore=tests/interop/qemu
	$(BIN)/python -m pytest -q -m "hypothesis and not soak" --hypothesis-profile=long $(SPREAD)
	$(BIN)/python -m pytest -q -m soak tests/interop/qemu tests/fuzz

# Measures the tests and writes the slow ones to tests/slow.txt; ARGS names those to measure, all by default.
slow-list: $(STAMP)
	$(BIN)/python -m tests.slow $(SPREAD) $(ARGS)

# Which lines and branches the tests run.
coverage: $(STAMP)
	$(BIN)/coverage run -m pytest -q -m "not soak" --ignore=tests/interop
	$(BIN)/coverage report --skip-covered --sort=cover

# The documents as pages in out/docs, with the reference of the language written and the pictures drawn anew.
docs: $(STAMP)
	$(BIN)/python tools/language_book.py
	$(BIN)/python tools/cards_book.py
	$(BIN)/python tools/textmate.py
	$(BIN)/terminal-sim run -q --update-pictures docs/drawn
	$(BIN)/terminal-sim profiles draw sale --format svg --to docs/drawn/pictures
	$(BIN)/sphinx-build -q -W --keep-going -b html docs out/docs
	@echo "open out/docs/index.html"

bench: $(STAMP)
	$(BIN)/python tools/bench.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage dist build out

$(STAMP): pyproject.toml tools/venv.sh
	@PYTHON="$(PYTHON)" sh tools/venv.sh "$(VENV)"
	@touch $(STAMP)
