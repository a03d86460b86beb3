"""website

Supabase: 20261123101011

Revision ID: 20261123_101011
Revises: 20261123_101010
Create Date: 2026-11-23 10:10:11

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '20261123_101011'
down_revision: Union[str, Sequence[str], None] = '20261123_101010'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('profiles', sa.Column('website', sa.Text(), nullable=True))
    op.alter_column('profiles', 'username',
               existing_type=sa.TEXT(),
               nullable=False)
    op.create_check_constraint('website_length', 'profiles', 'char_length(website) < 200')
    op.alter_column('profiles', 'website',
               existing_type=sa.TEXT(),
               comment='as typed',
               existing_nullable=True)


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_constraint('website_length', 'profiles', type_='check')
    op.alter_column('profiles', 'username',
               existing_type=sa.TEXT(),
               nullable=True)
    op.drop_column('profiles', 'website')
