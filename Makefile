# `make` lists what there is. Each target is one small program in tools/; read that to know what happens.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
ARGS ?=
export PORT

IN_VENV := .venv/bin/python -m

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench stop clean provision lock format manual

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Python and front-end packages; starts nothing
	@$(PYTHON) -m tools.setup

demo: setup ## the whole portal with a demo city, at http://127.0.0.1:8000 (PORT=8001 for another); Ctrl-C stops it
	@$(IN_VENV) tools.demo

test: setup ## the whole test suite against its own servers; ARGS="tests/test_x.py -k name" for less
	@$(IN_VENV) tools.testrun $(ARGS)

lint: setup ## style, types, migrations, deployment settings, compose file
	@$(IN_VENV) tools.lint

format: setup ## let ruff put the style right
	@$(IN_VENV) ruff check --fix --quiet . ; $(IN_VENV) ruff format .

bench: setup ## speed with 1,000,000 hazards
	@$(IN_VENV) tools.bench $(ARGS)

manual: setup ## take the manual's pictures again, after pages have changed
	@PORTAL_RETAKE_MANUAL=1 $(IN_VENV) tools.testrun -n1 tests/browser/test_manual.py

stop: ## stop a demo and the embedded servers of this clone
	@if [ -x .venv/bin/python ]; then $(IN_VENV) tools.stop; fi

clean: stop ## stop, then delete data, packages and caches
	@rm -rf var .venv node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

provision: setup ## roles and database on a PostgreSQL of your own: DATABASE_ADMIN_URL=postgres://…
	@$(IN_VENV) tools.provision

lock: setup ## pin the newest packages that requirements*.in and package.json allow
	@$(IN_VENV) tools.lock
