"""The gate in front of a commit: the real `git commit` with a plain hook that runs tandem.

What git is about to commit is judged, whatever lies in the work tree."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from conftest import TANDEM, Project

OPTIONS = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.org",
    "LC_ALL": "C.UTF-8",
}


class Repository:
    """A git repository with the worked example in `folder`, and the hook installed."""

    def __init__(self, root: Path, project: Project, home: Path) -> None:
        self.root = root
        self.project = project
        self.environment = OPTIONS | {"PATH": os.environ["PATH"], "HOME": str(home)}

    def git(self, *words: str, cwd: Path | None = None, expect: int | None = 0) -> str:
        result = subprocess.run(
            ["git", *words],
            cwd=cwd or self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        text = result.stdout + result.stderr
        assert expect is None or result.returncode == expect, f"git {words}\n{text}"
        return text

    def hook(self, folder: str = ".") -> None:
        path = self.root / ".git/hooks/pre-commit"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ncd '{folder}' && exec '{TANDEM}' check --staged\n")
        path.chmod(0o755)

    def add_revision(self) -> Path:
        return self.project.add_revision(
            "20241203_000001", "notes", 'op.execute("CREATE TABLE notes (id integer)")'
        )

    def add_migration(self, sql: str = "CREATE TABLE notes (id integer);") -> Path:
        return self.project.add_migration("20241203_000001", "notes", sql)


def start(project: Project, root: Path, home: Path, folder: str = ".") -> Repository:
    repository = Repository(root, project, home)
    repository.git("init", "-q", "-b", "main", ".")
    repository.git("add", ".")
    repository.git("commit", "-qm", "the example")
    repository.hook(folder)
    return repository


@pytest.fixture
def repository(project: Project, home: Path) -> Repository:
    return start(project, project.root, home)


def test_a_revision_without_twin_is_refused_and_with_twin_passes(repository: Repository) -> None:
    repository.add_revision()
    repository.git("add", ".")
    assert "TD301" in repository.git("commit", "-m", "half", expect=1)
    repository.add_migration()
    # In the work tree alone it does not count.
    assert "TD301" in repository.git("commit", "-m", "half", expect=1)
    repository.git("add", ".")
    repository.git("commit", "-m", "whole")


def test_the_index_is_judged_and_not_the_work_tree(repository: Repository) -> None:
    repository.add_revision()
    migration = repository.add_migration("CREATE TABLE notes (id bigint);")
    repository.git("add", ".")
    text = migration.read_text()
    migration.write_text(text.replace("bigint", "integer"))
    out = repository.git("commit", "-m", "staged is wrong", expect=1)
    assert "TD303" in out
    assert "id bigint" in out, "the line shown is the staged one"
    repository.git("add", ".")
    migration.write_text("not SQL at all")
    repository.git("commit", "-m", "staged is right")


def test_partially_staged_files(repository: Repository) -> None:
    """Two changes in one file, of which one is staged."""
    repository.add_revision()
    migration = repository.add_migration()
    repository.git("add", ".")
    migration.write_text(migration.read_text() + "DROP TABLE notes;\n")
    assert "MM" not in repository.git("status", "--short")
    repository.git("commit", "-m", "the staged part agrees")
    assert "DROP TABLE" in repository.git("diff")


def test_commit_all_and_commit_path_name_another_index(repository: Repository) -> None:
    revision, migration = repository.add_revision(), repository.add_migration()
    repository.git("add", ".")
    repository.git("commit", "-m", "both")
    good = migration.read_text()
    migration.write_text(good.replace("integer", "bigint"))
    # Nothing is staged, so that only the index of the hook can tell.
    assert "TD303" in repository.git("commit", "-am", "all", expect=1)
    assert "TD303" in repository.git("commit", "-m", "path", str(migration), expect=1)
    # What is staged but not in this commit does not count either.
    repository.git("add", str(migration))
    other = repository.root / "README"
    other.write_text("x")
    repository.git("add", "README")
    repository.git("commit", "-m", "another path", "README")
    revision.write_text(revision.read_text().replace("integer", "bigint"))
    repository.git("commit", "-am", "all of both")


def test_a_deleted_and_a_renamed_migration(repository: Repository) -> None:
    repository.add_revision()
    migration = repository.add_migration()
    repository.git("add", ".")
    repository.git("commit", "-m", "both")
    repository.git("rm", "-q", "--cached", str(migration))
    assert migration.exists()
    assert "TD301" in repository.git("commit", "-m", "deleted in the index", expect=1)
    repository.git("reset", "-q", "--hard")
    repository.git("mv", str(migration), str(migration.with_name("20241203000009_notes.sql")))
    # The link is written in the file, and the order holds.
    repository.git("commit", "-m", "renamed")


def test_a_file_that_is_only_announced_is_not_there(repository: Repository) -> None:
    repository.add_revision()
    migration = repository.add_migration()
    repository.git("add", "alembic")
    repository.git("add", "-N", str(migration))
    assert "TD301" in repository.git("commit", "-m", "announced", expect=1)


def test_a_project_in_a_subfolder(project: Project, home: Path) -> None:
    root = project.root.parent / "repository"
    (root / "app").mkdir(parents=True)
    project.root.rename(root / "app/backend")
    inner = Project(root / "app/backend")
    repository = start(inner, root, home, "app/backend")
    repository.add_revision()
    repository.git("add", ".")
    out = repository.git("commit", "-m", "half", expect=1)
    assert "app/backend/alembic/versions/20241203_000001_notes.py" in out


def test_a_linked_work_tree_has_an_index_of_its_own(repository: Repository) -> None:
    linked = repository.root.parent / "linked"
    repository.git("worktree", "add", "-q", str(linked))
    project = Project(linked)
    project.add_revision("20241203_000001", "notes", 'op.execute("CREATE TABLE notes (id int)")')
    repository.git("add", ".", cwd=linked)
    assert "TD301" in repository.git("commit", "-m", "half", cwd=linked, expect=1)
    repository.git("commit", "--allow-empty", "-m", "the other one is as it was")


def test_a_submodule(repository: Repository, home: Path) -> None:
    root = repository.root.parent / "outer"
    root.mkdir()
    outer = Repository(root, Project(root / "weaver"), home)
    outer.git("init", "-q", "-b", "main", ".")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", str(repository.root), "weaver")
    inner = root / "weaver"
    hooks = root / ".git/modules/weaver/hooks"
    hooks.mkdir(exist_ok=True)
    hook = hooks / "pre-commit"
    hook.write_text(f"#!/bin/sh\nexec '{TANDEM}' check --staged\n")
    hook.chmod(0o755)
    outer.add_revision()
    outer.git("add", ".", cwd=inner)
    assert "TD301" in outer.git("commit", "-m", "half", cwd=inner, expect=1)


def test_a_sparse_checkout_is_judged_whole(repository: Repository) -> None:
    """Files that are not checked out are in the index all the same."""
    repository.add_revision()
    repository.add_migration()
    repository.git("add", ".")
    repository.git("commit", "-m", "both")
    repository.git("sparse-checkout", "set", "--no-cone", "/alembic/", "/supabase/config.toml")
    assert not repository.project.migrations.exists()
    repository.git("commit", "--allow-empty", "-m", "nothing")


def test_an_index_that_cannot_be_read_is_refused_in_words(repository: Repository) -> None:
    repository.git("update-index", "--split-index")
    (repository.root / "x").write_text("x")
    repository.git("add", "x")
    out = repository.git("commit", "-m", "split", expect=1)
    assert "split or sparse index cannot be read" in out


def test_a_conflict_is_named(repository: Repository) -> None:
    revision = repository.project.revision_file("20241126_000001")
    for branch, word in (("a", "one"), ("b", "two")):
        repository.git("checkout", "-qb", branch, "main")
        revision.write_text(revision.read_text() + f"# {word}\n")
        repository.git("commit", "-qanm", word)
    repository.git("merge", "a", expect=1)
    result = subprocess.run(
        [TANDEM, "check", "--staged"],
        cwd=repository.root,
        capture_output=True,
        text=True,
        env=repository.environment,
    )
    assert result.returncode != 0
    assert "merge conflict" in result.stdout + result.stderr


def test_without_repository(project: Project, tandem) -> None:
    tandem("check")
    result = tandem("check", "--staged", expect=3)
    assert "lies in no git repository" in result.err
    assert "lies in no git repository" in tandem("check", "--rev", "HEAD", expect=3).err


def test_any_commit_can_be_checked(repository: Repository, tandem) -> None:
    revision = repository.add_revision()
    repository.git("add", ".")
    repository.git("commit", "-qnm", "half")
    repository.add_migration()
    repository.git("add", ".")
    repository.git("commit", "-qm", "whole")
    revision.write_text("nonsense(")
    tandem("check", "--rev", "HEAD")
    assert "TD301" in tandem("check", "--rev", "HEAD~1", expect=1).text
    tandem("check", "--rev", "main~2")
    assert "no-such" in tandem("check", "--rev", "no-such", expect=3).err
    assert tandem("check", "--rev", "HEAD", "--staged", expect=2)


def test_the_settings_are_those_that_are_staged(repository: Repository) -> None:
    settings = repository.root / "tandem.toml"
    settings.write_text('[supabase]\nfolder = "elsewhere"\n')
    repository.git("commit", "--allow-empty", "-m", "in the work tree alone")
    repository.git("add", "tandem.toml")
    assert "elsewhere" in repository.git("commit", "-m", "staged", expect=1)


def test_what_the_protected_branch_holds_must_not_change(repository: Repository, tandem) -> None:
    first = repository.project.migration_file("20241128000001")
    revision = repository.project.revision_file("20241128_000001")
    repository.git("checkout", "-qb", "work")
    first.write_text("-- a comment\n" + first.read_text())
    repository.git("add", ".")
    tandem("check", "--staged", "--base", "main")
    # Both sides are changed alike, so that only the protected branch can tell.
    for path in (first, revision):
        path.write_text(path.read_text().replace("chat_messages", "talk_messages"))
    repository.git("commit", "-qam", "renamed the table on both sides", "--no-verify")
    tandem("check")
    for words in (["--base", "main"], ["--staged", "--base", "main"], ["--range", "main..work"]):
        out = tandem("check", *words, expect=1).text
        assert out.count("TD308") == 2
        assert "frozen since commit" in out and "the example" in out
    # What happened on the branch alone is free.
    repository.add_revision()
    repository.add_migration()
    repository.git("add", ".")
    repository.git("commit", "-qm", "one more")
    tandem("check", "--range", "work..work")


def test_the_protected_branch_keeps_names_and_files(repository: Repository, tandem) -> None:
    repository.git("checkout", "-qb", "work")
    path = repository.project.migration_file("20241202000002")
    repository.git("mv", str(path), str(path.with_name("20241202000002_other.sql")))
    assert "TD310" in tandem("check", "--staged", "--base", "main", expect=1).text
    repository.git("reset", "-q", "--hard")
    repository.git("rm", "-q", str(path), str(repository.project.revision_file("20241202_000002")))
    tandem("check", "--staged")
    assert tandem("check", "--staged", "--base", "main", expect=1).text.count("TD309") == 2
    assert "no-such" in tandem("check", "--base", "no-such", expect=3).err
    repository.git("checkout", "-qf", "--orphan", "elsewhere")
    repository.git("commit", "--no-verify", "-qm", "another root")
    assert "no commit in common" in tandem("check", "--base", "main", expect=3).err


def test_two_branches_that_both_add_a_pair_conflict_on_the_lock(
    repository: Repository, tandem
) -> None:
    tandem("lock")
    repository.git("add", ".")
    repository.git("commit", "-qm", "the lock")
    for number, branch in enumerate(("a", "b"), start=1):
        repository.git("checkout", "-qb", branch, "main")
        revision = f"20241203_00000{number}"
        parent = "20241202_000002"
        repository.project.add_revision(
            revision, branch, f'op.execute("CREATE TABLE {branch} (id integer)")', parent=parent
        )
        repository.project.add_migration(revision, branch, f"CREATE TABLE {branch} (id integer);")
        tandem("lock")
        repository.git("add", ".")
        repository.git("commit", "-qm", branch)
    assert "tandem.lock" in repository.git("merge", "a", expect=1)
    assert "unresolved merge" in tandem("check", expect=2).err
    # With the second revision behind the first, the lock is written anew.
    path = repository.project.revision_file("20241203_000002")
    path.write_text(path.read_text().replace("'20241202_000002'", "'20241203_000001'"))
    assert "20241203_000002" in tandem("lock", expect=1).err
    tandem("lock", "--refreeze", "20241203_000002")
    repository.git("add", ".")
    repository.git("commit", "-qm", "merged")
    tandem("check")


def test_a_frozen_migration_is_refused_and_a_comment_passes(
    repository: Repository, tandem
) -> None:
    tandem("lock")
    repository.git("add", ".")
    repository.git("commit", "-qm", "the lock")
    path = repository.project.migration_file("20241127000001")
    path.write_text("-- pasted by hand on the first day\r\n" + path.read_text() + "\n\n")
    repository.git("commit", "-qam", "a comment")
    path.write_text(path.read_text().replace("512", "256"))
    assert "TD308" in repository.git("commit", "-qam", "an edit", expect=1)


def test_a_sparse_index_is_refused_in_words(repository: Repository) -> None:
    repository.git("sparse-checkout", "set", "--cone", "--sparse-index", "alembic")
    out = repository.git("commit", "--allow-empty", "-m", "sparse", expect=1)
    assert "split or sparse index cannot be read" in out
    repository.git("sparse-checkout", "reapply", "--no-sparse-index")
    repository.git("commit", "--allow-empty", "-m", "a plain index again")


def test_sha_256_names_are_refused_in_words(project: Project, home: Path) -> None:
    repository = Repository(project.root, project, home)
    repository.git("init", "-q", "-b", "main", "--object-format=sha256", ".")
    repository.hook()
    repository.git("add", ".")
    out = repository.git("commit", "-m", "sha-256", expect=1)
    assert "SHA-256 names cannot be read" in out


def test_a_rename_of_both_sides_and_of_a_folder(repository: Repository, tandem) -> None:
    """git shows a rename; the index holds one file gone and one there."""
    repository.git("mv", "alembic/versions", "alembic/steps")
    assert "TD302" in repository.git("commit", "-m", "the folder alone", expect=1)
    ini = repository.root / "alembic/alembic.ini"
    ini.write_text(ini.read_text().replace("[alembic]", "[alembic]\nversion_locations = %(here)s/steps", 1))
    assert "TD302" in repository.git("commit", "-m", "not staged", expect=1)
    repository.git("add", ".")
    repository.git("commit", "-m", "both")


def test_one_of_two_staged_sides(repository: Repository) -> None:
    """A change of both sides in the work tree, of which one is staged."""
    revision, migration = repository.add_revision(), repository.add_migration()
    repository.git("add", ".")
    repository.git("commit", "-m", "both")
    for path in (revision, migration):
        path.write_text(path.read_text().replace("integer", "bigint"))
    repository.git("add", str(revision))
    assert "TD303" in repository.git("commit", "-m", "one side", expect=1)
    repository.git("commit", "-am", "both sides")


def test_the_hook_of_a_subfolder_of_a_linked_work_tree(repository: Repository) -> None:
    linked = repository.root.parent / "linked"
    repository.git("worktree", "add", "-q", str(linked))
    project = Project(linked)
    project.add_revision("20241203_000001", "notes", 'op.execute("CREATE TABLE notes (id int)")')
    # From a folder inside, everything, and by path.
    repository.git("add", ".", cwd=linked)
    path = "alembic/versions/20241203_000001_notes.py"
    assert "TD301" in repository.git("commit", "-m", "x", path, cwd=linked, expect=1)
    assert "TD301" in repository.git("commit", "-am", "x", cwd=linked / "alembic", expect=1)


def test_tandem_toml_names_the_protected_branch(repository: Repository, tandem) -> None:
    (repository.root / "tandem.toml").write_text('[git]\nprotected = "main"\n')
    repository.git("add", ".")
    repository.git("commit", "-qm", "the setting")
    repository.git("checkout", "-qb", "work")
    for path in (
        repository.project.migration_file("20241128000001"),
        repository.project.revision_file("20241128_000001"),
    ):
        path.write_text(path.read_text().replace("chat_messages", "talk_messages"))
    # Both sides say the same, so that only the branch can tell.
    assert "TD308" in repository.git("commit", "-am", "edited", expect=1)
    tandem("check", "--no-base")
    assert tandem("check", expect=1).text.count("TD308") == 2
    tandem("check", "--no-base", "--base", "main", expect=2)
    repository.git("reset", "-q", "--hard")
    repository.add_revision()
    repository.add_migration()
    repository.git("add", ".")
    repository.git("commit", "-qm", "what is new is free")


def test_a_protected_branch_that_is_not_there_is_said(repository: Repository, tandem) -> None:
    (repository.root / "tandem.toml").write_text('[git]\nprotected = "origin/main"\n')
    result = tandem("check", expect=3)
    assert "git.protected: " in result.err and "tandem.toml:2" in result.err
    assert "--no-base" in result.err
    tandem("check", "--no-base")


def test_a_new_pair_passes_at_once_and_is_frozen_by_lock(repository: Repository, tandem) -> None:
    tandem("lock")
    repository.git("add", ".")
    repository.git("commit", "-qm", "the lock")
    out = tandem("new", "-m", "add notes table").out
    assert "wrote tandem.lock" in out or "wrote supabase/tandem.lock" in out
    repository.git("add", ".")
    repository.git("commit", "-qm", "an empty pair")
    revision = max(repository.project.versions.glob("*add_notes_table.py"))
    migration = max(repository.project.migrations.glob("*add_notes_table.sql"))
    revision.write_text(
        revision.read_text().replace("    pass", "    op.execute('CREATE TABLE notes (id int)')", 1)
    )
    assert "TD303" in repository.git("commit", "-am", "one side", expect=1)
    migration.write_text(migration.read_text() + "CREATE TABLE notes (id int);\n")
    repository.git("commit", "-qam", "filled, which freezes nothing")
    tandem("lock")
    repository.git("commit", "-qam", "frozen")
    for path in (revision, migration):
        path.write_text(path.read_text().replace("id int", "id bigint"))
    assert "TD308" in repository.git("commit", "-am", "edited", expect=1)


def test_convert_writes_into_a_lock_that_is_there(repository: Repository, tandem) -> None:
    repository.add_revision()
    assert "lock" not in tandem("convert").out, "a project without a lock gets none"
    repository.git("clean", "-qfd")
    tandem("lock")
    repository.add_revision()
    tandem("convert")
    lock = next(x for x in repository.root.rglob("tandem.lock"))
    assert "draft revision:20241203_000001 migration:20241203000001_notes\n" in lock.read_text()
    tandem("check")
    # A lock that a merge left in conflict is not written over.
    lock.write_text("<<<<<<< HEAD\n" + lock.read_text())
    repository.project.migration_file("20241203000001").unlink()
    assert tandem("convert", expect=2).code == 2
    assert not list(repository.project.migrations.glob("20241203*"))
