# In a fresh clone, `make repro` creates .venv from the lock and then runs the pipeline.

SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV ?= $(CURDIR)/.venv
READY := $(VENV)/.ready
PIP := "$(VENV)/bin/python" -m pip -qq --disable-pip-version-check
# 3.11 comes first because dvc.lock was made with it. An interpreter without venv or pip is skipped.
PYTHONS := $(PYTHON) python3.11 python3.12 python3.13 python3 python
MADE := data/code data/events data/tokens data/sequences data/raw/chorales models reports

# What checks the types of the pages' JavaScript.
TYPESCRIPT := 5.9.3
TSC := node_modules/typescript/bin/tsc

# A published benchmark; the settings were chosen on its validation part.
JSB := data/raw/jsb/jsb-chorales-quarter.json
JSB_SETTINGS := augment.transpose=6 sequence.length=64 model.units=768 model.members=3 model.dropout=0.3 train.epochs=48 \
  train.batch=8 train.learning_rate=0.005 train.weight_decay=0.05 train.patience=16 folds.seeds=2

export PATH := $(VENV)/bin:$(PATH)
export PYTHONPATH := $(CURDIR)/src
unexport PYTHONHOME VIRTUAL_ENV

.PHONY: help repro test lab verify bench fuzz torture jsb lint types lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## */make \1: /'

# Created once, and updated when the lock or the bounds change.
$(READY): requirements.txt pyproject.toml
	@if [ ! -x "$(VENV)/bin/python" ]; then \
	  for python in $(PYTHONS); do \
	    "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
	  done; \
	  if [ -z "$$python" ]; then \
	    echo "make: no Python 3.11 or newer with venv and pip found; install one, or run make PYTHON=/path/to/python3" >&2; exit 1; \
	  fi; \
	  echo "make: $(VENV) will be created from requirements.txt with $$("$$python" --version); this takes some minutes, once"; \
	  "$$python" -m venv "$(VENV)"; \
	fi
	@$(PIP) install -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch "$@"

repro: $(READY)  ## run all stages that are out of date; then open reports/index.html
	@dvc repro

test: $(READY)  ## run the tests
	@python -m riyaz with pytest

lab: $(READY)  ## open the notebooks in JupyterLab
	@python -m riyaz with jupyter lab --notebook-dir=notebooks

verify: $(READY)  ## run the pipeline in two fresh clones, one of them on one core; both must reproduce dvc.lock
	@bash .ci/verify

bench: $(READY)  ## measure the speed of this code and of the usual alternatives; writes reports/benchmarks.json; ARGS=--all also what takes long
	@python -m riyaz with python benchmarks/results.py $(ARGS)

fuzz: $(READY)  ## read damaged files of every kind for a minute; make fuzz ARGS="--inputs 100000" for so many
	@python -m riyaz fuzz $(ARGS)

torture: $(READY)  ## kill the pipeline at random moments and run it in bad places, on a small corpus
	@python -m riyaz torture $(ARGS)

$(JSB): | $(READY)
	@mkdir -p $(@D)
	@dvc get https://github.com/czhuang/JSB-Chorales-dataset $(@F) --out $@

jsb: $(READY) $(JSB)  ## download the JSB chorales, a published benchmark, and measure nats per frame; make jsb ARGS="folds.seeds=1"
	@python -m riyaz rolls $(JSB) $(JSB_SETTINGS) $(ARGS)

lint: $(READY)  ## check style and types, and that notebooks are stored without outputs
	@ruff check
	@ruff format --check
	@mypy
	@if [ -x $(TSC) ]; then node $(TSC) --project src/riyaz/practice/jsconfig.json; \
	  else echo "lint: the types of the pages' JavaScript are not checked: make types does so, where npm is at hand"; fi
	@git ls-files -z 'notebooks/*.ipynb' | xargs -0 -r nbstripout --keep-id --verify

$(TSC):
	@npm install --silent --no-save --no-package-lock --no-audit --no-fund typescript@$(TYPESCRIPT)

types: $(TSC)  ## check the types of the pages' JavaScript; needs npm, which installs TypeScript into node_modules
	@node $(TSC) --project src/riyaz/practice/jsconfig.json

lock: $(READY)  ## update requirements.txt from pyproject.toml; pins that still fit are not changed
	@$(PIP) install --no-build-isolation --editable '.[lock]'
	@pip-compile --quiet --extra test --strip-extras --allow-unsafe --no-header --no-annotate --no-emit-options \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements.txt pyproject.toml
	@{ echo '# The lock, made from pyproject.toml by `make lock`.'; grep -v -e '^#' -e '^$$' requirements.txt; } > requirements.new
	@mv requirements.new requirements.txt

clean:  ## remove all computed files and the cache of trainings; .venv and DVC's cache remain
	@git clean -fdqX $(MADE)
	@rm -rf .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache build
	@find src tests benchmarks notebooks -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf
