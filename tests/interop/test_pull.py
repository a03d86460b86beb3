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


# --- Where the row stands -------------------------------------------------------------------------


def test_several_rows_at_once_from_several_hands(
    tools: Tools, colleague: Colleague, applied: Database
) -> None:
    colleague.apply(applied, "20261120080000_add_tags.sql", TAGS)
    by_hand(applied, "20261120090000", None, "ALTER TABLE public.tags ADD COLUMN weight integer")
    record(applied, "20261120100000", "nothing_yet", ["-- a placeholder"])
    by_hand(
        applied,
        "20261120110000",
        "a policy of its own",
        "ALTER TABLE public.tags ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY everybody ON public.tags FOR SELECT USING (true)",
    )
    shown = tools.tandem("pull", database=applied).out
    assert "20261120110000_a policy of its own.sql: a migration alone" in shown
    assert (tools.project.migrations / "20261120090000_.sql").exists()
    tools.agree(applied)
    again = tools.tandem("pull", database=applied)
    assert again.out == "" and "there is nothing to pull" in again.err


def test_a_row_between_local_ones_stands_beside_them(tools: Tools, applied: Database) -> None:
    by_hand(applied, "20241201080000", "add_tags", TAGS)
    shown = tools.tandem("pull", database=applied).out
    assert "joins it with what is beside it" in shown
    revision = tools.project.revision_file("20241201_080000").read_text()
    assert "Revises: 20241128_000003" in revision
    tools.agree(applied)


def push_to(tools: Tools, database: Database, revision: str) -> None:
    tools.tandem("push", "--yes", "--to", revision, database=database)


def test_what_is_pending_here_and_later_stands_beside_it(
    tools: Tools, database: Database
) -> None:
    push_to(tools, database, "20241128_000003")
    by_hand(database, "20241201080000", "add_tags", TAGS)
    tools.tandem("pull", database=database)
    tools.tandem("check")
    database.watch_ddl()
    tools.tandem("repair", "--adopt", "--yes", database=database)
    assert database.alembic_heads() == {"20241201_080000"}
    tools.tandem("push", "--yes", database=database)
    assert not [name for _, name in database.ddl() if "tags" in name]
    both_at_head(tools.alembic, tools.supabase, database, tools.project, tools.head())


def test_what_is_pending_here_and_older_is_refused_unless_told(
    tools: Tools, database: Database
) -> None:
    push_to(tools, database, "20241128_000003")
    by_hand(database, "20261120080000", "add_tags", TAGS)
    before = sorted(tools.project.root.rglob("*"))
    refused = tools.tandem("pull", database=database, expect=1)
    assert "20241202000001_add_curriculum.sql is older, and still pending" in refused.out
    assert sorted(tools.project.root.rglob("*")) == before
    tools.tandem("pull", "--include-all", database=database)
    tools.tandem("check")
    revision = tools.project.revision_file("20261120_080000").read_text()
    assert "Revises: 20241128_000003" in revision
    tools.tandem("repair", "--adopt", "--yes", database=database)
    tools.tandem("push", "--yes", database=database)
    both_at_head(tools.alembic, tools.supabase, database, tools.project, tools.head())


def test_nothing_is_applied_here_but_the_row(tools: Tools, database: Database) -> None:
    """A project that only the API has worked on; the files of the repository are all later."""
    database.query(
        f"CREATE SCHEMA supabase_migrations; CREATE TABLE {TABLE}"
        " (version text PRIMARY KEY, statements text[], name text)"
    )
    by_hand(database, "20200101000000", "own", "CREATE TABLE public.own (id integer PRIMARY KEY)")
    tools.tandem("pull", database=database)
    tools.tandem("check")
    tools.tandem("repair", "--adopt", "--yes", database=database)
    tools.tandem("push", "--yes", database=database)
    both_at_head(tools.alembic, tools.supabase, database, tools.project, tools.head())


# --- What a row is not ----------------------------------------------------------------------------


def files(project: Project) -> dict[Path, bytes]:
    return {x: x.read_bytes() for x in project.root.rglob("*") if x.is_file()}


def refuse(tools: Tools, database: Database, *words: str, arguments: tuple = ()) -> str:
    """Nothing is written, here or there; the reason is said."""
    before = files(tools.project), database.snapshot()
    result = tools.tandem("pull", *arguments, database=database, expect=None)
    assert result.code == 1, result
    for word in words:
        assert word in result.text, result
    assert (files(tools.project), database.snapshot()) == before
    assert not list(tools.project.root.parent.glob("*.sql"))
    return result.text


HOSTILE = {
    "slash": ("20261120080000", "../../../evil", ["SELECT 1"], "slash"),
    "backslash": ("20261120080000", "..\\evil", ["SELECT 1"], "slash"),
    "newline": ("20261120080000", "a\nwrote b", ["SELECT 1"], "control character"),
    "escape": ("20261120080000", "a\x1b[2J", ["SELECT 1"], "control character"),
    "long": ("20261120080000", "x" * 300, ["SELECT 1"], "longer than a file's can be"),
    "version": ("../evil", "x", ["SELECT 1"], "digits alone"),
    "empty version": ("", "x", ["SELECT 1"], "digits alone"),
    "no statements": ("20261120080000", "x", None, "without its statements"),
    "empty": ("20261120080000", "x", [], "without its statements"),
    "hole": ("20261120080000", "x", ["SELECT 1", None], "is NULL"),
    "10 MB": ("20261120080000", "x", ["SELECT '" + "x" * 10_000_000 + "'"], "larger than 8 MB"),
    "psql": ("20261120080000", "x", ["\\set x 1", "SELECT :x"], "psql"),
    "copy": ("20261120080000", "x", ["COPY a FROM STDIN;\n1\n\\.\n"], "COPY"),
    "cut": ("20261120080000", "x", ["SELECT E'it\\'s", " x'"], "never ends"),
    "prose": ("20261120080000", "x", ["see the ticket"], "syntax error"),
    "begin": ("20261120080000", "x", ["BEGIN", "CREATE TABLE a (id integer)"], "never ended"),
    "savepoint": ("20261120080000", "x", ["SAVEPOINT a", "SELECT 1"], "transaction"),
    "commit": ("20261120080000", "x", ["SELECT 1", "COMMIT"], "did not begin"),
    "passed over": ("20200101000000", "init", ["SELECT 1"], "pass over"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_cannot_be_a_file_is_refused_in_words(
    tools: Tools, applied: Database, kind: str
) -> None:
    version, name, statements, words = HOSTILE[kind]
    record(applied, version, name, statements)
    refuse(tools, applied, words)
    by_hand(applied, "20261121080000", "add_tags", TAGS)
    refuse(tools, applied, words, "--partial")
    tools.tandem("pull", "--partial", database=applied, expect=1)
    assert tools.project.migration_file("20261121080000").read_text() == TAGS.rstrip() + ";\n"
    tools.tandem("check")


def test_what_a_file_here_says_already_is_for_repair(tools: Tools, applied: Database) -> None:
    applied.query(f"UPDATE {TABLE} SET version = '20261120080000' WHERE version = '20241128000001'")
    shown = refuse(tools, applied, "add_chat_messages.sql has its statements", "tandem repair")
    assert "--partial" not in shown


def test_a_name_alone_is_no_proof_and_naming_the_version_is(
    tools: Tools, applied: Database
) -> None:
    applied.query(f"DELETE FROM {TABLE} WHERE version = '20241202000001'")
    by_hand(applied, "20261120080000", "add_curriculum", TAGS)
    refuse(tools, applied, "has its name, and other statements", "tandem pull 20261120080000")


def test_a_file_that_says_something_else_is_never_overwritten(
    tools: Tools, applied: Database
) -> None:
    applied.query(
        f"UPDATE {TABLE} SET statements = ARRAY['SELECT 2'] WHERE version = '20241202000001'"
    )
    assert "nothing to pull" in tools.tandem("pull", database=applied).err
    refuse(tools, applied, "says something else", arguments=("20241202000001",))
    here = tools.tandem("pull", "20241202000002", database=applied)
    assert "is here already" in here.out
    missing = tools.tandem("pull", "2099", database=applied, expect=2)
    assert "has no row '2099'" in missing.err


def test_the_same_change_pending_here_is_not_made_twice(tools: Tools, applied: Database) -> None:
    """The colleague's hotfix, and the same in other words in a file that is pending here."""
    tools.project.add_revision("20261121_000001", "tags", 'op.execute("CREATE TABLE tags (id int)")')
    tools.project.add_migration("20261121_000001", "tags", "CREATE TABLE tags (id int);")
    by_hand(applied, "20261120080000", "add_tags", TAGS)
    refuse(tools, applied, "20261121000001_tags.sql would fail behind it", "one change")


def test_a_version_earlier_than_what_it_needs_is_refused(tools: Tools, applied: Database) -> None:
    by_hand(applied, "20241126120000", "early", "ALTER TABLE canvases ALTER COLUMN data SET NOT NULL")
    refuse(tools, applied, "would fail where its version puts it")


def test_what_only_alembic_names_cannot_be_pulled(tools: Tools, applied: Database) -> None:
    applied.query("UPDATE alembic_version SET version_num = '9f2c1a7b3d4e'")
    refuse(tools, applied, "9f2c1a7b3d4e of alembic_version", "Alembic keeps no statements")
    by_hand(applied, "20261120080000", "add_tags", TAGS)
    refuse(tools, applied, "which no revision here has", "--no-twin")
    tools.tandem("pull", "--no-twin", database=applied, expect=1)
    assert tools.project.migration_file("20261120080000").exists()
    assert len(list(tools.project.versions.glob("*.py"))) == 8


def test_a_revision_without_migration_is_the_twin(tools: Tools, applied: Database) -> None:
    """A colleague wrote the revision; its migration went to the target alone."""
    sql = "CREATE TABLE public.tags (id integer PRIMARY KEY)"
    tools.project.add_revision("9f2c1a7b3d4e", "tags", f'op.execute("{sql}")', "op.drop_table('tags')",
                               parent="20241202_000002")  # fmt: skip
    by_hand(applied, "20261120080000", "add_tags", sql)
    shown = tools.tandem("pull", database=applied).out
    assert "add_tags.sql: migration of 9f2c1a7b3d4e" in shown
    assert len(list(tools.project.versions.glob("*.py"))) == 9
    tools.agree(applied)


def test_what_tandem_pushed_from_another_clone_keeps_its_id(
    tools: Tools, colleague: Colleague, applied: Database
) -> None:
    (colleague.project.migrations / "20261120080000_add_tags.sql").write_text(
        "-- tandem: revision 0123456789ab\n" + TAGS.rstrip() + ";\n"
    )
    colleague.tandem("convert", "--to", "alembic")
    colleague.tandem("push", "--yes", database=applied)
    assert applied.alembic_heads() == {"0123456789ab"}
    pulled = tools.tandem("pull", database=applied)
    assert "next:" not in pulled.err
    tools.tandem("check")
    both_at_head(tools.alembic, tools.supabase, applied, tools.project, "0123456789ab")


# --- How it is said -------------------------------------------------------------------------------


def test_dry_run_writes_nothing_and_json_says_all(tools: Tools, applied: Database) -> None:
    by_hand(applied, "20261120080000", "add_tags", TAGS)
    before = files(tools.project)
    tools.tandem("pull", "--dry-run", database=applied)
    shown = json.loads(
        tools.tandem("fetch", "--dry-run", "--format", "json", database=applied).out
    )
    assert files(tools.project) == before
    assert shown["command"] == "pull" and shown["result"] == "ok"
    (item,) = shown["items"]
    assert item["outcome"] == "pulled" and item["revision"] == "20261120_080000"
    written = json.loads(tools.tandem("pull", "--format", "json", database=applied).out)
    assert written["result"] == "written" and written["files"] == shown["files"]
    for file in written["files"]:
        assert (tools.project.root / file["file"]).read_text() == file["text"]


def test_the_lock_has_the_new_pairs(tools: Tools, applied: Database) -> None:
    tools.tandem("lock")
    by_hand(applied, "20261120080000", "add_tags", TAGS)
    assert "wrote supabase/tandem.lock" in tools.tandem("pull", database=applied).out
    lock = (tools.project.root / "supabase/tandem.lock").read_text()
    assert "20261120080000_add_tags" in lock and "20261120_080000" in lock
    tools.agree(applied)


def test_a_second_run_after_half_a_write_overwrites_nothing(
    tools: Tools, applied: Database
) -> None:
    by_hand(applied, "20261120080000", "add_tags", TAGS)
    (tools.project.versions / "20261120_080000_add_tags.py").mkdir()
    before = files(tools.project)
    tools.tandem("pull", database=applied, expect=2)
    assert files(tools.project) == before
