#!/usr/bin/env bash
#
# Shows that nothing is lost when a server dies: two `boxoffice serve` on one database behind nginx, 10,000 mixed requests
# from 64 clients, kill -9 of one server when half of them are done. Afterwards every acknowledged hold, booking and
# release must be in the database, and no invariant may be broken.
#
# Needs nginx and a PostgreSQL that `boxoffice with-postgres` finds, and the binaries of
# `cargo build --release --workspace`. Sends to this machine only and leaves no process running. Exits with 0 only on
# success.
#
#   BOXOFFICE, BOXOFFICE_BENCH   the binaries (default: those in target/release)
#   REQUESTS, CLIENTS, SEATS     the load (default: 10000, 64, 8000; the event sells out during the run)

set -euo pipefail

name=kill-one-of-two
source "$(dirname "$0")/two-behind-nginx.sh"
requests=${REQUESTS:-10000}
clients=${CLIENTS:-64}
seats=${SEATS:-8000}

with_database "$@"
begin
start_servers
start_nginx

say "Two servers behind nginx; $requests mixed requests from $clients clients"
mkfifo "$work/said"
"$bench" mixed --target "http://127.0.0.1:${ports[nginx]}" --requests "$requests" --clients "$clients" \
    --seats "$seats" --acknowledged "$work/acknowledged.jsonl" >"$work/said" &
pids[load]=$!
killed=
while IFS= read -r line; do
    say "$line"
    if [[ $line == "half of the requests are done" ]]; then
        kill -9 "${pids[first]}"
        wait "${pids[first]}" 2>/dev/null || true
        unset 'pids[first]'
        killed=yes
        say "killed one of the two servers with kill -9"
    fi
done <"$work/said"
wait "${pids[load]}" || die "the load failed"
unset 'pids[load]'
[[ -n $killed ]] || die "no server was killed"
kill -0 "${pids[second]}" 2>/dev/null || die "the other server stopped too"

nothing_is_lost "$work/acknowledged.jsonl"
