# On a fresh machine with Python, pip and make: `make demo` and `make test` do everything.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Most modules of PyTorch are never imported: compiling all of them takes a third of the time. Those that
# are get compiled once, also where the environment forbids to keep that.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip install --quiet --no-compile
SQL := sql migrations reports/queries tests/sql/invariants

.PHONY: demo test explore-test fuzz check portable growth docs bench faults flips power injected hostile lowest constraints clean

demo: $(VENV)/.installed
	$(BIN)/facestore demo

# More workers than cores: many tests wait for a process that they started.
test: check
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 4 --dist loadgroup

# Tests of `explore` that need Embedding Atlas: 540 MB that no other test uses, and newer PyArrow and pandas than `lowest` has.
explore-test: $(VENV)/.installed-dev
	$(PIP) --editable '.[explore]'
	OMP_NUM_THREADS=1 $(BIN)/pytest tests/exploring tests/browser/test_explore.py tests/cli/test_explore.py

# The property tests with examples that no run has seen; `make test` has the same ones each time.
fuzz: $(VENV)/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --hypothesis-profile fuzz `grep -rl "from hypothesis" tests --include='test_*.py'`

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/sqlfluff lint --processes 2 $(SQL)

# What is shown and tested is a fact about the data and not about a processor: the tests that compute, by other instruction
# sets of PyTorch and of the OpenBLAS of NumPy and SciPy, with one thread and with two.
portable: $(VENV)/.installed-dev
	ATEN_CPU_CAPABILITY=default OPENBLAS_CORETYPE=Nehalem OMP_NUM_THREADS=1 $(BIN)/pytest -m portable -n 2 --dist loadgroup
	ATEN_CPU_CAPABILITY=avx2 OPENBLAS_CORETYPE=Haswell OMP_NUM_THREADS=2 $(BIN)/pytest -m portable -n 2 --dist loadgroup

# Writes what documentation is generated: the schema, the commands, and the answers of the cookbook.
docs: $(VENV)/.installed-dev
	$(BIN)/python scripts/storage_page.py
	$(BIN)/python scripts/commands_page.py
	$(BIN)/python scripts/encoders_page.py
	OMP_NUM_THREADS=1 $(BIN)/python scripts/cookbook.py

# 1,000 kills at random moments, and 10,000 bytes of a store changed one at a time; tests/faults/test_campaign.py is the
# short form of both.
faults: $(VENV)/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python tests/faults/campaign.py --kills 1001 --images 500 --rounds 7

flips: $(VENV)/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python tests/faults/flips.py --flips 10000

# Some 1,200 states that a power cut can leave; needs strace. tests/faults/test_power_cut.py has its short form.
power: $(VENV)/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python tests/faults/power/campaign.py --states 150

# Each call on the files of a store fails once, with each error, for each command that writes; --each limits it.
injected: $(VENV)/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python tests/faults/injected.py --each 40

# The tests with the lowest versions that pyproject.toml allows, in an environment of its own. A newer Python or
# NumPy may warn of what old libraries do.
LOWEST := $(VENV)-lowest
lowest: $(VENV)/.installed-dev
	$(PYTHON) -m venv $(LOWEST)
	$(BIN)/python scripts/lowest.py > $(LOWEST)/lowest.txt
	$(LOWEST)/bin/python -m pip install --quiet --no-compile --constraint $(LOWEST)/lowest.txt --editable '.[dev]'
	OMP_NUM_THREADS=1 $(LOWEST)/bin/pytest -n 3 --dist loadgroup -W default

# The versions of the environment, with the hashes of their files.
constraints: $(VENV)/.installed-dev
	$(PIP) uv
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python scripts/constraints.py

# Stores with a trap each, read under strace; tests/faults/test_hostile.py is its short form.
hostile: $(VENV)/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python tests/faults/hostile.py

# What a store costs as it grows: the table of docs/scale.md, an hour of two cores.
growth: $(VENV)/.installed-dev
	$(BIN)/python scripts/growth.py 10000 100000 1000000

bench: $(VENV)/.installed-bench
	mkdir -p build
	$(BIN)/pytest tests/bench --benchmark-enable --benchmark-only --benchmark-json=build/bench.json
	$(BIN)/python scripts/performance_page.py build/bench.json

clean:
	rm -rf $(VENV) $(VENV)-lowest build dist facestore-demo .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip
	$(PIP) --editable .
	touch $@

$(VENV)/.installed-dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip
	$(PIP) --editable '.[dev]'
	touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: $(VENV)/.installed-dev
	$(PIP) --editable '.[bench]'
	touch $@
