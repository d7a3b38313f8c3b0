# What a person types. Each target is one script or one cargo line, so that nothing is hidden here.

.PHONY: help demo test lint docs deny advisories bench ci

help:
	@echo "make demo        the provider, a sample application and a sample API, on throw-away data"
	@echo "make test        every test, on SQLite and on PostgreSQL (installs what it needs, or says what is missing)"
	@echo "make lint        formatting and clippy, as in CI"
	@echo "make docs        the API documentation, without warnings"
	@echo "make deny        licences, banned crates and sources of the dependencies"
	@echo "make advisories  known vulnerabilities of the dependencies (needs a network)"
	@echo "make bench       the speed table (several minutes; leave the machine alone meanwhile)"
	@echo "make ci          all that CI runs"

demo:
	cargo run --locked -- demo

test:
	scripts/test

lint:
	cargo fmt --all --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked --no-default-features --features actix --lib -- -D warnings

docs:
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps

deny:
	scripts/cargo-deny check licenses bans sources

advisories:
	scripts/cargo-deny check advisories

bench:
	scripts/bench

ci:
	.ci/run
