"""Add full text search to document_chunks

A tsvector beside each chunk's text, indexed, and kept up to date by a
trigger, so that keyword search can be mixed with similarity search.

Revision ID: 20241202_000002
Revises: 20241202_000001
Create Date: 2024-12-02 17:36:12.659081

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "20241202_000002"
down_revision: Union[str, Sequence[str], None] = "20241202_000001"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None

CREATE_FUNCTION = """
CREATE FUNCTION document_chunks_set_tsvector() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
    NEW.content_tsvector := to_tsvector('pg_catalog.english', NEW.content);
    RETURN NEW;
END
$$
"""

CREATE_TRIGGER = """
CREATE TRIGGER document_chunks_tsvector
BEFORE INSERT OR UPDATE OF content ON document_chunks
FOR EACH ROW EXECUTE FUNCTION document_chunks_set_tsvector()
"""


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column(
        "document_chunks",
        sa.Column("content_tsvector", postgresql.TSVECTOR(), nullable=True),
    )
    op.execute(
        "UPDATE document_chunks "
        "SET content_tsvector = to_tsvector('pg_catalog.english', content)"
    )
    op.create_index(
        "ix_document_chunks_content_tsvector",
        "document_chunks",
        ["content_tsvector"],
        unique=False,
        postgresql_using="gin",
    )
    op.execute(CREATE_FUNCTION)
    op.execute(CREATE_TRIGGER)


def downgrade() -> None:
    """Downgrade schema."""
    op.execute("DROP TRIGGER document_chunks_tsvector ON document_chunks")
    op.execute("DROP FUNCTION document_chunks_set_tsvector()")
    op.drop_index(
        "ix_document_chunks_content_tsvector",
        table_name="document_chunks",
        postgresql_using="gin",
    )
    op.drop_column("document_chunks", "content_tsvector")
