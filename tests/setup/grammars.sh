#!/usr/bin/env bash
# Puts the generated C of the Python and TOML grammars into build/deps, in the versions and with
# the hashes that .deps/package-lock.json pins. Only files are unpacked: no script of a package
# runs, and nothing of Node takes part in the build.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

pins=("$root/.deps/package.json" "$root/.deps/package-lock.json" "$root/.deps/.npmrc")
target=$build/deps
wanted=$(digest "${pins[@]}")

if fresh "$target/.stamp" "$wanted"; then
    say "grammars: up to date in build/deps"
    exit 0
fi

say "grammars: fetching into build/deps"
mkdir -p "$target"
rm -f "$target/.stamp"
cp "${pins[@]}" "$target/"
quietly "$build/log/grammars.log" npm --prefix "$target" ci --ignore-scripts --no-audit --no-fund
for source in tree-sitter-python/src/parser.c tree-sitter-python/src/scanner.c \
    @tree-sitter-grammars/tree-sitter-toml/src/parser.c \
    @tree-sitter-grammars/tree-sitter-toml/src/scanner.c; do
    [ -f "$target/node_modules/$source" ] || die "the package lacks $source"
done
printf '%s\n' "$wanted" >"$target/.stamp"
