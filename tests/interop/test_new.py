"""`tandem new`: what it makes is what `alembic revision` would have made, with its migration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Project, Runner

SQL = r'''-- Two statements, with everything that a Python literal or text() could change.
CREATE TABLE user_preferences (
    id bigint PRIMARY KEY,
    note text DEFAULT 'a:b \x "q" "" %s %(x)s' CHECK (note <> ':bind' AND note::text <> '\' AND note <> '\:a')
);
CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $body$
DECLARE x text := '"""';
BEGIN
	RETURN x || ':y' || E'\\n' || '{}';
END $body$;
'''


def new(project: Project, tandem: Runner, *arguments: str) -> tuple[Path, Path]:
    """The two files that the command wrote."""
    before = set(project.root.rglob("*.*"))
    tandem("new", *arguments)
    made = sorted(set(project.root.rglob("*.*")) - before, key=lambda x: x.suffix)
    assert [x.suffix for x in made] == [".py", ".sql"]
    return made[0], made[1]


def without_date(text: str) -> str:
    return re.sub(r"(?m)^(Create Date: )\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", r"\1...", text)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("", "Add user preferences table"),
        ("timezone = UTC\n", "Add x, y & z: 'quoted'"),
        ("timezone = Europe/Berlin\ntruncate_slug_length = 12\n", "a long message about a thing"),
        (
            "file_template = %%(year)d_%%(month).2d_%%(day).2d-%%(rev)s_%%(slug)s\n",
            "with a template",
        ),
    ],
    ids=["plain", "utc", "berlin", "template"],
)
def test_a_revision_is_what_alembic_would_make(
    project: Project, tandem: Runner, alembic: Runner, settings: str, message: str
) -> None:
    ini = project.root / "alembic/alembic.ini"
    ini.write_text(ini.read_text().replace("[alembic]\n", "[alembic]\n" + settings, 1))
    ours, migration = new(project, tandem, "-m", message, "--rev-id", "abc123")
    text, name = ours.read_text(), ours.name
    ours.unlink()
    migration.unlink()
    before = set(project.versions.iterdir())
    alembic("revision", "--rev-id", "abc123", "-m", message)
    (theirs,) = set(project.versions.glob("*.py")) - before
    assert name == theirs.name
    assert without_date(text) == without_date(theirs.read_text())


def test_both_sides_agree_and_alembic_sees_one_head(
    project: Project, tandem: Runner, alembic: Runner
) -> None:
    (project.root / "change.sql").write_text(SQL)
    revision, migration = new(
        project, tandem, "-m", "add user preferences table", "--sql", "change.sql"
    )
    tandem("check")
    assert "NotImplementedError" in revision.read_text()
    assert "-- tandem: revision " in migration.read_text()
    heads = alembic("heads").out.split("\n")
    assert len([x for x in heads if x]) == 1
    head = heads[0].split()[0]
    assert head in migration.read_text()
    offline = alembic("upgrade", f"20241202_000002:{head}", "--sql").out
    assert offline == tandem("sql", f"20241202_000002:{head}").out
    assert "CREATE TABLE user_preferences" in offline and "CREATE FUNCTION f()" in offline


def test_both_ways_leave_the_same_schema(
    project: Project, tandem: Runner, alembic: Runner, supabase: Runner, databases
) -> None:
    (project.root / "change.sql").write_text(SQL)
    new(project, tandem, "-m", "add user preferences table", "--sql", "change.sql")
    left, right = databases(), databases()
    alembic("upgrade", "head", database=left)
    supabase("db", "push", "--yes", database=right)
    assert left.dump() == right.dump()


def test_each_one_follows_the_one_before(project: Project, tandem: Runner, alembic: Runner) -> None:
    made = [new(project, tandem, "-m", f"add table number {i}") for i in range(3)]
    versions = [x.name.split("_")[0] for _, x in made]
    assert versions == sorted(set(versions)) and versions[0] > "20241202000002"
    tandem("check")
    assert len(alembic("heads").out.splitlines()) == 1


def test_an_empty_project_gets_its_first(project: Project, tandem: Runner, alembic: Runner) -> None:
    project.clear()
    revision, _ = new(project, tandem, "-m", "initial schema of the application")
    assert re.search(r"(?m)^down_revision.* = None$", revision.read_text())
    assert re.search(r"(?m)^revision: str = '[0-9a-f]{12}'$", revision.read_text())
    assert len(alembic("heads").out.splitlines()) == 1


def test_several_heads_are_refused_and_named(project: Project, tandem: Runner) -> None:
    project.add_revision("20241203_000001", "branch", "pass", parent="20241202_000001")
    before = sorted(project.root.rglob("*"))
    refused = tandem("new", "-m", "add a table", expect=2)
    assert "20241203_000001" in refused.err and "20241202_000002" in refused.err
    assert sorted(project.root.rglob("*")) == before


@pytest.mark.parametrize("template", ["% if message:\n% endif\n", "${config.x}\n", "<%! x %>\n"])
def test_a_template_beyond_the_subset_is_refused(
    project: Project, tandem: Runner, template: str
) -> None:
    path = project.root / "alembic/script.py.mako"
    lines = path.read_text().count("\n")
    path.write_text(path.read_text() + template)
    before = sorted(project.root.rglob("*"))
    refused = tandem("new", "-m", "add a table", expect=2)
    assert f"alembic/script.py.mako:{lines + 1}" in refused.err
    assert sorted(project.root.rglob("*")) == before


def test_nothing_is_overwritten_and_half_is_nothing(project: Project, tandem: Runner) -> None:
    blocked = project.migrations
    names = sorted(project.versions.iterdir())
    kept = blocked.rename(blocked.with_name("elsewhere"))
    blocked.write_text("a file where the folder should be\n")
    tandem("new", "-m", "add a table", expect=None)
    assert sorted(project.versions.glob("*.py")) == [x for x in names if x.suffix == ".py"]
    blocked.unlink()
    kept.rename(blocked)


@pytest.mark.parametrize("sql", ["BEGIN;\nSELECT 1;\nCOMMIT;\n", "SELEC 1;\n"])
def test_sql_that_cannot_stand_in_a_migration_is_refused(
    project: Project, tandem: Runner, sql: str
) -> None:
    (project.root / "change.sql").write_text(sql)
    before = sorted(project.root.rglob("*"))
    assert "change.sql" in tandem("new", "-m", "add a table", "--sql", "change.sql", expect=None).err
    assert sorted(project.root.rglob("*")) == before


def test_a_message_that_says_nothing_draws_a_note(tandem: Runner) -> None:
    assert "does not say what changes" in tandem("new", "-m", "update", "--stdout").err
    assert not tandem("new", "-m", "add user preferences", "--stdout").err
