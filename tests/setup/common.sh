# shellcheck shell=bash
# Sourced by the scripts of this folder and by tests/example.sh and tests/all.sh: where the
# project is, how a step is announced, and how a step finds out that it has nothing to do.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build

# say WHAT: one line per step, on stderr, so that a step's own output stays clean.
say() {
    printf '==> %s\n' "$*" >&2
}

die() {
    printf '%s: error: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# digest FILE...: one word that changes when any of the files does.
digest() {
    cat -- "$@" | sha256sum | cut -d ' ' -f 1
}

# fresh STAMP WORD: true when an earlier run finished with the same WORD.
fresh() {
    [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]
}

# as_root CMD...: runs CMD as it is for root, through sudo for anybody else.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "$1 needs root, and sudo is not installed"
    fi
}

# quietly LOG CMD...: keeps CMD's output in LOG and shows it only when CMD fails.
quietly() {
    local log=$1
    shift
    mkdir -p "$(dirname "$log")"
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        die "failed: $*"
    fi
}

# configure_tandem NAME [-DOPTION=...]...: configures build/NAME, which keeps options that it has
# and that are not given. The tests need libraries that nothing else does, so a first configuration
# leaves them out unless it is told otherwise.
configure_tandem() {
    local name=$1
    shift
    [ -f "$build/$name/CMakeCache.txt" ] || set -- -DTANDEM_TESTS=OFF "$@"
    quietly "$build/log/configure-$name.log" cmake -S "$root" -B "$build/$name" -G Ninja "$@"
}

# build_tandem NAME [TARGET...]: builds these targets in build/NAME; none named: everything.
build_tandem() {
    local name=$1
    shift
    say "build: $name${*:+, }${*:-}"
    quietly "$build/log/build-$name.log" cmake --build "$build/$name" ${1:+--target} "$@"
}
