# Each target sets itself up: a venv in .venv/, the lock, the base model. Only Python 3.11 (or 3.12) is needed.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PARAMS ?= params/default.yaml
export JUPYTER_PLATFORM_DIRS = 1
export TOKENIZERS_PARALLELISM = false
export PYTHONWARNINGS = ignore::FutureWarning,ignore::DeprecationWarning
export GRADIO_ANALYTICS_ENABLED = False

.PHONY: run test test-full lab demo lint lock setup

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@echo "setting up $(VENV) (once, about 2 minutes and 2 GB)"
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 12) else f"Python 3.11 or 3.12 is needed, found {v[0]}.{v[1]}: make PYTHON=/path/to/python3.11")'
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(STAMP)

run: $(STAMP)  ## the whole experiment, resumed where it was left
	@$(BIN)/python run_all.py --params $(PARAMS)

test: $(STAMP)  ## everything that must hold, one real smoke run in it
	@$(BIN)/python tests/run_tests.py

test-full: $(STAMP)  ## the slower checks too
	@$(BIN)/python tests/run_tests.py --full

lab: $(STAMP)  ## explore the notebooks
	@$(BIN)/jupyter lab notebooks

demo: $(STAMP)  ## the coach in a browser; SHARE="--share --auth user:password" for a link
	@$(BIN)/python -m fitsense demo $(SHARE)

lint: $(STAMP)
	@$(BIN)/ruff check lib tests run_all.py

lock: $(STAMP)  ## pin everything anew from pyproject.toml
	@$(BIN)/pip-compile --quiet --strip-extras --extra dev --no-header --annotation-style line --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --output-file requirements.lock pyproject.toml
	@$(BIN)/python -c "import pathlib; p = pathlib.Path('requirements.lock'); p.write_text(p.read_text().replace('+cpu', ''))"
