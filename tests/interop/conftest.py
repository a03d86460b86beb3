"""The real tools around tandem: PostgreSQL with pgvector, Alembic, the Supabase CLI.

    database    an empty database of its own for each test
    project     a copy of the worked example that a test may change
    alembic, supabase, tandem
                run the real programs in that project, with nothing of the caller's environment:
                no home folder, no PG* variables, no terminal

A runner fails the test when the exit code is not the expected one, and shows everything printed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
ALEMBIC = Path(sys.executable).with_name("alembic")
SUPABASE = BUILD / "tools/node/node_modules/.bin/supabase"
TANDEM = Path(os.environ.get("TANDEM") or BUILD / "release/tandem")

# No program that is run here needs longer, sanitizers included.
SECONDS = 120

# Of the cases of one parametrized test, every n-th: what a second run over the same tests needs.
SAMPLE = int(os.environ.get("TANDEM_SAMPLE") or 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    cases: dict[str, int] = {}
    kept, left = [], []
    for item in items:
        name = item.nodeid.split("[")[0]
        cases[name] = cases.get(name, -1) + 1
        (left if cases[name] % SAMPLE else kept).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


@dataclass
class Database:
    """One database of the throwaway server."""

    url: str
    programs: Path

    @property
    def name(self) -> str:
        return urlsplit(self.url).path.lstrip("/")

    def connect(self, **options: object) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True, **options)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple]:
        """Runs one or more statements; the rows of the last, or none."""
        with self.connect() as connection:
            cursor = connection.execute(sql, parameters or None)
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []

    def value(self, sql: str, parameters: Sequence[object] = ()) -> object:
        ((value,),) = self.query(sql, parameters)
        return value

    def has_table(self, name: str) -> bool:
        return self.value("SELECT to_regclass(%s) IS NOT NULL", [name]) is True

    def alembic_heads(self) -> set[str] | None:
        """The rows of alembic_version; None when there is no such table."""
        if not self.has_table("public.alembic_version"):
            return None
        return {version for (version,) in self.query("SELECT version_num FROM alembic_version")}

    def supabase_versions(self) -> list[str] | None:
        """The recorded versions in order; None when there is no history table."""
        if not self.has_table("supabase_migrations.schema_migrations"):
            return None
        rows = self.query("SELECT version FROM supabase_migrations.schema_migrations ORDER BY 1")
        return [version for (version,) in rows]

    def supabase_rows(self) -> list[tuple]:
        """What the Supabase CLI stores of each migration."""
        return self.query(
            "SELECT version, name, statements FROM supabase_migrations.schema_migrations"
            " ORDER BY version"
        )

    def dump(self) -> str:
        """The schema as pg_dump prints it, without the two histories."""
        result = subprocess.run(
            [
                self.programs / "pg_dump",
                "--schema-only",
                "--no-owner",
                "--exclude-schema=supabase_migrations",
                "--exclude-table=public.alembic_version",
                f"--dbname={self.url}",
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=SECONDS,
        )
        # The first and last lines of newer versions hold a random word.
        lines = result.stdout.splitlines(keepends=True)
        return "".join(x for x in lines if not x.startswith(("\\restrict", "\\unrestrict")))

    def watch_ddl(self) -> None:
        """From now on, committed DDL is written down; `ddl` tells it."""
        self.query(
            "CREATE SCHEMA watch;"
            "CREATE TABLE watch.ddl (id serial, tag text, name text);"
            "CREATE FUNCTION watch.note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN"
            " INSERT INTO watch.ddl (tag, name) SELECT command_tag, object_identity"
            " FROM pg_event_trigger_ddl_commands(); END $$;"
            "CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION watch.note()"
        )

    def ddl(self) -> list[tuple[str, str]]:
        """Committed DDL since `watch_ddl`, without that of the two history tables."""
        return self.query(
            "SELECT tag, name FROM watch.ddl WHERE name !~ 'supabase_migrations|alembic_version'"
            " ORDER BY id"
        )

    def snapshot(self) -> tuple:
        """All that a migration tool could have changed: schema and both histories."""
        rows = self.supabase_rows() if self.supabase_versions() is not None else None
        return self.dump(), self.alembic_heads(), rows

    def wait_for_activity(self, fragment: str, application: str = "%") -> None:
        """Until a backend of this database runs a statement that holds the fragment."""
        deadline = time.monotonic() + SECONDS / 4
        with self.connect() as connection:
            while time.monotonic() < deadline:
                found = connection.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND state = 'active'"
                    " AND strpos(query, %s) > 0 AND application_name LIKE %s",
                    (fragment, application),
                ).fetchone()
                if found and found[0]:
                    return
                time.sleep(0.02)
        pytest.fail(f"no backend ever ran {fragment!r}")

    def wait_for_lock(self) -> None:
        """Until some backend of this database waits for a heavyweight lock."""
        deadline = time.monotonic() + SECONDS / 4
        with self.connect() as connection:
            while time.monotonic() < deadline:
                found = connection.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND wait_event_type = 'Lock'"
                ).fetchone()
                if found and found[0]:
                    return
                time.sleep(0.02)
        pytest.fail("no backend ever waited for a lock")


@dataclass
class Server:
    url: str
    programs: Path
    made: int = 0

    def create(self) -> Database:
        self.made += 1
        name = f"test_{self.made}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return Database(urlsplit(self.url)._replace(path=f"/{name}").geturl(), self.programs)

    def drop(self, database: Database) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {database.name} WITH (FORCE)")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    process = subprocess.Popen(
        [ROOT / "tests/setup/server.sh", "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout
    try:
        url = process.stdout.readline().strip()
        programs = process.stdout.readline().strip()
        if not url:
            pytest.exit("the PostgreSQL server did not start", returncode=1)
        yield Server(url, Path(programs))
    finally:
        process.stdin.close()
        process.wait(SECONDS)


@pytest.fixture
def databases(server: Server) -> Iterator[Callable[[], Database]]:
    """Makes as many empty databases as a test asks for."""
    made: list[Database] = []

    def create() -> Database:
        made.append(server.create())
        return made[-1]

    yield create
    for database in made:
        server.drop(database)


@pytest.fixture
def database(databases: Callable[[], Database]) -> Database:
    return databases()


@dataclass
class Project:
    """A project with both histories, laid out like this repository."""

    root: Path

    @property
    def versions(self) -> Path:
        return self.root / "alembic/versions"

    @property
    def migrations(self) -> Path:
        return self.root / "supabase/migrations"

    def revision_file(self, revision: str) -> Path:
        (path,) = self.versions.glob(f"{revision}_*.py")
        return path

    def migration_file(self, version: str) -> Path:
        (path,) = self.migrations.glob(f"{version}_*.sql")
        return path

    def revisions(self) -> list[str]:
        """Ids in the order of the chain, which for these projects is their own."""
        return sorted("_".join(x.stem.split("_")[:2]) for x in self.versions.glob("*.py"))

    def supabase_versions(self) -> list[str]:
        return sorted(x.name.split("_")[0] for x in self.migrations.glob("*.sql"))

    def clear(self) -> None:
        """Leaves both histories empty."""
        for path in [*self.versions.glob("*.py"), *self.migrations.iterdir()]:
            path.unlink()

    def add_revision(
        self,
        revision: str,
        slug: str,
        upgrade: str,
        downgrade: str = "pass",
        parent: str | None = None,
    ) -> Path:
        """Adds a revision on top of the newest, or of the parent."""
        if parent is None and (present := self.revisions()):
            parent = present[-1]
        path = self.versions / f"{revision}_{slug}.py"
        body = "\n".join("    " + line if line else "" for line in upgrade.splitlines())
        undo = "\n".join("    " + line if line else "" for line in downgrade.splitlines())
        path.write_text(
            f'"""{slug}\n\nRevision ID: {revision}\nRevises: {parent or ""}\n'
            'Create Date: 2024-12-03 08:00:00.000000\n\n"""\n'
            "from alembic import op\nimport sqlalchemy as sa\n\n\n"
            f'revision: str = "{revision}"\n'
            f"down_revision = {parent!r}\nbranch_labels = None\ndepends_on = None\n\n\n"
            f"def upgrade() -> None:\n{body}\n\n\ndef downgrade() -> None:\n{undo}\n"
        )
        return path

    def add_migration(self, revision: str, slug: str, sql: str) -> Path:
        """Adds the twin of a revision of this naming scheme."""
        path = self.migrations / f"{revision.replace('_', '')}_{slug}.sql"
        path.write_text(f"-- tandem: revision {revision}\n\n{sql}\n")
        return path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "weaver"
    ignore = shutil.ignore_patterns("__pycache__", ".temp", ".branches", "tandem.lock")
    for part in ("alembic", "supabase"):
        shutil.copytree(ROOT / part, root / part, ignore=ignore)
    return Project(root)


@dataclass
class Result:
    command: list[str]
    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    def __str__(self) -> str:
        return (
            f"$ {' '.join(self.command)}\nexit code {self.code}\n"
            f"--- stdout\n{self.out}--- stderr\n{self.err}"
        )


@dataclass
class Runner:
    """One of the programs, run in one project."""

    program: Path
    project: Project
    home: Path
    before: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)

    def environment(self, database: Database | None) -> dict[str, str]:
        kept = {
            key: value
            for key, value in os.environ.items()
            if key in ("PATH", "TMPDIR") or key.endswith("SAN_OPTIONS")
        }
        kept |= {"HOME": str(self.home), "LC_ALL": "C.UTF-8", "TZ": "UTC"} | self.variables
        if database is not None:
            kept["DATABASE_URL"] = database.url
        return kept

    def command(self, *arguments: str, database: Database | None = None) -> list[str]:
        return [str(self.program), *self.before, *arguments]

    def start(
        self,
        *arguments: str,
        database: Database | None = None,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.Popen[str]:
        """Starts the program and comes back at once; `finish` collects it."""
        return subprocess.Popen(
            self.command(*arguments, database=database),
            cwd=cwd or self.project.root,
            env=self.environment(database) | (env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            # Python's child would otherwise inherit ignored signals from some test runners.
            restore_signals=True,
        )

    @staticmethod
    def finish(process: subprocess.Popen[str], expect: int | None = 0) -> Result:
        try:
            out, err = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            out, err = process.communicate()
            pytest.fail(f"still running after {SECONDS} s: {process.args}\n{out}{err}")
        result = Result([str(x) for x in process.args], process.returncode, out, err)
        if expect is not None:
            assert result.code == expect, f"expected exit code {expect}\n{result}"
        return result

    def __call__(
        self,
        *arguments: str,
        database: Database | None = None,
        expect: int | None = 0,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Result:
        return self.finish(self.start(*arguments, database=database, env=env, cwd=cwd), expect)


@dataclass
class SupabaseRunner(Runner):
    """`--remote` stands last: it names the target by its full URL, as this program wants it."""

    def command(self, *arguments: str, database: Database | None = None) -> list[str]:
        target = [f"--remote={database.url}"] if database else []
        return [str(self.program), *arguments, *target]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def alembic(project: Project, home: Path) -> Runner:
    return Runner(ALEMBIC, project, home, before=("-c", "alembic/alembic.ini"))


@pytest.fixture
def supabase(project: Project, home: Path) -> Runner:
    return SupabaseRunner(
        SUPABASE,
        project,
        home,
        variables={
            "SUPABASE_HOME": str(home / ".supabase"),
            "SUPABASE_TELEMETRY_DISABLED": "1",
            "DO_NOT_TRACK": "1",
            "SUPABASE_NO_UPDATE_NOTIFIER": "1",
            "PGSSLMODE": "disable",
        },
    )


@pytest.fixture
def tandem(project: Project, home: Path) -> Runner:
    if not TANDEM.exists():
        pytest.fail(f"{TANDEM} is not built; TANDEM names another one")
    return Runner(TANDEM, project, home)
