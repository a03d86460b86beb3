"""The schema model's speed beside pg_dump: replay of 10,000 statements, live read of 1,000 tables.

usage: tests/bench/catalog.py HELD TANDEM DATABASE_URL PG_DUMP

HELD is the program catalog_held; DATABASE_URL names an empty database of a throwaway server. What is
measured is `tandem drift`: start, replay, live read and comparison; the ratio is to `pg_dump
--schema-only` in the same run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TABLES, ROUNDS = 1000, 3


def statements() -> str:
    made = []
    for i in range(TABLES):
        made.append(
            f"CREATE TABLE t{i} (id bigint PRIMARY KEY, name varchar({i % 90 + 9}) NOT NULL,"
            f" at timestamptz DEFAULT now(), n int CHECK (n > {i}))"
        )
        made += [f"ALTER TABLE t{i} ADD COLUMN c{k} text" for k in range(6)]
        made += [f"CREATE INDEX ON t{i} (name)", f"ALTER TABLE t{i} ENABLE ROW LEVEL SECURITY"]
        made.append(f"COMMENT ON TABLE t{i} IS 'table {i}'")
    return ";\n".join(made) + ";\n"


def median(*command: str, url: str) -> float:
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, env=os.environ | {"DATABASE_URL": url}, check=False
        )
        taken.append(time.perf_counter() - start)
        if done.returncode not in (0, 1):  # 1: something cannot be compared
            sys.exit(f"{command[0]} failed")
    return sorted(taken)[ROUNDS // 2]


def project(folder: Path, sql: str) -> None:
    migrations = folder / "supabase/migrations"
    migrations.mkdir(parents=True)
    (folder / "supabase/config.toml").write_text('project_id = "bench"\n')
    (migrations / "20240101000000_all.sql").write_text(sql)


def main() -> None:
    held, tandem, url, pg_dump = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sql = statements()
        project(folder, sql)
        script = folder / "supabase/migrations/20240101000000_all.sql"
        subprocess.run([held, url, script], stdout=subprocess.DEVNULL, check=True)
        dump = median(pg_dump, "--schema-only", f"--dbname={url}", url=url)
        drift = median(tandem, "-C", name, "drift", url=url)
        print(f"pg_dump --schema-only, {TABLES} tables: {dump * 1000:.0f} ms")
        print(
            f"tandem drift, {sql.count(';')} statements: {drift * 1000:.0f} ms, "
            f"{dump / drift:.2f} of pg_dump's speed"
        )


if __name__ == "__main__":
    main()
