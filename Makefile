# Gongzhi. `make help` lists what can be made; the README says when.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

TARGET := $(or $(CARGO_TARGET_DIR),target)

# Where `make demo` keeps its city, and where it listens.
DATA   ?= data/demo
LISTEN ?= 127.0.0.1:8080
# Real data sets for `make data-test`; they are not part of the repository.
GONGZHI_TEST_DATA ?= ../shared/data

# ---- the browser's part

BROWSER_SOURCES := $(shell find browser -type d \( -name node_modules -o -name dist \) -prune -o -type f -print)
# Without the bundle the stamp says nothing.
ifeq ($(wildcard browser/dist/*.css),)
$(shell rm -f $(TARGET)/browser.stamp)
endif

browser/node_modules/.package-lock.json: browser/package-lock.json
	@scripts/need.sh build
	cd browser && npm ci --no-fund --no-audit
	@touch $@

$(TARGET)/browser.stamp: browser/node_modules/.package-lock.json $(BROWSER_SOURCES)
	cd browser && node build.mjs
	@mkdir -p $(TARGET) && touch $@

tests/browser/node_modules/.package-lock.json: tests/browser/package-lock.json
	cd tests/browser && npm ci --no-fund --no-audit
	@touch $@

# An S3-compatible server for the tests of the blobs.
STORE_S3 := foundation/store/tests/s3/node_modules/.package-lock.json
$(STORE_S3): foundation/store/tests/s3/package-lock.json
	cd foundation/store/tests/s3 && npm ci --no-fund --no-audit
	@touch $@

# Clients of Open311 that strangers wrote.
OPEN311_CLIENTS := $(TARGET)/open311/installed
$(OPEN311_CLIENTS): tests/open311/requirements.txt
	@scripts/need.sh test
	rm -rf $(TARGET)/open311 && python3 -m venv $(TARGET)/open311
	$(TARGET)/open311/bin/pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@

# A Merkle tree that strangers wrote.
LEDGER_OTHERS := $(TARGET)/ledger-others/installed
$(LEDGER_OTHERS): tests/ledger/requirements.txt
	@scripts/need.sh test
	rm -rf $(TARGET)/ledger-others && python3 -m venv $(TARGET)/ledger-others
	$(TARGET)/ledger-others/bin/pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@

.PHONY: browser
browser: $(TARGET)/browser.stamp ## bundle CSS and TypeScript into browser/dist

# ---- run

.PHONY: build
build: browser ## the release binary, target/release/gongzhi
	cargo build --release --locked -p gongzhi

.PHONY: demo
demo: build ## a sample city on http://127.0.0.1:8080 (DATA=folder, LISTEN=address)
	$(TARGET)/release/gongzhi demo --data $(DATA) --listen $(LISTEN)

# ---- check

.PHONY: test-tools
test-tools: # what the tests need and the machine may lack
	@scripts/need.sh test

.PHONY: test
test: test-tools browser $(STORE_S3) $(OPEN311_CLIENTS) $(LEDGER_OTHERS) tests/browser/node_modules/.package-lock.json ## unit, property, both database engines, quick faults, browser
	cargo nextest run --workspace --locked
	cargo test --workspace --locked --doc --quiet
	$(TARGET)/debug/faults --binary $(TARGET)/debug/gongzhi --quick
	cd browser && npm test --silent
	cd tests/browser && npm test --silent
	$(TARGET)/open311/bin/python tests/open311/clients.py $(TARGET)/debug/gongzhi
	$(TARGET)/ledger-others/bin/python tests/ledger/others.py $(TARGET)/debug/gongzhi

.PHONY: ledger-test
ledger-test: browser $(LEDGER_OTHERS) ## only the public log as strangers' tools read it, against the debug binary
	cargo build --locked -p gongzhi
	$(TARGET)/ledger-others/bin/python tests/ledger/others.py $(TARGET)/debug/gongzhi

.PHONY: open311-test
open311-test: browser $(OPEN311_CLIENTS) ## only the clients of Open311, against the debug binary
	cargo build --locked -p gongzhi
	$(TARGET)/open311/bin/python tests/open311/clients.py $(TARGET)/debug/gongzhi

.PHONY: browser-test
browser-test: test-tools browser tests/browser/node_modules/.package-lock.json ## only the browser's tests, against the debug binary
	cargo build --locked -p gongzhi
	cd tests/browser && npm test --silent

.PHONY: lint
lint: browser ## formatting, clippy with warnings as errors, licences and sources of dependencies
	@scripts/need.sh lint
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	@scripts/deny.sh

.PHONY: check
check: lint test ## lint and test

.PHONY: faults
faults: browser ## power cut, kill -9, full disk, failing fsync, clock jumps … against the release binary (as root for all of them)
	@scripts/need.sh faults
	cargo build --release --locked -p gongzhi -p gongzhi-tests --bins
	$(TARGET)/release/faults --binary $(TARGET)/release/gongzhi

.PHONY: bench
bench: browser ## speed and memory, as ratios, to target/bench.json too (KEEP=1 adds them to docs/BENCHMARKS.md)
	cargo build --release --locked -p gongzhi -p gongzhi-tests --bins
	$(TARGET)/release/bench --binary $(TARGET)/release/gongzhi $(if $(KEEP),--keep docs/BENCHMARKS.md)

FUZZ_SECONDS ?= 120
.PHONY: fuzz
fuzz: browser ## throw bytes at everything that reads requests and mappings (FUZZ_SECONDS=120 for each)
	@scripts/need.sh fuzz
	for target in request mapping ballot opinion; do \
	  mkdir -p tests/fuzz/corpus/$$target tests/fuzz/seeds/$$target; \
	  cargo fuzz run --fuzz-dir tests/fuzz --target-dir $(TARGET)/fuzz --sanitizer none $$target \
	    tests/fuzz/corpus/$$target tests/fuzz/seeds/$$target -- \
	    -dict=tests/fuzz/seeds/request.dict -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1500 -print_final_stats=1; \
	done

.PHONY: data-test
data-test: build ## import real data sets from GONGZHI_TEST_DATA, twice, and check what came of it
	@scripts/data-test.sh $(TARGET)/release/gongzhi $(GONGZHI_TEST_DATA)

.PHONY: pictures
pictures: test-tools browser tests/browser/node_modules/.package-lock.json ## take the pictures of the READMEs anew
	cargo build --locked -p gongzhi
	cd tests/browser && node pictures.mjs

.PHONY: help
help:
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | sort | awk -F'\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'
