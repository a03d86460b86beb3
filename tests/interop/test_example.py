"""The worked example holds without tandem: both real tools run it, to the same schema."""

from __future__ import annotations

import json
import re

import pytest
from conftest import Database, Project, Runner

HEAD = "20241202_000002"


def test_alembic_goes_up_down_and_up_again(alembic: Runner, database: Database) -> None:
    alembic("upgrade", "head", database=database)
    assert database.alembic_heads() == {HEAD}
    first = database.dump()

    alembic("downgrade", "base", database=database)
    assert database.alembic_heads() == set()
    left = database.query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relname NOT LIKE 'alembic_version%' UNION ALL"
        " SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace"
        " AND typtype = 'e' UNION ALL"
        " SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    )
    assert left == []

    alembic("upgrade", "head", database=database)
    assert database.dump() == first


def test_alembic_prints_the_sql_that_makes_the_same_schema(
    alembic: Runner, databases, project: Project
) -> None:
    online, offline = databases(), databases()
    alembic("upgrade", "head", database=online)
    offline.query(alembic("upgrade", "head", "--sql").out)
    assert offline.dump() == online.dump()
    assert offline.alembic_heads() == online.alembic_heads()

    offline.query(alembic("downgrade", "head:base", "--sql").out)
    assert offline.alembic_heads() is None or offline.alembic_heads() == set()
    assert not offline.has_table("public.projects")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_alembic_takes_every_usual_scheme(
    alembic: Runner, database: Database, scheme: str
) -> None:
    url = scheme + database.url.removeprefix("postgresql")
    shown = alembic("current", env={"DATABASE_URL": url})
    assert shown.out == ""


def test_supabase_pushes_the_folder(
    supabase: Runner, database: Database, project: Project
) -> None:
    supabase("db", "push", "--yes", database=database)
    versions = project.supabase_versions()
    assert len(versions) == 8
    assert database.supabase_versions() == versions

    listed = json.loads(
        supabase("migration", "list", "--output-format", "json", database=database).out
    )
    assert [(x["local"], x["remote"]) for x in listed["migrations"]] == [
        (version, version) for version in versions
    ]
    again = json.loads(
        supabase("db", "push", "--dry-run", "--output-format", "json", database=database).out
    )
    assert again["upToDate"] is True


def test_each_pair_does_the_same_to_schema_and_data(
    alembic: Runner, supabase: Runner, databases, project: Project
) -> None:
    left, right = databases(), databases()
    files = {x.name: x.read_text() for x in project.migrations.iterdir()}
    for name in files:
        (project.migrations / name).unlink()
    rows = (
        "INSERT INTO projects (id, owner_id, name) VALUES"
        " ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-00000000000b', 'Maps');"
        "INSERT INTO documents (id, project_id, filename, mime_type, size_bytes) VALUES"
        " ('00000000-0000-0000-0000-00000000000c', '00000000-0000-0000-0000-00000000000a',"
        " 'atlas.pdf', 'application/pdf', 1024);"
        "INSERT INTO document_chunks (id, document_id, chunk_index, content) VALUES"
        " ('00000000-0000-0000-0000-00000000000d', '00000000-0000-0000-0000-00000000000c', 0,"
        " 'Rivers run to the sea')"
    )
    entity = (
        "INSERT INTO graph_entities (id, project_id, document_id, name, kind) VALUES"
        " ('00000000-0000-0000-0000-00000000000e', '00000000-0000-0000-0000-00000000000a',"
        " '00000000-0000-0000-0000-00000000000c', 'sea', 'place')"
    )
    after = {"20241126_000001": rows, "20241128_000002": entity}
    data = {
        "20241127_000001": "SELECT file_path FROM documents",
        "20241128_000003": "SELECT graph_status::text FROM documents",
        "20241202_000002": "SELECT content_tsvector::text FROM document_chunks",
    }
    expected = {
        "20241127_000001": [("atlas.pdf",)],
        "20241128_000003": [("complete",)],
        "20241202_000002": [("'river':1 'run':2 'sea':5",)],
    }
    for revision, name in zip(project.revisions(), sorted(files), strict=True):
        assert name.startswith(revision.replace("_", ""))
        (project.migrations / name).write_text(files[name])
        alembic("upgrade", revision, database=left)
        supabase("db", "push", "--yes", database=right)
        assert left.dump() == right.dump(), f"{revision} and {name} differ"
        for database in (left, right):
            if revision in after:
                database.query(after[revision])
            if revision in data:
                assert database.query(data[revision]) == expected[revision]


def test_the_guarded_migration_may_be_pasted_twice(
    alembic: Runner, database: Database, project: Project
) -> None:
    alembic("upgrade", "head", database=database)
    before = database.dump()
    database.query(project.migration_file("20241127000001").read_text())
    assert database.dump() == before


def test_search_works_on_what_the_migrations_made(alembic: Runner, database: Database) -> None:
    alembic("upgrade", "head", database=database)
    database.query(
        "INSERT INTO projects (owner_id, name) VALUES (gen_random_uuid(), 'Maps');"
        "INSERT INTO documents (project_id, filename, file_path, mime_type, size_bytes)"
        " SELECT id, 'a.pdf', 'a/a.pdf', 'application/pdf', 1 FROM projects"
    )
    for number, value in enumerate(("0.1", "0.9")):
        database.query(
            "INSERT INTO document_chunks (document_id, chunk_index, content, embedding)"
            f" SELECT id, {number}, 'Mountain number {number}',"
            f" ('[1' || repeat(',{value}', 1535) || ']')::vector FROM documents"
        )
    nearest = database.query(
        "SELECT chunk_index FROM document_chunks"
        " ORDER BY embedding <=> ('[1' || repeat(',0.9', 1535) || ']')::vector LIMIT 1"
    )
    assert nearest == [(1,)]
    found = database.query(
        "SELECT count(*) FROM document_chunks"
        " WHERE content_tsvector @@ to_tsquery('english', 'mountains')"
    )
    assert found == [(2,)]


def test_names_pair_by_digits_and_by_header(project: Project) -> None:
    for revision in project.revisions():
        path = project.migration_file(revision.replace("_", ""))
        assert f"-- tandem: revision {revision}\n" in path.read_text()
        source = project.revision_file(revision).read_text()
        assert re.search(rf'^revision: str = "{revision}"$', source, re.MULTILINE)
        assert project.revision_file(revision).stem.split("_", 2)[2] == path.stem.split("_", 1)[1]
