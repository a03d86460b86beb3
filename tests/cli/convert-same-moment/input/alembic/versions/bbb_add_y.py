"""Add y

Create Date: 2024-12-31 23:59:59.000000
"""
from alembic import op

revision = "bbb"
down_revision = "aaa"


def upgrade():
    op.execute("CREATE TABLE y (id int)")
