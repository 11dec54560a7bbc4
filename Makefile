# Two commands are enough: "make run" and "make test". The rest is for those who work on Halkhata.
PYTHON ?= python3
BIN := .venv/bin
# make run DEMO=no starts with an empty shop.
ifdef DEMO
export HALKHATA_DEMO := $(DEMO)
endif
PYTEST := $(BIN)/python -m pytest
WORKERS ?= 2
DRILLS := halkhata/engines/messaging/tests/test_kill_drills.py halkhata/engines/messaging/tests/test_fault_drills.py \
	halkhata/doors/api/tests/test_schemathesis.py tests/drills tests/bench

.PHONY: run test test-sqlite test-postgres lint drill bench bench-dedupe build schemathesis messages check-translations screenshots lock clean

run: ## Prepare everything, then start web, worker and scheduler; Ctrl-C stops all
	@$(PYTHON) scripts/bootstrap.py run
	@exec $(BIN)/python -m halkhata serve

build: ## Prepare everything (packages, pages, translations) and start nothing
	@$(PYTHON) scripts/bootstrap.py test

test: build ## All tests on SQLite, then on PostgreSQL where it is installed
	@$(BIN)/python scripts/run_tests.py --workers $(WORKERS)

test-sqlite: build
	@$(PYTEST) -n $(WORKERS)

test-postgres: build ## All tests on a PostgreSQL of their own
	@HALKHATA_TEST_DATABASE=postgres $(PYTEST) -n $(WORKERS)

lint: build ## Style, types, floors, pages written from the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy halkhata config
	$(BIN)/lint-imports
	$(BIN)/python scripts/write_permissions_reference.py --check

drill: build schemathesis ## The long drills: ten thousand mails, fifty killed workers; prints its figures
	@HALKHATA_DRILL=long $(PYTEST) -s $(DRILLS)

SIZE ?= 10k
DB ?= both
PEERS ?= no
CACHE ?= var/bench
bench: build ## Measure beside baselines (SIZE=10k,100k,1m DB=sqlite|postgres|both PEERS=yes|no); writes docs/measured.md
	@$(BIN)/python -m bench.run --size $(SIZE) --db $(DB) --peers $(PEERS) --cache $(CACHE) $(if $(STEPS),--steps $(STEPS)) $(if $(AGAIN),--again)

bench-dedupe: build ## Precision and recall of the search for doubles; writes docs/measured-doubles.md (LARGE=1000000 besides)
	@$(BIN)/python -m bench.dedupe.run $(if $(LARGE),--large $(LARGE))

schemathesis: ## Schemathesis in an environment of its own: tries the API's description against the running API
	@$(PYTHON) -m venv .venv-schemathesis
	@.venv-schemathesis/bin/python -m pip install --quiet --require-hashes -r requirements/schemathesis.txt

messages: build ## Collect the words of pages and code into locale/bn (needs Debian's gettext)
	@$(BIN)/python scripts/make_messages.py

check-translations: build ## Every word has its Bengali, and none is missing
	@$(BIN)/python scripts/check_translations.py

screenshots: build ## Pictures of the main pages (needs Chromium)
	@$(BIN)/python scripts/screenshots.py

lock: ## Pin every package with its hashes, from pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --strip-extras --output-file requirements/runtime.txt pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-header --strip-extras --extra dev --output-file requirements/dev.txt pyproject.toml

clean: ## Remove what was built; the data folder var/ stays
	rm -rf .venv .venv-schemathesis build frontend/node_modules halkhata/doors/web/static/built .pytest_cache .mypy_cache .ruff_cache
	find halkhata config tests -name __pycache__ -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete
