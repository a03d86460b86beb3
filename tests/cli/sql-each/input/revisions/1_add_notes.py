"""Add notes"""
from alembic import op
import sqlalchemy as sa

revision = "1"
down_revision = None


def upgrade():
    op.create_table("notes", sa.Column("id", sa.Integer(), nullable=False))
    op.execute("INSERT INTO notes VALUES (1);")
    for row in op.get_bind().execute(sa.text("SELECT id FROM notes")):
        op.execute(f"DELETE FROM notes WHERE id = {row[0]}")


def downgrade():
    op.drop_table("notes")
