"""`tandem sql --run-alembic` asks the project's own Alembic, and only then does code of it run."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from conftest import ALEMBIC, Project, Runner

HELPER = """import os
import pathlib

pathlib.Path(__file__).with_name("ran").touch()


def title():
    with open(os.environ["NOTES_TITLE_FILE"]) as file:
        return file.read().strip()
"""
KIND = "sa.Enum('low', 'high', name='kind')"


@pytest.fixture
def chain(project: Project, tandem: Runner, alembic: Runner) -> Project:
    """Three revisions; the second one needs the environment, and uses an enum of the first."""
    project.clear()
    (project.root / "title.txt").write_text("a title")
    (project.root / "alembic/helper.py").write_text(HELPER)
    ini = project.root / "alembic/alembic.ini"
    text = re.sub(r"(?m)^prepend_sys_path = .*$", "prepend_sys_path = %(here)s", ini.read_text())
    ini.write_text(text)
    project.add_revision(
        "20250101_000001",
        "first",
        f"op.create_table('a', sa.Column('kind', {KIND}))",
        "op.drop_table('a')",
    )
    path = project.add_revision(
        "20250101_000002",
        "second",
        f"op.create_table('b', sa.Column('kind', {KIND}))\n"
        "op.execute(f\"COMMENT ON TABLE b IS '{helper.title()}'\")",
        "op.execute(f\"COMMENT ON TABLE b IS 'not {helper.title()}'\")\nop.drop_table('b')",
    )
    path.write_text(path.read_text().replace("from alembic", "import helper\nfrom alembic"))
    project.add_revision(
        "20250101_000003", "third", "op.execute('SELECT 3')", "op.execute('SELECT -3')"
    )
    variables = {"NOTES_TITLE_FILE": str(project.root / "title.txt")}
    tandem.variables = variables
    alembic.variables = variables
    return project


def has_run(project: Project) -> bool:
    return (project.root / "alembic/ran").exists()


def set_command(project: Project, command: str = shlex.quote(str(ALEMBIC))) -> None:
    (project.root / "tandem.toml").write_text(f"[alembic]\ncommand = {json.dumps(command)}\n")


def without_remarks(text: str) -> str:
    """The output without what stands in it of tandem alone: a comment and a blank line."""
    lines = text.splitlines(keepends=True)
    kept = []
    while lines:
        line = lines.pop(0)
        if line.startswith("-- tandem: asked Alembic for "):
            assert lines.pop(0) == "\n"
        else:
            kept.append(line)
    return "".join(kept)


def test_without_the_flag_nothing_runs(tandem: Runner, chain: Project) -> None:
    set_command(chain)
    result = tandem("sql", expect=1)
    assert "-- tandem: opaque" in result.out
    tandem("sql", "--strict", expect=1)
    tandem("sql", "--each", "--format", "ndjson")
    tandem("check", expect=None)
    assert not has_run(chain)


def test_without_the_setting_nothing_runs(tandem: Runner, chain: Project) -> None:
    path = f"{ALEMBIC.parent}:/usr/bin:/bin"
    result = tandem("sql", "--run-alembic", expect=2, env={"PATH": path})
    assert "alembic.command" in result.err
    assert not result.out
    tandem("sql", "--each", "--format", "ndjson", "--run-alembic", expect=2, env={"PATH": path})
    assert not has_run(chain)


@pytest.mark.parametrize("scope", ["head", "20250101_000001:head", "base:20250101_000002"])
def test_an_upgrade_is_what_alembic_prints(
    tandem: Runner, alembic: Runner, chain: Project, scope: str
) -> None:
    set_command(chain)
    result = tandem("sql", scope, "--run-alembic", "--strict")
    assert has_run(chain)
    assert result.out.count("-- tandem: asked Alembic for alembic/versions/20250101_000002_") == 1
    assert "COMMENT ON TABLE b IS 'a title';" in result.out
    assert without_remarks(result.out) == alembic("upgrade", scope, "--sql").out


def test_a_downgrade_is_what_alembic_prints(
    tandem: Runner, alembic: Runner, chain: Project
) -> None:
    set_command(chain)
    result = tandem("sql", "--downgrade", "head:base", "--run-alembic", "--strict")
    assert result.out.count("-- tandem: asked Alembic") == 1
    assert without_remarks(result.out) == alembic("downgrade", "head:base", "--sql").out


def test_nothing_is_asked_where_all_is_known(tandem: Runner, chain: Project) -> None:
    set_command(chain)
    assert "asked" not in tandem("sql", "20250101_000002:head", "--run-alembic").out
    assert not has_run(chain)


def test_each_revision_alone(tandem: Runner, chain: Project) -> None:
    set_command(chain)
    out = tandem("sql", "--each", "--format", "ndjson", "--run-alembic").out
    lines = [json.loads(line) for line in out.splitlines()]
    asked = {(x["revision"], x["direction"]): x["statements"] for x in lines if "asked" in str(x)}
    assert set(asked) == {("20250101_000002", "upgrade"), ("20250101_000002", "downgrade")}
    ((up,), (down,)) = asked.values()
    assert up["asked"] is True and up["opaque"] is False and up["reason"]
    # Alone, the revision makes the type itself.
    assert up["sql"].startswith("CREATE TYPE kind AS ENUM")
    assert up["sql"].endswith("COMMENT ON TABLE b IS 'a title';")
    assert down["sql"] == "COMMENT ON TABLE b IS 'not a title';\n\nDROP TABLE b;"


def test_a_failure_is_told_with_its_place_and_no_secret(tandem: Runner, chain: Project) -> None:
    set_command(chain)
    helper = chain.root / "alembic/helper.py"
    refusal = (
        "    url = os.environ['DATABASE_URL']\n    if url:\n        raise ValueError('no ' + url)\n"
    )
    helper.write_text(HELPER.replace("    with", refusal + "    with"))
    secret = {"DATABASE_URL": "postgresql://app:s3cret@db.example.com/weaver"}
    result = tandem("sql", "--run-alembic", expect=3, env=secret)
    assert "ValueError: no postgresql://app:***@db.example.com/weaver" in result.err
    assert "--> alembic/helper.py:" in result.err
    assert "s3cret" not in result.text
    assert not result.out
    # Alone, the others are still told.
    each = tandem("sql", "--each", "--format", "ndjson", "--run-alembic", env=secret)
    assert len(each.out.splitlines()) == 6
    assert "Alembic was asked" in each.out
    assert "s3cret" not in each.text


def test_a_command_that_is_not_there(tandem: Runner, chain: Project) -> None:
    set_command(chain, "no-such-alembic")
    result = tandem("sql", "--run-alembic", expect=2)
    assert "no-such-alembic cannot be started in" in result.err
    assert "tandem.toml:2:" in result.err
