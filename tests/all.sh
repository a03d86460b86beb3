#!/usr/bin/env bash
# Installs the test tools, builds tandem twice, as released and with sanitizers, and runs every
# test: unit and command tests on both builds, the unit tests under valgrind, each fuzz target for a
# short time, and the tests with the real Alembic, Supabase CLI and PostgreSQL. Goes on after a
# failing stage, and fails then.
#
#   usage: bash tests/all.sh
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup/common.sh"
cd "$root"

failed=()

# stage NAME CMD...: runs CMD, shows all of it, and remembers whether it failed.
stage() {
    local name=$1
    shift
    say "test: $name"
    "$@" || failed+=("$name")
}

# The commands of the tests that CMake labels `unit`, under valgrind: any error or leak is a
# failure. This is the one place that knows how valgrind is run.
valgrind_unit() {
    ctest --test-dir build/release -L unit --show-only=json-v1 |
        build/tools/venv/bin/python tests/setup/valgrind.py
}

tests/setup/packages.sh --tests
tests/setup/grammars.sh
tests/setup/tools.sh
configure_tandem release -DTANDEM_TESTS=ON -DTANDEM_WERROR=ON
build_tandem release
configure_tandem sanitize -DTANDEM_TESTS=ON -DTANDEM_WERROR=ON -DTANDEM_SANITIZE=ON \
    -DCMAKE_BUILD_TYPE=Debug
build_tandem sanitize

stage "unit and command tests, as released" \
    ctest --test-dir build/release --output-on-failure --no-tests=error -j "$(nproc)"
stage "unit and command tests, with sanitizers" \
    ctest --test-dir build/sanitize --output-on-failure --no-tests=error -j "$(nproc)"
stage "unit tests under valgrind" valgrind_unit
stage "fuzz targets, each for a short time" bash tests/fuzz/run.sh
# One more at a time than there are cores: much of it waits, for locks and for servers.
at_once=$(($(nproc) + 1))
stage "with the real tools, as released" \
    build/tools/venv/bin/pytest -q -n "$at_once" tests/interop
# The worked example alone does without tandem, so once is enough; of each table of cases every
# second one runs again.
stage "with the real tools, with sanitizers" \
    env TANDEM="$root/build/sanitize/tandem" TANDEM_SAMPLE=2 \
    build/tools/venv/bin/pytest -q -n "$at_once" tests/interop \
    --ignore tests/interop/test_example.py -k "not two_of_them"

if [ "${#failed[@]}" -ne 0 ]; then
    printf 'failed: %s\n' "${failed[@]}" >&2
    exit 1
fi
say "all tests passed"
