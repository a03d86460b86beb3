"""Add tags

Revision ID: def456
Revises: abc123
Create Date: 2024-11-20 08:00:00.000000

"""
from alembic import op
import sqlalchemy as sa

revision = "def456"
down_revision = "abc123"


def upgrade():
    op.create_table("tags", sa.Column("id", sa.Integer(), nullable=False))


def downgrade():
    op.drop_table("tags")
