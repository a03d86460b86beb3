"""Add notes

Revision ID: abc123
Revises: 20241202_000002
Create Date: 2024-11-20 08:00:00.000000

"""
from alembic import op
import sqlalchemy as sa

revision = "abc123"
down_revision = "20241202_000002"


def upgrade():
    op.create_table("notes", sa.Column("id", sa.Integer(), nullable=False))


def downgrade():
    op.drop_table("notes")
