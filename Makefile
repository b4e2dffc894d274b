# On a fresh machine with Python, pip and make: `make demo` and `make test` do everything.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Most modules of PyTorch are never imported: compiling all of them takes a third of the time. Those that
# are get compiled once, also where the environment forbids to keep that.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip install --quiet --no-compile
SQL := sql migrations reports/queries tests/sql/invariants

.PHONY: demo test check portable docs bench faults hostile clean

demo: $(VENV)/.installed
	$(BIN)/facestore demo

# One worker more than cores: many tests wait for a process that they started.
test: check
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 3 --dist loadgroup

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
	OMP_NUM_THREADS=1 $(BIN)/python scripts/cookbook.py

# Some 200 kills at random moments; tests/faults/test_campaign.py is its short form.
faults: $(VENV)/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python tests/faults/campaign.py --kills 216 --images 2000 --rounds 3

# Stores with a trap each, read under strace; tests/faults/test_hostile.py is its short form.
hostile: $(VENV)/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python tests/faults/hostile.py

bench: $(VENV)/.installed-bench
	mkdir -p build
	$(BIN)/pytest tests/bench --benchmark-enable --benchmark-only --benchmark-json=build/bench.json
	$(BIN)/python scripts/performance_page.py build/bench.json

clean:
	rm -rf $(VENV) build dist facestore-demo .pytest_cache .mypy_cache .ruff_cache .hypothesis

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
