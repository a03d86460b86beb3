#!/usr/bin/env python3
"""How long `tandem sql` takes for a long chain of revisions, beside `alembic upgrade heads --sql`.

    usage: tests/bench/sql.py [--revisions N] [--runs N] [--tandem PATH]

A chain is generated (always the same one): tables, columns, indexes, keys, types and statements of
data, with branches that are merged again. tandem without its cache, with it, and Alembic, whose
bytecode is warm, run in turn (A B C A B C ...), so that a machine whose speed drifts slows all of
them alike; printed are the medians, how often ours fit into Alembic's, tandem's memory, and whether
the outputs are the same, byte for byte. tests/all.sh has installed what this runs.
"""
import argparse
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALEMBIC = ROOT / "build/tools/venv/bin/alembic"
TYPES = ["sa.Integer()", "sa.String(length=255)", "sa.Text()", "sa.Boolean()", "sa.Float()",
         "sa.DateTime(timezone=True)", "sa.Numeric(precision=10, scale=2)", "sa.Date()",
         "postgresql.UUID(as_uuid=True)", "postgresql.JSONB(astext_type=sa.Text())",
         "sa.ARRAY(sa.String())", "sa.Enum('a', 'b', 'c', name='enum_{n}')"]
FILE = '''"""Step {n}.

Revision ID: {id}
Revises: {revises}
Create Date: 2024-01-01 00:00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision: str = {id!r}
down_revision: Union[str, Sequence[str], None] = {revises}
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
{up}

def downgrade() -> None:
    """Downgrade schema."""
{down}'''


def column(chance, n):
    return chance.choice(TYPES).format(n=n)


def change(chance, tables, n):
    """The lines of upgrade() and downgrade() of revision n; what it adds goes into `tables`."""
    if n % 7 == 0:
        name, fields = f"table_{n}", [f"c{n}_{i}" for i in range(chance.randint(2, 6))]
        tables[name] = list(fields)
        return ([f"op.create_table({name!r},", "    sa.Column('id', sa.Integer(), nullable=False),",
                 *[f"    sa.Column({field!r}, {column(chance, f'{n}_{i}')}, nullable=True),"
                   for i, field in enumerate(fields)],
                 f"    sa.PrimaryKeyConstraint('id', name=op.f('pk_{name}')))"],
                [f"op.drop_table({name!r})"])
    table = chance.choice(list(tables))
    field = chance.choice(tables[table])
    if n % 7 == 1:
        tables[table].append(f"x{n}")
        return ([f"op.add_column({table!r}, sa.Column('x{n}', {column(chance, n)}, nullable=True))"],
                [f"op.drop_column({table!r}, 'x{n}')"])
    if n % 7 == 2:
        return ([f"op.create_index(op.f('ix_{n}'), {table!r}, [{field!r}], unique=False)"],
                [f"op.drop_index(op.f('ix_{n}'), table_name={table!r})"])
    if n % 7 == 3:
        return ([f"op.alter_column({table!r}, {field!r}, existing_type=sa.String(),",
                 "    type_=sa.Text(), nullable=True)"],
                [f"op.alter_column({table!r}, {field!r}, existing_type=sa.Text(), nullable=False)"])
    if n % 7 == 4:
        return ([f'op.execute("UPDATE {table} SET id = id + {n} WHERE id > 10")'],
                ['op.execute("SELECT 1")'])
    if n % 7 == 5:
        return ([f"op.create_foreign_key('fk_{n}', {table!r}, {chance.choice(list(tables))!r},",
                 "    ['id'], ['id'], ondelete='CASCADE')"],
                [f"op.drop_constraint('fk_{n}', {table!r}, type_='foreignkey')"])
    return ([f"op.create_unique_constraint('uq_{n}', {table!r}, [{field!r}])"],
            [f"op.drop_constraint('uq_{n}', {table!r}, type_='unique')"])


def generate(folder, count):
    """A project of `count` revisions: every 50, a branch of four beside one, then merged."""
    chance, tables = random.Random(7), {}
    ids = [f"{chance.getrandbits(48):012x}" for _ in range(count)]
    (folder / "versions").mkdir()
    for name in ["alembic.ini", "env.py", "script.py.mako"]:
        shutil.copy(ROOT / "alembic" / name, folder)
    for n, revision in enumerate(ids):
        revises = repr(ids[n - 1]) if n else "None"
        if n % 50 == 20:
            revises = repr(ids[n - 2])
        if n % 50 == 24:
            revises = repr((ids[n - 1], ids[n - 5]))
        up, down = (["    " + line + "\n" for line in lines] for lines in change(chance, tables, n))
        text = FILE.format(n=n, id=revision, revises=revises, up="".join(up), down="".join(down))
        (folder / "versions" / f"{revision}_step_{n}.py").write_text(text)


def run(command, folder):
    """Seconds, bytes printed, and the most memory in MiB."""
    environment = {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(folder / "cache")}
    start = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], cwd=folder, env=environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    out = process.stdout.read()
    process.stdout.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - start, out, used.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--revisions", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--tandem", type=pathlib.Path, default=ROOT / "build/release/tandem")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        generate(folder, options.revisions)
        ours = [options.tandem.resolve(), "sql", "-c", "alembic.ini"]
        todo = {"tandem, first run": [*ours, "--no-cache"], "tandem, nothing changed": ours,
                "alembic": [ALEMBIC, "upgrade", "heads", "--sql"]}
        for command in todo.values():
            run(command, folder)
        rounds = [{name: run(command, folder) for name, command in todo.items()}
                  for _ in range(options.runs)]
    taken = {name: statistics.median(one[name][0] for one in rounds) * 1000 for name in todo}
    outputs = {result[1] for one in rounds for result in one.values()}
    for name in todo:
        memory = max(one[name][2] for one in rounds)
        print(f"{options.revisions:6}  {name:26} {taken[name]:8.1f} ms {memory:5.0f} MiB"
              f"   1 : {taken['alembic'] / taken[name]:.1f}")
    same = len(outputs) == 1 and all(outputs)
    print(f"output {'the same' if same else 'DIFFERENT'}")


if __name__ == "__main__":
    main()
