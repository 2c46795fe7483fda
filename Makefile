# The two commands of the README: `make run` and `make test`. Everything else serves them.
PYTHON ?= python3
BIN := .venv/bin
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help run test check format locks clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'
	@echo
	@echo "  Settings: PYTHON=python3.12, UNPINCH_PORT=8001 (docs/reference/configuration.md)"

run: ## Set up, load the demonstration practice, and start it on http://127.0.0.1:8000
	@sh tools/setup.sh run
	@exec $(BIN)/python -m unpinch serve --demo

test: ## Run every check and every test, on SQLite and PostgreSQL, with a real browser
	@sh tools/setup.sh dev
	@$(BIN)/python tools/check.py

check: ## Run the checks that take seconds: style, types, layers, knowledge, migrations
	@sh tools/setup.sh dev
	@$(BIN)/python tools/check.py --quick

format: ## Put the code into the one format
	@sh tools/setup.sh dev
	@$(BIN)/python -m ruff check --fix-only --quiet . && $(BIN)/python -m ruff format .

locks: ## Pin the dependencies of pyproject.toml again (needs uv)
	@sh tools/lock.sh

clean: ## Remove what was built; the data folder stays
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
