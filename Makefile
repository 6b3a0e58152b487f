# The two commands of the README are `make run` and `make test`. Each installs what it needs into
# .venv first. Another Python: make PYTHON=/path/to/python3.12 run

export PYTHON
unexport PYTHONPATH

BIN := .venv/bin
STAMPS := .venv/installed .venv/installed-for-tests

# An environment that was moved, or whose Python is gone, is made anew.
$(if $(wildcard $(STAMPS)),$(shell \
	{ [ "`cat .venv/made-in`" = "`pwd -P`" ] && $(BIN)/python -c ''; } 2>/dev/null \
	|| rm -f $(STAMPS)))

.PHONY: help
help:
	@echo 'make run      install what is needed and run the example business'
	@echo 'make test     install what is needed and run every check and test'
	@echo 'make lint     only the checks of style, types and floors'
	@echo 'make soak     the tests of lost power, repeated a thousand times'
	@echo 'make bench    how fast it is on this machine'
	@echo 'make bench-page  how soon a reply is on the page of convo dev'
	@echo 'make bench-scale  what many processes on one Redis do'
	@echo 'make replies  how well replies are understood, by language, question and class'
	@echo 'make rows     what the product must do, and which chats and tests show it'
	@echo 'make switches switch each feature off in a copy: what shows it must fail there'
	@echo 'make docs     write docs/reference anew from the code'
	@echo 'make screenshots  make the pictures of docs/pictures anew; ALL=FOLDER: of every page as it can be'
	@echo 'make lock     find the newest versions of everything and keep them in constraints.txt'
	@echo 'make clean    remove what make made'

.PHONY: run
run: .venv/installed
	@$(BIN)/convo run

.PHONY: test
test: lint programs
	@for business in . $(wildcard examples/*); do \
		$(BIN)/convo -C $$business check && $(BIN)/convo -C $$business test || exit 1; \
	done
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest --durations=15

.PHONY: lint
lint: .venv/installed-for-tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --quiet --check . || { $(BIN)/ruff format --check .; exit 1; }
	@$(BIN)/basedpyright --pythonpath $(BIN)/python
	@$(BIN)/lint-imports --no-logo

.PHONY: soak
soak: .venv/installed-for-tests programs
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -m soak --soak

.PHONY: bench
bench: .venv/installed-for-tests
	@$(BIN)/python -m bench

.PHONY: bench-page
bench-page: .venv/installed-for-tests
	@$(BIN)/python -m bench.page

.PHONY: bench-scale
bench-scale: .venv/installed-for-tests programs
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m bench.scale

.PHONY: replies
replies: .venv/installed-for-tests
	@$(BIN)/python -m tests.understanding

.PHONY: rows
rows: .venv/installed-for-tests
	@$(BIN)/python -m tests.rows

.PHONY: switches
switches: .venv/installed-for-tests programs
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.rows.switches

.PHONY: docs
docs: .venv/installed-for-tests
	@$(BIN)/python -m docs

.PHONY: screenshots
screenshots: .venv/installed-for-tests
	@$(BIN)/python -m tests.console.screenshots $(ALL)

# What pip cannot bring; after the environment, for that may bring Node.js already.
.PHONY: programs
programs: .venv/installed-for-tests
	@tests/install_system_packages.sh

.PHONY: lock
lock:
	@rm -rf .lock
	@scripts/make_virtualenv.sh .lock
	.lock/bin/python -m pip install -qq --upgrade '.[dev]'
	.lock/bin/python -m pip freeze --exclude convo-sms >constraints.txt
	@rm -rf .lock

.PHONY: clean
clean:
	rm -rf .venv .tools .lock node_modules dist

.venv/installed: pyproject.toml constraints.txt
	@scripts/install.sh
	@touch $@

.venv/installed-for-tests: pyproject.toml constraints.txt
	@scripts/install.sh '[dev]'
	@touch .venv/installed $@
