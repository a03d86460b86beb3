"""Add a column

Revision ID: a1
Revises: b2
"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "a1"
down_revision: Union[str, Sequence[str], None] = ("b2", "c3")


def upgrade() -> None:
    with op.batch_alter_table("t", schema=None) as batch:
        batch.add_column(sa.Column("c", sa.String(length=5), nullable=True))
    op.execute(f"UPDATE t SET c = {'x'!r:>4} WHERE n = %d" % 5)


def downgrade():
    op.drop_column("t", "c")
    raise NotImplementedError("no")
