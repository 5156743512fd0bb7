# Needs make and Python 3.11 or newer; everything else is installed into .venv from requirements.txt.
# Another Python: make test PYTHON=python3.13

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq

# Where there is a Java, the tests of Spark run too: pyspark, half a gigabyte, is installed for them.
SPARK := $(if $(or $(JAVA_HOME),$(shell command -v java 2>/dev/null)),.venv/.spark)

.PHONY: demo test bench bench-forecast lock clean

demo: .venv/.ready
	@$(BIN)/python examples/manadsunderlag.py
	@$(BIN)/python examples/arsintakt_2021.py

# pytest comes last, so that its summary is the last line printed.
test: .venv/.ready $(SPARK)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term-missing:skip-covered

bench: .venv/.ready
	$(BIN)/python -m pytest tests/bench -q --benchmark-enable \
	  -o python_files='bench_*.py' -o python_functions='bench_* test_*'

# Others with the same columns: make bench-forecast SERIES=folder; AutoETS beside it: ETS=path/to/python, of an
# environment that has statsforecast.
SERIES ?= ../shared/series
ETS ?=
bench-forecast: .venv/.ready
	@PYTHONPATH=tests $(BIN)/python -m bench.bench_forecast "$(SERIES)" "$(ETS)"

.venv/.ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("prismodell needs Python 3.11 or newer, but $(PYTHON) is %d.%d: name a newer one, as in make PYTHON=python3.13." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --clear .venv
	$(PIP) install --require-hashes --no-deps -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.spark: requirements-spark.txt .venv/.ready
	$(PIP) install --require-hashes --no-deps --no-build-isolation -r requirements-spark.txt
	@touch $@

# Pins stay unless they must move; `make lock UPGRADE=--upgrade` moves them all.
UPGRADE ?=
lock:
	@set -eu; dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; \
	$(PYTHON) -m venv "$$dir/venv"; \
	"$$dir/venv/bin/python" -m pip --disable-pip-version-check -qq install uv; \
	compile() { "$$dir/venv/bin/uv" pip compile pyproject.toml --universal --python-version 3.11 \
	  --python "$$dir/venv/bin/python" --generate-hashes --no-config --no-header \
	  --no-emit-index-url --no-emit-find-links --quiet $(UPGRADE) "$$@"; }; \
	cp requirements.txt requirements-spark.txt "$$dir" 2>/dev/null || :; \
	compile --extra dev --output-file "$$dir/requirements.txt"; \
	compile --extra spark --constraints "$$dir/requirements.txt" --no-annotate \
	  --output-file "$$dir/requirements-spark.txt"; \
	{ echo '# Every version and hash of the runtime and of the tools, for Python 3.11 and newer. Remake: make lock'; \
	  cat "$$dir/requirements.txt"; } > requirements.txt; \
	{ echo '# The same of the extra spark, which make test installs where there is a Java. Remake: make lock'; \
	  cat "$$dir/requirements-spark.txt"; } > requirements-spark.txt

clean:
	rm -rf .venv out dist build htmlcov mutants .benchmarks .coverage .coverage.* .hypothesis \
	  .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
