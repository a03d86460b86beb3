#!/usr/bin/env bash
# Builds the fuzz targets and runs each for a short time from its corpus; fails when one does. A
# longer run is one target by itself: build/fuzz/fuzz_sql -max_total_time=3600 FOLDER.
#
#   usage: bash tests/fuzz/run.sh [SECONDS] [TARGET...]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../setup/common.sh"
cd "$root"

seconds=${1:-8}
targets=("${@:2}")
if [ "${#targets[@]}" -eq 0 ]; then
    for source in tests/fuzz/*_fuzz.c; do
        target=${source##*/}
        targets+=("${target%_fuzz.c}")
    done
fi

configure_tandem fuzz -DCMAKE_C_COMPILER=clang -DTANDEM_FUZZ=ON -DTANDEM_SANITIZE=ON \
    -DCMAKE_BUILD_TYPE=RelWithDebInfo
build_tandem fuzz "${targets[@]/#/fuzz_}"

# What a run finds new goes into a folder of its own: the corpus is chosen by people.
for target in "${targets[@]}"; do
    found=build/fuzz/found/$target
    options=(-max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -verbosity=0
        -print_final_stats=0 -artifact_prefix="$found/crash-")
    [ ! -f "tests/fuzz/$target.dict" ] || options+=(-dict="tests/fuzz/$target.dict")
    mkdir -p "$found"
    say "fuzz: $target, $seconds s"
    quietly "build/log/fuzz-$target.log" "build/fuzz/fuzz_$target" "${options[@]}" \
        "$found" "tests/fuzz/corpus/$target"
done
