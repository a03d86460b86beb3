"""`tandem push` against a real server, and what Alembic and the Supabase CLI say afterwards."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import SECONDS, Database, Project, Result, Runner

HEAD = "20241202_000002"
POLICY = (
    "ALTER TABLE projects ENABLE ROW LEVEL SECURITY;\n\n"
    "CREATE POLICY projects_owner ON projects USING (owner_id = gen_random_uuid());\n"
)


def both_at_head(
    alembic: Runner, supabase: Runner, database: Database, project: Project, head: str = HEAD
) -> None:
    """What the real tools must say of a database in which both histories are complete."""
    before = database.snapshot()
    assert database.alembic_heads() == {head}
    assert database.supabase_versions() == project.supabase_versions()

    shown = alembic("current", "--check-heads", database=database)
    assert f"{head} (head)" in shown.out
    upgraded = alembic("upgrade", "head", database=database)
    assert "Running upgrade" not in upgraded.text

    listed = json.loads(
        supabase("migration", "list", "--output-format", "json", database=database).out
    )
    pairs = [(x["local"], x["remote"]) for x in listed["migrations"]]
    assert pairs == [(version, version) for version in project.supabase_versions()]
    pushed = json.loads(
        supabase("db", "push", "--dry-run", "--output-format", "json", database=database).out
    )
    assert pushed["upToDate"] is True
    assert database.snapshot() == before


def policies(database: Database) -> list[tuple]:
    return database.query("SELECT policyname FROM pg_policies")


# --- An empty database ---------------------------------------------------------------------------


def test_push_to_an_empty_database(
    tandem: Runner, alembic: Runner, supabase: Runner, databases, project: Project
) -> None:
    ours, alembics, supabases = databases(), databases(), databases()
    tandem("push", "--yes", database=ours)
    alembic("upgrade", "head", database=alembics)
    supabase("db", "push", "--yes", database=supabases)

    assert ours.dump() == alembics.dump() == supabases.dump()
    assert ours.alembic_heads() == alembics.alembic_heads()
    assert ours.supabase_rows() == supabases.supabase_rows()
    both_at_head(alembic, supabase, ours, project)


def test_push_again_does_nothing(tandem: Runner, database: Database) -> None:
    tandem("push", "--yes", database=database)
    before = database.snapshot()
    database.watch_ddl()
    tandem("push", "--yes", database=database)
    tandem("push", "--dry-run", database=database)
    assert database.ddl() == []
    assert database.snapshot()[1:] == before[1:]


def test_history_tables_are_made_as_the_real_tools_make_them(
    tandem: Runner, alembic: Runner, supabase: Runner, databases
) -> None:
    ours, theirs = databases(), databases()
    tandem("push", "--yes", database=ours)
    supabase("db", "push", "--yes", database=theirs)
    alembic("stamp", "head", database=theirs)
    columns = (
        "SELECT table_schema, table_name, column_name, data_type, character_maximum_length,"
        " is_nullable, column_default FROM information_schema.columns"
        " WHERE table_name IN ('alembic_version', 'schema_migrations')"
        " ORDER BY table_name, ordinal_position"
    )
    assert ours.query(columns) == theirs.query(columns)
    constraints = (
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid IN ('alembic_version'::regclass,"
        " 'supabase_migrations.schema_migrations'::regclass) AND contype = 'p' ORDER BY 1"
    )
    assert ours.query(constraints) == theirs.query(constraints)


def test_dry_run_prints_the_sql_and_changes_nothing(
    tandem: Runner, databases, server
) -> None:
    ours, by_hand = databases(), databases()
    before = ours.snapshot()
    printed = tandem("push", "--dry-run", database=ours)
    assert ours.snapshot() == before
    for fragment in ("CREATE TABLE documents", "alembic_version", "schema_migrations", HEAD):
        assert fragment in printed.out

    # It is the exact SQL: psql brings a database to where push brings it.
    subprocess.run(
        [server.programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", by_hand.url],
        input=printed.out,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    tandem("push", "--yes", database=ours)
    assert by_hand.snapshot() == ours.snapshot()


@pytest.mark.parametrize("stop", ["20241128_000001", "20241128000001"])
def test_push_up_to_a_revision_or_version(
    tandem: Runner, database: Database, project: Project, stop: str
) -> None:
    tandem("push", "--yes", "--to", stop, database=database)
    assert database.alembic_heads() == {"20241128_000001"}
    assert database.supabase_versions() == project.supabase_versions()[:4]
    tandem("push", "--yes", database=database)
    assert database.alembic_heads() == {HEAD}
    assert database.supabase_versions() == project.supabase_versions()


def test_push_runs_what_only_the_migration_holds(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    path = project.migration_file("20241126000001")
    path.write_text(path.read_text() + "\n" + POLICY)
    tandem("push", "--yes", database=database)
    assert policies(database) == [("projects_owner",)]
    both_at_head(alembic, supabase, database, project)


def test_push_after_a_downgrade_to_base(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    """The version table stands and is empty."""
    alembic("upgrade", "head", database=database)
    alembic("downgrade", "base", database=database)
    tandem("push", "--yes", database=database)
    both_at_head(alembic, supabase, database, project)


def test_the_version_table_is_not_for_the_api(tandem: Runner, database: Database) -> None:
    """Where Supabase's API roles exist, they may not see the table that push makes."""
    database.query(
        "CREATE ROLE anon; CREATE ROLE authenticated;"
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated"
    )
    try:
        tandem("push", "--yes", database=database)
        rights = database.query(
            "SELECT relrowsecurity, has_table_privilege('anon', oid, 'SELECT'),"
            " has_table_privilege('authenticated', oid, 'INSERT')"
            " FROM pg_class WHERE oid = 'alembic_version'::regclass"
        )
        assert rights == [(True, False, False)]
    finally:
        database.query(
            "DROP OWNED BY anon, authenticated CASCADE; DROP ROLE anon, authenticated"
        )


# --- One history is ahead ------------------------------------------------------------------------


def test_adopt_after_alembic_alone(
    tandem: Runner, alembic: Runner, supabase: Runner, databases, project: Project
) -> None:
    database, reference = databases(), databases()
    alembic("upgrade", "head", database=database)
    supabase("db", "push", "--yes", database=reference)
    schema = database.dump()

    refused = tandem("push", "--yes", database=database, expect=1)
    assert "--adopt" in refused.text
    assert database.supabase_versions() in (None, [])

    database.watch_ddl()
    tandem("push", "--adopt", "--yes", database=database)
    assert database.ddl() == []
    database.query("DROP EVENT TRIGGER watch; DROP SCHEMA watch CASCADE")
    assert database.dump() == schema
    assert database.supabase_rows() == reference.supabase_rows()
    both_at_head(alembic, supabase, database, project)


def test_adopt_after_alembic_refuses_a_policy_that_never_ran(
    tandem: Runner, alembic: Runner, database: Database, project: Project
) -> None:
    path = project.migration_file("20241128000001")
    path.write_text(path.read_text() + "\n" + POLICY)
    alembic("upgrade", "head", database=database)
    refused = tandem("push", "--adopt", "--yes", database=database, expect=1)
    assert path.name in refused.text
    assert "20241128000001" not in (database.supabase_versions() or [])
    assert policies(database) == []
    assert database.alembic_heads() == {HEAD}


def test_adopt_after_supabase_alone(
    tandem: Runner, alembic: Runner, supabase: Runner, databases, project: Project
) -> None:
    database = databases()
    supabase("db", "push", "--yes", database=database)
    schema, rows = database.dump(), database.supabase_rows()

    refused = tandem("push", "--yes", database=database, expect=1)
    assert "--adopt" in refused.text
    assert database.alembic_heads() in (None, set())

    database.watch_ddl()
    tandem("push", "--adopt", "--yes", database=database)
    assert database.ddl() == []
    database.query("DROP EVENT TRIGGER watch; DROP SCHEMA watch CASCADE")
    assert (database.dump(), database.supabase_rows()) == (schema, rows)
    both_at_head(alembic, supabase, database, project)


def test_adopt_after_supabase_takes_a_policy_that_ran(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    path = project.migration_file("20241128000001")
    path.write_text(path.read_text() + "\n" + POLICY)
    supabase("db", "push", "--yes", database=database)
    tandem("push", "--adopt", "--yes", database=database)
    assert policies(database) == [("projects_owner",)]
    both_at_head(alembic, supabase, database, project)


def test_adopt_after_supabase_refuses_what_only_the_revision_does(
    tandem: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    path = project.revision_file("20241127_000002")
    source = path.read_text()
    extra = '    op.create_index("ix_canvases_title", "canvases", ["title"], unique=False)\n'
    marker = "\n\ndef downgrade"
    path.write_text(source.replace(marker, extra + marker, 1))
    supabase("db", "push", "--yes", database=database)
    refused = tandem("push", "--adopt", "--yes", database=database, expect=1)
    assert path.name in refused.text
    assert "20241127_000002" not in (database.alembic_heads() or set())
    assert not database.has_table("public.ix_canvases_title")


def test_adopt_the_applied_and_apply_the_rest(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    alembic("upgrade", "20241128_000001", database=database)
    tandem("push", "--adopt", "--yes", database=database)
    both_at_head(alembic, supabase, database, project)


def test_adopting_verifies_the_whole_recorded_prefix(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    """alembic_version says more than was ever done: nothing is recorded on its word."""
    alembic("upgrade", "20241127_000002", database=database)
    database.query("ALTER TABLE documents DROP COLUMN file_path")
    before = database.snapshot()
    refused = tandem("push", "--adopt", "--yes", database=database, expect=1)
    assert "documents.file_path" in refused.err and "not what its histories say" in refused.err
    assert database.snapshot() == before
    planned = json.loads(
        tandem("plan", "--adopt", "--format", "json", database=database, expect=1).out
    )
    assert [x["action"] for x in planned["items"][:3]] == ["refused"] * 3

    database.query("ALTER TABLE documents ADD COLUMN file_path varchar(512) NOT NULL")
    tandem("push", "--adopt", "--yes", database=database)
    both_at_head(alembic, supabase, database, project)


def test_adopting_sees_what_should_be_gone(
    tandem: Runner, alembic: Runner, database: Database, project: Project
) -> None:
    """A stamp says that a table was dropped, and it stands there."""
    project.add_revision("20241203_000001", "drop", 'op.execute("DROP TABLE curriculum")')
    project.add_migration("20241203_000001", "drop", "DROP TABLE curriculum;")
    tandem("push", "--yes", "--to", HEAD, database=database)
    alembic("stamp", "head", database=database)
    refused = tandem("push", "--adopt", "--yes", database=database, expect=1)
    assert "curriculum" in refused.err
    assert "20241203000001" not in (database.supabase_versions() or [])


def test_adopting_minds_nobody_elses_objects(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    database.query("CREATE SCHEMA other; CREATE TABLE other.things (id serial PRIMARY KEY)")
    alembic("upgrade", "head", database=database)
    tandem("push", "--adopt", "--yes", database=database)
    both_at_head(alembic, supabase, database, project)


def test_adopting_data_needs_the_word_and_records_it(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    """Rows cannot be verified, so that they are recorded on --adopt alone."""
    sql = "INSERT INTO curriculum_levels VALUES (1)"
    project.add_revision(
        "20241203_000001",
        "levels",
        'op.execute("CREATE TABLE curriculum_levels (id integer)")\n' f'op.execute("{sql}")',
    )
    project.add_migration(
        "20241203_000001", "levels", f"CREATE TABLE curriculum_levels (id integer);\n\n{sql};"
    )
    alembic("upgrade", "head", database=database)
    assert "--adopt" in tandem("push", "--yes", database=database, expect=1).err
    tandem("push", "--adopt", "--yes", database=database)
    assert database.value("SELECT count(*) FROM curriculum_levels") == 1
    both_at_head(alembic, supabase, database, project, "20241203_000001")


def test_an_unknown_row_in_a_history_stops_the_push(
    tandem: Runner, alembic: Runner, database: Database
) -> None:
    alembic("upgrade", "20241127_000001", database=database)
    database.query("UPDATE alembic_version SET version_num = '20231231_000009'")
    before = database.snapshot()
    refused = tandem("push", "--adopt", "--yes", database=database, expect=1)
    assert "20231231_000009" in refused.text
    assert database.snapshot() == before


# --- Somebody else at the same time --------------------------------------------------------------


def add_slow_pair(project: Project, seconds: float) -> None:
    project.add_revision(
        "20241203_000001",
        "slow",
        f'op.execute("SELECT pg_sleep({seconds})")\nop.execute("CREATE TABLE slow (id integer)")',
        'op.execute("DROP TABLE slow")',
    )
    project.add_migration(
        "20241203_000001",
        "slow",
        f"SELECT pg_sleep({seconds});\n\nCREATE TABLE slow (id integer);",
    )


def test_push_waits_for_a_real_alembic(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    """And finds then that the work is done: its plan holds no longer."""
    tandem("push", "--yes", database=database)
    add_slow_pair(project, 2)
    upgrade = alembic.start("upgrade", "head", database=database)
    database.wait_for_activity("pg_sleep")
    pushed = tandem("push", "--yes", database=database, expect=1)
    alembic.finish(upgrade)
    assert "waiting" in pushed.err
    after_alembic_alone(tandem, alembic, supabase, database, project)


def test_push_gives_up_on_a_real_alembic(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    tandem("push", "--yes", database=database)
    add_slow_pair(project, 8)
    upgrade = alembic.start("upgrade", "head", database=database)
    database.wait_for_activity("pg_sleep")
    tandem("push", "--yes", "--wait", "1s", database=database, expect=6)
    alembic.finish(upgrade)
    after_alembic_alone(tandem, alembic, supabase, database, project)


def after_alembic_alone(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    """Alembic did the slow pair, push left it alone, and adopting it ends the difference."""
    assert database.alembic_heads() == {"20241203_000001"}
    assert database.supabase_versions() == project.supabase_versions()[:-1]
    tandem("push", "--adopt", "--yes", database=database)
    both_at_head(alembic, supabase, database, project, "20241203_000001")


def test_a_real_alembic_waits_while_push_runs(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    tandem("push", "--yes", database=database)
    add_slow_pair(project, 8)
    push = tandem.start("push", "--yes", database=database)
    database.wait_for_activity("pg_sleep")
    upgrade = alembic.start("upgrade", "head", database=database)
    database.wait_for_lock()
    tandem.finish(push)
    upgraded = alembic.finish(upgrade)
    assert "Running upgrade" not in upgraded.text
    both_at_head(alembic, supabase, database, project, "20241203_000001")


def test_two_pushes_at_once(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    pushes = [tandem.start("push", "--yes", database=database) for _ in range(2)]
    results = [tandem.finish(push, expect=None) for push in pushes]
    assert [x.code for x in results] == [0, 0], "\n".join(map(str, results))
    both_at_head(alembic, supabase, database, project)


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_rolls_back(
    tandem: Runner, database: Database, project: Project, number: int, code: int
) -> None:
    tandem("push", "--yes", database=database)
    add_slow_pair(project, 60)
    before = database.snapshot()
    push = tandem.start("push", "--yes", database=database)
    database.wait_for_activity("pg_sleep")
    asked = time.monotonic()
    push.send_signal(number)
    tandem.finish(push, expect=code)
    assert time.monotonic() - asked < 10
    assert database.snapshot() == before
    running = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE '%pg_sleep%'"
    )
    deadline = time.monotonic() + 5
    while database.value(running) != 0:
        assert time.monotonic() < deadline, "the statement still runs on the server"
        time.sleep(0.05)


# --- A migration fails ---------------------------------------------------------------------------


def named_place(result: Result, project: Project, revision: str) -> tuple[Path, int]:
    """The file of the pair that a message names, and the line."""
    paths = [project.revision_file(revision), project.migration_file(revision.replace("_", ""))]
    for path in paths:
        found = re.search(re.escape(str(path.relative_to(project.root))) + r":(\d+)", result.err)
        if found:
            return path, int(found[1])
    pytest.fail(f"no file of {revision} is named\n{result}")


def test_a_failing_statement_in_the_fifth(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    revision = project.revisions()[4]
    assert revision == "20241128_000002"
    python, sql = project.revision_file(revision), project.migration_file("20241128000002")
    good = python.read_text(), sql.read_text()
    marker = "\n\ndef downgrade"
    python.write_text(good[0].replace(marker, '    op.execute("SELECT 1 / 0")\n' + marker, 1))
    sql.write_text(good[1] + "\nSELECT 1 / 0;\n")
    tandem("check")

    failed = tandem("push", "--yes", database=database, expect=5)
    assert "division by zero" in failed.err
    path, line = named_place(failed, project, revision)
    assert "1 / 0" in path.read_text().splitlines()[line - 1]
    assert database.alembic_heads() == {project.revisions()[3]}
    assert database.supabase_versions() == project.supabase_versions()[:4]
    assert not database.has_table("public.tasks")
    assert not database.query("SELECT FROM pg_type WHERE typname = 'task_status'")

    python.write_text(good[0])
    sql.write_text(good[1])
    tandem("push", "--yes", database=database)
    both_at_head(alembic, supabase, database, project)


def test_a_pair_that_differs_is_not_pushed(
    tandem: Runner, database: Database, project: Project
) -> None:
    path = project.migration_file("20241128000001")
    path.write_text(path.read_text().replace("token_count INTEGER", "token_count BIGINT"))
    refused = tandem("push", "--yes", database=database, expect=1)
    assert path.name in refused.text
    assert not database.has_table("public.chat_messages")
    assert "20241128000001" not in (database.supabase_versions() or [])


# --- Consent, target, secrets --------------------------------------------------------------------


def password(database: Database) -> str:
    return urlsplit(database.url).password or pytest.fail("the server asks for no password")


def test_without_a_terminal_nothing_is_taken_for_a_yes(
    tandem: Runner, database: Database
) -> None:
    before = database.snapshot()
    refused = tandem("push", database=database, expect=2)
    assert "--yes" in refused.err
    assert database.snapshot() == before


@pytest.mark.parametrize("answer, code", [("y", 0), ("n", None), ("", None)])
def test_a_terminal_is_asked(
    tandem: Runner, database: Database, project: Project, answer: str, code: int | None
) -> None:
    primary, secondary = os.openpty()
    process = subprocess.Popen(
        tandem.command("push", database=database),
        cwd=project.root,
        env=tandem.environment(database) | {"TERM": "xterm"},
        stdin=secondary,
        stdout=subprocess.PIPE,
        stderr=secondary,
        start_new_session=True,
    )
    os.close(secondary)
    seen = b""
    deadline = time.monotonic() + SECONDS / 4
    while b"[y/N]" not in seen and time.monotonic() < deadline:
        if select.select([primary], [], [], 0.1)[0]:
            seen += os.read(primary, 65536)
    assert b"[y/N]" in seen, seen
    asked = seen.decode()
    assert "127.0.0.1" in asked and database.name in asked
    os.write(primary, (answer + "\n").encode())
    # A terminal that nobody reads would fill up and stop the program.
    while process.poll() is None and time.monotonic() < deadline:
        if select.select([primary], [], [], 0.1)[0]:
            try:
                os.read(primary, 65536)
            except OSError:
                break
    process.communicate(timeout=SECONDS)
    os.close(primary)
    if code is None:
        assert process.returncode != 0
        assert database.alembic_heads() in (None, set())
        assert database.supabase_versions() in (None, [])
    else:
        assert process.returncode == code
        assert database.alembic_heads() == {HEAD}


def test_the_target_is_named_and_the_password_never(
    tandem: Runner, database: Database
) -> None:
    for words in (["plan"], ["push", "--dry-run"], ["push", "--yes", "-vvv"], ["status"]):
        shown = tandem(*words, database=database, expect=None)
        assert "127.0.0.1" in shown.text and database.name in shown.text, str(shown)
        assert password(database) not in shown.text


def test_a_password_in_an_argument_is_refused(tandem: Runner, database: Database) -> None:
    refused = tandem("push", "--yes", "--db-url", database.url, expect=2)
    assert password(database) not in refused.text
    assert database.alembic_heads() is None


def test_the_ways_to_name_a_target(
    tandem: Runner, databases, tmp_path: Path
) -> None:
    """As libpq's own programs take them; each pushes to a database of its own."""

    def parts(database: Database) -> tuple[str, str, str]:
        url = urlsplit(database.url)
        return url.hostname or "", str(url.port), url.username or ""

    # PG* variables.
    database = databases()
    host, port, user = parts(database)
    variables = {"PGHOST": host, "PGPORT": port, "PGUSER": user, "PGDATABASE": database.name}
    tandem("push", "--yes", env=variables | {"PGPASSWORD": password(database)})
    assert database.alembic_heads() == {HEAD}

    # A URL without password, the password from a file.
    database = databases()
    passfile = tmp_path / "pgpass"
    passfile.write_text(f"{host}:{port}:*:{user}:{password(database)}\n")
    passfile.chmod(0o600)
    bare = f"postgresql://{user}@{host}:{port}/{database.name}"
    tandem("push", "--yes", "--db-url", bare, env={"PGPASSFILE": str(passfile)})
    assert database.alembic_heads() == {HEAD}

    # A service.
    database = databases()
    services = tmp_path / "services"
    services.write_text(
        f"[weaver]\nhost={host}\nport={port}\nuser={user}\ndbname={database.name}\n"
    )
    tandem(
        "push", "--yes",
        env={"PGSERVICEFILE": str(services), "PGSERVICE": "weaver", "PGPASSFILE": str(passfile)},
    )
    assert database.alembic_heads() == {HEAD}

    # What SQLAlchemy calls the same database.
    database = databases()
    url = "postgresql+asyncpg" + database.url.removeprefix("postgresql")
    tandem("push", "--yes", env={"DATABASE_URL": url})
    assert database.alembic_heads() == {HEAD}


def test_no_server_is_code_4(tandem: Runner) -> None:
    tandem("push", "--yes", env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}, expect=4)


# --- status --------------------------------------------------------------------------------------


def test_status_shows_both_histories(
    tandem: Runner, alembic: Runner, database: Database, project: Project
) -> None:
    alembic("upgrade", "20241127_000001", database=database)
    shown = tandem("status", database=database, expect=None)
    for revision, version in zip(project.revisions(), project.supabase_versions(), strict=True):
        (line,) = [x for x in shown.out.splitlines() if x.startswith(revision)]
        assert version in line
    tandem("push", "--adopt", "--yes", database=database)
    after = tandem("status", database=database)
    assert after.out != shown.out
