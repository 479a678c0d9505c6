# Development tasks. `make` without a target lists them.
# Building needs no database: the query macros read .sqlx/, also if DATABASE_URL is set.
export SQLX_OFFLINE = true

SQLX_CLI_VERSION = 0.9.0
TOOLS = $(CURDIR)/target/tools
BOXOFFICE = $(CURDIR)/target/debug/boxoffice
# Writes and checks the generated files; `cargo xtask` is the same.
XTASK = cargo run --package boxoffice-xtask --
# The queries of the current code, as the macros write them, to compare with .sqlx/.
QUERIES_FOUND = $(CURDIR)/target/sqlx-prepare-check

.DEFAULT_GOAL = help
.PHONY: help run test bench bench-quick bench-long check fmt fmt-check lint queries-check generated-check deny prepare schema generated openapi migrate audit docker clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start a complete service on 127.0.0.1:8080, with an embedded PostgreSQL
	cargo run --release -- dev $(ARGS)

test: ## run all tests on DATABASE_URL, or on a temporary PostgreSQL; ARGS="--test name" for some
	@.ci/install-nginx
	cargo build
ifdef DATABASE_URL
	cargo test --workspace $(ARGS)
else
	$(BOXOFFICE) with-postgres -- cargo test --workspace $(ARGS)
endif

bench: ## run all benchmarks; writes docs/benchmarks.md (15 minutes, on an idle machine)
	$(call run_suite,full,docs/benchmarks.md)

bench-quick: ## run the short benchmarks; writes target/bench/quick.md (two minutes)
	$(call run_suite,quick,target/bench/quick.md)

bench-long: ## measure whether a sale slows down within ten minutes; adds to docs/benchmarks.md
	$(call run_suite,long,docs/benchmarks.md)

# Arguments: the suite, and the file of its report. Raw results are written to target/bench/. The measured binary is
# built with the profile of the container images.
define run_suite
	cargo build --profile dist --workspace
	target/dist/boxoffice with-postgres -- target/dist/boxoffice-bench run --suite bench/suites/$(1).toml \
		--json target/bench/$(1).json --report $(2)
endef

check: fmt-check lint queries-check generated-check deny ## run every check except the tests

fmt: ## format the code
	cargo fmt --all

fmt-check: ## check that the code is formatted
	cargo fmt --all -- --check

lint: ## run clippy with warnings as errors, with and without the embedded PostgreSQL
	cargo clippy --workspace --all-targets -- --deny warnings
	cargo clippy --no-default-features -- --deny warnings

queries-check: $(TOOLS)/bin/sqlx ## check that .sqlx/ and sqlx-data.json match the code
	cargo build
	PATH="$(TOOLS)/bin:$$PATH" $(BOXOFFICE) with-postgres -- sh -c \
		'cargo sqlx migrate run && cargo sqlx prepare --workspace --check -- --lib'
	@diff -rq .sqlx $(QUERIES_FOUND) || { echo 'stale queries in .sqlx/: run `make prepare`'; exit 1; }
	$(XTASK) catalogue --check

generated-check: ## check that no generated file is stale; the tests check it too
	$(XTASK) all --check

deny: ## check licences, sources and advisories of the dependencies (needs cargo-deny)
	@cargo deny --version >/dev/null 2>&1 || { echo 'cargo-deny is missing: cargo install cargo-deny --locked'; exit 1; }
	cargo deny check

# New statements do not compile offline yet. The commands used here do not depend on them, so the last successful build
# is good enough.
prepare: $(TOOLS)/bin/sqlx ## rewrite .sqlx/ and sqlx-data.json after a change of a statement or a migration
	cargo build || test -x $(BOXOFFICE)
	PATH="$(TOOLS)/bin:$$PATH" $(BOXOFFICE) with-postgres -- sh -c \
		'cargo sqlx migrate run && cargo sqlx prepare --workspace -- --lib'
	$(XTASK) catalogue
	cargo build

generated: ## write every generated file: OpenAPI, Postman collection, docs/errors.md, sqlx-data.json
	$(XTASK) all

openapi: ## write docs/openapi.json and docs/postman_collection.json
	$(XTASK) openapi
	$(XTASK) postman

schema: ## rewrite tests/golden/schema.txt after a migration
	WRITE_GOLDEN_SCHEMA=1 $(MAKE) test ARGS="-p boxoffice --test server -- golden_schema"

migrate: ## apply migrations/ to DATABASE_URL
	cargo run -- migrate

audit: ## check the invariants of DATABASE_URL
	cargo run -- audit

docker: ## build the image boxoffice:latest
	docker build --tag boxoffice:latest .

clean: ## remove build results; keeps the data of `make run` (delete it with `make run ARGS=--fresh`)
	cargo clean

# Only the features that `prepare` uses, and without optimisation, because it runs for only a second.
$(TOOLS)/bin/sqlx:
	cargo install sqlx-cli --version $(SQLX_CLI_VERSION) --locked --no-default-features --features postgres,rustls \
		--debug --root $(TOOLS) --target-dir $(TOOLS)/build --config profile.dev.debug=false
	rm -rf $(TOOLS)/build
