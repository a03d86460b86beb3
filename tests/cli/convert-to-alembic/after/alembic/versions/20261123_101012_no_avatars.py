"""no avatars

Supabase: 20261123101012

Revision ID: 20261123_101012
Revises: 20261123_101011
Create Date: 2026-11-23 10:10:12

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '20261123_101012'
down_revision: Union[str, Sequence[str], None] = '20261123_101011'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.drop_index(op.f('profiles_created_at_idx'), table_name='profiles')
    op.drop_column('profiles', 'website')


def downgrade() -> None:
    """Downgrade schema."""
    # what profiles.website held is lost
    raise NotImplementedError(
        "this revision cannot be undone without loss"
    )
    op.add_column('profiles', sa.Column('website', sa.Text(), nullable=True))
    op.create_check_constraint('website_length', 'profiles', 'char_length(website) < 200')
    op.execute("COMMENT ON COLUMN profiles.website IS 'as typed'")
    op.create_index('profiles_created_at_idx', 'profiles', [sa.literal_column('created_at DESC')], unique=False)
