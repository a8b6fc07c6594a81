# make chat: sets everything up and opens a conversation.   make test: sets everything up and runs every check and test.
# Needs python3 (3.11 or newer, with venv) and make. Everything goes into .venv and var.

PYTHON3 ?= python3
PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip install --disable-pip-version-check --quiet --require-hashes
CODE := bot db knowledge tests

.PHONY: chat test lint score bench readme pins clean
.DELETE_ON_ERROR:

chat: .venv/.renkei
	@$(PYTHON) -m bot chat

test: lint
	$(PYTHON) -m bot build
	$(PYTHON) -m pytest

lint: .venv/.renkei-dev
	$(PYTHON) -m ruff check $(CODE)
	$(PYTHON) -m mypy

# Right, asked back, wrong and RS(10) over the question tables, by family and perturbation.
score: .venv/.renkei-dev
	@$(PYTHON) -m tests.score

# Times and memory on the shipped data and on a generated national data set; then over Slack, beside a bare Bolt app.
bench: .venv/.renkei-dev
	@$(PYTHON) -m tests.bench
	@$(PYTHON) -m tests.bench_slack

# Writes the answers of today's facts and templates into README.md; read the diff.
readme: .venv/.renkei-dev
	@$(PYTHON) -m tests.test_readme

# Renews both requirements files from pyproject.toml. The only target that decides on versions.
pins:
	$(PYTHON3) -m venv --clear var/pins
	var/pins/bin/python -m pip install --disable-pip-version-check --quiet pip-tools
	var/pins/bin/python -m piptools compile $(PIN) --output-file requirements.txt pyproject.toml
	var/pins/bin/python -m piptools compile $(PIN) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
	for file in requirements.txt requirements-dev.txt; do \
		{ echo '# Written by `make pins` from pyproject.toml. Every file of every platform, by hash; pip itself is what venv brings.'; grep -v '^#' $$file; } \
		> var/pins/pinned && mv var/pins/pinned $$file; done
	rm -rf var/pins

PIN := --quiet --upgrade --no-config --generate-hashes --strip-extras --no-header --no-annotate \
	--no-emit-options --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

# Takes away whatever can be made again; the log and anything else in var stays.
clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis var/pins var/knowledge.db
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up: done again only when the requirements have changed or .venv has lost its Python --------------------------
# Words about it go to stderr and nothing is read from stdin, so that `printf '…\n' | make chat` prints answers only.

# A .venv whose Python is gone (an upgrade, a move) is made anew.
ifneq ($(shell test -x $(PYTHON) && echo there),there)
$(shell rm -f .venv/.renkei .venv/.renkei-dev)
endif

.venv/.renkei: requirements.txt $(PYTHON)
	@echo 'Installing what Renkei needs into .venv …' >&2
	@$(PIP) -r requirements.txt </dev/null >&2
	@touch $@

.venv/.renkei-dev: requirements-dev.txt $(PYTHON)
	@echo 'Installing what Renkei and its tests need into .venv …' >&2
	@$(PIP) -r requirements-dev.txt </dev/null >&2
	@touch $@ .venv/.renkei

$(PYTHON):
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' </dev/null || \
		{ echo 'Renkei needs Python 3.11 or newer; name one, as in: make PYTHON3=python3.12 $(MAKECMDGOALS)' >&2; exit 1; }
	@$(PYTHON3) -m venv --clear .venv </dev/null >&2 || \
		{ echo 'Python has no venv here; install it (Debian and Ubuntu: apt install python3-venv) and try again.' >&2; exit 1; }
