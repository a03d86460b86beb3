"""The schema model, held against a running PostgreSQL: by catalog_held, drift and rehearse."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from conftest import SECONDS, TANDEM, Database, Project, Runner, Server
from patterns import PATTERNS, STANDINS
from random_ddl import Script
from random_kinds import ROLES

HELD = TANDEM.with_name("catalog_held")
# How many sequences of DDL are made at random, and of how many statements.
SEQUENCES, STATEMENTS = 100, 60


def hold(database: Database, *files: Path) -> list[dict]:
    """Runs SQL files on the database and on the model; what catalog_held says, line by line."""
    result = subprocess.run(
        [HELD, database.url, *files],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert result.returncode in (0, 1), result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def events(said: list[dict], *names: str) -> list[dict]:
    return [x for x in said if x["event"] in names]


def sure(said: list[dict]) -> list[dict]:
    return [x for x in events(said, "difference") if x["sure"]]


def write(tmp_path: Path, sql: str) -> Path:
    path = tmp_path / "held.sql"
    path.write_text(sql)
    return path


def test_the_example_leaves_the_same_schema_in_the_model_as_on_the_server(
    database: Database, project: Project
) -> None:
    said = hold(database, *sorted(project.migrations.glob("*.sql")))
    assert events(said, "refused", "not refused", "opaque") == []
    assert sure(said) == []
    (end,) = events(said, "end")
    assert end["statements"] > 40 and end["tables"] == 9 and end["closed"]


def test_what_the_server_has_beside_the_model_is_found(database: Database, tmp_path: Path) -> None:
    database.query(
        "CREATE TABLE stray (a int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    )
    said = hold(database, write(tmp_path, "CREATE TABLE t (a int)"))
    assert {x["object"] for x in sure(said)} == {"stray", "function f()"}


def test_parts_of_tables_are_read_down_to_the_attribute(
    database: Database, tmp_path: Path
) -> None:
    said = hold(
        database,
        write(
            tmp_path,
            """
            CREATE SCHEMA app;
            CREATE TABLE app.parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                "Mixed Case" text NOT NULL, part int, UNIQUE NULLS NOT DISTINCT (part));
            CREATE TABLE child (
                id serial PRIMARY KEY,
                parent_id bigint NOT NULL REFERENCES app.parent ON DELETE SET NULL
                    DEFERRABLE INITIALLY DEFERRED,
                code varchar(12) COLLATE "C" DEFAULT 'x',
                at timestamptz(3) DEFAULT now(),
                total numeric(10) CHECK (total > 0),
                twice int GENERATED ALWAYS AS (id * 2) STORED,
                tags text[] NOT NULL DEFAULT '{}');
            CREATE UNIQUE INDEX ON child (lower(code) DESC NULLS LAST, at) INCLUDE (total)
                WHERE total > 1;
            CREATE INDEX child_tags ON child USING gin (tags) WITH (fastupdate = off);
            ALTER TABLE child ALTER COLUMN code SET STORAGE EXTERNAL;
            ALTER TABLE child ENABLE ROW LEVEL SECURITY;
            ALTER TABLE child REPLICA IDENTITY FULL;
            CREATE SEQUENCE counter AS smallint START -5 INCREMENT -1 MINVALUE -9 CYCLE;
            CREATE TABLE log (at date NOT NULL, note text) PARTITION BY RANGE (at);
            CREATE TABLE log_2024 PARTITION OF log
                FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
            CREATE INDEX ON log (note);
            """,
        ),
    )
    assert events(said, "refused", "not refused", "opaque") == []
    assert sure(said) == []


GRANTS = """
    CREATE SCHEMA app;
    CREATE TABLE t (a int, b int);
    GRANT ALL ON t TO {0}, "{1}";
    GRANT SELECT (a), UPDATE (b) ON t TO {0} WITH GRANT OPTION;
    REVOKE DELETE ON t FROM {0};
    CREATE TABLE app.u (id serial PRIMARY KEY, x int GENERATED ALWAYS AS IDENTITY);
    GRANT SELECT ON ALL TABLES IN SCHEMA app TO {0};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA app TO {0};
    CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
    REVOKE EXECUTE ON FUNCTION f FROM PUBLIC;
    ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO {0};
    ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT ALL ON FUNCTIONS TO "{1}";
    ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    ALTER DEFAULT PRIVILEGES FOR ROLE {0} IN SCHEMA app GRANT SELECT ON TABLES TO "{1}";
    CREATE TABLE app.v (a serial);
    CREATE FUNCTION app.g() RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE TYPE mood AS ENUM ('a');
    REVOKE USAGE ON TYPE mood FROM PUBLIC;
    GRANT USAGE ON SCHEMA app TO {0}, PUBLIC;
    ALTER TABLE app.v OWNER TO {0};
    ALTER FUNCTION f() OWNER TO {0};
    ALTER SCHEMA app OWNER TO {0};
    CREATE TABLE w (a int);
    ALTER TABLE w OWNER TO {0};
    REVOKE UPDATE ON w FROM {0};
    ALTER TABLE w OWNER TO "{1}";
    GRANT TRUNCATE ON w TO {0} WITH GRANT OPTION;
"""


@pytest.fixture
def roles(database: Database) -> Iterator[tuple[str, str]]:
    """Two roles of the server's, as they are written in statements."""
    names = (f"{database.name}_a", f"{database.name} B")
    for name in names:
        database.query(f'CREATE ROLE "{name}"')
    yield names
    for name in names:
        database.query(f'DROP OWNED BY "{name}" CASCADE; DROP ROLE "{name}"')


def test_who_may_do_what_is_the_same_in_the_model_and_on_the_server(
    database: Database, tmp_path: Path, roles: tuple[str, str]
) -> None:
    said = hold(database, write(tmp_path, GRANTS.format(*roles)))
    assert events(said, "refused", "not refused", "opaque", "difference") == []


def test_what_default_privileges_of_others_give_is_found(
    database: Database, tmp_path: Path, roles: tuple[str, str]
) -> None:
    """But not what the platform gives to its own roles."""
    database.query(
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {roles[0]};"
        "CREATE ROLE authenticated;"
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO authenticated"
    )
    said = hold(database, write(tmp_path, "CREATE TABLE t (a int)"))
    database.query("DROP OWNED BY authenticated; DROP ROLE authenticated")
    (found,) = sure(said)
    assert (found["object"], found["attribute"]) == ("t", "grants")
    assert found["server"] == f"{roles[0]}: SELECT"


@pytest.mark.parametrize("name", PATTERNS)
def test_patterns_of_the_documentation_leave_the_same_schema(
    server: Server, tmp_path: Path, name: str
) -> None:
    database = server.create()
    database.query(STANDINS)
    said = hold(database, write(tmp_path, PATTERNS[name]))
    server.drop(database)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("DROP ROLE anon, authenticated, service_role")
    (end,) = events(said, "end")
    assert events(said, "refused", "not refused") == []
    assert sure(said) == []
    assert end["closed"], "something in it is not followed"


def test_random_ddl_leaves_the_same_schema_in_the_model_as_on_the_server(
    server: Server, tmp_path: Path
) -> None:
    """The same sequences in every run; TANDEM_SEED=N runs one alone, TANDEM_SEED=random others."""
    said = os.environ.get("TANDEM_SEED", "")
    first = random.SystemRandom().randrange(1 << 30) if said == "random" else int(said or 1)
    count = 1 if said.isdigit() else SEQUENCES
    print(f"seeds {first} to {first + count - 1}")
    database = server.create()
    for role in ROLES:
        database.query(f"CREATE ROLE {role}")
    server.drop(database)
    total = 0
    for seed in range(first, first + count):
        path = write(tmp_path, ";\n".join(Script(seed).statements(STATEMENTS)))
        database = server.create()
        found = hold(database, path)
        server.drop(database)
        (end,) = events(found, "end")
        total += end["statements"]
        wrong = events(found, "not refused", "opaque") + sure(found)
        assert wrong == [], f"TANDEM_SEED={seed}\n{path.read_text()}"
    assert total == count * STATEMENTS


def test_drift_is_what_was_changed_behind_the_histories(
    database: Database, project: Project, tandem: Runner
) -> None:
    tandem("push", "--yes", database=database)
    before = json.loads(
        tandem("drift", "--format", "json", database=database, expect=None).out
    )
    assert before["summary"]["different"] == 0
    assert before["summary"]["pairs"] == 8

    database.query(
        "ALTER TABLE documents ALTER file_path TYPE varchar(99);"
        "DROP INDEX ix_documents_project_id;"
        "CREATE TABLE stray (a int)"
    )
    after = json.loads(tandem("drift", "--format", "json", database=database, expect=1).out)
    found = {
        (x["kind"], x["object"], x["attribute"]) for x in after["items"] if x["kind"] != "unknown"
    }
    assert found == {
        ("different", "documents.file_path", "type"),
        ("missing", "index ix_documents_project_id", "existence"),
        ("extra", "stray", "existence"),
    }
    only = json.loads(
        tandem(
            "drift", "--schema", "elsewhere", "--format", "json", database=database, expect=None
        ).out
    )
    assert only["summary"]["different"] == 0


@pytest.fixture
def place() -> Iterator[Path]:
    """Where a server's folder is made: short, and open to the user that the server runs as."""
    path = Path(tempfile.mkdtemp(prefix="rehearse-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def comparisons(said: dict) -> dict[str, dict]:
    return {x["name"]: x for x in said["items"]}


def rehearse(tandem: Runner, place: Path, *arguments: str) -> dict:
    result = tandem(
        "rehearse", "--format", "json", *arguments, expect=None, env={"TMPDIR": str(place)}
    )
    assert result.code in (0, 1), str(result)
    assert list(place.iterdir()) == [], "something was left behind"
    return json.loads(result.out)


def test_the_example_can_be_rehearsed_there_and_back(
    database: Database, tandem: Runner, place: Path
) -> None:
    said = rehearse(tandem, place, "--pg-bin", str(database.programs))
    assert [(x["name"], x["files"], x["stopped"]) for x in said["runs"]] == [
        ("alembic upgrade", 8, None),
        ("supabase migrations", 8, None),
        ("alembic downgrade", 8, None),
        ("alembic upgrade again", 8, None),
    ]
    made = comparisons(said)
    for name in ("alembic and supabase", "alembic down to base", "alembic up, down and up again"):
        assert made[name]["items"] == [], name
    for name in ("alembic and its model", "supabase and its model"):
        assert made[name]["different"] == 0, made[name]
    assert said["result"] == "same"


def test_a_rehearsal_finds_what_a_migration_does_otherwise(
    database: Database, project: Project, tandem: Runner, place: Path
) -> None:
    path = project.migration_file("20241127000001")
    path.write_text(path.read_text().replace("VARCHAR(512)", "VARCHAR(256)"))
    said = rehearse(tandem, place, "--pg-bin", str(database.programs))
    (item,) = comparisons(said)["alembic and supabase"]["items"]
    assert (item["object"], item["attribute"]) == ("documents.file_path", "type")
    assert said["result"] == "different"


def test_a_rehearsal_on_a_given_server_drops_what_it_made(
    database: Database, tandem: Runner
) -> None:
    password = database.url.split(":")[2].split("@")[0]
    url = database.url.replace(f":{password}@", "@")
    result = tandem(
        "rehearse", "--format", "json", "--db-url", url, expect=None, env={"PGPASSWORD": password}
    )
    assert result.code in (0, 1), str(result)
    assert comparisons(json.loads(result.out))["alembic and supabase"]["items"] == []
    left = database.query("SELECT datname FROM pg_database WHERE datname LIKE 'tandem%'")
    assert left == []
    assert database.query("SELECT rolname FROM pg_roles WHERE rolname = 'anon'") == []


def test_what_a_killed_rehearsal_left_on_a_given_server_is_dropped_by_the_next(
    database: Database, tandem: Runner
) -> None:
    def left() -> list[str]:
        rows = database.query("SELECT datname FROM pg_database WHERE datname LIKE 'tandem%'")
        return sorted(name for (name,) in rows)

    password = database.url.split(":")[2].split("@")[0]
    url, secret = database.url.replace(f":{password}@", "@"), {"PGPASSWORD": password}
    process = tandem.start("rehearse", "--db-url", url, env=secret)
    deadline = time.monotonic() + SECONDS / 4
    while not left() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.communicate(timeout=SECONDS)
    killed = left()
    assert killed, "it was killed too late"
    result = tandem("rehearse", "--db-url", url, expect=None, env=secret)
    assert result.code in (0, 1), str(result)
    assert left() == []
    assert database.query("SELECT rolname FROM pg_roles WHERE rolname = 'anon'") == []


def test_a_killed_rehearsal_leaves_nothing_behind(
    database: Database, tandem: Runner, place: Path
) -> None:
    process = tandem.start(
        "rehearse", "--pg-bin", str(database.programs), env={"TMPDIR": str(place)}
    )
    deadline = time.monotonic() + SECONDS / 4
    while not list(place.glob("*/data/postmaster.pid")) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list(place.iterdir()), "no server was started"
    process.kill()
    process.communicate(timeout=SECONDS)
    while list(place.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(place.iterdir()) == []
