#!/usr/bin/env bash
# From a fresh clone to the whole loop: installs what a build needs, builds tandem, checks the
# worked example, pushes it onto a throwaway PostgreSQL and shows both histories at head.
#
#   usage: bash tests/example.sh
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup/common.sh"
cd "$root"

tests/setup/packages.sh
tests/setup/grammars.sh
configure_tandem release
build_tandem release tandem

tandem=build/release/tandem

say "check: do the two histories of the example say the same?"
"$tandem" check

# The server hands its URL over in DATABASE_URL, so no password stands in an argument.
tests/setup/server.sh run bash -euo pipefail -c '
    say() { printf "==> %s\n" "$*" >&2; }
    say "push: the example onto the throwaway server"
    "$1" push --yes
    say "status: what both histories say now"
    "$1" status
' example "$tandem"
