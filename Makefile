# What one does with this repository. `make` alone lists it.
# Building never needs a database: the query macros read .sqlx/, whatever DATABASE_URL says.
export SQLX_OFFLINE = true

SQLX_CLI_VERSION = 0.9.0
TOOLS = $(CURDIR)/target/tools
BOXOFFICE = $(CURDIR)/target/debug/boxoffice
# What the macros found in the code just now, to compare with what is committed.
QUERIES_FOUND = $(CURDIR)/target/sqlx-prepare-check

.DEFAULT_GOAL = help
.PHONY: help run test bench bench-quick bench-long check fmt fmt-check lint queries-check deny prepare migrate audit openapi docker clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start everything on 127.0.0.1:8080, with a PostgreSQL of its own
	cargo run --release -- dev $(ARGS)

test: ## run all tests on DATABASE_URL, or on a throw-away PostgreSQL; ARGS="--test name" for some
	cargo build
ifdef DATABASE_URL
	cargo test --workspace $(ARGS)
else
	$(BOXOFFICE) with-postgres -- cargo test --workspace $(ARGS)
endif

bench: ## measure everything, side by side; writes docs/benchmarks.md (a quarter of an hour, idle machine)
	$(call run_suite,full,docs/benchmarks.md)

bench-quick: ## the same at a glance; writes target/bench/quick.md (two minutes)
	$(call run_suite,quick,target/bench/quick.md)

bench-long: ## does a sale slow down in ten minutes? adds to docs/benchmarks.md
	$(call run_suite,long,docs/benchmarks.md)

# The suite, and where its report goes. The raw results are in target/bench/. What is measured is what images ship.
define run_suite
	cargo build --profile dist --workspace
	target/dist/boxoffice with-postgres -- target/dist/boxoffice-bench run --suite bench/suites/$(1).toml \
		--json target/bench/$(1).json --report $(2)
endef

check: fmt-check lint queries-check deny ## everything that is checked without running the tests

fmt: ## format the code
	cargo fmt --all

fmt-check: ## is the code formatted?
	cargo fmt --all -- --check

lint: ## clippy, warnings are errors; also without the embedded PostgreSQL
	cargo clippy --workspace --all-targets -- --deny warnings
	cargo clippy --no-default-features -- --deny warnings

queries-check: $(TOOLS)/bin/sqlx ## are .sqlx/ and sqlx-data.json what the code says?
	cargo build
	PATH="$(TOOLS)/bin:$$PATH" $(BOXOFFICE) with-postgres -- sh -c \
		'cargo sqlx migrate run && cargo sqlx prepare --check -- --lib'
	@diff -rq .sqlx $(QUERIES_FOUND) || { echo 'stale queries in .sqlx/: run `make prepare`'; exit 1; }
	$(BOXOFFICE) catalogue --check

deny: ## licences, sources and advisories of the dependencies (needs cargo-deny)
	@cargo deny --version >/dev/null 2>&1 || { echo 'cargo-deny is missing: cargo install cargo-deny --locked'; exit 1; }
	cargo deny check

# The statements that are new do not compile offline yet. What this needs of the program is older than they are, so the
# last build that succeeded will do.
prepare: $(TOOLS)/bin/sqlx ## write .sqlx/ and sqlx-data.json anew, after a change of a statement or a migration
	cargo build || test -x $(BOXOFFICE)
	PATH="$(TOOLS)/bin:$$PATH" $(BOXOFFICE) with-postgres -- sh -c \
		'cargo sqlx migrate run && cargo sqlx prepare -- --lib'
	$(BOXOFFICE) catalogue
	cargo build

migrate: ## apply migrations/ to DATABASE_URL
	cargo run -- migrate

audit: ## check the invariants of DATABASE_URL
	cargo run -- audit

openapi: ## write the API's description and the Postman collection into docs/
	cargo build
	$(BOXOFFICE) openapi > docs/openapi.json
	$(BOXOFFICE) openapi --format postman > docs/postman_collection.json

docker: ## build the image boxoffice:latest
	docker build --tag boxoffice:latest .

clean: ## remove what was built; the data of `make run` stays (`make run ARGS=--fresh`)
	cargo clean

# Only what `prepare` uses, and without optimisation: it runs for a second.
$(TOOLS)/bin/sqlx:
	cargo install sqlx-cli --version $(SQLX_CLI_VERSION) --locked --no-default-features --features postgres,rustls \
		--debug --root $(TOOLS) --target-dir $(TOOLS)/build --config profile.dev.debug=false
	rm -rf $(TOOLS)/build
