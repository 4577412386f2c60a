# make        lint, types, imports, tests
# make run    everything on this machine: the address is printed, Ctrl-C ends it
# make test   the tests
PYTHON ?= python3.11
BIN := .venv/bin

all: lint types imports test

.venv/ready: requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

setup: .venv/ready
dev: .venv/ready-dev

run: setup
	@exec $(BIN)/ferag up

test: dev
	$(BIN)/python -m pytest $(TESTS)

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: dev
	$(BIN)/mypy

imports: dev
	$(BIN)/lint-imports

format: dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:
	uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements.in -o requirements.lock
	uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-dev.in -c requirements.lock -o requirements-dev.lock

# publish, rollback and compare on growing graphs, on both stores
bench-publish: dev
	$(BIN)/python -m benchmarks.publish.bench_publish $(BENCH)

clean:
	rm -rf .venv build dist *.egg-info

.PHONY: all setup dev run test lint types imports format lock bench-publish clean
