"""Write titles large"""
from alembic import op

revision = "20250101_000001"
down_revision = None


def upgrade():
    op.execute("UPDATE notes SET title = upper(title)")
