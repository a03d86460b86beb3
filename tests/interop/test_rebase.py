"""Two branches that both add a pair, through the real git: `tandem rebase` puts ours behind theirs,
and the real Alembic sees one head."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Project
from test_gate import Repository, start

OLD = "20241202_000002"
THEIRS = "20241203_000002"
OURS = "20241203_000001"
MOVED = "20241203000003"  # the version of ours, later than theirs


def add_pair(project: Project, revision: str, name: str, parent: str = OLD) -> None:
    sql = f"CREATE TABLE {name} (id integer)"
    project.add_revision(revision, name, f'op.execute("{sql}")', parent=parent)
    project.add_migration(revision, name, sql + ";")


def commit(repository: Repository, message: str) -> None:
    repository.git("add", ".")
    repository.git("commit", "-qnm", message)


@pytest.fixture
def repository(project: Project, home: Path) -> Repository:
    """main has the pair of THEIRS, the branch work, which is checked out, that of OURS."""
    repository = start(project, project.root, home)
    add_pair(project, THEIRS, "theirs")
    commit(repository, "theirs")
    repository.git("checkout", "-q", "-b", "work", "main~1")
    add_pair(project, OURS, "ours")
    commit(repository, "ours")
    return repository


@pytest.fixture
def locked(project: Project, home: Path, tandem) -> Repository:
    """The same, where every commit has its lock."""
    tandem("lock")
    repository = start(project, project.root, home)
    for branch, revision, name in (("main", THEIRS, "theirs"), ("work", OURS, "ours")):
        if branch == "work":
            repository.git("checkout", "-q", "-b", "work", "main~1")
        add_pair(project, revision, name)
        tandem("lock")
        commit(repository, name)
    return repository


def revision_text(repository: Repository) -> str:
    return repository.project.revision_file(OURS).read_text()


def check_result(repository: Repository, tandem, alembic) -> None:
    """One head, ours behind theirs on both sides, and the gate lets it through."""
    project = repository.project
    assert alembic("heads").out.split() == [OURS, "(head)"]
    assert "TD" not in tandem("check").text
    assert project.supabase_versions()[-2:] == ["20241203000002", MOVED]
    assert f"Revises: {THEIRS}\n" in revision_text(repository)
    repository.git("add", ".")
    repository.git("commit", "-qm", "after the rebase")
    assert "already" in tandem("rebase", "--onto", "main").out


# --- What git is in the middle of ---------------------------------------------------------------


def test_a_merge_that_conflicts_on_the_lock(locked: Repository, tandem, alembic) -> None:
    merged = locked.git("merge", "main", expect=1)
    assert "CONFLICT" in merged and "tandem.lock" in merged
    assert len(alembic("heads").out.split()) == 4
    lock = locked.root / "supabase/tandem.lock"
    if not lock.exists():
        lock = locked.root / "tandem.lock"
    before = locked.git("status", "--porcelain")
    dry = tandem("rebase", "--dry-run").out
    assert f"to be put behind {THEIRS} (what is being merged, " in dry
    assert "<<<<<<<" in lock.read_text() and locked.git("status", "--porcelain") == before
    result = tandem("rebase")
    assert f"parent {OLD} -> {THEIRS}" in result.out
    assert f"20241203000001_ours.sql -> supabase/migrations/{MOVED}_ours.sql" in result.out
    assert "no database was asked" in result.err
    assert "<<<<<<<" not in lock.read_text()
    lines = lock.read_text().splitlines()
    assert f"revision:{THEIRS}:" in lines[-3] and f"migration:{MOVED}_ours:" in lines[-2]
    check_result(locked, tandem, alembic)


@pytest.mark.parametrize("style", ["diff3", "zdiff3"])
def test_other_kinds_of_conflict_marks(locked: Repository, tandem, alembic, style: str) -> None:
    locked.git("-c", f"merge.conflictStyle={style}", "merge", "main", expect=1)
    tandem("rebase")
    check_result(locked, tandem, alembic)


def test_a_git_rebase(locked: Repository, tandem, alembic) -> None:
    assert "tandem.lock" in locked.git("rebase", "main", expect=1)
    assert "what is being rebased upon" in tandem("rebase").out
    locked.git("add", ".")
    locked.git("-c", "core.editor=true", "rebase", "--continue")
    assert alembic("heads").out.split() == [OURS, "(head)"]
    tandem("check")


def test_a_git_rebase_of_several_commits(locked: Repository, tandem, alembic) -> None:
    add_pair(locked.project, "20241203_000003", "more", parent=OURS)
    tandem("lock")
    commit(locked, "more")
    locked.git("rebase", "main", expect=1)
    for _ in range(2):
        tandem("rebase")
        locked.git("add", ".")
        done = locked.git("-c", "core.editor=true", "rebase", "--continue", expect=None)
    assert "Success" in done
    assert alembic("heads").out.split() == ["20241203_000003", "(head)"]
    tandem("check")


def test_a_cherry_pick(locked: Repository, tandem, alembic) -> None:
    locked.git("checkout", "-q", "main")
    locked.git("cherry-pick", "work", expect=1)
    assert "before the commit that is being picked" in tandem("rebase").out
    check_result(locked, tandem, alembic)


def test_two_heads_without_any_lock(repository: Repository, tandem, alembic) -> None:
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    refused = tandem("rebase", expect=1)
    assert "which line of history comes first is not said" in refused.err
    tandem("rebase", "--onto", "main")
    check_result(repository, tandem, alembic)


def test_after_a_git_rebase_that_met_no_conflict(repository: Repository, tandem, alembic) -> None:
    repository.git("rebase", "-q", "main")
    tandem("rebase", "--onto", "main")
    check_result(repository, tandem, alembic)


def test_the_setting_names_the_branch(repository: Repository, tandem, alembic) -> None:
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    (repository.root / "tandem.toml").write_text('[git]\nprotected = "main"\n')
    assert "(main)" in tandem("rebase").out
    check_result(repository, tandem, alembic)


def test_the_upstream_names_the_branch(repository: Repository, tandem, alembic) -> None:
    repository.git("branch", "-q", "--set-upstream-to=main")
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    assert "(main)" in tandem("rebase").out
    check_result(repository, tandem, alembic)


def test_an_upstream_that_is_the_branch_itself_says_nothing(repository: Repository, tandem) -> None:
    """What is not in it may have come with the merge, and then it is theirs."""
    repository.git("branch", "-q", "copy")
    repository.git("branch", "-q", "--set-upstream-to=copy")
    add_pair(repository.project, "20241203_000003", "more", parent=OURS)
    commit(repository, "more")
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    assert "is not said" in tandem("rebase", expect=1).err


def test_names_alone_without_repository(project: Project, tandem, alembic) -> None:
    add_pair(project, THEIRS, "theirs")
    add_pair(project, OURS, "ours")
    assert "lies in no git repository" in tandem("rebase", expect=3).err
    tandem("rebase", "--revision", OURS)
    assert alembic("heads").out.split() == [OURS, "(head)"]
    tandem("check")
    assert "no revision 'nothing'" in tandem("rebase", "--revision", "nothing", expect=2).err


# --- What is moved ------------------------------------------------------------------------------

FORMS = [
    "down_revision = '{}'",
    'down_revision: str = "{}"',
    'down_revision: Union[str, Sequence[str], None] = "{}"  # the parent',
    "down_revision = ('{}',)",
    'down_revision: tuple = ["{}"]',
    "down_revision = (\n    '{}'\n)",
    "down_revision = r'{}'",
]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_parent(repository: Repository, tandem, alembic, form: str) -> None:
    path = repository.project.revision_file(OURS)
    line = f"down_revision = {OLD!r}"
    text = "from typing import Sequence, Union\n"
    before = path.read_text().replace(line, form.format(OLD)).replace("from alembic", text + "from alembic")
    path.write_text(before)
    commit(repository, "another form")
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    tandem("rebase", "--onto", "main")
    assert path.read_text() == before.replace(OLD, THEIRS), "nothing else has changed"
    check_result(repository, tandem, alembic)


def test_a_parent_that_is_no_plain_string_is_left_alone(repository: Repository, tandem) -> None:
    path = repository.project.revision_file(OURS)
    path.write_text(path.read_text().replace(repr(OLD), "'2024' '1202_000002'"))
    commit(repository, "two literals")
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    before = repository.git("status", "--porcelain")
    refused = tandem("rebase", "--onto", "main", expect=1)
    assert "is not written as one plain string" in refused.err
    assert repository.git("status", "--porcelain") == before


def test_several_of_ours_in_their_order(repository: Repository, tandem, alembic) -> None:
    for number in (3, 4):
        add_pair(repository.project, f"20241203_00000{number}", f"t{number}", f"20241203_00000{number - 1}" if number > 3 else OURS)
    commit(repository, "more")
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    tandem("rebase", "--onto", "main")
    assert alembic("heads").out.split() == ["20241203_000004", "(head)"]
    tandem("check")
    names = [x.name for x in sorted(repository.project.migrations.glob("20241203*"))]
    assert [x.split("_", 1)[1] for x in names] == ["theirs.sql", "ours.sql", "t3.sql", "t4.sql"]
    history = alembic("history").out
    assert history.index("t4") < history.index("t3") < history.index("ours") < history.index("theirs")


def test_what_names_a_version_follows(repository: Repository, tandem) -> None:
    project = repository.project
    revision = project.revision_file(OURS)
    revision.write_text(revision.read_text().replace("Create Date", "Supabase: 20241203000001\nCreate Date"))
    migration = project.migration_file("20241203000001")
    migration.write_text(migration.read_text().split("\n", 2)[2])
    policy = project.migrations / "20241203000005_policy.sql"
    policy.write_text("ALTER TABLE ours ENABLE ROW LEVEL SECURITY;\n")
    commit(repository, "links")
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    tandem("rebase", "--onto", "main")
    assert f"Supabase: {MOVED}\n" in revision.read_text()
    assert "tandem: revision" not in project.migration_file(MOVED).read_text(), "one link is enough"
    assert policy.exists(), "what is later than theirs and ours may stay"
    tandem("check")


def test_a_pair_that_only_its_digits_held_together_is_linked(repository: Repository, tandem) -> None:
    project = repository.project
    migration = project.migration_file("20241203000001")
    migration.write_text("CREATE TABLE ours (id integer);\r\n")
    commit(repository, "digits")
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    tandem("rebase", "--onto", "main")
    moved = project.migration_file(MOVED)
    assert moved.read_bytes() == f"-- tandem: revision {OURS}\r\nCREATE TABLE ours (id integer);\r\n".encode()
    tandem("check")


def test_an_acknowledged_pair_stays_acknowledged(locked: Repository, tandem) -> None:
    migration = locked.project.migration_file("20241203000001")
    migration.write_text(migration.read_text().replace("integer", "bigint"))
    tandem("lock", "--refreeze", "20241203000001", "--refreeze", OURS, "--acknowledge", OURS, "--reason", "wider")
    commit(locked, "acknowledged")
    locked.git("merge", "main", expect=1)
    tandem("rebase")
    assert "TD" not in tandem("check").text
    assert "-- wider" in (locked.root / "supabase/tandem.lock").read_text()


def test_two_migrations_of_one_version(repository: Repository, tandem, alembic) -> None:
    """Both branches took the same second."""
    project = repository.project
    old = project.migration_file("20241203000001")
    repository.git("mv", str(old), str(old.with_name("20241203000002_ours.sql")))
    repository.git("commit", "-qnm", "the same version")
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    tandem("rebase", "--onto", "main")
    check_result(repository, tandem, alembic)


# --- What is refused ----------------------------------------------------------------------------


def refused(repository: Repository, tandem, *words: str, database=None) -> str:
    """Nothing is written."""
    before = repository.git("status", "--porcelain") + repository.git("diff")
    err = tandem("rebase", *words, expect=1, database=database).err
    assert repository.git("status", "--porcelain") + repository.git("diff") == before
    return err


def test_a_merge_revision_of_ours(repository: Repository, tandem, alembic) -> None:
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    alembic("merge", "heads", "-m", "join")
    assert "of ours joins branches" in refused(repository, tandem, "--onto", "main")


def test_what_is_on_the_protected_branch(repository: Repository, tandem) -> None:
    repository.git("checkout", "-q", "main")
    (repository.root / "tandem.toml").write_text('[git]\nprotected = "main"\n')
    commit(repository, "the setting")
    repository.git("merge", "-q", "--no-verify", "--no-edit", "--no-commit", "work")
    err = refused(repository, tandem)
    assert f"revision {THEIRS} is on the protected branch 'main' already" in err
    assert "--onto main keeps what stands there" in err
    tandem("rebase", "--onto", "main")


def test_a_branch_that_is_not_merged_yet(repository: Repository, tandem) -> None:
    err = refused(repository, tandem, "--onto", "main")
    assert f"revision {THEIRS} of main is not here" in err


def test_a_frozen_pair_without_branch_to_compare(project: Project, tandem) -> None:
    add_pair(project, THEIRS, "theirs")
    tandem("lock")
    add_pair(project, OURS, "ours")
    err = tandem("rebase", "--revision", THEIRS, expect=1).err
    assert f"revision {THEIRS} is frozen in tandem.lock" in err
    tandem("rebase", "--revision", OURS)


def test_one_id_on_both_branches(repository: Repository, tandem) -> None:
    project = repository.project
    project.revision_file(OURS).unlink()
    project.migration_file("20241203000001").unlink()
    add_pair(project, THEIRS, "ours")
    commit(repository, "the same id")
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    assert f"the id {THEIRS} is used twice" in refused(repository, tandem, "--onto", "main")


def test_what_a_database_has(repository: Repository, tandem, database) -> None:
    repository.git("checkout", "-q", "work")
    tandem("push", "--yes", database=database)
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    err = refused(repository, tandem, "--onto", "main", database=database)
    assert f"{OURS} of ours is recorded in " in err
    # The other way round, theirs follow ours.
    tandem("rebase", "--onto", "work~1", "--revision", THEIRS, database=database)
    tandem("check")


@pytest.mark.parametrize("side", ["alembic", "supabase"])
def test_one_history_is_enough(repository: Repository, tandem, database, side: str) -> None:
    tandem("push", "--yes", database=database)
    if side == "alembic":
        database.query("DELETE FROM supabase_migrations.schema_migrations WHERE version = '20241203000001'")
    else:
        database.query(f"UPDATE alembic_version SET version_num = '{OLD}'")
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    assert "is recorded in" in refused(repository, tandem, "--onto", "main", database=database)


def test_a_database_that_knows_nothing_of_ours(repository: Repository, tandem, database, alembic) -> None:
    repository.git("checkout", "-q", "main")
    tandem("push", "--yes", database=database)
    repository.git("checkout", "-q", "work")
    repository.git("merge", "-q", "--no-verify", "--no-edit", "main")
    assert "no database was asked" not in tandem("rebase", "--onto", "main", database=database).err
    check_result(repository, tandem, alembic)
    tandem("push", "--yes", database=database)
    assert database.alembic_heads() == {OURS}
    assert database.supabase_versions()[-1] == MOVED
