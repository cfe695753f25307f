# Signalbus: everything that is done with a clone. `make help` lists the targets.

PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help up down status logs doctor manage reset test bench chaos screenshots python

# The stack runs from this folder whatever the caller's environment says.
STACK = cd "$(CURDIR)" && exec $(PYTHON) -m signalbus.embedded

help: ## List every target in one line
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

up: python ## Start everything, show a demo and the log-ins (DEMO=1 sends the demo again)
	@$(STACK) up

down: python ## Stop everything in order; nothing is lost
	@$(STACK) down

status: python ## Show processes, ports, health, versions and backlog
	@$(STACK) status

logs: python ## Follow all logs until Ctrl-C
	@$(STACK) logs

doctor: python ## Probe everything the running stack stands on, and say the next step
	@$(STACK) doctor

manage: python ## Run a command of manage.py in the running stack (ARGS="create_tenant shop --domain shop.localhost")
	@$(STACK) manage

reset: python ## Throw the embedded stack's data away, after asking (YES=1 skips the question)
	@$(STACK) reset

test: python ## Run what CI runs: lint, types, migrations check, and the tests on real servers
	@$(STACK) test

bench: python ## Run the benchmarks and print their figures
	@$(STACK) bench

chaos: python ## Kill everything again and again while notifications are sent; nothing may be lost (10 minutes)
	@$(STACK) chaos

screenshots: python ## Take a picture of every page of both consoles, into var/screenshots/ (needs Chromium)
	@$(STACK) screenshots

python:
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "Error: there is no '$(PYTHON)' on this machine; install Python 3.11, 3.12 or 3.13, or name yours: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { \
	  echo "Error: Signalbus needs Python 3.11, 3.12 or 3.13, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1 | head -n 1); install one of them, or name it: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Error: '$(PYTHON)' has no venv module; install it (Debian, Ubuntu: apt install python3-venv), then run make $(MAKECMDGOALS) again"; exit 1; }
