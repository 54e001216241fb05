# Short ways to everything. `make` alone lists them; each one first makes what it needs.

NEW := import sys; sys.exit(sys.version_info < (3, 11))
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c '$(NEW)' 2>/dev/null && echo "$$p" && break; done)
endif
PY := .venv/bin/python
READY := .venv/ready
SEEDS ?= 2000
BROWSER_TESTS := $(wildcard tests/*/*/test_in_a_browser.py)
TOO_OLD := Ryadom needs Python 3.11 or newer: install it, or name it with make PYTHON=/path/to/python3
NOT_INSTALLED := That is what pip or uv says. Is a package registry in reach? Then run make again.
# Processes of a run read what others have compiled, also where the shell says not to write it.
export PYTHONDONTWRITEBYTECODE :=
# Without UTF-8 a folder with a Russian name cannot be imported from.
unexport PYTHONUTF8
# USER is also the login name of whoever types, so only the command line counts.
AS := $(if $(filter command line,$(origin USER)),$(USER))

.PHONY: help run demo test browser check format bench simulate trace token clock logs package deploy docs lock clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1@/p' Makefile | awk -F@ '{printf "make %-10s %s\n", $$1, $$2}'

run: $(READY) ## the whole system on this machine, with a demo region; Ctrl-C ends it
	@$(PY) -m infra.local run

demo: $(READY) ## stories of the demo region; STORY=card plays one, INPUT=family.json your own family
	@$(PY) -m demo $(if $(INPUT),--input "$(INPUT)") $(if $(STORY),--only "$(STORY)")

test: $(READY) ## every test; no cloud account, no network beyond the package registry
	@$(PY) -m pytest -n 2 --dist loadgroup

browser: $(READY) ## people's pages in Debian's Chromium on a phone's screen, asked by axe
	@$(PY) -m pip install -qq --disable-pip-version-check -r tests/support/browser-requirements.txt
	@$(PY) -m pytest -rs $(BROWSER_TESTS)

check: $(READY) ## style, types and every test: what a change must pass
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(MAKE) --no-print-directory test

format: $(READY) ## put the code into the one format
	@$(PY) -m ruff check --fix --quiet .
	@$(PY) -m ruff format --quiet .

bench: $(READY) ## measure what the kernel and the packaging cost
	@$(PY) -m bench

simulate: $(READY) ## the kernel under injected faults; SEEDS=20000 for a long one
	@$(PY) -m tests.simulation --seeds $(SEEDS)

trace: $(READY) ## which requirements a test proves; ID=S4-12 names the tests of one
	@$(PY) -m tools.trace $(ID)

token: $(READY) ## a fresh token and a curl line; USER=HQ-1
	@$(if $(AS),:,echo "Say who: make token USER=HQ-1" && exit 1)
	@$(PY) -m infra.local token "$(AS)"

clock: $(READY) ## move business time on; HOURS=48
	@$(if $(HOURS),:,echo "Say how far: make clock HOURS=48" && exit 1)
	@$(PY) -m infra.local clock --hours "$(HOURS)"

logs: $(READY) ## one correlation id through all services; ID=…
	@$(if $(ID),:,echo "Say which: make logs ID=…" && exit 1)
	@$(PY) -m infra.local logs "$(ID)"

package: $(READY) ## build what is deployed into build/
	@$(PY) -m infra.package --aws

deploy: $(READY) ## put it into a cloud account: shows what changes, then asks; STAGE=…
	@$(if $(STAGE),:,echo "Say where: make deploy STAGE=…" && exit 1)
	@$(PY) -m infra.deploy "$(STAGE)" $(foreach host,$(ABROAD),--personal-data-abroad "$(host)") $(if $(YES),--yes)

docs: $(READY) ## write the generated files again: documents of API and events, parts of pages
	@$(PY) -m tools.openapi
	@$(PY) -m tools.event_docs
	@$(PY) -m tools.event_samples
	@$(PY) -m tools.message_variables
	@$(PY) -m tools.production_calendar
	@$(PY) -m tools.state_diagrams
	@$(PY) -m tools.service_links
	@$(PY) -m tools.work_table
	@$(PY) clients/till/generate.py

lock: $(READY) ## compile constraints.txt from pyproject.toml
	@$(PY) -m tools.lock

clean: ## remove what was built; the state of `make run` stays
	@rm -rf .venv build

$(READY): constraints.txt
	@$(if $(PYTHON),"$(PYTHON)" -c '$(NEW)',false) 2>/dev/null \
		|| { echo "$(TOO_OLD)"; exit 1; }
	@{ $(PY) -c '$(NEW)' && $(PY) -m pip --version; } >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear .venv \
		|| { echo "This Python cannot make environments: install its venv package (python3-venv)."; exit 1; }
	@echo "Installing what Ryadom needs into .venv …"
	@{ $(PY) -m pip install -qq --disable-pip-version-check "$$(grep ^uv== constraints.txt)" \
		&& $(PY) -m uv pip install -q --python $(PY) --compile-bytecode -r constraints.txt; } \
		|| { echo "$(NOT_INSTALLED)"; exit 1; }
	@touch $@
