#!/usr/bin/env bash
# Installs the Debian packages that building tandem needs; with --tests also those that only the
# tests need. Does nothing, quickly, when all of them are there.
#
#   usage: tests/setup/packages.sh [--tests] [--list]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

packages=(
    build-essential cmake ninja-build pkg-config
    libpq-dev libssl-dev libcurl4-openssl-dev libcjson-dev libgit2-dev
    libpg-query-dev libprotobuf-c-dev libtree-sitter-dev
    python3-venv
)
test_packages=(
    libcmocka-dev valgrind libc6-dbg git
    clang clang-format clang-tidy libclang-rt-14-dev gdb universal-ctags
    gnome-keyring libsecret-tools dbus
)

# npm brings the grammars. A machine may have it from elsewhere than Debian, and then a second
# one would only be in the way.
command -v npm >/dev/null || packages+=(npm)

list=no
for argument in "$@"; do
    case $argument in
    --tests) packages+=("${test_packages[@]}") ;;
    --list) list=yes ;;
    *) die "unknown argument '$argument'" ;;
    esac
done

if [ "$list" = yes ]; then
    printf '%s\n' "${packages[@]}"
    exit 0
fi

command -v dpkg-query >/dev/null ||
    die "this is not Debian; install the equivalents of: ${packages[*]}"

# dpkg-query fails when it has never heard of one of them, which is the very case looked for.
installed=$({ dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null || true; } |
    sed -n 's/ installed$//p' | sort -u)
mapfile -t missing < <(comm -23 <(printf '%s\n' "${packages[@]}" | sort -u) <(printf '%s\n' "$installed"))

if [ "${#missing[@]}" -eq 0 ]; then
    say "packages: all ${#packages[@]} are installed"
    exit 0
fi

say "packages: installing ${missing[*]}"
quietly "$build/log/apt-update.log" as_root apt-get update
quietly "$build/log/apt-install.log" \
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
