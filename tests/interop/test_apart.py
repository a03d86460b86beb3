"""Histories that came apart: explained, mended, and taken back.

Each state is made on purpose on a real server, out of one that both real tools agree on. `tandem
status` must name the cause, `tandem repair` must lead to rows on which Alembic and the Supabase CLI
agree without touching the schema, and `--undo` must put back every row byte for byte. Where rows
cannot mend it, nothing is changed and the cause is named all the same.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import pytest
from conftest import Database, Project, Runner
from test_push import both_at_head

STAMP = "20261122093012"
HALF = "20241128_000001"  # half of the example's chain is applied when a state is made
TABLE = "supabase_migrations.schema_migrations"


@dataclass
class Scene:
    database: Database
    project: Project
    alembic: Runner
    tandem: Runner

    def text(self, version: str) -> str:
        return self.project.migration_file(version).read_text()

    def run(self, version: str) -> None:
        self.database.query(self.text(version))

    def record(self, version: str, name: str | None, statements: list[str] | None) -> None:
        self.database.query(
            f"INSERT INTO {TABLE} (version, name, statements) VALUES (%s, %s, %s)",
            [version, name, statements],
        )

    def slug(self, version: str) -> str:
        return self.project.migration_file(version).stem.split("_", 1)[1]


# --- What can come apart -------------------------------------------------------------------------
# Each takes a database whose histories both end at HALF.


def container(s: Scene) -> None:
    """A container ran `alembic upgrade` when it started."""
    s.alembic("upgrade", "20241128_000003", database=s.database)


def cli(s: Scene) -> None:
    """Supabase applied the next file."""
    s.run("20241128000002")
    s.record("20241128000002", s.slug("20241128000002"), [s.text("20241128000002")])


def stamped(s: Scene) -> None:
    """A colleague applied the next file through the API, which stamped its own version."""
    s.run("20241128000002")
    s.record(STAMP, s.slug("20241128000002"), [s.text("20241128000002")])


def stamped_before(s: Scene) -> None:
    """The same happened to a file that Alembic has, too; no name was given."""
    s.database.query(f"UPDATE {TABLE} SET version = '20261122093013', name = NULL,"
                     " statements = ARRAY[array_to_string(statements, E';\\n')]"
                     " WHERE version = '20241127000002'")


def renamed_without_statements(s: Scene) -> None:
    """A row by hand: another version, the name, no statements."""
    s.database.query(f"UPDATE {TABLE} SET version = '20261122093014', statements = NULL"
                     " WHERE version = '20241128000001'")


def twice(s: Scene) -> None:
    """Recorded under its own version and once more under a stamp."""
    s.record("20261122093015", "again", [s.text("20241127000002")])


def pasted(s: Scene) -> None:
    """The next file was pasted into the SQL editor."""
    s.run("20241128000002")


def as_a_log(s: Scene) -> None:
    """Somebody took alembic_version for a log."""
    s.database.query("INSERT INTO alembic_version VALUES ('20241126_000001'), ('20241127_000001')")


def file_name(s: Scene) -> None:
    """The name of the file in place of the id."""
    s.database.query("ALTER TABLE alembic_version ALTER version_num TYPE varchar(64);"
                     "UPDATE alembic_version SET version_num = '20241128_000001_add_chat_messages'")


def digits(s: Scene) -> None:
    """The version of the migration in place of the id."""
    s.database.query("UPDATE alembic_version SET version_num = '20241128000001'")


def without_key(s: Scene) -> None:
    """A table without primary key, with a row twice."""
    s.database.query("ALTER TABLE alembic_version DROP CONSTRAINT alembic_version_pkc;"
                     f"INSERT INTO alembic_version VALUES ('{HALF}')")


def lost_alembic(s: Scene) -> None:
    """alembic_version is empty."""
    s.database.query("TRUNCATE alembic_version")


def lost_supabase(s: Scene) -> None:
    """schema_migrations is gone with its schema."""
    s.database.query("DROP SCHEMA supabase_migrations CASCADE")


MENDED: dict[Callable[[Scene], None], set[str]] = {
    container: {"TD505"},
    cli: {"TD505"},
    stamped: {"TD501", "TD505"},
    stamped_before: {"TD501"},
    renamed_without_statements: {"TD501"},
    twice: {"TD503"},
    pasted: {"TD507"},
    as_a_log: {"TD511"},
    file_name: {"TD512"},
    digits: {"TD512"},
    without_key: {"TD511"},
    lost_alembic: {"TD505"},
    lost_supabase: {"TD505"},
}
# Two that cannot both happen: they change the same rows.
CLASH = [
    {container, cli}, {container, stamped}, {container, pasted}, {cli, stamped}, {cli, pasted},
    {stamped, pasted}, {as_a_log, lost_alembic}, {file_name, digits}, {file_name, lost_alembic},
    {digits, lost_alembic}, {without_key, lost_alembic}, {without_key, file_name},
    {without_key, digits}, {container, file_name}, {container, digits}, {container, lost_alembic},
    {container, without_key}, {container, as_a_log}, {file_name, as_a_log}, {digits, as_a_log},
    {lost_supabase, cli}, {lost_supabase, stamped}, {lost_supabase, stamped_before},
    {lost_supabase, renamed_without_statements}, {lost_supabase, twice},
    {lost_supabase, lost_alembic}, {stamped_before, twice},
]  # fmt: skip
ALL_PAIRS = [x for x in combinations(MENDED, 2) if set(x) not in CLASH]
# A third of them in every run; TANDEM_ALL=1 tries each.
PAIRS = ALL_PAIRS if os.environ.get("TANDEM_ALL") else ALL_PAIRS[::3]


def rows(database: Database) -> tuple:
    """Every row of both histories, as the server prints it."""
    alembic = database.query("SELECT v::text FROM alembic_version v ORDER BY 1")
    supabase = (
        database.query(f"SELECT m::text FROM {TABLE} m ORDER BY version")
        if database.supabase_versions() is not None
        else []
    )
    return alembic, supabase


@pytest.fixture
def scene(database: Database, project: Project, alembic: Runner, tandem: Runner) -> Scene:
    tandem("push", "--yes", "--to", HALF, database=database)
    return Scene(database, project, alembic, tandem)


def codes(tandem: Runner, database: Database) -> set[str]:
    shown = json.loads(tandem("status", "--format", "json", database=database).out)
    return {cause["code"] for cause in shown["causes"]}


def repair_and_agree(scene: Scene, supabase: Runner) -> None:
    """Repair, without any DDL; take it back; repair again, push the rest, ask the real tools."""
    database = scene.database
    before = rows(database)
    schema = database.dump()
    scene.tandem("repair", "--adopt", "--yes", database=database)
    mended = rows(database)
    assert mended != before
    without_journal = database.dump()
    scene.tandem("repair", "--undo", "--yes", database=database)
    assert rows(database) == before
    scene.tandem("repair", "--adopt", "--yes", database=database)
    assert rows(database) == mended
    assert database.dump() == without_journal
    database.query("DROP SCHEMA tandem CASCADE")
    assert database.dump() == schema
    scene.tandem("push", "--yes", database=database)
    both_at_head(scene.alembic, supabase, database, scene.project)


@pytest.mark.parametrize("break_it", MENDED, ids=lambda x: x.__name__)
def test_each_state_is_explained_and_mended(
    scene: Scene, supabase: Runner, break_it: Callable[[Scene], None]
) -> None:
    break_it(scene)
    assert codes(scene.tandem, scene.database) == MENDED[break_it]
    repair_and_agree(scene, supabase)


@pytest.mark.parametrize("both", PAIRS, ids=lambda x: f"{x[0].__name__}-{x[1].__name__}")
def test_two_of_them_at_once(
    scene: Scene, supabase: Runner, both: tuple[Callable[[Scene], None], ...]
) -> None:
    for break_it in both:
        break_it(scene)
    assert codes(scene.tandem, scene.database) >= MENDED[both[0]] | MENDED[both[1]]
    repair_and_agree(scene, supabase)


# --- What rows cannot mend -----------------------------------------------------------------------


def partly_pasted(s: Scene) -> None:
    """Only the first statement of the next file was pasted."""
    statement = s.text("20241128000002").split(";")[0]
    s.database.query(statement)


def unknown_head(s: Scene) -> None:
    """alembic_version names a revision of another branch."""
    s.database.query("UPDATE alembic_version SET version_num = '9f2c1a7b3d4e'")


def hotfix(s: Scene) -> None:
    """Somebody applied SQL that never came into the repository."""
    s.database.query("CREATE TABLE hotfix (id integer)")
    s.record("20261122093016", "hotfix", ["CREATE TABLE hotfix (id integer)"])


def row_by_hand(s: Scene) -> None:
    """A version alone: no name, no statements."""
    s.record("20261122093017", None, None)


def same_name(s: Scene) -> None:
    """The name of the next file, and other statements."""
    s.database.query("CREATE TABLE other (id integer)")
    s.record("20261122093018", s.slug("20241128000002"), ["CREATE TABLE other (id integer)"])


def edited(s: Scene) -> None:
    """A file was edited after it ran."""
    path = s.project.migration_file("20241127000002")
    path.write_text(path.read_text() + "\nCOMMENT ON TABLE canvases IS 'what is drawn';\n")
    revision = s.project.revision_file("20241127_000002")
    text = revision.read_text()
    assert "def downgrade" in text
    head, tail = text.split("def downgrade", 1)
    head = head.rstrip() + '\n    op.execute("COMMENT ON TABLE canvases IS \'what is drawn\'")\n\n\n'
    revision.write_text(head + "def downgrade" + tail)


def dropped(s: Scene) -> None:
    """What a migration made was dropped by hand."""
    s.database.query("ALTER TABLE canvases DROP COLUMN data")


def stamped_without_running(s: Scene) -> None:
    """`alembic stamp` and `migration repair` recorded the next one, and nothing ran."""
    s.alembic("stamp", "20241128_000002", database=s.database)
    s.record("20241128000002", s.slug("20241128000002"), [s.text("20241128000002")])


UNMENDED: dict[Callable[[Scene], None], str] = {
    partly_pasted: "TD508",
    unknown_head: "TD513",
    hotfix: "TD502",
    row_by_hand: "TD502",
    same_name: "TD502",
    edited: "TD504",
    dropped: "TD509",
    stamped_without_running: "TD509",
}


@pytest.mark.parametrize("break_it", UNMENDED, ids=lambda x: x.__name__)
def test_what_rows_cannot_mend_is_named_and_left_alone(
    scene: Scene, break_it: Callable[[Scene], None]
) -> None:
    break_it(scene)
    before = scene.database.snapshot(), rows(scene.database)
    assert UNMENDED[break_it] in codes(scene.tandem, scene.database)
    scene.tandem("repair", "--adopt", "--yes", database=scene.database, expect=1)
    assert (scene.database.snapshot(), rows(scene.database)) == before


# --- Single versions -----------------------------------------------------------------------------


def test_a_version_is_recorded_as_applied_only_when_the_target_has_it(scene: Scene) -> None:
    claim = ["repair", "20241128000002", "--status", "applied", "--yes"]
    before = rows(scene.database)
    refused = scene.tandem(*claim, database=scene.database, expect=None)
    assert refused.code == 1 and "the target does not have" in refused.err
    assert rows(scene.database) == before
    pasted(scene)
    scene.tandem(*claim, database=scene.database)
    assert scene.database.alembic_heads() == {"20241128_000002"}
    assert "20241128000002" in (scene.database.supabase_versions() or [])


def test_a_version_is_recorded_as_reverted_only_when_nothing_of_it_is_there(scene: Scene) -> None:
    claim = ["repair", "20241128_000001", "--status", "reverted", "--yes"]
    before = rows(scene.database)
    refused = scene.tandem(*claim, database=scene.database, expect=None)
    assert refused.code == 1 and "the target has" in refused.err
    assert rows(scene.database) == before
    scene.alembic("downgrade", "-1", database=scene.database)
    scene.alembic("stamp", HALF, database=scene.database)
    scene.tandem(*claim, database=scene.database)
    assert scene.database.alembic_heads() == {"20241127_000002"}
    assert "20241128000001" not in (scene.database.supabase_versions() or [])


# --- The worked example's own day ----------------------------------------------------------------


def test_a_container_a_colleague_and_the_sql_editor(
    database: Database, project: Project, alembic: Runner, supabase: Runner, tandem: Runner
) -> None:
    tandem("push", "--yes", "--to", "20241127_000002", database=database)
    scene = Scene(database, project, alembic, tandem)
    alembic("upgrade", "20241128_000001", database=database)
    stamped(scene)
    scene.run("20241128000003")
    database.watch_ddl()

    shown = tandem("status", database=database).out
    for words in (
        "only alembic_version has 20241128_000001",
        f"is recorded as {STAMP}",
        "20241128_000003 (20241128000003_add_graph_status) is in the target, and no history",
        "its statements are those of supabase/migrations/20241128000002",
    ):
        assert words in shown
    # What wrote rows is believed because somebody says so: the schema proves the rest.
    tandem("repair", "--adopt", "--yes", database=database)
    assert "tandem.repair" not in tandem("drift", database=database, expect=None).out
    ran = [tag for tag, name in database.ddl() if not name.startswith("tandem")]
    assert ran == []
    tandem("push", "--yes", database=database)
    both_at_head(alembic, supabase, database, project)


def test_the_file_of_a_repair_puts_every_row_back_by_psql(scene: Scene, server) -> None:
    stamped(scene)
    before = rows(scene.database)
    scene.tandem("repair", "--adopt", "--yes", database=scene.database)
    assert rows(scene.database) != before
    (path,) = (scene.project.root / "supabase/.temp").glob("tandem-repair-1-*.sql")
    subprocess.run(
        [server.programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", path,
         scene.database.url],
        check=True,
        timeout=60,
    )  # fmt: skip
    assert rows(scene.database) == before


def test_a_row_that_changed_since_is_not_put_back(scene: Scene) -> None:
    stamped(scene)
    scene.tandem("repair", "--adopt", "--yes", database=scene.database)
    scene.database.query(f"UPDATE {TABLE} SET name = 'mine' WHERE version = '20241128000002'")
    before = rows(scene.database)
    refused = scene.tandem("repair", "--undo", "--yes", database=scene.database, expect=None)
    assert refused.code == 1
    assert rows(scene.database) == before


def test_dry_run_prints_the_sql_and_changes_nothing(scene: Scene) -> None:
    stamped(scene)
    before = scene.database.snapshot(), rows(scene.database)
    printed = scene.tandem("repair", "--adopt", "--dry-run", database=scene.database)
    assert "UPDATE supabase_migrations.schema_migrations SET version" in printed.out
    assert (scene.database.snapshot(), rows(scene.database)) == before
