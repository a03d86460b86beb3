"""Twins that record themselves: whoever applies, both histories are true (docs/self-recording.md).

The snippet of the documentation is taken from there, and its hook is the one that it shows.
"""

from __future__ import annotations

import json
import random
import re
import shutil

import pytest
from conftest import ROOT, TANDEM, Database, Project, Runner

HEAD = "20241202_000002"
GUIDE = (ROOT / "docs/self-recording.md").read_text()


def code_of_guide(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def put_snippet(project: Project) -> None:
    """env.py with the snippet, as the guide says."""
    (snippet,) = code_of_guide("python")
    path = project.root / "alembic/env.py"
    source = path.read_text().replace(
        "target_metadata=target_metadata",
        "target_metadata=target_metadata, on_version_apply=record_in_supabase",
    )
    assert source.count("on_version_apply") == 2
    path.write_text(source.replace("# The migrations are", snippet + "\n\n# The migrations are"))


@pytest.fixture
def recording(project: Project, tandem: Runner) -> Project:
    """The worked example with migrations that record themselves, and the snippet."""
    for path in project.migrations.glob("*.sql"):
        path.unlink()
    tandem("convert", "--self-recording", "--rls")
    put_snippet(project)
    return project


def assert_up_to_date(supabase: Runner, alembic: Runner, database: Database) -> None:
    assert alembic("current", database=database).out == f"{HEAD} (head)\n"
    dry = supabase("db", "push", "--dry-run", "--output-format", "json", database=database)
    assert json.loads(dry.out)["upToDate"] is True


def push_first(supabase: Runner, project: Project, database: Database, count: int) -> None:
    """Has the Supabase CLI apply the first migrations alone."""
    later = sorted(project.migrations.glob("*.sql"))[count:]
    aside = project.root / "later"
    aside.mkdir()
    for path in later:
        path.rename(aside / path.name)
    supabase("db", "push", "--yes", database=database)
    for path in later:
        (aside / path.name).rename(path)
    aside.rmdir()


def test_the_pairs_agree(recording: Project, tandem: Runner) -> None:
    checked = tandem("check", "--format", "json")
    assert [x["verdict"] for x in json.loads(checked.out)["pairs"]].count("different") == 0


def test_supabase_alone_brings_alembic_to_its_head(
    recording: Project, supabase: Runner, alembic: Runner, databases
) -> None:
    database, other = databases(), databases()
    supabase("db", "push", "--yes", database=database)
    assert_up_to_date(supabase, alembic, database)

    # The table is the one that Alembic makes, closed to the API.
    shutil.copy(ROOT / "alembic/env.py", recording.root / "alembic/env.py")
    alembic("upgrade", "head", database=other)
    shape = (
        "SELECT attname, atttypid::regtype::text, atttypmod, attnotnull, conname, contype::text"
        " FROM pg_attribute JOIN pg_constraint ON conrelid = attrelid"
        " WHERE attrelid = 'alembic_version'::regclass AND attnum > 0"
    )
    assert database.query(shape) == other.query(shape)
    rls = "SELECT relrowsecurity FROM pg_class WHERE oid = 'alembic_version'::regclass"
    assert database.value(rls) is True

    before = database.snapshot()
    alembic("upgrade", "head", database=database)
    assert database.snapshot() == before


def test_alembic_alone_brings_supabase_up_to_date(
    recording: Project, supabase: Runner, alembic: Runner, databases
) -> None:
    database, other = databases(), databases()
    alembic("upgrade", "head", database=database)
    assert_up_to_date(supabase, alembic, database)
    files = sorted(recording.migrations.glob("*.sql"))
    assert [(x[0], x[1], x[2]) for x in database.supabase_rows()] == [
        (*path.stem.split("_", 1), [path.read_text()]) for path in files
    ]
    # What only the migrations do was done as well.
    supabase("db", "push", "--yes", database=other)
    assert database.dump() == other.dump()
    assert database.dump().count("ENABLE ROW LEVEL SECURITY") == 9

    alembic("downgrade", "20241127_000002", database=database)
    assert database.supabase_versions() == recording.supabase_versions()[:3]
    supabase("db", "push", "--yes", database=database)
    assert_up_to_date(supabase, alembic, database)


def test_alembic_offline_prints_both_histories(
    recording: Project, supabase: Runner, alembic: Runner, database: Database
) -> None:
    database.query(alembic("upgrade", "head", "--sql").out)
    assert_up_to_date(supabase, alembic, database)


@pytest.mark.parametrize("seed", range(6))
def test_in_any_mixture_both_are_true(
    recording: Project, supabase: Runner, alembic: Runner, databases, seed: int
) -> None:
    chance = random.Random(seed)
    database, other = databases(), databases()
    revisions = recording.revisions()
    done = 0
    while done < len(revisions):
        done = chance.randint(done + 1, len(revisions))
        if chance.random() < 0.5:
            alembic("upgrade", revisions[done - 1], database=database)
        else:
            push_first(supabase, recording, database, done)
        assert database.alembic_heads() == {revisions[done - 1]}
        assert database.supabase_versions() == recording.supabase_versions()[:done]
    assert_up_to_date(supabase, alembic, database)
    supabase("db", "push", "--yes", database=other)
    assert database.dump() == other.dump()


def test_a_step_changes_nothing_the_second_time(
    recording: Project, supabase: Runner, database: Database
) -> None:
    supabase("db", "push", "--yes", database=database)
    before = database.snapshot()
    for path in sorted(recording.migrations.glob("*.sql")):
        (step,) = re.findall(r"^DO \$\$\n-- tandem: records .*?^\$\$;", path.read_text(), re.S | re.M)
        database.query(step)
        assert database.snapshot() == before


def test_a_step_without_what_comes_before_records_nothing(
    recording: Project, database: Database
) -> None:
    sql = recording.migration_file("20241202000002").read_text()
    (step,) = re.findall(r"^DO \$\$\n-- tandem: records .*?^\$\$;", sql, re.S | re.M)
    database.query(step)
    assert database.alembic_heads() is None
    database.query("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    database.query(step)
    assert database.alembic_heads() == set()


def test_tandem_pushes_them_like_others(
    recording: Project, supabase: Runner, alembic: Runner, tandem: Runner, database: Database
) -> None:
    push_first(supabase, recording, database, 3)
    alembic("upgrade", "20241128_000001", database=database)
    tandem("push", "--yes", database=database)
    assert_up_to_date(supabase, alembic, database)
    assert "nothing pending" in tandem("plan", database=database).out


def test_a_project_may_begin_at_any_point(
    project: Project, supabase: Runner, alembic: Runner, tandem: Runner, databases
) -> None:
    for path in sorted(project.migrations.glob("*.sql"))[4:]:
        path.unlink()
    tandem("convert", "--self-recording")
    fresh, behind = databases(), databases()
    supabase("db", "push", "--yes", database=fresh)
    assert_up_to_date(supabase, alembic, fresh)

    # Applied by Supabase, while alembic_version was left where a container once put it.
    push_first(supabase, project, behind, 4)
    alembic("stamp", "20241127_000001", database=behind)
    supabase("db", "push", "--yes", database=behind)
    assert_up_to_date(supabase, alembic, behind)


def test_branches_and_their_merge(
    project: Project, supabase: Runner, alembic: Runner, tandem: Runner, databases
) -> None:
    project.add_revision("20241203_000001", "left", "op.execute('CREATE TABLE l (i int)')")
    project.add_revision(
        "20241203_000002", "right", "op.execute('CREATE TABLE r (i int)')", parent=HEAD
    )
    project.add_revision("20241203_000003", "right_too", "op.execute('CREATE TABLE rr (i int)')")
    merge = project.add_revision("20241203_000004", "merge", "pass")
    merge.write_text(
        merge.read_text().replace(
            "down_revision = '20241203_000003'",
            "down_revision = ('20241203_000001', '20241203_000003')",
        )
    )
    tandem("convert", "--self-recording")
    put_snippet(project)
    head = "20241203_000004"
    alone, mixed, other = databases(), databases(), databases()
    supabase("db", "push", "--yes", database=alone)
    # The other branch first, by Alembic; then the rest by Supabase, which fills the gap.
    alembic("upgrade", HEAD, database=mixed)
    alembic("upgrade", "20241203_000003", database=mixed)
    supabase("db", "push", "--yes", "--include-all", database=mixed)
    alembic("upgrade", "20241203_000001", database=other)
    supabase("db", "push", "--yes", "--include-all", database=other)
    for database in (alone, mixed, other):
        assert alembic("current", database=database).out == f"{head} (head) (mergepoint)\n"
        dry = supabase("db", "push", "--dry-run", "--output-format", "json", database=database)
        assert json.loads(dry.out)["upToDate"] is True
        assert database.dump() == alone.dump()


def test_the_hook_writes_the_twin_with_the_revision(
    project: Project, alembic: Runner, tandem: Runner, database: Database
) -> None:
    (hook,) = [x for x in code_of_guide("ini") if "post_write_hooks" in x]
    ini = project.root / "alembic/alembic.ini"
    hook = hook.replace("executable = tandem", f"executable = {TANDEM}")
    ini.write_text(ini.read_text() + hook)
    env = project.root / "alembic/env.py"
    env.write_text(
        env.read_text().replace(
            "target_metadata = None",
            "from sqlalchemy import Column, Integer, MetaData, Table, Text\n"
            "target_metadata = MetaData()\n"
            "Table('notes', target_metadata, Column('id', Integer, primary_key=True),\n"
            "      Column('body', Text, nullable=False))\n",
        ).replace(
            "target_metadata=target_metadata",
            "target_metadata=target_metadata,"
            " include_name=lambda name, kind, parents: kind != 'table' or name == 'notes'",
        )
    )
    alembic("upgrade", "head", database=database)
    alembic("revision", "--autogenerate", "-m", "add notes", database=database)
    (revision,) = [x for x in project.versions.glob("*.py") if "add_notes" in x.name]
    (migration,) = [x for x in project.migrations.glob("*.sql") if "add_notes" in x.name]
    assert "CREATE TABLE notes" in migration.read_text()
    assert "op.create_table('notes'" in revision.read_text()
    assert " identical" in tandem("check").out
