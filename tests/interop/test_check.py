"""`tandem check` and `tandem convert` on the worked example, with the real tools as judges."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import Database, Project, Runner


def test_the_example_agrees(tandem: Runner) -> None:
    """Seven pairs by their statements, the guarded one by what it does."""
    tandem("check")
    report = json.loads(tandem("check", "--format", "json").out)
    assert report["schema"] == 1 and report["result"] == "ok"
    summary = {key: report["summary"][key] for key in ("pairs", "identical", "equivalent")}
    assert summary == {"pairs": 8, "identical": 7, "equivalent": 1}


def test_a_changed_type_is_found(tandem: Runner, project: Project) -> None:
    path = project.migration_file("20241126000001")
    source = path.read_text()
    path.write_text(source.replace("mime_type VARCHAR(127)", "mime_type VARCHAR(100)"))
    line = next(n for n, x in enumerate(path.read_text().splitlines(), 1) if "mime_type" in x)
    shown = tandem("check", expect=1)
    assert re.search(rf"supabase/migrations/{path.name}:{line}\b", shown.text), str(shown)
    assert "127" in shown.text and "100" in shown.text


def test_a_missing_migration_is_named_and_written_back(
    tandem: Runner, alembic: Runner, supabase: Runner, databases, project: Project
) -> None:
    path = project.migration_file("20241128000002")
    path.unlink()
    missing = tandem("check", expect=1)
    assert "20241128_000002" in missing.text
    looked = tandem("convert", "--stdout", "20241128_000002")
    assert not list(project.migrations.glob("20241128000002*"))
    assert "CREATE TABLE graph_relations" in looked.out

    tandem("convert", "20241128_000002")
    assert path.exists()
    assert "-- tandem: revision 20241128_000002\n" in path.read_text()
    tandem("check")

    left, right = databases(), databases()
    alembic("upgrade", "head", database=left)
    supabase("db", "push", "--yes", database=right)
    assert left.dump() == right.dump()


def test_every_revision_converted_anew(
    tandem: Runner, alembic: Runner, supabase: Runner, databases, project: Project
) -> None:
    names = sorted(x.name for x in project.migrations.iterdir())
    for path in project.migrations.iterdir():
        path.unlink()
    tandem("convert")
    assert sorted(x.name for x in project.migrations.iterdir()) == names
    tandem("check")
    left, right = databases(), databases()
    alembic("upgrade", "head", database=left)
    supabase("db", "push", "--yes", database=right)
    assert left.dump() == right.dump()


def test_an_existing_file_is_never_overwritten(tandem: Runner, project: Project) -> None:
    before = {x: x.read_bytes() for x in project.migrations.iterdir()}
    tandem("convert", "20241128_000002", expect=None)
    assert {x: x.read_bytes() for x in project.migrations.iterdir()} == before


@pytest.mark.parametrize("revision", ["20241127_000001", "20241128_000001", "20241202_000002"])
def test_guarded_sql_may_be_pasted_twice(
    tandem: Runner, alembic: Runner, databases, project: Project, revision: str
) -> None:
    """Pasted into a database that lacks the revision, then again, then where it ran already."""
    revisions = project.revisions()
    before = revisions[revisions.index(revision) - 1]
    sql = tandem("convert", "--stdout", "--paste", revision).out
    version = revision.replace("_", "")

    reference, fresh, done = databases(), databases(), databases()
    alembic("upgrade", revision, database=reference)
    alembic("upgrade", before, database=fresh)
    alembic("upgrade", revision, database=done)
    for database in (fresh, done):
        for _ in range(2):
            database.query(sql)
            assert database.dump() == reference.dump()
            assert database.alembic_heads() == {revision}
            assert version in (database.supabase_versions() or [])


def test_reading_runs_nothing(
    tandem: Runner, database: Database, project: Project, tmp_path: Path
) -> None:
    marker = tmp_path / "executed"
    path = project.add_revision(
        "20241203_000001",
        "with_side_effects",
        f'open({str(marker)!r}, "w").write("upgrade")\nop.execute("SELECT 1")',
    )
    source = path.read_text()
    path.write_text(
        f"import os\nimport pathlib\nos.system('touch {marker}')\n"
        f"pathlib.Path({str(marker)!r}).write_text('import')\n" + source
    )
    for words in (["check"], ["sql"], ["convert", "--stdout"], ["status"], ["plan"]):
        shown = tandem(*words, database=database, expect=None)
        assert shown.code in (0, 1, 2, 3), str(shown)
        assert not marker.exists(), f"{words} executed the revision"
    # What cannot be known is said with its place, never skipped.
    checked = tandem("check", expect=1)
    assert path.name in checked.text
