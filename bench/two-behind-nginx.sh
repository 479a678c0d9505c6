# Functions for two `boxoffice serve` on one database behind nginx, with deploy/nginx.conf. The scripts beside this file
# set `name` and then read it with `source`; it is not a program.
#
#   BOXOFFICE, BOXOFFICE_BENCH   the binaries (default: those in target/release)

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
boxoffice=${BOXOFFICE:-$root/target/release/boxoffice}
bench=${BOXOFFICE_BENCH:-$root/target/release/boxoffice-bench}
# Distributions install nginx in folders that are not on every user's path.
PATH=$PATH:/usr/sbin:/usr/local/sbin

# Interval between two checks of a starting process, and the largest number of checks.
poll_seconds=0.05
polls_max=600

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "$name" "$*" >&2; exit 1; }

# with_database "$@": restarts the script with the DATABASE_URL of a throw-away PostgreSQL; returns in the restarted script.
with_database() {
    [[ ${1:-} != --with-database ]] || return 0
    command -v nginx >/dev/null || die "nginx is not installed"
    [[ -x $boxoffice && -x $bench ]] || die "build first: cargo build --release --workspace"
    exec "$boxoffice" with-postgres -- "$0" --with-database
}

# Process ids and ports by name. The log of each process is $work/NAME.log.
declare -A pids=() ports=()

# begin: creates a directory for logs and other files, and installs the clean-up of all processes.
begin() {
    work=$(mktemp -d)
    # nginx's workers may run as another user, and need access to their files here.
    chmod 755 "$work"
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

clean_up() {
    local status=$?
    ((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || true
    wait
    ((status == 0)) || tail -n 20 "$work"/*.log >&2 || true
    rm -rf "$work"
}

# free_port: sets REPLY to a free port below the range for outgoing connections. It never returns a port twice.
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

# until_ready NAME PORT: waits until the service on the port reports that it is ready.
until_ready() {
    local poll
    for ((poll = 0; poll < polls_max; poll++)); do
        kill -0 "${pids[$1]}" 2>/dev/null || die "$1 stopped before it was ready"
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

# start_servers: migrates the database and starts both servers.
start_servers() {
    "$boxoffice" migrate
    # Both need the same key, because a hold placed by one server can be booked at the other.
    PAYMENT_TOKEN_KEY=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
    export PAYMENT_TOKEN_KEY HOST=127.0.0.1 LOG_LEVEL=warn HOLD_TTL_MINUTES=15
    local server
    for server in first second; do
        free_port
        ports[$server]=$REPLY
        start_server "$server"
    done
    until_ready first "${ports[first]}"
    until_ready second "${ports[second]}"
}

# start_server NAME: starts a server on its port, which is the same after a restart.
start_server() {
    PORT=${ports[$1]} "$boxoffice" serve >>"$work/$1.log" 2>&1 &
    pids[$1]=$!
}

# start_nginx: starts nginx in front of both servers. `ports[nginx]` is the port for operators, with all routes.
start_nginx() {
    local public
    free_port; public=$REPLY
    free_port; ports[nginx]=$REPLY
    # Replaces the parts that need Docker or a newer nginx; the rest is the configuration of production.
    sed -e "s|server app:8080 resolve\(.*\);|server 127.0.0.1:${ports[first]}\1; server 127.0.0.1:${ports[second]}\1;|" \
        -e '/resolver 127.0.0.11/d' \
        -e 's|access_log /dev/stdout json;|access_log off;|' \
        -e "s|error_log /dev/stderr warn;|error_log $work/nginx.log warn;|" \
        -e "s|listen 80;|listen 127.0.0.1:$public;|; s|\"~^80 |\"~^$public |" \
        -e "s|listen 81;|listen 127.0.0.1:${ports[nginx]};|; s|\"~^81 |\"~^${ports[nginx]} |" \
        -e "s|^http {|http { $(temporary_paths)|" \
        "$root/deploy/nginx.conf" >"$work/nginx.conf"
    nginx -e "$work/nginx.log" -p "$work" -c "$work/nginx.conf" -g "daemon off; pid $work/nginx.pid;" 2>>"$work/nginx.log" &
    pids[nginx]=$!
    until_ready nginx "${ports[nginx]}"
}

# Directives for temporary files: only nginx's own user may write to a distribution's default folders.
temporary_paths() {
    local kind
    for kind in client_body proxy fastcgi uwsgi scgi; do
        printf '%s_temp_path %s/%s; ' "$kind" "$work" "$kind"
    done
}

# nothing_is_lost FILE: checks the invariants, and that all acknowledged work in the file is in the database.
nothing_is_lost() {
    "$boxoffice" audit || die "boxoffice audit found a broken invariant"
    "$bench" verify --acknowledged "$1" || die "acknowledged work is missing"
    say "Nothing is lost"
}
