"""Migrations that only a target has, pulled into files on both sides.

The rows are written as they are in life: by the Management API, which stamps its own version and
keeps the whole text in one element; by the real Supabase CLI from a colleague's machine; by hand.
What is pulled must run (the real CLI on an empty database: the same schema), its twin must run in
the real Alembic, `tandem check` must pass, and on the target that it came from both tools must say
that nothing is left to do, without any statement having run twice.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Database, Project, Runner
from management_api import ManagementApi
from test_api import LINKED, api, linked  # noqa: F401
from test_apart_api import apply_through_the_api
from test_push import both_at_head

TABLE = "supabase_migrations.schema_migrations"
HALF = "20241128_000001"

TAGS = """-- labels for documents
CREATE TABLE public.tags (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    document_id uuid NOT NULL REFERENCES public.documents (id) ON DELETE CASCADE,
    label varchar(64) NOT NULL -- as it is shown
);
CREATE INDEX ix_tags_document_id ON public.tags (document_id);

CREATE FUNCTION public.tag_count(document uuid) RETURNS bigint LANGUAGE sql STABLE AS $body$
    SELECT count(*) FROM public.tags WHERE document_id = document; -- ; in a literal
$body$;
COMMENT ON TABLE public.tags IS 'what people call documents; theirs alone'
"""


def record(database: Database, version: str, name: str | None, statements: list | None) -> None:
    database.query(
        f"INSERT INTO {TABLE} (version, name, statements) VALUES (%s, %s, %s)",
        [version, name, statements],
    )


def by_hand(database: Database, version: str, name: str | None, *statements: str) -> None:
    for statement in statements:
        database.query(statement)
    record(database, version, name, list(statements))


@dataclasses.dataclass
class Colleague:
    """Another clone of the project, with migrations of its own."""

    project: Project
    supabase: Runner
    tandem: Runner

    def apply(self, database: Database, file_name: str, sql: str) -> None:
        (self.project.migrations / file_name).write_text(sql)
        self.supabase("db", "push", "--yes", database=database)


@pytest.fixture
def colleague(project: Project, supabase: Runner, tandem: Runner, tmp_path: Path) -> Colleague:
    root = tmp_path / "colleague"
    shutil.copytree(project.root, root)
    theirs = Project(root)
    return Colleague(
        theirs,
        dataclasses.replace(supabase, project=theirs),
        dataclasses.replace(tandem, project=theirs),
    )


@dataclasses.dataclass
class Tools:
    project: Project
    alembic: Runner
    supabase: Runner
    tandem: Runner
    databases: Callable[[], Database]

    def head(self) -> str:
        heads = self.alembic("heads").out.split("\n")
        (head,) = [line.split(" ")[0] for line in heads if line]
        return head

    def agree(self, database: Database, *target: str) -> None:
        """From what was pulled to both histories at head, and the same from nothing."""
        self.tandem("check")
        before = database.dump()
        database.watch_ddl()
        self.tandem("repair", "--adopt", "--yes", *target, database=database)
        self.tandem("push", "--yes", *target, database=database)
        ran = [tag for tag, name in database.ddl() if not name.startswith("tandem")]
        assert ran == []
        database.query(
            "DROP SCHEMA watch CASCADE; DROP SCHEMA IF EXISTS tandem CASCADE"
        )
        assert database.dump() == before
        both_at_head(self.alembic, self.supabase, database, self.project, self.head())
        by_supabase, by_alembic = self.databases(), self.databases()
        self.supabase("db", "push", "--yes", database=by_supabase)
        assert by_supabase.dump() == before
        self.alembic("upgrade", "heads", database=by_alembic)
        assert by_alembic.value("SELECT to_regclass('public.tags') IS NOT NULL") is True
        self.alembic("downgrade", "base", database=by_alembic)


@pytest.fixture
def tools(project, alembic, supabase, tandem, databases) -> Tools:
    return Tools(project, alembic, supabase, tandem, databases)


@pytest.fixture
def applied(database: Database, tandem: Runner) -> Database:
    """A target that has all of the example."""
    tandem("push", "--yes", database=database)
    return database


# --- Who wrote the row ---------------------------------------------------------------------------


def test_what_the_api_stamped_is_pulled_over_the_api(
    tools: Tools, linked: Runner, api: ManagementApi, applied: Database  # noqa: F811
) -> None:
    apply_through_the_api(api.address, "add_tags", TAGS)
    (stamp,) = set(applied.supabase_versions() or []) - set(tools.project.supabase_versions())
    pulled = linked("pull", *LINKED)
    assert f"wrote supabase/migrations/{stamp}_add_tags.sql" in pulled.out
    assert f"revision of {stamp}, 3 of 4 statements as directives" in pulled.out
    assert "tandem repair" in pulled.err
    text = tools.project.migration_file(stamp).read_text()
    assert text == TAGS.rstrip() + ";\n"
    tools.agree(applied, *LINKED)


def test_what_a_colleague_pushed_with_the_cli(
    tools: Tools, colleague: Colleague, applied: Database
) -> None:
    colleague.apply(applied, "20261120080000_add_tags.sql", TAGS)
    tools.tandem("pull", database=applied)
    text = tools.project.migration_file("20261120080000").read_text()
    assert "-- as it is shown" in text and text.endswith("theirs alone';\n")
    tools.agree(applied)


def test_what_was_recorded_by_hand(tools: Tools, applied: Database) -> None:
    by_hand(applied, "20261120080000", "add_tags", *TAGS.split(";\n", 1)[:1], "SELECT 1 -- ;")
    tools.tandem("pull", database=applied)
    text = tools.project.migration_file("20261120080000").read_text()
    assert text.endswith(");\n\nSELECT 1; -- ;\n")
    tools.agree(applied)
