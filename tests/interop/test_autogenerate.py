"""What `tandem convert --to alembic` writes beside what Alembic's own autogenerate writes for the
same change, line by line.

The models of shapes.py are compared with a database by `alembic revision --autogenerate`. What that
revision sends is what a migration would hold; tandem makes a revision of it, and the two bodies are
held side by side. Lines of one side alone are allowed where THEIRS and OURS say why;
docs/internals/convert.md has the same list.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import pytest
import shapes
from conftest import ALEMBIC, Database, Project, Runner

ENV = """\
import os, sys
from alembic import context
import sqlalchemy as sa

sys.path.insert(0, {shapes!r})
import shapes

url = sa.make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg")
options = dict(target_metadata=shapes.{step}(convention={convention}), include_schemas=True,
               compare_server_default=False)
if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True, **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    with sa.create_engine(url, poolclass=sa.pool.NullPool).connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
"""


# For the conversion: how things are named is read from the file, and not from the models.
PLAIN = "from alembic import context\n\ncontext.configure()\n"
NAMED = f"""\
from alembic import context
from sqlalchemy import MetaData

target_metadata = MetaData(naming_convention={shapes.CONVENTION!r})
context.configure(target_metadata=target_metadata)
"""

# Lines that only autogenerate, or only tandem writes, and why. What a server keeps of a model is less
# than the model says, and what a statement says is said by a directive of its own.
THEIRS = {
    r"sa\.Column\(.*sa\.Uuid\(\).*": "the model's class; the statement has uuid, which is sa.UUID()",
    r"sa\.Column\(.*sa\.Float\(\).*": "FLOAT is double precision to the server",
    r"sa\.Column\(.*sa\.JSON\(\).*": "the model's class; a type of PostgreSQL is written as reflection does",
    r"sa\.Column\(.*dimensions=1.*": "the server keeps no dimensions",
    r"sa\.Column\(.*(postgresql\.BYTEA|sa\.DOUBLE_PRECISION)\(\).*": "the model's class for the same type",
    r"sa\.Column\(.*(sa\.Enum|postgresql\.ENUM)\(.*": "the type is made by a statement of its own",
    r"sa\.Column\(.*comment=.*": "the comment is a statement of its own",
    r"comment=.*": "likewise",
    r"sa\.PrimaryKeyConstraint\('id'(, name=op\.f\('pk_said'\))?\),": "what follows it is the comment",
    r"op\.create_index\('by_path'.*": "the order of keywords in the model",
    r"op\.create_index\(op\.f\('ix_long_.*": "the name is cut on its way to the server",
}
OURS = {
    r"sa\.Column\(.*sa\.UUID\(\).*": "as above",
    r"sa\.Column\(.*sa\.Double\(\).*": "as above",
    r"sa\.Column\(.*postgresql\.JSON\(.*": "as above",
    r"sa\.Column\(.*postgresql\.ARRAY\(sa\.Integer\(\)\).*": "as above",
    r"sa\.Column\(.*sa\.LargeBinary\(\).*": "as above",
    r"sa\.Column\('a', sa\.Integer\(\), nullable=True\),": "without its comment",
    r"sa\.PrimaryKeyConstraint\('id'(, name=op\.f\('pk_said'\))?\)": "nothing follows it",
    r"sa\.Column\(.*create_type=False\).*": "the type was made before",
    r"postgresql\.ENUM\(.*\)\.create\(op\.get_bind\(\), checkfirst=False\)": "CREATE TYPE",
    r"op\.create_table_comment\(|'said',|'a table',|existing_comment=None,|schema=None|\)": "COMMENT ON TABLE",
    r"op\.alter_column\('said', 'a',|existing_type=sa\.INTEGER\(\),|comment=.*,|existing_nullable=True\)": "COMMENT ON COLUMN",
    r"op\.create_index\('by_path'.*": "as above",
    r"op\.create_index\('ix_long_.*": "as above",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "models"
    (root / "supabase/migrations").mkdir(parents=True)
    subprocess.run([ALEMBIC, "-q", "init", "alembic"], cwd=root, check=True)
    shutil.move(root / "alembic.ini", root / "alembic/alembic.ini")
    ini = root / "alembic/alembic.ini"
    ini.write_text(ini.read_text().replace("script_location = %(here)s/alembic", "script_location = %(here)s"))
    return Project(root)


def body(path: Path, name: str = "upgrade") -> list[str]:
    """The lines of one of the functions, without what only frames them."""
    text = re.search(rf"def {name}\(\)[^\n]*\n(.*?)(?=\ndef |\Z)", path.read_text(), re.DOTALL)[1]
    frame = re.compile(r'\s*(""".*"""|# ### .*|pass)?\s*$')
    return [line.rstrip() for line in text.splitlines() if not frame.match(line)]


def autogenerate(project: Project, alembic: Runner, database: Database, step: str, convention: bool) -> Path:
    here = str(Path(__file__).parent)
    (project.root / "alembic/env.py").write_text(ENV.format(shapes=here, step=step, convention=convention))
    known = set(project.versions.glob("*.py"))
    alembic("revision", "--autogenerate", "-m", step, database=database)
    (path,) = set(project.versions.glob("*.py")) - known
    return path


def statements(alembic: Runner, span: str, database: Database) -> str:
    """What the revision sends, without Alembic's own table and transaction."""
    text = alembic("upgrade", span, "--sql", database=database).out
    parts = [part for part in re.split(r";\n\n", text) if "alembic_version" not in part]
    parts = [re.sub(r"^-- .*\n+", "", part, flags=re.MULTILINE) for part in parts]
    return ";\n\n".join(p for p in parts if p.strip() not in ("", "BEGIN", "COMMIT", "COMMIT;")) + ";\n"


def differences(theirs: list[str], ours: list[str]) -> Iterator[str]:
    """The lines that stand on one side alone and for which there is no reason."""
    for tag, a, b, c, d in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from (f"- {line}" for line in theirs[a:b] if not has_reason(line, THEIRS))
            yield from (f"+ {line}" for line in ours[c:d] if not has_reason(line, OURS))


def has_reason(line: str, reasons: dict[str, str]) -> bool:
    return any(re.fullmatch(pattern, line.strip()) for pattern in reasons)


@pytest.mark.parametrize("convention", [False, True], ids=["plain", "convention"])
def test_the_text_is_autogenerate_s(
    project: Project, tandem: Runner, alembic: Runner, database: Database, convention: bool
) -> None:
    database.query("CREATE SCHEMA inside")
    paths, texts, last = [], [], "base"
    for step in ("first", "second"):
        path = autogenerate(project, alembic, database, step, convention)
        alembic("upgrade", "head", database=database)
        revision = re.search(r"^revision: str = '(\w+)'", path.read_text(), re.MULTILINE)[1]
        texts.append(statements(alembic, f"{last}:{revision}", database))
        paths.append(path)
        last = revision
    theirs = [body(path) for path in paths]
    for path in paths:
        path.unlink()
    (project.migrations / "20241231000000_schema.sql").write_text("CREATE SCHEMA inside;\n")
    for number, text in enumerate(texts):
        (project.migrations / f"2025010{number + 1}000000_step.sql").write_text(text)
    (project.root / "alembic/env.py").write_text(NAMED if convention else PLAIN)
    tandem("convert", "--to", "alembic", "--all")
    written = {re.search(r"Supabase: (\d+)", path.read_text())[1]: path for path in project.versions.glob("*.py")}
    ours = [body(path) for _, path in sorted(written.items())[1:]]
    left = [line for one, other in zip(theirs, ours) for line in differences(one, other)]
    assert not left, "\n".join([f"{len(left)} of {sum(map(len, theirs))} lines", *left])
