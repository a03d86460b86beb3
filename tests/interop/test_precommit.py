"""The gate in front of a commit: through the real `git commit` and the real pre-commit."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, SECONDS, TANDEM, Project, Result

PRE_COMMIT = Path(sys.executable).with_name("pre-commit")
LONELY = "CREATE TABLE lonely (id int);\n"


@dataclass
class Repository:
    root: Path
    environment: dict[str, str]

    def run(self, *command: str, expect: int | None = 0) -> Result:
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        result = Result(list(command), done.returncode, done.stdout, done.stderr)
        if expect is not None:
            assert result.code == expect, f"expected exit code {expect}\n{result}"
        return result

    def git(self, *arguments: str, expect: int | None = 0) -> Result:
        return self.run("git", *arguments, expect=expect)

    def commit(self, expect: int | None = 0) -> Result:
        return self.git("commit", "-q", "-m", "a change", expect=expect)

    def hook(self, name: str) -> Path:
        return self.root / ".git/hooks" / name


def surroundings(tmp_path: Path) -> dict[str, str]:
    """git, pre-commit and tandem, with nothing of the caller's."""
    programs = tmp_path / "bin"
    programs.mkdir(exist_ok=True)
    for name, program in (("tandem", TANDEM), ("pre-commit", PRE_COMMIT)):
        if not (programs / name).exists():
            (programs / name).symlink_to(program)
    (tmp_path / "home").mkdir(exist_ok=True)
    who = {f"GIT_{x}_{y}": "a@example.org" for x in ("AUTHOR", "COMMITTER") for y in ("NAME", "EMAIL")}
    return who | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(tmp_path / "home"),
        "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture
def repository(project: Project, tmp_path: Path) -> Repository:
    repository = Repository(project.root, surroundings(tmp_path))
    repository.git("init", "-q", "-b", "main")
    repository.git("add", ".")
    repository.commit()
    return repository


@pytest.fixture
def hooked(repository: Repository) -> Repository:
    repository.run("tandem", "hook", "install")
    return repository


def test_a_revision_without_twin_is_refused_and_with_one_passes(
    hooked: Repository, project: Project
) -> None:
    upgrade = "op.execute('CREATE TABLE lonely (id int)')"
    project.add_revision("20241203_000001", "lonely", upgrade)
    hooked.git("add", ".")
    refused = hooked.commit(expect=1)
    assert "TD301" in refused.text
    project.add_migration("20241203_000001", "lonely", LONELY)
    hooked.git("add", ".")
    hooked.commit()


def test_the_index_is_judged_and_not_the_work_tree(hooked: Repository, project: Project) -> None:
    path = project.migration_file("20241127000001")
    good = path.read_text()
    path.write_text(good.replace("VARCHAR(512)", "VARCHAR(255)"))
    hooked.git("add", ".")
    path.write_text(good)
    assert "TD303" in hooked.commit(expect=1).text
    hooked.git("add", ".")
    path.write_text(good.replace("VARCHAR(512)", "VARCHAR(255)"))
    (project.root / "note").write_text("something else\n")
    hooked.git("add", "note")
    hooked.commit()
    # `git commit -a` and `git commit PATH` name another index.
    assert "TD303" in hooked.git("commit", "-q", "-a", "-m", "x", expect=1).text
    assert "TD303" in hooked.git("commit", "-q", "-m", "x", str(path), expect=1).text


def test_installing_twice_changes_nothing_and_uninstalling_leaves_nothing(
    repository: Repository,
) -> None:
    before = sorted((repository.root / ".git/hooks").iterdir())
    repository.run("tandem", "hook", "install")
    first = repository.hook("pre-commit").read_text()
    assert repository.hook("pre-commit").stat().st_mode & stat.S_IXUSR
    assert repository.run("tandem", "hook", "install").out.count(": installed\n") == 2
    assert repository.hook("pre-commit").read_text() == first
    assert repository.run("tandem", "hook", "uninstall").out.count(": none\n") == 2
    repository.run("tandem", "hook", "uninstall")
    assert sorted((repository.root / ".git/hooks").iterdir()) == before


def test_a_hook_that_was_there_is_called_first_and_put_back(repository: Repository) -> None:
    hook = repository.hook("pre-commit")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho called >> called\n[ ! -e forbid ]\n")
    hook.chmod(0o755)
    mine = hook.read_bytes()
    shown = repository.run("tandem", "hook", "install").out
    assert "behind the hook that was there" in shown
    repository.run("tandem", "hook", "install")
    (repository.root / "note").write_text("x\n")
    repository.git("add", "note")
    (repository.root / "forbid").touch()
    repository.commit(expect=1)
    (repository.root / "forbid").unlink()
    repository.commit()
    assert (repository.root / "called").read_text() == "called\ncalled\n"
    repository.run("tandem", "hook", "uninstall")
    assert hook.read_bytes() == mine and hook.stat().st_mode & stat.S_IXUSR
    assert not hook.with_name("pre-commit.before-tandem").exists()


def test_hooks_path_is_respected(repository: Repository, project: Project) -> None:
    repository.git("config", "core.hooksPath", "tools/hooks")
    (project.root / "tools").mkdir()
    repository.run("tandem", "-C", "alembic", "hook", "install")
    assert (project.root / "tools/hooks/pre-commit").exists()
    assert not repository.hook("pre-commit").exists()
    project.migration_file("20241127000001").unlink()
    repository.git("add", "-A", "alembic", "supabase")
    assert "TD301" in repository.commit(expect=1).text


@pytest.mark.parametrize("path", ["../shared", ".husky/_"])
def test_a_folder_that_is_not_ours_alone_is_refused(repository: Repository, path: str) -> None:
    folder = repository.root / path
    folder.mkdir(parents=True)
    repository.git("config", "core.hooksPath", path)
    refused = repository.run("tandem", "hook", "install", expect=2)
    assert "tandem check --staged" in refused.err
    assert not list(folder.iterdir())


def test_a_hook_of_ours_that_was_edited_is_not_touched(hooked: Repository) -> None:
    hook = hooked.hook("pre-commit")
    edited = hook.read_text() + "echo mine\n"
    hook.write_text(edited)
    for action in ("install", "uninstall", "status"):
        hooked.run("tandem", "hook", action, expect=2)
    assert hook.read_text() == edited


def test_a_worktree_has_the_hooks_of_its_repository(hooked: Repository, tmp_path: Path) -> None:
    hooked.git("worktree", "add", "-q", str(tmp_path / "other"))
    other = Repository(tmp_path / "other", hooked.environment)
    assert other.run("tandem", "hook", "status").out.count(": installed\n") == 2


def test_a_merge_is_checked(hooked: Repository, project: Project) -> None:
    for branch, revision in (("one", "20241203_000001"), ("two", "20241203_000002")):
        hooked.git("checkout", "-q", "-b", branch, "main")
        upgrade = f"op.execute('CREATE TABLE {branch} (id int)')"
        project.add_revision(revision, branch, upgrade, parent="20241202_000002")
        project.add_migration(revision, branch, f"CREATE TABLE {branch} (id int);\n")
        hooked.git("add", ".")
        hooked.commit()
    refused = hooked.git("merge", "-q", "--no-edit", "one", expect=None)
    assert refused.code != 0 and "TD104" in refused.text, str(refused)


@pytest.fixture
def through_pre_commit(repository: Repository, tmp_path: Path) -> Repository:
    """The hooks of this repository as another one uses them."""
    source = Repository(tmp_path / "hooks", repository.environment)
    source.root.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", source.root)
    source.git("init", "-q")
    source.git("add", ".")
    source.commit()
    source.git("tag", "v1")
    (repository.root / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {source.root}\n    rev: v1\n"
        "    hooks:\n      - id: tandem-check\n      - id: tandem-immutable\n"
    )
    repository.git("add", ".")
    repository.run("pre-commit", "install", "-t", "pre-commit", "-t", "pre-push")
    return repository


def test_pre_commit_refuses_and_lets_through(
    through_pre_commit: Repository, project: Project
) -> None:
    repository = through_pre_commit
    repository.commit()
    migration = project.add_migration("20241203_000001", "lonely", LONELY)
    migration.write_text(LONELY)
    repository.git("add", ".")
    refused = repository.commit(expect=1)
    assert "tandem check" in refused.text and "TD302" in refused.text
    repository.run("pre-commit", "run", "tandem-check", expect=1)
    repository.run("pre-commit", "run", "tandem-immutable", "--hook-stage", "pre-push")
    repository.git("commit", "-q", "--no-verify", "-m", "past the hook")
    repository.run("pre-commit", "run", "tandem-immutable", "--hook-stage", "pre-push", expect=1)


def test_this_repository_uses_its_own_hook(repository: Repository) -> None:
    shutil.copy(ROOT / ".pre-commit-config.yaml", repository.root)
    program = repository.root / "build/release/tandem"
    program.parent.mkdir(parents=True)
    program.symlink_to(TANDEM)
    repository.git("add", ".pre-commit-config.yaml")
    assert "Passed" in repository.run("pre-commit", "run").out
