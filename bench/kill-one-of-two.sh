#!/usr/bin/env bash
#
# Shows that nothing is lost when a server dies: two `boxoffice serve` on one database behind nginx, 10,000 mixed requests
# from 64 clients, kill -9 of one server when half of them are done. Afterwards every acknowledged hold, booking and
# release must be in the database, and the audit must be clean.
#
# Needs nginx and a PostgreSQL that `boxoffice with-postgres` finds, and the binaries of
# `cargo build --release --workspace`. Sends to this machine only and leaves nothing running. Exits with 0 only if nothing
# is wrong.
#
#   BOXOFFICE, BOXOFFICE_BENCH   the binaries (default: those in target/release)
#   REQUESTS, CLIENTS, SEATS     the load (default: 10000, 64, 8000; so few seats that the sale runs out)

set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
boxoffice=${BOXOFFICE:-$root/target/release/boxoffice}
bench=${BOXOFFICE_BENCH:-$root/target/release/boxoffice-bench}
requests=${REQUESTS:-10000}
clients=${CLIENTS:-64}
seats=${SEATS:-8000}
# Where distributions put nginx is not on everybody's path.
PATH=$PATH:/usr/sbin:/usr/local/sbin

# How often a start is looked at, and how long it may take in all.
poll_seconds=0.05
polls_max=600

say() { printf '%s\n' "$*"; }
die() { printf 'kill-one-of-two: %s\n' "$*" >&2; exit 1; }

if [[ ${1:-} != --with-database ]]; then
    command -v nginx >/dev/null || die "nginx is not installed"
    [[ -x $boxoffice && -x $bench ]] || die "build first: cargo build --release --workspace"
    exec "$boxoffice" with-postgres -- "$0" --with-database
fi

work=$(mktemp -d)
# nginx's workers may run as another user, and look for their files here.
chmod 755 "$work"
running=()
clean_up() {
    local status=$?
    ((${#running[@]} == 0)) || kill "${running[@]}" 2>/dev/null || true
    wait
    ((status == 0)) || tail -n 20 "$work"/*.log >&2 || true
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Ports are drawn from below the range that the system gives to outgoing connections. The names are already taken ones.
declare -A taken=()
free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)); do
        [[ -z ${taken[$port]:-} ]] || continue
        taken[$port]=yes
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    REPLY=$port
}

# until_ready PID PORT: until the service answers on the port that it is ready.
until_ready() {
    local poll
    for ((poll = 0; poll < polls_max; poll++)); do
        kill -0 "$1" 2>/dev/null || die "a process stopped before it was ready"
        if ready "$2"; then return; fi
        sleep "$poll_seconds"
    done
    die "nothing is ready on port $2"
}

ready() {
    local status
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf 'GET /health/ready HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n' >&3
    read -r _ status _ <&3 || status=
    exec 3>&-
    [[ $status == 200 ]]
} 2>/dev/null

"$boxoffice" migrate

# Both servers must make and know the same tokens: a hold that one placed is booked at the other.
PAYMENT_TOKEN_KEY=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
export PAYMENT_TOKEN_KEY HOST=127.0.0.1 LOG_LEVEL=warn HOLD_TTL_MINUTES=15

free_port; first_port=$REPLY
PORT=$first_port "$boxoffice" serve >"$work/first.log" 2>&1 &
first=$!
running+=("$first")
free_port; second_port=$REPLY
PORT=$second_port "$boxoffice" serve >"$work/second.log" 2>&1 &
second=$!
running+=("$second")
until_ready "$first" "$first_port"
until_ready "$second" "$second_port"

free_port; front_port=$REPLY
cat >"$work/nginx.conf" <<CONF
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.log;
worker_processes 1;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
    upstream boxoffice {
        server 127.0.0.1:$first_port;
        server 127.0.0.1:$second_port;
        keepalive 64;
    }
    server {
        listen 127.0.0.1:$front_port;
        location / {
            proxy_pass http://boxoffice;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}
CONF
nginx -e "$work/nginx.log" -c "$work/nginx.conf" 2>>"$work/nginx.log" &
nginx=$!
running+=("$nginx")
until_ready "$nginx" "$front_port"

say "Two servers behind nginx; $requests mixed requests from $clients clients"
mkfifo "$work/said"
"$bench" mixed --target "http://127.0.0.1:$front_port" --requests "$requests" --clients "$clients" \
    --seats "$seats" --acknowledged "$work/acknowledged.jsonl" >"$work/said" &
load=$!
running+=("$load")
killed=
while IFS= read -r line; do
    say "$line"
    if [[ $line == "half of the requests are done" ]]; then
        kill -9 "$first"
        wait "$first" 2>/dev/null || true
        running=("$second" "$nginx" "$load")
        killed=yes
        say "killed one of the two servers with kill -9"
    fi
done <"$work/said"
wait "$load" || die "the load failed"
running=("$second" "$nginx")
[[ -n $killed ]] || die "no server was killed"
kill -0 "$second" 2>/dev/null || die "the other server stopped too"

"$boxoffice" audit || die "the audit found a breach"
"$bench" verify --acknowledged "$work/acknowledged.jsonl" || die "acknowledged work is missing"
say "Nothing is lost"
