# make install · make demo · make test · make lint — each does all the set-up it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# On an ordinary Linux machine the default index serves torch with gigabytes of CUDA; PyTorch's CPU index does not.
# A machine that sets find-links (PIP_FIND_LINKS, or a pip.conf) brings its own wheel.
FIND_LINKS := $(or $(PIP_FIND_LINKS),$(shell $(PYTHON) -m pip config list 2>/dev/null | grep find-links))
TORCH_INDEX := $(if $(FIND_LINKS),,--extra-index-url https://download.pytorch.org/whl/cpu)

.PHONY: install demo test lint
install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	if command -v uv >/dev/null 2>&1; then \
	  uv pip install --python $(BIN)/python $(TORCH_INDEX) -r requirements.lock && uv pip install --python $(BIN)/python --no-deps -e .; \
	else \
	  $(BIN)/pip install --quiet $(TORCH_INDEX) -r requirements.lock && $(BIN)/pip install --quiet --no-deps -e .; \
	fi
	touch $(STAMP)

demo: install
	$(BIN)/zhengwen demo

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -n 2 --dist loadfile
