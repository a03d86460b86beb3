"""`push --rehearse` and `push --backup`: looking at a target, and keeping it, before it is changed."""

from __future__ import annotations

import json
import stat
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import Database, Project, Runner
from management_api import ManagementApi
from test_api import LINKED, api, linked  # noqa: F401
from test_outside import MIDDLE, REVISION, add_pair
from test_push import HEAD, both_at_head

# --- Rehearsing ----------------------------------------------------------------------------------


def test_a_rehearsal_leaves_nothing(tandem: Runner, database: Database) -> None:
    before = database.snapshot()
    shown = tandem("push", "--rehearse", "--yes", database=database)
    assert "rolled back" in shown.out
    assert database.snapshot() == before
    tandem("push", "--yes", database=database)


def test_a_rehearsal_shows_times_and_locks(
    tandem: Runner, database: Database, project: Project
) -> None:
    tandem("push", "--yes", database=database)
    add_pair(project, ["ALTER TABLE documents ADD COLUMN pages integer", "SELECT pg_sleep(0.2)"])
    shown = tandem(
        "push", "--rehearse", "--yes", "--format", "ndjson", database=database
    )
    events = [json.loads(line) for line in shown.out.splitlines()]
    rehearsed = [x for x in events if x["event"] == "rehearsed"]
    assert "AccessExclusiveLock on documents (blocks reading and writing)" in rehearsed[0]["text"]
    assert int(rehearsed[1]["text"].split()[0]) >= 200
    assert rehearsed[0]["line"] == 3
    assert database.alembic_heads() == {HEAD}


def test_a_rehearsal_needs_consent(tandem: Runner, database: Database) -> None:
    refused = tandem("push", "--rehearse", database=database, expect=2)
    assert "--yes" in refused.err


def test_a_rehearsal_finds_what_fails(
    tandem: Runner, database: Database, project: Project
) -> None:
    tandem("push", "--yes", database=database)
    add_pair(project, ["CREATE TABLE books (id integer)", "SELECT 1 / 0"])
    before = database.snapshot()
    failed = tandem("push", "--rehearse", "--yes", database=database, expect=5)
    assert "division by zero" in failed.err and "_books.sql:5" in failed.err
    assert database.snapshot() == before


def test_a_rehearsal_waits_for_no_lock(
    tandem: Runner, database: Database, project: Project
) -> None:
    tandem("push", "--yes", database=database)
    add_pair(project, ["ALTER TABLE documents ADD COLUMN pages integer"])
    with database.connect() as holder:
        holder.execute("BEGIN; LOCK TABLE documents IN ACCESS SHARE MODE")
        locked = tandem("push", "--rehearse", "--yes", database=database, expect=6)
    assert "55P03" in locked.err


def test_what_only_the_single_transaction_breaks_is_no_finding(
    tandem: Runner, database: Database, project: Project
) -> None:
    tandem("push", "--yes", database=database)
    add_pair(
        project,
        [
            "CREATE TYPE mood AS ENUM ('sad')",
            "CREATE TABLE shelves (id integer PRIMARY KEY)",
            "CREATE TABLE books (m mood, shelf integer REFERENCES shelves"
            " DEFERRABLE INITIALLY DEFERRED)",
        ],
    )
    tandem("push", "--yes", database=database)
    for revision, sql in (
        ("20241204_000001", ["ALTER TYPE mood ADD VALUE 'calm'", "INSERT INTO shelves VALUES (1)"]),
        # A row whose reference is checked at COMMIT stands in the way of ALTER TABLE until then.
        ("20241205_000001", ["INSERT INTO books VALUES ('sad', 1)"]),
        ("20241206_000001", ["INSERT INTO books VALUES ('calm', 1)"]),
        ("20241207_000001", ["ALTER TABLE books ADD COLUMN t text"]),
    ):
        body = "\n".join(f'op.execute("{x}")' for x in sql)
        project.add_revision(revision, "later", body)
        project.add_migration(revision, "later", ";\n\n".join(sql) + ";")
    shown = tandem("push", "--rehearse", "--yes", database=database)
    assert "uses a label that a push has committed by then" in shown.err
    tandem("push", "--yes", database=database)
    assert database.value("SELECT count(*) FROM books") == 2


def test_statements_outside_of_transactions_are_named(
    tandem: Runner, database: Database, project: Project
) -> None:
    tandem("push", "--yes", database=database)
    add_pair(project, [MIDDLE[0], *MIDDLE[2:]])
    shown = tandem("push", "--rehearse", "--yes", database=database)
    assert "not rehearsed: it runs outside of transactions" in shown.err
    assert "1 left out" in shown.out
    assert not database.has_table("books")


def test_a_rehearsal_needs_a_session(linked: Runner, database: Database) -> None:
    refused = linked("push", "--rehearse", "--yes", *LINKED, expect=6)
    assert "--via libpq" in refused.err
    assert database.alembic_heads() is None


# --- Backing up ----------------------------------------------------------------------------------


def test_a_backup_comes_first(
    tandem: Runner, alembic: Runner, supabase: Runner, databases, project: Project, server,
    tmp_path: Path,
) -> None:
    database, copy = databases(), databases()
    tandem("push", "--yes", "--to", "20241128_000001", database=database)
    database.query("INSERT INTO projects (id, owner_id, name)"
        " VALUES (gen_random_uuid(), gen_random_uuid(), 'kept')")
    before = database.snapshot()
    file = tmp_path / "before.sql"
    tandem(
        "push", "--yes", "--backup", str(file), "--pg-bin", str(server.programs), database=database
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [x.name for x in tmp_path.glob("before*")] == ["before.sql"]
    both_at_head(alembic, supabase, database, project)
    subprocess.run(
        [server.programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file, copy.url],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    assert copy.snapshot() == before
    assert copy.value("SELECT name FROM projects") == "kept"


def test_a_backup_in_the_custom_format(
    tandem: Runner, database: Database, server, tmp_path: Path
) -> None:
    file = tmp_path / "before.dump"
    tandem(
        "push", "--yes", "--backup", str(file), "--pg-bin", str(server.programs), database=database
    )
    assert file.read_bytes()[:5] == b"PGDMP"


def fake_pg_dump(folder: Path, body: str) -> Path:
    folder.mkdir()
    program = folder / "pg_dump"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return folder


def test_a_pg_dump_that_is_too_old_is_named(
    tandem: Runner, database: Database, tmp_path: Path
) -> None:
    programs = fake_pg_dump(tmp_path / "old", 'echo "pg_dump (PostgreSQL) 9.6.24"')
    file = tmp_path / "before.sql"
    refused = tandem(
        "push", "--yes", "--backup", str(file), "--pg-bin", str(programs), database=database,
        expect=6,
    )
    assert "9.6.24" in refused.err and "server of version" in refused.err
    assert not file.exists() and database.alembic_heads() is None


def test_the_password_is_in_no_argument_and_nothing_half_is_left(
    tandem: Runner, database: Database, tmp_path: Path
) -> None:
    """A pg_dump that writes down what it is given, writes a half and fails."""
    seen = tmp_path / "seen"
    programs = fake_pg_dump(
        tmp_path / "spy",
        'if [ "$1" = --version ]; then echo "pg_dump (PostgreSQL) 99.1"; exit; fi\n'
        f'echo "$@" > {seen}\nenv >> {seen}\n'
        'for x in "$@"; do case $x in --file=*) echo half > "${x#--file=}";; esac; done\n'
        "echo 'pg_dump: error: the disk is full' >&2\nexit 1",
    )
    file = tmp_path / "before.sql"
    failed = tandem(
        "push", "--yes", "--backup", str(file), "--pg-bin", str(programs), database=database,
        expect=4, env={"DATABASE_URL": database.url},
    )
    assert "the disk is full" in failed.err
    password = urlsplit(database.url).password
    assert password and f"password='{password}'" not in seen.read_text()
    assert password not in seen.read_text().splitlines()[0]
    assert list(tmp_path.glob("before*")) == []
    assert database.alembic_heads() is None


def test_a_file_that_is_there_stays(tandem: Runner, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "before.sql"
    file.write_text("precious")
    tandem("push", "--yes", "--backup", str(file), database=database, expect=None)
    assert file.read_text() == "precious"
    assert database.alembic_heads() is None


def test_no_backup_over_the_api(
    linked: Runner, api: ManagementApi, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "before.sql"
    refused = linked("push", "--yes", "--backup", str(file), *LINKED, expect=6)
    assert "database connection" in refused.err
    assert database.alembic_heads() is None
