"""The column `rollback` that Supabase's platform has: filled by a push, and run as it would be."""

from __future__ import annotations

import pytest
from conftest import Database, Project, Runner
from test_faults import reaching
from test_push import both_at_head
from test_revert import no_extension

HOSTED = (
    "CREATE SCHEMA supabase_migrations;"
    "CREATE TABLE supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY,"
    " statements text[], name text, created_by text, idempotency_key text UNIQUE, {rollback})"
)


def hosted(database: Database, rollback: str = "rollback text[]") -> None:
    database.query(HOSTED.format(rollback=rollback))


def rollbacks(database: Database) -> dict[str, list[str] | None]:
    return dict(
        database.query("SELECT version, rollback FROM supabase_migrations.schema_migrations")
    )


@pytest.mark.parametrize("via", ["libpq", "api"])
def test_each_revision_of_the_example_can_be_rolled_back_by_the_platform(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project,
    via: str,
) -> None:
    hosted(database)
    before = [(no_extension(database.dump()), None)]
    with reaching(via, tandem, project, database) as (words, _):
        for revision in project.revisions():
            tandem("push", "--yes", "--to", revision, *words)
            before.append((no_extension(database.dump()), database.alembic_heads()))
    both_at_head(alembic, supabase, database, project)

    filled = rollbacks(database)
    stopped = 0
    for number in range(len(before) - 1, 0, -1):
        version = project.supabase_versions()[number - 1]
        if filled[version] is None:
            stopped += 1
            tandem("revert", "-1", "--yes", database=database)
        else:
            (text,) = filled[version]
            database.query(
                f"BEGIN; {text} DELETE FROM supabase_migrations.schema_migrations"
                f" WHERE version = '{version}'; COMMIT"
            )
        assert no_extension(database.dump()) == before[number - 1][0], version
        assert (database.alembic_heads() or None) == before[number - 1][1], version
    # Those that wrote rows: 20241127_000001, 20241128_000003, 20241202_000002.
    assert stopped == 3


def test_what_is_not_undone_wholly_has_none(
    tandem: Runner, database: Database, project: Project
) -> None:
    project.clear()
    hosted(database)
    for number, sql in enumerate(
        [
            "CREATE TYPE mood AS ENUM ('sad')",
            "ALTER TYPE mood ADD VALUE 'glad'",
            "CREATE TABLE t (m mood, a integer)",
            "ALTER TABLE t DROP COLUMN a",
            "INSERT INTO t VALUES ('sad')",
        ],
        1,
    ):
        revision = f"2026010{number}_000001"
        project.add_revision(revision, f"s{number}", f"op.execute({sql!r})")
        project.add_migration(revision, f"s{number}", sql + ";")
    tandem("push", "--yes", database=database)
    step = "UPDATE public.alembic_version SET version_num='20260102_000001' WHERE" \
        " public.alembic_version.version_num = '20260103_000001';"
    assert [rollbacks(database)[x] for x in project.supabase_versions()] == [
        ["DROP TYPE mood;\nDELETE FROM public.alembic_version WHERE"
         " public.alembic_version.version_num = '20260101_000001';"],
        None,
        [f"DROP TABLE t;\n{step}"],
        None,
        None,
    ]


@pytest.mark.parametrize("column", ["rollback text", "rollback jsonb", "other text[]"])
def test_a_column_of_another_kind_is_left_alone(
    tandem: Runner, database: Database, project: Project, column: str
) -> None:
    hosted(database, column)
    tandem("push", "--yes", database=database)
    name = column.split()[0]
    assert set(
        x for (x,) in database.query(f"SELECT {name} FROM supabase_migrations.schema_migrations")
    ) == {None}
