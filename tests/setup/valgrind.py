"""Runs the tests of `ctest --show-only=json-v1` (on stdin) under valgrind, one for each core.

Prints what fails and what takes long, and one closing line: N passed, N failed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

VALGRIND = [
    "valgrind",
    "--quiet",
    "--error-exitcode=99",
    "--leak-check=full",
    "--show-leak-kinds=definite,indirect,possible",
    "--errors-for-leak-kinds=definite,indirect",
    # A test fills a worker's stack with one frame, which valgrind would take for another stack.
    "--max-stackframe=16777216",
]

# Long enough for the tests of limits, which valgrind makes some fifty times slower.
SECONDS = 1800
WORTH_SAYING = 60


def run(test: dict) -> tuple[str, bool, str, float]:
    """Name, whether it passed, what it printed, and how long it took."""
    properties = {x["name"]: x["value"] for x in test.get("properties", [])}
    began = time.monotonic()
    try:
        result = subprocess.run(
            [*VALGRIND, *test["command"]],
            cwd=properties.get("WORKING_DIRECTORY"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=SECONDS,
        )
        passed, printed = result.returncode == 0, result.stdout
    except subprocess.TimeoutExpired:
        passed, printed = False, f"still running after {SECONDS} s\n"
    return test["name"], passed, printed, time.monotonic() - began


def main() -> int:
    tests = [x for x in json.load(sys.stdin)["tests"] if "command" in x]
    if not tests:
        sys.exit("no tests to run under valgrind")
    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, passed, printed, seconds in pool.map(run, tests):
            if seconds > WORTH_SAYING:
                print(f"--- {name}: {seconds:.0f} s")
            if not passed:
                failed += 1
                print(f"--- {name}: failed\n{printed}")
    print(f"valgrind: {len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
