"""Runs the tests of `ctest --show-only=json-v1` (on stdin) under valgrind, two at a time.

Prints what fails, and one closing line: N passed, N failed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

VALGRIND = [
    "valgrind",
    "--quiet",
    "--error-exitcode=99",
    "--leak-check=full",
    "--show-leak-kinds=definite,indirect,possible",
    "--errors-for-leak-kinds=definite,indirect",
]


def run(test: dict) -> tuple[str, subprocess.CompletedProcess[str]]:
    properties = {x["name"]: x["value"] for x in test.get("properties", [])}
    return test["name"], subprocess.run(
        [*VALGRIND, *test["command"]],
        cwd=properties.get("WORKING_DIRECTORY"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def main() -> int:
    tests = [x for x in json.load(sys.stdin)["tests"] if "command" in x]
    if not tests:
        sys.exit("no tests to run under valgrind")
    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, result in pool.map(run, tests):
            if result.returncode != 0:
                failed += 1
                print(f"--- {name}: exit code {result.returncode}\n{result.stdout}")
    print(f"valgrind: {len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
