"""`tandem convert --to alembic`: the revisions made from migrations, run by the real Alembic."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ALEMBIC, ROOT, Database, Project, Runner

ENV = """\
from alembic import context
import os
import sqlalchemy as sa

url = sa.make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg")
with sa.create_engine(url, poolclass=sa.pool.NullPool).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The example's migrations beside an Alembic environment of the stock template, without any
    revision."""
    root = tmp_path / "plain"
    shutil.copytree(ROOT / "supabase", root / "supabase", ignore=shutil.ignore_patterns("*.lock"))
    subprocess.run([ALEMBIC, "-q", "init", "alembic"], cwd=root, check=True)
    shutil.move(root / "alembic.ini", root / "alembic/alembic.ini")
    ini = root / "alembic/alembic.ini"
    ini.write_text(ini.read_text().replace("script_location = %(here)s/alembic", "script_location = %(here)s"))
    (root / "alembic/env.py").write_text(ENV)
    return Project(root)


def run_migrations(project: Project, database: Database) -> None:
    for path in sorted(project.migrations.glob("*.sql")):
        database.query(path.read_text())


def lines(dump: str) -> list[str]:
    return sorted(line.rstrip(",") for line in dump.splitlines())


def test_the_example_gives_the_same_schema(
    project: Project, tandem: Runner, alembic: Runner, databases: object
) -> None:
    result = tandem("convert", "--to", "alembic")
    assert result.out.count("wrote ") == len(list(project.migrations.glob("*.sql")))
    by_sql, by_alembic = databases(), databases()
    run_migrations(project, by_sql)
    alembic("upgrade", "head", database=by_alembic)
    assert by_alembic.dump() == by_sql.dump()
    # What was written says what it belongs to, and says the same.
    assert "error" not in tandem("check").text


def test_a_second_run_finds_nothing_to_do(project: Project, tandem: Runner) -> None:
    tandem("convert", "--to", "alembic")
    before = {path: path.read_bytes() for path in project.versions.glob("*.py")}
    result = tandem("convert", "--to", "alembic")
    assert "nothing to write" in result.err
    assert before == {path: path.read_bytes() for path in project.versions.glob("*.py")}


def test_the_same_migration_gets_the_same_revision_everywhere(
    project: Project, tandem: Runner
) -> None:
    tandem("convert", "--to", "alembic")
    first = {path.name: path.read_text() for path in project.versions.glob("*.py")}
    for path in project.versions.glob("*.py"):
        path.unlink()
    tandem("convert", "--to", "alembic")
    assert first == {path.name: path.read_text() for path in project.versions.glob("*.py")}


CHANGES = {
    "table": "CREATE TABLE t (id bigserial PRIMARY KEY, a varchar(20) DEFAULT 'x' NOT NULL);",
    "column": "ALTER TABLE base ADD COLUMN note text DEFAULT 'it''s' NOT NULL;",
    "type": "ALTER TABLE base ALTER COLUMN n TYPE bigint;",
    "default": "ALTER TABLE base ALTER COLUMN n SET DEFAULT 7, ALTER COLUMN m DROP DEFAULT;",
    "nullable": "ALTER TABLE base ALTER n SET NOT NULL, ALTER m DROP NOT NULL;",
    "index": "CREATE UNIQUE INDEX i ON base (lower(s), n DESC) WHERE n > 0; DROP INDEX old;",
    "constraint": (
        "ALTER TABLE base ADD CONSTRAINT c CHECK (n > 0), DROP CONSTRAINT base_s_key;"
        "ALTER TABLE base ADD FOREIGN KEY (m) REFERENCES base (id) ON DELETE SET NULL;"
    ),
    "rename": "ALTER TABLE base RENAME COLUMN n TO k; ALTER TABLE base RENAME TO ground;",
    "row level security": "ALTER TABLE base ENABLE ROW LEVEL SECURITY;",
    "enum": "CREATE TYPE mood AS ENUM ('sad', 'it''s'); ALTER TABLE base ADD q mood;",
    "sequence": "CREATE SEQUENCE seq START 5;",
    "function": "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';",
    "altered function": "ALTER FUNCTION f() SECURITY DEFINER SET search_path = '';",
    "dropped function": "DROP FUNCTION f();",
    "view": "CREATE OR REPLACE VIEW v AS SELECT id, n FROM side;",
    "policy": "ALTER POLICY p ON side USING (false); CREATE POLICY q ON side FOR SELECT USING (true);",
    "trigger": "DROP TRIGGER g ON side; ALTER TABLE side DISABLE TRIGGER h;",
    "comments": "COMMENT ON FUNCTION f() IS 'two'; COMMENT ON TABLE side IS NULL; COMMENT ON COLUMN side.n IS 'x';",
    "grants": "REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC; GRANT USAGE ON SCHEMA s TO PUBLIC;",
    "label": "ALTER TYPE tone RENAME VALUE 'low' TO 'deep';",
    "validity": "ALTER TABLE side VALIDATE CONSTRAINT late;",
    "schema": "CREATE SCHEMA inner_; CREATE TABLE inner_.t (a int);",
}
BASE = (
    "CREATE TABLE base (id int PRIMARY KEY, n int, m int DEFAULT 3 NOT NULL, s text UNIQUE);"
    "CREATE INDEX old ON base (n, s);"
    "CREATE TABLE side (id int PRIMARY KEY, n int);"
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION f() IS 'one';"
    "CREATE VIEW v AS SELECT id FROM side; COMMENT ON TABLE side IS 'beside';"
    "CREATE POLICY p ON side USING (n > 0); CREATE TYPE tone AS ENUM ('low', 'high');"
    "CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    "CREATE TRIGGER g BEFORE INSERT ON side FOR EACH ROW EXECUTE FUNCTION t();"
    "CREATE TRIGGER h BEFORE UPDATE OF n ON side FOR EACH ROW EXECUTE FUNCTION t();"
    "ALTER TABLE side ADD CONSTRAINT late CHECK (n < 9) NOT VALID; CREATE SCHEMA s;"
)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_down_leads_back(
    project: Project, tandem: Runner, alembic: Runner, database: Database, change: str
) -> None:
    for path in project.migrations.iterdir():
        path.unlink()
    (project.migrations / "20250101000000_base.sql").write_text(BASE)
    (project.migrations / "20250102000000_change.sql").write_text(change)
    result = tandem("convert", "--to", "alembic", "--all")
    assert "cannot be undone" not in result.text
    alembic("upgrade", "+1", database=database)
    before = database.dump()
    alembic("upgrade", "+1", database=database)
    changed = database.dump()
    assert changed != before
    alembic("downgrade", "-1", database=database)
    assert database.dump() == before
    alembic("upgrade", "head", database=database)
    assert database.dump() == changed


@pytest.mark.parametrize(
    ("change", "loss"),
    [
        ("ALTER TABLE base DROP COLUMN n;", "what base.n held is lost"),
        ("DROP TABLE base;", "the rows of base are lost"),
    ],
)
def test_a_loss_is_said_and_stops_the_downgrade(
    project: Project, tandem: Runner, alembic: Runner, database: Database, change: str, loss: str
) -> None:
    for path in project.migrations.iterdir():
        path.unlink()
    (project.migrations / "20250101000000_base.sql").write_text(BASE)
    (project.migrations / "20250102000000_change.sql").write_text(change)
    assert f"cannot be undone: {loss}" in tandem("convert", "--to", "alembic").out
    (path,) = project.versions.glob("*_change.py")
    assert f"# {loss}" in path.read_text()
    alembic("upgrade", "+1", database=database)
    before = database.dump()
    alembic("upgrade", "+1", database=database)
    assert "cannot be undone without loss" in alembic("downgrade", "-1", database=database, expect=1).text
    # The author decides: without the line that raises, the schema comes back.
    path.write_text(re.sub(r"    raise NotImplementedError\(\n.*\n    \)\n", "", path.read_text()))
    alembic("downgrade", "-1", database=database)
    # A column that comes back stands behind the others.
    assert lines(database.dump()) == lines(before)


def test_a_migration_before_a_paired_one_is_refused(project: Project, tandem: Runner) -> None:
    tandem("convert", "--to", "alembic")
    (project.migrations / "20240101000000_early.sql").write_text("CREATE TABLE early (a int);")
    before = sorted(project.versions.iterdir())
    result = tandem("convert", "--to", "alembic", expect=None)
    assert result.code != 0 and "20240101000000" in result.err
    assert before == sorted(project.versions.iterdir())
