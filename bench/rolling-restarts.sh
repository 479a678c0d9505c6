#!/usr/bin/env bash
#
# Shows that a deployment does not disturb clients: two `boxoffice serve` on one database behind nginx, 300 mixed requests
# per second (an open loop), and meanwhile 20 restarts, one server after the other: SIGTERM, its end, a new start, and then
# the other one as soon as it is ready. A client repeats a failed request at most once, after `Retry-After` if the answer has
# one, and no repeat may fail. Afterwards every acknowledged hold, booking and release must be in the database, and no
# invariant may be broken.
#
# Needs nginx and a PostgreSQL that `boxoffice with-postgres` finds, and the binaries of
# `cargo build --release --workspace`. Sends to this machine only and leaves no process running. Exits with 0 only on
# success.
#
#   BOXOFFICE, BOXOFFICE_BENCH   the binaries (default: those in target/release)
#   RESTARTS, DRAIN_SECONDS      restarts of both servers together, and the drain window (default: 20, 2)
#   RATE, CLIENTS                the load (default: 300 per second, 64)
#   REQUESTS                     number of requests (default: enough for the expected time of the restarts)

set -euo pipefail

name=rolling-restarts
source "$(dirname "$0")/two-behind-nginx.sh"
restarts=${RESTARTS:-20}
export DRAIN_SECONDS=${DRAIN_SECONDS:-2}
rate=${RATE:-300}
clients=${CLIENTS:-64}
# Besides the drain window, two seconds for each stop and start, and five more for the begin and the end.
requests=${REQUESTS:-$((rate * (restarts * (DRAIN_SECONDS + 2) + 5)))}

# restart NAME: stops and starts a server, as a deployment does.
restart() {
    local status=0
    kill -TERM "${pids[$1]}"
    wait "${pids[$1]}" || status=$?
    ((status == 0)) || die "the $1 server ended with $status"
    start_server "$1"
    until_ready "$1" "${ports[$1]}"
}

with_database "$@"
begin
start_servers
start_nginx

say "Two servers behind nginx; $rate mixed requests per second, $requests in all; $restarts restarts"
"$bench" mixed --target "http://127.0.0.1:${ports[nginx]}" --requests "$requests" --clients "$clients" --rate "$rate" \
    --repeats-max 1 --acknowledged "$work/acknowledged.jsonl" >"$work/said" &
pids[load]=$!
sleep 1
servers=(first second)
for ((number = 0; number < restarts; number++)); do
    server=${servers[number % 2]}
    began=$EPOCHREALTIME
    restart "$server"
    kill -0 "${pids[load]}" 2>/dev/null || die "the load ended before the restarts did: set REQUESTS higher"
    took=$(((${EPOCHREALTIME/[.,]/} - ${began/[.,]/}) / 1000))
    say "restart $((number + 1)) of $restarts: the $server server, $took ms"
done
status=0
wait "${pids[load]}" || status=$?
unset 'pids[load]'
cat "$work/said"
((status == 0)) || die "some requests failed although they were repeated once, or had an undocumented answer"
say "No request failed after at most one repeat"

nothing_is_lost "$work/acknowledged.jsonl"
