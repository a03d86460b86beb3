"""Add file_path to documents

The storage key used to be derived from the file name, which breaks as soon
as a document is renamed. Existing rows keep the key they were stored under.

Revision ID: 20241127_000001
Revises: 20241126_000001
Create Date: 2024-11-27 10:02:18.774530

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = "20241127_000001"
down_revision: Union[str, Sequence[str], None] = "20241126_000001"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column("documents", sa.Column("file_path", sa.String(length=512), nullable=True))
    op.execute("UPDATE documents SET file_path = filename WHERE file_path IS NULL")
    op.alter_column(
        "documents",
        "file_path",
        existing_type=sa.String(length=512),
        nullable=False,
    )


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column("documents", "file_path")
