#!/usr/bin/env python3
"""Runs the command tests: one folder per case, what is typed and what must come back side by side.

  usage: tests/cli/run.py TANDEM [--update] [NAME...]

A case is a folder with these files; only `command` is needed:

  command   a shell script; `tandem` in it is the program under test
  base      "example": start with a copy of the repository's alembic/ and supabase/, without its lock
  input/    files put into the sandbox, over the base
  setup     a shell script that is run first and has to succeed
  stdout    what must be printed; nothing when there is no such file
  stderr    the same for stderr
  exit      the exit code; 0 when there is no such file
  after/    files that must be there afterwards, with exactly these contents; an empty file named
            `<name>.gone` says that <name> must not be there

The sandbox is a folder of its own, with HOME elsewhere and nothing of the caller's environment. Its
path is written as $ROOT in expectations, tandem's version as $VERSION. A crash or a sanitizer's
report is never expected.
--update writes what came back as the new expectation; read the difference before committing it.
"""
from __future__ import annotations

import argparse
import concurrent.futures
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
SECONDS = 60
# Ends by a signal that a case may mean: interrupted, closed pipe, terminated.
MEANT_SIGNALS = {130, 141, 143}
VERSION = re.search(r"project\(tandem VERSION (\S+)", (REPOSITORY / "CMakeLists.txt").read_text())[1]
REPORTS = ("AddressSanitizer", "LeakSanitizer", "runtime error:", "Assertion `")


def write_tree(source: pathlib.Path, target: pathlib.Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True)


def read(path: pathlib.Path, otherwise: str = "") -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape") if path.exists() else otherwise


class Case:
    def __init__(self, folder: pathlib.Path, program: pathlib.Path) -> None:
        self.folder = folder
        self.name = folder.name
        self.program = program
        self.complaints: list[str] = []

    def environment(self, home: pathlib.Path) -> dict[str, str]:
        return {
            "HOME": str(home),
            "PATH": f"{home}/bin:/usr/local/bin:/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
        }

    def run(self, update: bool) -> list[str]:
        with tempfile.TemporaryDirectory(prefix="tandem-cli-") as folder:
            top = pathlib.Path(folder).resolve()
            root, home = top / "root", top / "home"
            (home / "bin").mkdir(parents=True)
            root.mkdir()
            (home / "bin" / "tandem").symlink_to(self.program)
            self.fill(root)
            self.execute(root, home, update)
        return self.complaints

    def fill(self, root: pathlib.Path) -> None:
        if read(self.folder / "base").strip() == "example":
            for name in ("alembic", "supabase"):
                shutil.copytree(
                    REPOSITORY / name,
                    root / name,
                    ignore=shutil.ignore_patterns(
                        "__pycache__", ".temp", ".branches", "tandem.lock"
                    ),
                )
        write_tree(self.folder / "input", root)

    def script(self, name: str, root: pathlib.Path, home: pathlib.Path):
        return subprocess.run(
            ["bash", "-u", str(self.folder / name)],
            cwd=root,
            env=self.environment(home),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )

    def execute(self, root: pathlib.Path, home: pathlib.Path, update: bool) -> None:
        if (self.folder / "setup").exists():
            done = self.script("setup", root, home)
            if done.returncode != 0:
                self.complaints.append(f"setup failed: {done.stderr.decode()}")
                return
        done = self.script("command", root, home)
        code = done.returncode
        texts = {
            name: stream.decode("utf-8", "surrogateescape")
            .replace(str(root), "$ROOT")
            .replace(VERSION, "$VERSION")
            for name, stream in (("stdout", done.stdout), ("stderr", done.stderr))
        }
        if code < 0 or (code >= 128 and code not in MEANT_SIGNALS):
            self.complaints.append(f"crashed: exit code {code}\n{texts['stderr']}")
            return
        if any(word in text for word in REPORTS for text in texts.values()):
            self.complaints.append(f"a sanitizer reports:\n{texts['stderr']}")
            return
        if update:
            self.store(texts, code)
        self.compare(texts, code, root)

    def store(self, texts: dict[str, str], code: int) -> None:
        for name, text in [*texts.items(), ("exit", f"{code}\n" if code else "")]:
            path = self.folder / name
            if text:
                path.write_bytes(text.encode("utf-8", "surrogateescape"))
            elif path.exists():
                path.unlink()

    def compare(self, texts: dict[str, str], code: int, root: pathlib.Path) -> None:
        for name, text in texts.items():
            self.same(name, read(self.folder / name), text)
        wanted = int(read(self.folder / "exit", "0"))
        if code != wanted:
            self.complaints.append(f"exit code {code}, expected {wanted}")
        after = self.folder / "after"
        for path in sorted(after.rglob("*")) if after.is_dir() else []:
            name = path.relative_to(after).as_posix()
            if path.is_dir():
                continue
            if name.endswith(".gone"):
                if (root / name.removesuffix(".gone")).exists():
                    self.complaints.append(f"{name.removesuffix('.gone')} is there")
            elif not (root / name).exists():
                self.complaints.append(f"{name} is not there")
            else:
                self.same(name, read(path), read(root / name))

    def same(self, name: str, wanted: str, got: str) -> None:
        if wanted == got:
            return
        lines = difflib.unified_diff(
            wanted.splitlines(True), got.splitlines(True), f"expected {name}", f"got {name}"
        )
        text = "".join(line if line.endswith("\n") else line + "\n" for line in lines)
        self.complaints.append(text.encode("utf-8", "backslashreplace").decode())


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    program = arguments.program.resolve()
    if not os.access(program, os.X_OK):
        parser.error(f"{program} is no program")
    folders = sorted(x.parent for x in HERE.glob("*/command"))
    cases = [
        Case(x, program) for x in folders if not arguments.names or x.name in arguments.names
    ]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda case: (case.name, case.run(arguments.update)), cases)
        for name, complaints in results:
            failed += bool(complaints)
            print(f"{'FAILED' if complaints else 'ok    '} {name}")
            for complaint in complaints:
                print("".join(f"       {line}\n" for line in complaint.splitlines()), end="")
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
