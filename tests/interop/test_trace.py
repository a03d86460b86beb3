"""A migration that writes to schema_migrations itself, in the middle of a push.

From one migration to the next a push proves that nobody has written to the histories, and compares
them whole only where it cannot. Each of these must be found before anything else is applied.
"""

from __future__ import annotations

import subprocess

import pytest
from conftest import SECONDS, Database, Project, Runner

HISTORY = "supabase_migrations.schema_migrations"
FIRST = "20241126000001"
ROW = f"INSERT INTO {HISTORY} (version, name) VALUES ('20990101000000', 'x')"
# It is there before, since what a function does is not known to the check.
MEDDLE = f"""CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  DELETE FROM {HISTORY} WHERE version = '{FIRST}'; RETURN NULL; END $$"""

WRITES = {
    "delete": f"DELETE FROM {HISTORY} WHERE version = '{FIRST}'",
    "update": f"UPDATE {HISTORY} SET version = '20990101000000' WHERE version = '{FIRST}'",
    "insert": ROW,
    "delete in a block": f"DO $$ BEGIN DELETE FROM {HISTORY} WHERE version = '{FIRST}'; END $$",
    "delete and insert": f"DELETE FROM {HISTORY} WHERE version = '{FIRST}';\n{ROW}",
    "truncate": f"TRUNCATE {HISTORY}",
    "child table": f"CREATE TABLE child () INHERITS ({HISTORY});\n"
    "INSERT INTO child (version) VALUES ('20990101000000')",
    "trigger": f"CREATE TRIGGER meddle AFTER INSERT ON {HISTORY} EXECUTE FUNCTION meddle()",
    "trigger at commit": "CREATE TABLE late (id int);\n"
    "CREATE CONSTRAINT TRIGGER meddle AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION meddle();\nINSERT INTO late VALUES (1)",
}


def add_pair(project: Project, revision: str, sql: str) -> None:
    statements = sql.split(";\n") if "$$" not in sql else [sql]
    calls = "\n".join(f'op.execute("""{x}""")' for x in statements)
    project.add_revision(revision, "pair", calls)
    project.add_migration(revision, "pair", sql + ";")


@pytest.mark.parametrize("name", WRITES)
def test_a_migration_that_writes_the_history(
    tandem: Runner, database: Database, project: Project, name: str
) -> None:
    add_pair(project, "20241203_000001", WRITES[name])
    add_pair(project, "20241203_000002", "CREATE TABLE never (id int)")
    database.query(MEDDLE)
    refused = tandem("push", "--yes", database=database, expect=1)
    assert "20241203000002" not in database.supabase_versions(), refused.text
    assert database.alembic_heads() == {"20241203_000001"}
    assert database.query("SELECT to_regclass('never')") == [(None,)]


def test_a_migration_that_takes_away_what_is_prepared(
    tandem: Runner, database: Database, project: Project
) -> None:
    add_pair(project, "20241203_000001", "DEALLOCATE ALL")
    add_pair(project, "20241203_000002", "CREATE TABLE one (id int)")
    add_pair(project, "20241203_000003", "CREATE TABLE two (id int)")
    tandem("push", "--yes", database=database)
    assert database.alembic_heads() == {"20241203_000003"}
    assert database.supabase_versions() == project.supabase_versions()


def test_subtransactions_are_no_obstacle(
    tandem: Runner, database: Database, project: Project
) -> None:
    block = "DO $$ BEGIN PERFORM 1/0; EXCEPTION WHEN division_by_zero THEN NULL; END $$"
    add_pair(project, "20241203_000001", block)
    add_pair(project, "20241203_000002", "CREATE TABLE one (id int)")
    tandem("push", "--yes", database=database)
    assert database.alembic_heads() == {"20241203_000002"}


def test_what_was_committed_while_a_lock_was_waited_for_is_seen(
    tandem: Runner, database: Database
) -> None:
    """Whatever isolation is the default: a snapshot from before the lock would not show it."""
    tandem("push", "--yes", "--to", "20241127_000001", database=database)
    name = database.url.rsplit("/", 1)[1]
    database.query(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    writer = subprocess.Popen(
        [database.programs / "psql", "-Xq", database.url],
        stdin=subprocess.PIPE,
        text=True,
    )
    writer.stdin.write(f"BEGIN; {ROW}; SELECT 'writer', pg_sleep(2.5); COMMIT;\n")
    writer.stdin.close()
    database.wait_for_activity("SELECT 'writer'")
    tandem("push", "--yes", database=database, expect=1)
    assert writer.wait(SECONDS) == 0
    assert database.alembic_heads() == {"20241127_000001"}
