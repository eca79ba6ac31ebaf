# `make repro` is all that a fresh clone needs: it makes .venv from the lock, then runs the pipeline.

SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV ?= $(CURDIR)/.venv
READY := $(VENV)/.ready
PIP := "$(VENV)/bin/python" -m pip -qq --disable-pip-version-check
# 3.11 first: dvc.lock was made with it. One without venv or pip is passed over.
PYTHONS := $(PYTHON) python3.11 python3.12 python3.13 python3 python
MADE := data/code data/events data/tokens data/sequences data/raw/chorales models reports

# A published benchmark, and settings that were chosen on its validation part.
JSB := data/raw/jsb/jsb-chorales-quarter.json
JSB_SETTINGS := path=data/raw/jsb reader=pianoroll augment.transpose=1 sequence.length=64 model.units=512 \
  model.dropout=0.75 train.epochs=16 train.batch=16 train.learning_rate=0.01 train.weight_decay=0.05 train.patience=16

export PATH := $(VENV)/bin:$(PATH)
export PYTHONPATH := $(CURDIR)/src
unexport PYTHONHOME VIRTUAL_ENV

.PHONY: help repro test lab verify bench jsb lint lock clean

help:  ## say what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## */make \1: /'

# Made once, and again where the lock or the bounds change.
$(READY): requirements.txt pyproject.toml
	@if [ ! -x "$(VENV)/bin/python" ]; then \
	  for python in $(PYTHONS); do \
	    "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
	  done; \
	  if [ -z "$$python" ]; then \
	    echo "make: no Python 3.11 or newer with venv and pip is found; install one, or say make PYTHON=/path/to/python3" >&2; exit 1; \
	  fi; \
	  echo "make: $(VENV) is made from requirements.txt with $$("$$python" --version), once; this takes some minutes"; \
	  "$$python" -m venv "$(VENV)"; \
	fi
	@$(PIP) install -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch "$@"

repro: $(READY)  ## run what is not up to date of the pipeline; the reports are then in reports/index.html
	@dvc repro

test: $(READY)  ## run the tests
	@python -m riyaz with pytest

lab: $(READY)  ## open the notebooks in JupyterLab
	@python -m riyaz with jupyter lab --notebook-dir=notebooks

verify: $(READY)  ## run two fresh clones in full, one of them on one core: each must give this very dvc.lock
	@bash .ci/verify

bench: $(READY)  ## time the pipeline, and what is done here against what one would use instead; to reports/benchmarks.json
	@python -m riyaz with python benchmarks/results.py

$(JSB): | $(READY)
	@mkdir -p $(@D)
	@dvc get https://github.com/czhuang/JSB-Chorales-dataset $(@F) --out $@

jsb: $(READY) $(JSB)  ## fetch the JSB chorales, a published benchmark, and run the pipeline on them as an experiment
	@dvc exp run $(foreach setting,$(JSB_SETTINGS),-S '++corpora.jsb.$(setting)')

lint: $(READY)  ## check style and types, and that notebooks hold no outputs
	@ruff check
	@ruff format --check
	@mypy
	@git ls-files -z 'notebooks/*.ipynb' | xargs -0 -r nbstripout --keep-id --verify

lock: $(READY)  ## make requirements.txt anew from pyproject.toml; pins that still fit stay
	@$(PIP) install --no-build-isolation --editable '.[lock]'
	@pip-compile --quiet --extra test --strip-extras --allow-unsafe --no-header --no-annotate --no-emit-options \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements.txt pyproject.toml
	@{ echo '# The lock, made from pyproject.toml by `make lock`.'; grep -v -e '^#' -e '^$$' requirements.txt; } > requirements.new
	@mv requirements.new requirements.txt

clean:  ## remove what the pipeline and the tools made; .venv and DVC's cache stay
	@git clean -fdqX $(MADE)
	@rm -rf .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache build
	@find src tests benchmarks notebooks -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf
