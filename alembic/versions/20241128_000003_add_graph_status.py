"""Track the graph status of documents

Revision ID: 20241128_000003
Revises: 20241128_000002
Create Date: 2024-11-28 18:55:09.447318

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "20241128_000003"
down_revision: Union[str, Sequence[str], None] = "20241128_000002"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None

GRAPH_STATUS = ("none", "extracting", "complete", "failed")


def upgrade() -> None:
    """Upgrade schema."""
    # add_column does not create the type of its column.
    op.execute("CREATE TYPE graph_status AS ENUM ('none', 'extracting', 'complete', 'failed')")
    op.add_column(
        "documents",
        sa.Column(
            "graph_status",
            postgresql.ENUM(*GRAPH_STATUS, name="graph_status", create_type=False),
            server_default="none",
            nullable=False,
        ),
    )
    op.add_column("documents", sa.Column("graph_error", sa.Text(), nullable=True))
    op.add_column(
        "documents",
        sa.Column("graph_extracted_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.execute(
        sa.text(
            "UPDATE documents SET graph_status = 'complete' "
            "WHERE id IN (SELECT document_id FROM graph_entities)"
        )
    )
    op.create_index(
        op.f("ix_documents_graph_status"), "documents", ["graph_status"], unique=False
    )
    op.create_check_constraint(
        op.f("ck_documents_graph_error"),
        "documents",
        "graph_error IS NULL OR graph_status = 'failed'",
    )


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_constraint(op.f("ck_documents_graph_error"), "documents", type_="check")
    op.drop_index(op.f("ix_documents_graph_status"), table_name="documents")
    op.drop_column("documents", "graph_extracted_at")
    op.drop_column("documents", "graph_error")
    op.drop_column("documents", "graph_status")
    op.execute("DROP TYPE graph_status")
