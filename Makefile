# `make run` opens the dashboard, `make test` checks everything; both set up .venv first. `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# The first of these that is new enough makes .venv.
PYTHON ?= python3.11 python3.12 python3
PORT ?= 8501
# cpu leaves out the CUDA libraries: 2 GB instead of 7. It takes effect when .venv is first filled.
TORCH ?=
# More words for pytest: make test ARGS="-k attacks"
ARGS ?=

# Waiting OpenMP threads that spin slow everything down where other work runs.
export OMP_WAIT_POLICY ?= passive

python := .venv/bin/python
# A .venv whose Python is gone, as after a system upgrade, is made anew.
ifeq ($(shell $(python) -c 'print("runs")' 2>/dev/null),)
$(shell rm -f $(python) .venv/.installed .venv/.installed-dev)
endif

.PHONY: help setup run test test-all lint browser clean

help:
	@echo "make run              open the dashboard on http://localhost:$(PORT)    (PORT=8600 for another port)"
	@echo "make test             lint, types and all tests except the slow ones  (ARGS='-k name' for some)"
	@echo "make test-all         the slow tests too"
	@echo "make lint             ruff and mypy only"
	@echo "make setup            .venv and the browser for the tests, nothing else"
	@echo "make clean            remove .venv and caches"
	@echo "make setup TORCH=cpu  install without CUDA: 2 GB instead of 7"

setup: .venv/.installed-dev browser

run: .venv/.installed
	@echo "Feature Sieve: http://localhost:$(PORT)    (Ctrl-C stops it)"
	exec $(python) -m streamlit run dashboard/app.py --server.port $(PORT)

test: marks := -m "not slow"
test test-all: .venv/.installed-dev browser
	@status=0
	$(MAKE) --no-print-directory lint || status=$$?
	echo "Running the tests ..."
	$(python) -m pytest $(marks) $(ARGS) || status=$$?
	exit $$status

lint: .venv/.installed-dev
	@echo "Checking style and types ..."
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy

clean:
	@rm -rf .venv .pytest_cache .ruff_cache .mypy_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# The browser that the tests drive. Without one they skip and say so.
browser:
	@if ! command -v chromium google-chrome >/dev/null; then
	  .ci/apt-install chromium fonts-dejavu-core || echo "Without a browser the browser tests will be skipped."
	fi

$(python):
	@for candidate in $(PYTHON); do
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$candidate; break; fi
	done
	if [ -z "$${found:-}" ]; then
	  echo "Python 3.11 or newer is needed; none of these is: $(PYTHON). Give one: make run PYTHON=/path/to/python3" >&2
	  exit 1
	fi
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then
	  .ci/apt-install "$$("$$found" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
	fi
	echo "Setting up .venv with $$("$$found" --version) ..."
	"$$found" -m venv --clear .venv

# Installed once, and again when a list changes. uv is quick; pip is the way where uv cannot reach the packages.
# Scripts of .venv carry its path, so everything runs as `python -m`: a moved clone keeps working.
define install
@echo "Installing $(1) into .venv: some minutes the first time ..."
quick() {
  $(python) -m pip install --quiet --disable-pip-version-check uv==0.13.8
  $(python) -m uv pip install --python $(python) --compile-bytecode $(if $(TORCH),--torch-backend $(TORCH)) -r $(1)
}
quick || $(if $(TORCH),exit 1,{ echo "uv could not; trying pip ..."; $(python) -m pip install -r $(1); })
touch $@
endef

.venv/.installed: requirements.txt | $(python)
	$(call install,requirements.txt)

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	$(call install,requirements-dev.txt)
