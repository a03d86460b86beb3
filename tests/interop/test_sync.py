"""`tandem sync`: what is missing on either side is written, and both real tools run all of it."""

from __future__ import annotations

import json

import pytest
from conftest import Project, Runner

HEAD = "20241202_000002"


def add_sql(project: Project, version: str, name: str, sql: str) -> None:
    """A migration that nobody made a revision of."""
    (project.migrations / f"{version}_{name}.sql").write_text(sql + "\n")


def assert_true_both_ways(
    project: Project, tandem: Runner, alembic: Runner, supabase: Runner, databases
) -> None:
    """Both tools bring an empty database to the same schema, and check is content."""
    left, right = databases(), databases()
    alembic("upgrade", "head", database=left)
    supabase("db", "push", "--yes", database=right)
    assert left.dump() == right.dump()
    assert right.supabase_versions() == project.supabase_versions()
    alembic("downgrade", HEAD, database=left)
    alembic("upgrade", "head", database=left)
    assert left.dump() == right.dump()
    tandem("check")


def test_one_side_alone(
    project: Project, tandem: Runner, alembic: Runner, supabase: Runner, databases
) -> None:
    for number in (1, 2, 3):
        project.add_revision(
            f"20241203_00000{number}",
            f"note_{number}",
            f"op.create_table('note_{number}', sa.Column('id', sa.Integer(), primary_key=True))",
            f"op.drop_table('note_{number}')",
        )
    tandem("sync")
    assert project.supabase_versions()[8:] == ["20241203000001", "20241203000002", "20241203000003"]
    for number in (4, 5):
        add_sql(
            project, f"2024120300000{number}", f"more_{number}", f"CREATE TABLE more_{number} (i int);"
        )
    tandem("sync")
    assert project.revisions()[-2:] == ["20241203_000004", "20241203_000005"]
    assert_true_both_ways(project, tandem, alembic, supabase, databases)
    assert "nothing to write" in tandem("sync").err


def test_both_sides_added_something(
    project: Project, tandem: Runner, alembic: Runner, supabase: Runner, databases
) -> None:
    """A branch of each, and a merge; whoever ran its own part already goes on."""
    project.add_revision(
        "20241203_000001",
        "notes",
        "op.create_table('notes', sa.Column('id', sa.Integer(), primary_key=True))",
        "op.drop_table('notes')",
    )
    add_sql(project, "20241204000000", "tags", "CREATE TABLE tags (name text PRIMARY KEY);")
    ahead_left, ahead_right = databases(), databases()
    alembic("upgrade", "head", database=ahead_left)
    supabase("db", "push", "--yes", database=ahead_right)

    said = json.loads(tandem("sync", "--dry-run", "--format", "json").out)
    assert [x["kind"] for x in said["items"]] == ["migration", "revision", "merge"]
    assert not list(project.migrations.glob("*_notes.sql"))
    written = json.loads(tandem("sync", "--format", "json").out)
    assert [x["file"] for x in written["items"]] == [x["file"] for x in said["items"]]
    assert project.supabase_versions()[-2:] == ["20241204000000", "20241204000001"]

    alembic("upgrade", "head", database=ahead_left)
    supabase("db", "push", "--yes", database=ahead_right)
    assert ahead_left.dump() == ahead_right.dump()
    assert_true_both_ways(project, tandem, alembic, supabase, databases)

    # What comes next follows the merge.
    add_sql(project, "20241205000000", "labels", "CREATE TABLE labels (name text PRIMARY KEY);")
    tandem("sync")
    assert_true_both_ways(project, tandem, alembic, supabase, databases)


def test_a_migration_that_was_put_between(
    project: Project, tandem: Runner, alembic: Runner, supabase: Runner, databases
) -> None:
    add_sql(project, "20241128000009", "tags", "CREATE TABLE tags (name text PRIMARY KEY);")
    tandem("sync")
    assert_true_both_ways(project, tandem, alembic, supabase, databases)


@pytest.mark.parametrize("which", ["supabase", "alembic"])
def test_a_whole_side(
    project: Project, tandem: Runner, alembic: Runner, supabase: Runner, databases, which: str
) -> None:
    files = project.migrations if which == "supabase" else project.versions
    for path in [*files.glob("*.sql"), *files.glob("*.py")]:
        path.unlink()
    tandem("sync")
    assert len(project.revisions()) == len(project.supabase_versions()) == 8
    left, right = databases(), databases()
    alembic("upgrade", "head", database=left)
    supabase("db", "push", "--yes", database=right)
    assert left.dump() == right.dump()
    tandem("check")


def test_branches_are_kept_in_order(
    project: Project, tandem: Runner, alembic: Runner, supabase: Runner, databases
) -> None:
    for number, parent in ((1, HEAD), (2, HEAD), (3, "20241203_000002"), (4, "20241203_000001")):
        project.add_revision(
            f"20241203_00000{number}",
            f"b{number}",
            f"op.execute('CREATE TABLE b{number} (i int)')",
            f"op.execute('DROP TABLE b{number}')",
            parent=parent,
        )
    merge = project.add_revision("20241203_000005", "merge", "pass")
    merge.write_text(
        merge.read_text().replace(
            "down_revision = '20241203_000004'",
            "down_revision = ('20241203_000003', '20241203_000004')",
        )
    )
    tandem("sync")
    assert_true_both_ways(project, tandem, alembic, supabase, databases)


def test_twins_that_record_themselves(
    project: Project, tandem: Runner, alembic: Runner, supabase: Runner, databases
) -> None:
    """A branch of each, self-recording: Supabase alone brings Alembic to the merge."""
    project.add_revision(
        "20241203_000001", "notes", "op.execute('CREATE TABLE notes (i int)')", "op.drop_table('notes')"
    )
    add_sql(project, "20241204000000", "tags", "CREATE TABLE tags (name text PRIMARY KEY);")
    made = json.loads(tandem("sync", "--self-recording", "--format", "json").out)
    assert [x["kind"] for x in made["items"]] == ["migration", "revision", "merge", "migration"]
    merge = made["summary"]["merge"]
    alone, mixed = databases(), databases()
    supabase("db", "push", "--yes", database=alone)
    assert alembic("current", database=alone).out == f"{merge} (head) (mergepoint)\n"
    # Alembic ran the branch of the migration that records nothing.
    (tags,) = [x["revision"] for x in made["items"] if x["kind"] == "revision"]
    alembic("upgrade", tags, database=mixed)
    for path in sorted(project.migrations.glob("*.sql"))[9:]:
        mixed.query(path.read_text())
    assert alembic("current", database=mixed).out == f"{merge} (head) (mergepoint)\n"
    assert mixed.dump() == alone.dump()


def test_what_cannot_be_known_stops_it_all(project: Project, tandem: Runner) -> None:
    project.add_revision("20241203_000001", "known", "op.execute('CREATE TABLE known (i int)')")
    project.add_revision("20241203_000002", "hidden", "op.execute(open('/etc/x').read())")
    project.add_revision("20241203_000003", "behind", "op.execute('CREATE TABLE behind (i int)')")
    before = sorted(project.root.rglob("*"))
    assert "20241203_000002" in tandem("sync", expect=1).err
    assert sorted(project.root.rglob("*")) == before
    said = tandem("sync", "--partial", expect=1).out
    assert "left out 20241203_000002" in said and "left out 20241203_000003" in said
    assert project.supabase_versions()[8:] == ["20241203000001"]


def test_the_same_change_on_both_sides_is_not_written_twice(
    project: Project, tandem: Runner
) -> None:
    project.add_revision(
        "20241203_000001", "notes", "op.execute('CREATE TABLE notes (id int, body text)')"
    )
    add_sql(project, "20241204000000", "my_notes", "CREATE TABLE notes (id bigint);")
    before = sorted(project.root.rglob("*"))
    failed = tandem("sync", expect=None)
    assert failed.code == 1 and "same change" in failed.err
    assert sorted(project.root.rglob("*")) == before
