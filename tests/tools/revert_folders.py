#!/usr/bin/env python3
"""Takes real migrations folders back step by step, and says what came of it.

    usage: tests/tools/revert_folders.py [--prepare FILE.sql] [--alone] TANDEM FOLDER...

Each folder of Supabase migrations is copied beside an Alembic environment of the stock template,
converted (unless --alone), and pushed step by step onto an empty database of a throwaway server,
with the dump of each state kept. Then it is taken back step by step; each dump must be the one that
was there before. What is refused for its losses is counted with its reason, and done again with
--accept-loss. --prepare is run on each database first: stand-ins for what a platform brings along.
"""

from __future__ import annotations

import argparse
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
ALEMBIC = ROOT / "build/tools/venv/bin/alembic"


class Server:
    def __enter__(self) -> Server:
        self.process = subprocess.Popen(
            [ROOT / "tests/setup/server.sh", "serve"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        self.url = self.process.stdout.readline().strip()
        self.programs = Path(self.process.stdout.readline().strip())
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.wait()

    def psql(self, url: str, *words: str) -> None:
        subprocess.run([self.programs / "psql", "-X", "-q", "-d", url, *words], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def dump(self, url: str) -> list[str]:
        done = subprocess.run(
            [self.programs / "pg_dump", "--schema-only", "--no-owner",
             "--exclude-schema=supabase_migrations", "--exclude-schema=tandem",
             "--exclude-table=public.alembic_version", f"--dbname={url}"],
            capture_output=True, text=True, check=True)
        return [x for x in done.stdout.splitlines() if x and not x.startswith(("--", "\\"))]


class Folder:
    def __init__(self, server: Server, tandem: Path, source: Path, number: int) -> None:
        self.server, self.tandem, self.source = server, tandem, source
        self.root = Path(tempfile.mkdtemp())
        self.url = urlsplit(server.url)._replace(path=f"/folder_{number}").geturl()
        self.counts: collections.Counter[str] = collections.Counter()
        self.notes: list[str] = []
        server.psql(server.url, "-c", f"CREATE DATABASE folder_{number}")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.tandem, *words], cwd=self.root, capture_output=True, text=True,
            env={"PATH": os.environ["PATH"], "DATABASE_URL": self.url, "HOME": str(self.root),
                 "PGSSLMODE": "disable"})

    def prepare(self, alone: bool, files: list[str]) -> None:
        for file in files:
            self.server.psql(self.url, "-f", file)
        shutil.copytree(self.source, self.root / "supabase/migrations",
                        ignore=lambda _, names: [x for x in names if not x.endswith(".sql")])
        if alone:
            return
        subprocess.run([ALEMBIC, "-q", "init", "alembic"], cwd=self.root, check=True,
                       stdout=subprocess.DEVNULL)
        if self.run("convert", "--to", "alembic").returncode == 0:
            return
        for path in sorted((self.root / "supabase/migrations").glob("*.sql")):
            converted = self.run("convert", "--to", "alembic", path.name.split("_")[0])
            if converted.returncode:
                self.counts["not converted"] += 1
                self.notes.append(converted.stderr.strip().splitlines()[0])
                for unconverted in (self.root / "supabase/migrations").glob("*.sql"):
                    if unconverted.name >= path.name:
                        unconverted.unlink()
                break

    def push(self) -> list[list[str]]:
        states = [self.server.dump(self.url)]
        for path in sorted((self.root / "supabase/migrations").glob("*.sql")):
            done = self.run("push", "--yes", "--to", path.name.split("_")[0])
            if done.returncode:
                self.counts["not pushed"] += 1
                self.notes.append(f"push {path.name}: "
                                  + next((x for x in done.stderr.splitlines() if "error" in x), ""))
                break
            states.append(self.server.dump(self.url))
        self.counts["pushed"] = len(states) - 1
        return states

    def revert_one(self) -> bool:
        done = self.run("revert", "-1", "--yes")
        if done.returncode == 1 and "--accept-loss" in done.stderr:
            self.counts["refused: losses"] += 1
            for line in done.stderr.splitlines():
                if line.startswith("    lost: "):
                    reason = re.sub(r" \(\S+\)$", "", line[10:])
                    self.notes.append(f"lost: {reason}")
            done = self.run("revert", "-1", "--yes", "--accept-loss")
        for word in ("downgrade()", "the derived inverse", "nothing to run"):
            self.counts[f"by {word}"] += f": {word}\n" in done.stderr
        said = re.search(r"^\d+ steps? to take back, .*", done.stderr, re.M)
        self.told = bool(said) and ("as before" in said[0] or "nothing lost" not in said[0])
        self.counts["known to differ"] += bool(said) and bool(re.search(r"\d not as", said[0]))
        self.counts["not known to be the same"] += bool(said) and "not known to be" in said[0]
        if done.returncode:
            self.counts["failed"] += 1
            self.notes.append(next((x for x in done.stderr.splitlines() if "error" in x), "?"))
        return done.returncode == 0

    def take_back(self, states: list[list[str]]) -> None:
        known: collections.Counter[str] = collections.Counter()
        for left in range(len(states) - 2, -1, -1):
            if not self.revert_one():
                return
            now = self.server.dump(self.url)
            self.counts["taken back"] += 1
            if now == states[left]:
                known.clear()
                self.counts["the same"] += 1
                continue
            there, was = collections.Counter(now), collections.Counter(states[left])
            difference = collections.Counter({f"+{x}": n for x, n in (there - was).items()})
            difference.update({f"-{x}": n for x, n in (was - there).items()})
            fresh = difference - known
            self.counts["the same"] += not difference
            if fresh:
                self.counts["another schema, told" if self.told else "ANOTHER SCHEMA"] += 1
                self.notes.append(f"state {left}: " + " | ".join(list(fresh)[:6]))
            elif difference:
                self.counts["the same but for what was told before"] += 1
            known = difference


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prepare", action="append", default=[])
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("tandem", type=Path)
    parser.add_argument("folders", nargs="+", type=Path)
    arguments = parser.parse_args()
    total: collections.Counter[str] = collections.Counter()
    with Server() as server:
        for number, source in enumerate(arguments.folders):
            folder = Folder(server, arguments.tandem.resolve(), source, number)
            try:
                folder.prepare(arguments.alone, arguments.prepare)
                folder.take_back(folder.push())
            finally:
                shutil.rmtree(folder.root)
            total.update(folder.counts)
            print(source, {k: v for k, v in folder.counts.items() if v}, sep="\n  ")
            for note in folder.notes:
                print("   ", note[:300])
            sys.stdout.flush()
    print("all", {k: v for k, v in total.items() if v}, sep="\n  ")
    return 0 if total["ANOTHER SCHEMA"] + total["failed"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
