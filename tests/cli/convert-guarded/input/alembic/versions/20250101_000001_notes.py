"""Notes"""
from alembic import op
import sqlalchemy as sa

revision = "20250101_000001"
down_revision = None


def upgrade():
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("size", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table("kinds", sa.Column("name", sa.Text(), nullable=False))
