"""Add x

Create Date: 2024-12-31 23:59:59.000000
"""
from alembic import op

revision = "aaa"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE x (id int)")
