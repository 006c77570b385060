# Two commands are all the set-up: `make demo` and `make test`.
SHELL := /bin/sh
CARGO ?= cargo

.PHONY: help demo test lint bench fuzz clean-demo

help: ## Shows this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 14

demo: ## Builds, initialises target/demo, walks the road, leaves the service running (ONCE=1: stops after the checks)
	@demo/install.sh
	$(CARGO) build --release --locked --package hefud --package hefu-cli
	@ONCE="$(ONCE)" demo/run.sh target/release target/demo

test: lint ## Installs what the tests need and runs everything, as CI does
	@trials/install.sh
	$(CARGO) build --locked --workspace --bins --tests
	$(CARGO) test --locked --workspace

lint: ## Format, clippy and the house's own rules
	$(CARGO) fmt --all --check
	$(CARGO) xtask tidy
	$(CARGO) xtask coverage
	$(CARGO) clippy --locked --workspace --all-targets -- --deny warnings

bench: ## Measures Hefu and its peers in one run (PARTS="start issuance status lists"); results in target/bench/
	@trials/install.sh
	$(CARGO) build --release --locked --package hefud --package hefu-cli --package measure
	target/release/measure target/release target/bench $(PARTS)

fuzz: ## Coverage-guided fuzzing of every parser, SECONDS each (default 60); needs cargo-fuzz
	@fuzz/run.sh

clean-demo: ## Removes the demo's folder
	rm -rf target/demo
