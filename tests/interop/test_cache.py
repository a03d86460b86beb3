"""A cache can change no answer: what `tandem check` and `tandem sql` print is the same to the byte
without one, with a new one, with a full one, and with one that is damaged, somebody else's, or cannot
be there."""
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/bench"))
import histories  # noqa: E402

TANDEM = pathlib.Path(os.environ.get("TANDEM", ROOT / "build/release/tandem"))
PAIRS = 60
FORMATS = ["text", "json", "sarif"]
SQL = [["sql"], ["sql", "--strict"], ["sql", "--downgrade", "heads:base"],
       ["sql", "--each", "--format", "ndjson"]]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Histories of which one pair differs, one cannot be known, and one has no twin."""
    root = tmp_path_factory.mktemp("histories")
    histories.write(root, PAIRS)
    (root / "tandem.toml").touch()
    migrations = sorted((root / "supabase/migrations").iterdir())
    with migrations[20].open("a") as file:
        file.write("create table late (id int);\n")
    with migrations[40].open("a") as file:
        file.write("select something();\n")
    migrations[-1].unlink()
    return root


def tandem(project, cache, *words):
    """Output, messages and exit code of one run; `cache` None: without one."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(project)}
    if cache is None:
        words = (*words, "--no-cache")
    else:
        environment["XDG_CACHE_HOME"] = str(cache)
    result = subprocess.run([TANDEM, *words], cwd=project, env=environment, capture_output=True,
                            check=False)
    return result.stdout, result.stderr, result.returncode


def check(project, cache, *words):
    answer = tandem(project, cache, "check", "-v", *words)
    assert answer[2] == 1
    return answer


def kept(cache):
    """The one file of a cache."""
    files = list((cache / "tandem").iterdir())
    assert len(files) == 1
    return files[0]


@pytest.fixture
def full(project, tmp_path):
    check(project, tmp_path)
    assert kept(tmp_path).stat().st_size > 1000
    return tmp_path


@pytest.mark.parametrize("form", FORMATS)
def test_the_answer_is_the_same_with_and_without(project, tmp_path, form):
    without = check(project, None, "--format", form)
    assert check(project, tmp_path, "--format", form) == without  # filling it
    assert check(project, tmp_path, "--format", form) == without  # using it


RANGES = [["sql", "+7"], ["sql", "#7:#20"], ["sql", "--downgrade", "heads:#30"],
          ["sql", "--downgrade", "#20:#7"]]


def chain(project):
    """The ids, first the one that follows nothing."""
    after = {}
    for path in (project / "alembic/versions").iterdir():
        text = path.read_text()
        down = re.search(r"^down_revision.* = (?:None|\"(.*)\")$", text, re.M)[1]
        after[down] = re.search(r"^revision.* = \"(.*)\"$", text, re.M)[1]
    ids = [after[None]]
    while ids[-1] in after:
        ids.append(after[ids[-1]])
    return ids


@pytest.mark.parametrize("words", SQL + RANGES, ids=" ".join)
def test_sql_is_the_same_with_and_without(project, tmp_path, words):
    ids = chain(project)
    words = [re.sub(r"#(\d+)", lambda found: ids[int(found[1])], word) for word in words]
    without = tandem(project, None, *words)
    assert without[0] and without[2] == 0
    assert tandem(project, tmp_path, *words) == without
    before = kept(tmp_path).stat()
    assert tandem(project, tmp_path, *words) == without
    assert kept(tmp_path).stat().st_ino == before.st_ino  # nothing was new


def test_no_command_takes_what_another_has_kept(project, tmp_path):
    without = {" ".join(words): tandem(project, None, *words) for words in [["check"], *SQL]}
    assert len(set(without.values())) == len(without) - 1  # --strict prints what sql does
    for _ in range(2):
        for words, answer in without.items():
            assert tandem(project, tmp_path, *words.split()) == answer


def test_nothing_is_written_when_nothing_is_new(project, full):
    before = kept(full).stat()
    check(project, full)
    assert kept(full).stat().st_mtime_ns == before.st_mtime_ns
    assert kept(full).stat().st_ino == before.st_ino


def test_nothing_is_kept_in_the_project_or_when_it_is_turned_off(project, full, tmp_path):
    names = sorted(path.name for path in project.iterdir())
    check(project, full)
    check(project, None)
    assert sorted(path.name for path in project.iterdir()) == names
    assert not (project / ".cache").exists()


def test_an_edited_file_is_read_anew(project, full):
    migration = sorted((project / "supabase/migrations").iterdir())[10]
    before = migration.read_bytes()
    stamp = migration.stat()
    try:
        # The same length and the same time: only the bytes tell.
        migration.write_bytes(before.replace(b"_", b"x"))
        os.utime(migration, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        changed = check(project, full)
        assert changed == check(project, None)
    finally:
        migration.write_bytes(before)
    assert check(project, full) == check(project, None)
    assert check(project, full) != changed


def test_a_file_cut_short_changes_nothing(project, full):
    without, file = check(project, None), kept(full)
    whole = file.read_bytes()
    for size in [0, 1, 39, 40, 41, len(whole) // 3, len(whole) - 1]:
        file.write_bytes(whole[:size])
        assert check(project, full) == without
        assert file.read_bytes() == whole  # made again


def test_flipped_bits_change_nothing(project, full):
    without, file, chance = check(project, None), kept(full), random.Random(4)
    whole = file.read_bytes()
    for _ in range(25):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 1, 50])):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        file.write_bytes(damaged)
        assert check(project, full) == without


@pytest.mark.parametrize("words", SQL, ids=" ".join)
def test_flipped_bits_change_no_sql(project, tmp_path, words):
    without, chance = tandem(project, tmp_path, *words), random.Random(4)
    file = kept(tmp_path)
    whole = file.read_bytes()
    for size in [0, 41, len(whole) // 3, len(whole) - 1]:
        file.write_bytes(whole[:size])
        assert tandem(project, tmp_path, *words) == without
    for _ in range(8):
        damaged = bytearray(whole)
        for _ in range(50):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        file.write_bytes(damaged)
        assert tandem(project, tmp_path, *words) == without


def test_the_file_of_another_project_changes_nothing(project, full, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(project / "alembic", other / "alembic")
    shutil.copytree(project / "supabase", other / "supabase")
    shutil.copy(project / "alembic.ini", other)
    migration = sorted((other / "supabase/migrations").iterdir())[5]
    migration.write_text(migration.read_text() + "create table foreign_one (id int);\n")
    (other / "tandem.toml").touch()
    cache = other / "cache"
    check(other, cache)
    shutil.copy(kept(cache), kept(full))
    assert check(project, full) == check(project, None)


@pytest.mark.parametrize("mode", [0o777, 0o500, 0o000])
def test_a_folder_that_is_not_ours_alone_changes_nothing(project, full, mode):
    folder = full / "tandem"
    folder.chmod(mode)
    try:
        assert check(project, full) == check(project, None)
    finally:
        folder.chmod(0o700)


def test_a_folder_that_cannot_be_changes_nothing(project, tmp_path):
    (tmp_path / "file").touch()
    assert check(project, tmp_path / "file") == check(project, None)


# --- What a revision rests on besides its own file ---------------------------------------------

HEAD = '''from typing import Union

from alembic import op
import sqlalchemy as sa
{more}
revision: str = "{id}"
down_revision: Union[str, None] = {down}


def upgrade() -> None:
    {body}
'''


class Small:
    """A project of a few revisions, in which one thing after the other is changed."""

    def __init__(self, root):
        self.root, self.cache = root, root / "cache"
        self.put("alembic.ini", "[alembic]\nscript_location = alembic\nprepend_sys_path = .\n")
        self.put("alembic/env.py", "target_metadata = None\n")
        self.put("tandem.toml", "")
        self.put("supabase/migrations/20240101000000_other.sql", "create table other (id int);\n")

    def put(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def revision(self, name, body, down=None, more=""):
        down = f'"{down}"' if down else "None"
        self.put(f"alembic/versions/{name}.py",
                 HEAD.format(id=name, down=down, body=body, more=more))
        self.put(f"supabase/migrations/2024020100000{name[-1]}_{name}.sql",
                 f"-- tandem: revision {name}\ncreate table twin_of_{name} (id int);\n")

    def follows(self):
        """What is printed with the cache, which is what is printed without one."""
        answers = []
        for words in [["check", "-v"], *SQL]:
            answers.append(tandem(self.root, None, *words))
            assert tandem(self.root, self.cache, *words) == answers[-1]
            assert tandem(self.root, self.cache, *words) == answers[-1]
        assert answers[0][2] == 1
        return answers

    def answers(self, change):
        """The answer before and after a change, both shown to be those of no cache."""
        before = self.follows()
        change()
        after = self.follows()
        assert before != after
        return before, after


@pytest.fixture
def small(tmp_path):
    return Small(tmp_path)


def test_a_module_of_the_project_is_followed(small):
    small.put("names.py", 'TABLE = "one"\n')
    small.revision("r1", 'op.create_table(TABLE, sa.Column("id", sa.Integer()))',
                   more="from names import TABLE\n")
    small.answers(lambda: small.put("names.py", 'TABLE = "two"\n'))


def test_a_module_that_was_missing_is_followed_once_it_is_there(small):
    small.revision("r1", 'op.create_table(TABLE, sa.Column("id", sa.Integer()))',
                   more="from names import TABLE\n")
    small.answers(lambda: small.put("names.py", 'TABLE = "two"\n'))


def test_a_package_that_was_missing_is_followed_once_it_is_there(small):
    small.revision("r1", 'op.create_table(TABLE, sa.Column("id", sa.Integer()))',
                   more="from names import TABLE\n")
    small.answers(lambda: small.put("names/__init__.py", 'TABLE = "two"\n'))


def test_a_file_that_is_read_is_followed(small):
    small.revision("r1", 'op.execute((Path(__file__).parent / "r1.sql").read_text())',
                   more="from pathlib import Path\n")
    small.answers(lambda: small.put("alembic/versions/r1.sql", "create table one (a int)"))
    small.answers(lambda: small.put("alembic/versions/r1.sql", "create table two (a int)"))


def test_assumptions_are_followed(small):
    small.revision("r1", 'op.create_table(TABLE, sa.Column("id", sa.Integer()))',
                   more="from names import TABLE\n")
    def assume(value):
        small.put("tandem.toml", f'[alembic.assume]\n"names.TABLE" = "{value}"\n')
    small.answers(lambda: assume("one"))
    small.answers(lambda: assume("two"))


def test_the_naming_convention_is_followed(small):
    small.revision("r1", 'op.create_table("t", sa.Column("a", sa.Integer()), '
                         'sa.UniqueConstraint("a"))')
    small.put("supabase/migrations/20240201000001_r1.sql", "-- tandem: revision r1\n"
              "create table t (a int, constraint second_t unique (a));\n")
    def name(prefix):
        small.put("alembic/env.py", "import sqlalchemy as sa\nfrom alembic import context\n"
                  "target_metadata = sa.MetaData("
                  f'naming_convention={{"uq": "{prefix}_%(table_name)s"}})\n'
                  "context.configure(target_metadata=target_metadata)\n")
    small.answers(lambda: name("first"))
    small.answers(lambda: name("second"))
    small.answers(lambda: small.put("tandem.toml",
                                    '[alembic.naming_convention]\nuq = "third_%(table_name)s"\n'))


def test_types_that_earlier_revisions_made_are_followed(small):
    table = ('op.create_table("{0}", sa.Column("kind", sa.Enum("a", name="kinds")))').format
    small.revision("r1", table("t1"))
    small.revision("r2", table("t2"), down="r1")
    small.answers(lambda: small.revision("r1", 'op.execute("select 1")'))


def test_types_are_made_once_in_a_range_and_by_each_alone(small):
    table = ('op.create_table("{0}", sa.Column("kind", sa.Enum("a", name="kinds")))').format
    small.revision("r1", table("t1"))
    small.revision("r2", table("t2"), down="r1")
    small.revision("r3", table("t3"), down="r2")
    lines = [["sql"], ["sql", "r1:r3"], ["sql", "r2:r3"], *SQL]
    without = {" ".join(words): tandem(small.root, None, *words) for words in lines}
    made = [without[line][0].count(b"CREATE TYPE") for line in ("sql", "sql r1:r3", "sql r2:r3")]
    assert made == [1, 1, 1]
    for words in lines * 3:  # each finds what the one before it has kept
        assert tandem(small.root, small.cache, *words) == without[" ".join(words)]


def test_what_an_exception_of_the_first_run_left_is_followed(small):
    small.revision("r1", 'raise ValueError("never")')
    small.answers(lambda: small.revision("r1", 'raise ValueError("not yet")'))


def test_what_is_asked_of_the_schema_is_followed(small):
    small.revision("r1", 'op.create_table("t", sa.Column("id", sa.Integer()))')
    small.revision("r2", 'op.execute("drop table t") if sa.inspect(op.get_bind()).has_table("t") '
                         'else op.execute("drop table u")', down="r1")
    small.answers(lambda: small.revision("r1", 'op.execute("select 1")'))


def test_what_is_sent_only_where_it_is_needed_is_followed(small):
    small.revision("r1", 'op.create_table("t", sa.Column("id", sa.Integer()))')
    small.revision("r2", 'sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer())).create('
                         'op.get_bind(), checkfirst=True)', down="r1")
    small.answers(lambda: small.revision("r1", 'op.execute("select 1")'))


def test_a_file_that_moves_has_its_new_places(small):
    small.revision("r1", 'op.execute("select something()")')
    small.answers(lambda: (small.root / "alembic/versions/r1.py").rename(
        small.root / "alembic/versions/r1_moved.py"))
